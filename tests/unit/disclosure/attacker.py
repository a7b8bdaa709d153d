"""Somebody who has all publications of a table and a linear program; knows no suppressed count.

It is written apart from the code that protects: unknowns are the counts themselves, one for each
cell and publication. ``told_unchanged`` gives away which of them are equal, which is more than
anybody can know for certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

import numpy as np
from scipy.optimize import linprog

from orchestration.disclosure.protect import Shown

CLOSE = 1e-6


@dataclass(frozen=True)
class Seen:
    """One publication as its readers see it."""

    shown: Mapping[str, int]
    left_out: frozenset[str]
    cells: tuple[str, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]


def seen(published: Shown) -> Seen:
    """What readers see of a publication."""
    cells = published.counts.cells
    return Seen(
        {name: count for name, count in cells.items() if published.shows(name)},
        frozenset(published.suppressed),
        tuple(cells),
        tuple((one.total, one.parts) for one in published.counts.sums),
    )


class Attacker:
    """Ranges of what is left out, from everything that is public."""

    def __init__(
        self,
        publications: Sequence[Seen],
        *,
        zeros_are_shown: bool = True,
        told_unchanged: Sequence[tuple[str, int, int]] = (),
    ) -> None:
        self.read: dict[tuple[int, str], int] = {}
        self.unknown: dict[tuple[int, str], int] = {}
        self.bounds: list[tuple[int, None]] = []
        for number, one in enumerate(publications):
            for name in one.cells:
                if name in one.shown:
                    self.read[number, name] = one.shown[name]
                    continue
                self.unknown[number, name] = len(self.unknown)
                least = 1 if zeros_are_shown and name in one.left_out else 0
                self.bounds.append((least, None))
        equations = [
            {(number, total): 1, **{(number, part): -1 for part in parts}}
            for number, one in enumerate(publications)
            for total, parts in one.sums
        ] + [{(first, name): 1, (second, name): -1} for name, first, second in told_unchanged]
        rows = []
        for terms in equations:
            row, known = np.zeros(len(self.unknown)), 0
            for where, sign in terms.items():
                if where in self.read:
                    known += sign * self.read[where]
                else:
                    row[self.unknown[where]] += sign
            if row.any():
                rows.append((row, -known))
        self.sums = np.array([row for row, _ in rows])
        self.totals = [total for _, total in rows]

    def range_of(self, *terms: tuple[int, str, int]) -> tuple[float, float]:
        """Least and greatest whole number that a count, or a difference of counts, can be.

        Args:
            terms: sign, cell, publication.
        """
        goal, known = np.zeros(len(self.unknown)), 0
        for sign, name, number in terms:
            if (number, name) in self.read:
                known += sign * self.read[number, name]
            else:
                goal[self.unknown[number, name]] += sign
        if not goal.any():
            return known, known
        low, high = (direction * self._least(direction * goal) + known for direction in (1, -1))
        return (
            low if low == -inf else ceil(low - CLOSE),
            high if high == inf else floor(high + CLOSE),
        )

    def _least(self, goal: np.ndarray) -> float:
        answer = linprog(
            goal,
            A_eq=self.sums if len(self.sums) else None,
            b_eq=self.totals if len(self.sums) else None,
            bounds=self.bounds,
            method="highs",
        )
        if answer.status in (3, 4):  # 4: HiGHS does not tell unbounded from infeasible
            return -inf
        assert answer.status == 0, answer.message
        return float(answer.fun)

    def width(self, *terms: tuple[int, str, int]) -> float:
        """How far the ends of a range lie apart."""
        low, high = self.range_of(*terms)
        return high - low
