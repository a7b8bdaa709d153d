"""An attacker on public tables: knows what is shown, all sums, and what did not change.

Written apart from the code that protects: linear programs over every unknown count, nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from orchestration.disclosure.cells import Counts, counts_of
from orchestration.disclosure.protect import Rule, Shown, protect

RULE = Rule(small_below=3)


def random_counts(dice: random.Random) -> pd.DataFrame:
    """Incidents of a half-year by library and category, many of them small."""
    libraries = [f"library{n}" for n in range(dice.randrange(3, 7))]
    categories = ["unsafe_behaviour", "threats", "other"][: dice.randrange(2, 4)]
    level = dice.choice((1.0, 2.5, 6.0))
    return pd.DataFrame(
        [
            (library, category, min(40, int(dice.expovariate(1 / level))))
            for library in libraries
            for category in categories
        ],
        columns=["library_id", "category_id", "incidents"],
    )


def changed(incidents: pd.DataFrame, dice: random.Random) -> pd.DataFrame:
    """The same half-year after late reports and withdrawals."""
    later = incidents.copy()
    for _ in range(dice.randrange(1, 6)):
        row = dice.randrange(len(later))
        later.loc[row, "incidents"] = max(
            0, int(later.loc[row, "incidents"]) + dice.choice((-1, 1, 2, 5))
        )
    return later


def table_of(incidents: pd.DataFrame) -> Counts:
    names = sorted(set(incidents.library_id))
    districts = {name: number % 2 for number, name in enumerate(names)}
    return counts_of(incidents, districts, "unsafe_behaviour")


def publish(counts: Counts, earlier: Sequence[Shown] = ()) -> Shown | None:
    """The table as it would be published; None where it would not be."""
    reasons = protect(counts, RULE, earlier=earlier)
    return None if reasons is None else Shown(counts, reasons)


def without_secondary(counts: Counts) -> Shown:
    """A table in which only the small counts themselves are left out."""
    small = {name: "primary" for name, n in counts.cells.items() if RULE.is_small(n)}
    return Shown(counts, small)  # type: ignore[arg-type]


def ranges(versions: Sequence[Shown]) -> dict[tuple[str, int], tuple[int, int]]:
    """For each count that is left out somewhere, what an attacker knows it to lie between.

    Unknowns are counts; one that did not change from one version to the next is the same unknown.
    """
    unknowns = list(dict.fromkeys(p for one in versions for p in one.counts.cells.items()))
    column = {unknown: number for number, unknown in enumerate(unknowns)}
    shown = {
        pair for one in versions for pair in one.counts.cells.items() if one.shows(pair[0])
    } | {pair for pair in unknowns if pair[1] == 0}  # a zero is never left out
    rows = []
    for version in versions:
        for total in version.counts.sums:
            row = np.zeros(len(unknowns))
            row[column[total.total, version.counts.cells[total.total]]] += 1
            for part in total.parts:
                row[column[part, version.counts.cells[part]]] -= 1
            rows.append(row)
    bounds = [(n, n) if (name, n) in shown else (1, None) for name, n in unknowns]
    found = {}
    for unknown in unknowns:
        if unknown in shown:
            continue
        ends = []
        for sign in (1, -1):
            price = np.zeros(len(unknowns))
            price[column[unknown]] = sign
            answer = linprog(
                price, A_eq=np.array(rows), b_eq=np.zeros(len(rows)), bounds=bounds, method="highs"
            )
            # unbounded: as high as one likes
            ends.append(sign * answer.fun if answer.status == 0 else 10**6)
        found[unknown] = (int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6)))
    return found


def learned(versions: Sequence[Shown]) -> list[str]:
    """The small counts that an attacker knows closer than the rule allows."""
    return [
        f"{name} is {count}, known to lie between {low} and {high}"
        for (name, count), (low, high) in ranges(versions).items()
        if RULE.is_small(count) and high - low < RULE.small_below
    ]
