"""Which counts of a table are left out so that no small one can be computed from the rest.

Cell suppression as in Hundepool et al., *Statistical Disclosure Control* (Wiley 2012), chapter 4:
small counts are left out (primary), then others (secondary), until whoever knows all that is shown,
all sums, and how little a count can be finds a range of at least the threshold for every count that
is left out. Secondary cells come from linear programs, one per cell that is not yet safe, that move
it by the threshold along the cheapest others (Kelly, Golden and Assad, *Networks* 22, 1992); then
what turns out not to be needed is shown after all.

Earlier publications of the same table are part of the same system of equations. Whoever compares is
taken to know which counts have not changed between them: an unchanged count is one unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from orchestration.disclosure.cells import Counts
from orchestration.errors import DatasporError

Reason = Literal["primary", "secondary", "earlier"]

_EPSILON = 1e-6
_FREE = 1e-4  # what it costs to lean on a cell that is left out anyhow
_PRECIOUS = 20.0  # how much dearer cells are that status figures quote


@dataclass(frozen=True)
class Rule:
    """When a count is small.

    Attributes:
        small_below: counts from 1 to below this are small; also the least width of a range.
        zeros_are_small: whether 0 is as well. If not, zeros are always shown, so that everybody
            knows that a count that is left out is 1 at least.
    """

    small_below: int
    zeros_are_small: bool = False

    def is_small(self, count: int) -> bool:
        """Whether a count may not be shown."""
        return (0 if self.zeros_are_small else 1) <= count < self.small_below


@dataclass(frozen=True)
class Shown:
    """A table as it was published.

    Attributes:
        counts: the true counts, with their sums.
        suppressed: cells of the public tables that are left out, and why.
        hidden: cells that no public table holds.
    """

    counts: Counts
    suppressed: Mapping[str, Reason]
    hidden: frozenset[str] = frozenset()

    def shows(self, name: str) -> bool:
        """Whether the public can read a cell."""
        return name not in self.suppressed and name not in self.hidden


def protect(
    counts: Counts,
    rule: Rule,
    *,
    earlier: Sequence[Shown] = (),
    hidden: frozenset[str] = frozenset(),
    precious: Collection[str] = (),
) -> dict[str, Reason] | None:
    """The cells to leave out, and why; None if there is no safe way to publish the table.

    Args:
        counts: the table.
        rule: what a small count is.
        earlier: all that was published of it before, oldest first. What that gave away already
            cannot be protected, but small counts are left out all the same.
        hidden: cells that no public table holds.
        precious: cells that are left out only where hardly anything else helps.

    Raises:
        DatasporError: the solver gave no answer.
    """
    nothing_yet: dict[str, Reason] = dict.fromkeys(counts.cells, "primary")
    versions = [*earlier, Shown(counts, nothing_yet, hidden)]
    known_before = _given_away(earlier, rule) if earlier else set()
    targets = [one for one in _targets(versions, rule) if not one.keys() <= known_before]
    draft = _Draft(_System(versions, rule), counts, hidden, precious)

    reasons: dict[str, Reason] = {}
    for name, count in counts.cells.items():
        if name not in hidden and rule.is_small(count):
            reasons[name] = "primary"
            draft.leave_out(name)
    for target in targets:
        opened = draft.secure(target)
        if opened is None:
            return None
        reasons |= dict.fromkeys(opened, "earlier" if len(target) > 1 else "secondary")
    waiting = list(reasons)
    while waiting:  # what is left out for the sake of others shall not be computable either
        name = waiting.pop()
        target = {(name, counts.cells[name]): 1}
        if target.keys() <= known_before:
            continue
        opened = draft.secure(target)
        if opened is None:
            return None
        targets.append(target)
        reasons |= dict.fromkeys(opened, "secondary")
        waiting += opened
    for name in sorted(reasons, key=lambda name: (-counts.cells[name], name)):
        if reasons[name] != "primary" and draft.can_show(name, targets):
            del reasons[name]
    return reasons


# a cell and its true count: an unknown to whoever reads the tables
_Unknown = tuple[str, int]
# an unknown, or the difference of two, whose range has to be wide
_Target = Mapping[_Unknown, int]


def _targets(versions: Sequence[Shown], rule: Rule) -> Iterator[_Target]:
    """Small counts of every publication, and small changes between any two."""
    seen = set()
    unknowns = dict.fromkeys(pair for one in versions for pair in one.counts.cells.items())
    for unknown in sorted(unknowns, key=lambda pair: pair[1]):  # the least room first
        if rule.is_small(unknown[1]):
            yield {unknown: 1}
    for number, before in enumerate(versions):
        for after in versions[number + 1 :]:
            for name, count in after.counts.cells.items():
                old = before.counts.cells.get(name)
                if old is None or not 0 < abs(count - old) < rule.small_below:
                    continue
                if not rule.zeros_are_small and 0 in (count, old):
                    continue  # a change from or to a zero is a small count itself
                if (name, count, old) not in seen:
                    seen.add((name, count, old))
                    yield {(name, count): 1, (name, old): -1}


class _System:
    """All that anybody knows of a table after some publications.

    Attributes:
        columns: each unknown to its column.
        values: the true counts.
        floors: what everybody knows them to be at least.
        sums: a row a sum, total minus parts.
        known: columns that are shown, and zeros where zeros are shown.
    """

    def __init__(self, versions: Sequence[Shown], rule: Rule) -> None:
        unknowns = dict.fromkeys(pair for one in versions for pair in one.counts.cells.items())
        self.width = rule.small_below
        self.columns = {unknown: number for number, unknown in enumerate(unknowns)}
        self.values = np.array([count for _, count in unknowns], dtype=float)
        self.floors = np.zeros(len(unknowns))
        self.known: set[int] = set()
        rows: dict[tuple[tuple[int, int], ...], None] = {}
        for version in versions:
            cells = version.counts.cells
            for name, count in cells.items():
                column = self.columns[name, count]
                if name in version.hidden:
                    continue
                if not rule.zeros_are_small:
                    self.floors[column] = min(1, count)
                if version.shows(name) or (count == 0 and not rule.zeros_are_small):
                    self.known.add(column)
            for one in version.counts.sums:
                parts = [(self.columns[part, cells[part]], -1) for part in one.parts]
                rows[(self.columns[one.total, cells[one.total]], 1), *parts] = None
        self.sums = np.zeros((len(rows), len(unknowns)))
        for number, row in enumerate(rows):
            for column, sign in row:
                self.sums[number, column] += sign

    def moves(
        self, target: _Target, free: Collection[int], cost: Mapping[int, float]
    ) -> list[np.ndarray] | None:
        """The cheapest other tables that fit all that is shown and put a target a width apart.

        Args:
            target: what is to move.
            free: columns that are not shown.
            cost: further columns that might be left out, and how much one would rather not.

        Returns:
            Differences to the true table: one in which the target is a width greater or, where it
            cannot be, one as great as can be and one so much less; None if there are none.

        Raises:
            DatasporError: the solver gave no answer.
        """
        columns = np.array(sorted({*free, *cost} - self.known), dtype=int)
        terms = {self.columns[unknown]: sign for unknown, sign in target.items()}
        goal = np.array([terms.get(column, 0) for column in columns.tolist()])
        if not goal.any():
            return None
        price = np.array([cost.get(column, _FREE) for column in columns.tolist()])
        upwards = self._solve(columns, goal, self.width, price)
        if upwards is not None:
            return [upwards]
        greatest = self._solve(columns, goal, None, price)
        assert greatest is not None  # the true table is one
        most = int(np.floor(goal @ greatest[columns] + _EPSILON))
        found = [
            self._solve(columns, goal, amount, price)
            for amount in (most, most - self.width)
            if amount
        ]
        moves = [move for move in found if move is not None]
        return moves if len(moves) == len(found) else None

    def _solve(
        self, columns: np.ndarray, goal: np.ndarray, amount: int | None, price: np.ndarray
    ) -> np.ndarray | None:
        """The cheapest move of some columns by an amount, or the furthest one."""
        from scipy.optimize import linprog  # half a second to load; most runs have nothing to solve

        equal = self.sums[:, columns]
        equal = equal[np.any(equal != 0, axis=1)]
        totals = [0.0] * len(equal)
        if amount is not None:
            equal, totals = np.vstack([equal, goal]), [*totals, float(amount)]
        room = self.values[columns] - self.floors[columns]
        answer = linprog(
            np.concatenate([price, price] if amount is not None else [-goal, goal]),
            A_eq=np.hstack([equal, -equal]),  # what grows, what shrinks
            b_eq=totals,
            bounds=[*((0, None) for _ in columns), *((0, most) for most in room)],
            method="highs-ds",  # gives corners, which are whole numbers for such tables
        )
        if answer.status == 2:  # there is none
            return None
        if answer.status != 0 or answer.x is None:
            raise DatasporError(
                "The tables for the public could not be made safe: the linear program gave no "
                f"answer ({answer.message}). Nothing was published."
            )
        move = np.zeros(len(self.values))
        move[columns] = answer.x[: len(columns)] - answer.x[len(columns) :]
        return move


def _given_away(earlier: Sequence[Shown], rule: Rule) -> set[_Unknown]:
    """Counts that earlier publications tell, or nearly: under a laxer rule, for instance."""
    system = _System(earlier, rule)
    everything = range(len(system.values))
    return {
        unknown
        for unknown in system.columns
        if rule.is_small(unknown[1]) and system.moves({unknown: 1}, everything, {}) is None
    } | {unknown for unknown, column in system.columns.items() if column in system.known}


class _Draft:
    """A table on its way to being safe.

    Attributes:
        closed: columns of the table that are to be shown as yet, and how much they are missed.
        moves: tables that fit all that is shown, as differences to the true one. Each proves a
            part of the range of every unknown.
    """

    def __init__(
        self, system: _System, counts: Counts, hidden: frozenset[str], precious: Collection[str]
    ) -> None:
        self.system = system
        self.column = {
            name: system.columns[name, count]
            for name, count in counts.cells.items()
            if name not in hidden
        }
        self.name = {column: name for name, column in self.column.items()}
        self.closed = {
            column: float(1 + np.log2(1 + counts.cells[name]))
            * (_PRECIOUS if name in precious else 1)
            for name, column in self.column.items()
            if column not in system.known
        }
        self.moves: list[np.ndarray] = []

    @property
    def free(self) -> set[int]:
        """Columns that are not shown."""
        return set(range(len(self.system.values))) - self.closed.keys()

    def leave_out(self, name: str) -> None:
        """Do not show a cell."""
        self.closed.pop(self.column[name], None)

    def secure(self, target: _Target) -> list[str] | None:
        """Leave out what a target's range needs; the cells, or None if there is no way."""
        if self._is_wide(target, self.moves):
            return []
        moves = self.system.moves(target, self.free, self.closed)
        if moves is None:
            return None
        self.moves += moves
        opened = [
            column for column in self.closed if any(abs(move[column]) > _EPSILON for move in moves)
        ]
        for column in opened:
            del self.closed[column]
        return [self.name[column] for column in opened]

    def can_show(self, name: str, targets: Sequence[_Target]) -> bool:
        """Show a cell after all, if everything else stays safe."""
        column = self.column[name]
        shown = self.system.known | {column}
        free = self.free - {column}
        aimed_at = {self.system.columns[one] for target in targets for one in target}
        for row in self.system.sums[self.system.sums[:, column] != 0]:
            left = set(np.flatnonzero(row).tolist()) & (free - self.system.known)
            if len(left) == 1 and left <= aimed_at:
                return False  # it would be what remains of the sum
        moves = [move for move in self.moves if abs(move[column]) < _EPSILON]
        for target in targets:
            terms = {self.system.columns[unknown] for unknown in target}
            if terms == {column} or self._is_wide(target, moves):
                continue  # a cell that is shown is no target, unless as part of a difference
            further = None if terms <= shown else self.system.moves(target, free, {})
            if further is None:
                return False
            moves += further
        self.closed[column] = 1.0
        self.moves = moves
        return True

    def _is_wide(self, target: _Target, moves: Sequence[np.ndarray]) -> bool:
        moved = [0.0]
        for move in moves:
            moved.append(sum(sign * move[self.system.columns[u]] for u, sign in target.items()))
        whole = np.floor(max(moved) + _EPSILON) - np.ceil(min(moved) - _EPSILON)
        return bool(whole >= self.system.width)
