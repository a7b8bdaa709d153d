"""A half-year's incidents for the public: shown for the first time, again, or anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestration.disclosure.cells import Counts
from orchestration.disclosure.history import ShownCounts
from orchestration.disclosure.protect import Rule, Shown, protect


@dataclass(frozen=True)
class Release:
    """What is shown of a half-year.

    Attributes:
        publications: all so far, the one that is shown now last.
        is_held_back: whether the counts have changed since, by too little to be shown.
    """

    publications: tuple[ShownCounts, ...]
    is_held_back: bool

    @property
    def shown(self) -> Shown:
        """The table that is shown now."""
        return self.publications[-1].shown

    @property
    def number(self) -> int:
        """Which publication was the first with the counts that are shown now, from 1 on.

        Another rule may have shown the same counts anew; what was computed from them stands.
        """
        number = len(self.publications)
        while number > 1 and self.publications[number - 2].cells == self.publications[-1].cells:
            number -= 1
        return number


def release_counts(
    counts: Counts,
    publications: Sequence[ShownCounts],
    rule: Rule,
    *,
    as_of: str,
    revise_from: float,
    hidden: frozenset[str] = frozenset(),
    precious: Collection[str] = (),
) -> Release:
    """Decide what to show of a half-year, in view of what was shown of it before.

    What was shown stands until a shown count has changed by ``revise_from`` and by the threshold
    at least, since two publications side by side tell the change. Then the whole half-year is
    shown anew, with all earlier publications in the system of equations that is made safe.

    Args:
        counts: the half-year as it is now.
        publications: those so far, oldest first.
        rule: what a small count is.
        as_of: day of this run, ISO.
        revise_from: share of a shown count.
        hidden: cells that no public table holds.
        precious: cells that are left out only where hardly anything else helps.
    """
    so_far = tuple(publications)
    earlier = [one.shown for one in so_far]
    if so_far:
        last = so_far[-1]
        is_same_rule = last.rule == rule and frozenset(last.hidden) == hidden
        is_revised = _has_moved(earlier[-1], counts, rule, revise_from)
        is_held_back = not is_revised and dict(counts.cells) != last.cells
        if is_same_rule and not is_revised:
            return Release(so_far, is_held_back)
        if not is_revised:
            counts, as_of = earlier[-1].counts, last.as_of
    else:
        is_held_back = False
    suppressed = protect(counts, rule, earlier=earlier, hidden=hidden, precious=precious)
    if suppressed is None:
        if so_far:
            return Release(so_far, is_held_back=True)
        suppressed = {name: "primary" for name in counts.cells if name not in hidden}
    shown = Shown(counts, suppressed, hidden)
    return Release((*so_far, ShownCounts.of(as_of, rule, shown)), is_held_back)


def _has_moved(before: Shown, now: Counts, rule: Rule, revise_from: float) -> bool:
    """Whether a count that was shown is wrong by so much that it must be shown anew."""
    for name, old in before.counts.cells.items():
        change = abs(now.cells.get(name, 0) - old)
        if before.shows(name) and change >= max(rule.small_below, revise_from * old, 1):
            return True
    return any(
        count >= max(rule.small_below, 1) and name not in before.counts.cells
        for name, count in now.cells.items()
    )
