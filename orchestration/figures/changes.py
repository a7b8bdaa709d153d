"""Figures of kind ``change``: a count of one half-year beside that of another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from orchestration.config.model import ChangeFigure
from orchestration.evidence.counts import POISSON, Overdispersion, rate_ratio, trend
from orchestration.evidence.delays import Completeness
from orchestration.evidence.interval import Interval
from orchestration.figures import breaks, caveats
from orchestration.figures.background import Background
from orchestration.figures.numbers import rounded
from orchestration.figures.status_figure import Evidence, Item, Judged
from orchestration.half_year import HalfYear

# the change that sentences call "en halvering"
_HALF = -50


@dataclass(frozen=True)
class _Ends:
    """The two counts and what is known of each half-year."""

    before: int
    after: int
    open_before: float | None
    open_after: float | None
    complete_before: Completeness
    complete_after: Completeness

    @property
    def change(self) -> float | None:
        return (self.after / self.before - 1) * 100 if self.before else None

    def ratio(self, overdispersion: Overdispersion = POISSON) -> Interval | None:
        """Interval of the ratio of the counts."""
        return rate_ratio(self.before, self.after, overdispersion=overdispersion)

    def ratio_per_hour(self, overdispersion: Overdispersion) -> Interval | None:
        """Interval of the ratio of the rates per open hour; None where hours are not known."""
        if self.open_before is None or self.open_after is None:
            return None
        return rate_ratio(
            self.before,
            self.after,
            exposure_from=self.open_before,
            exposure_to=self.open_after,
            overdispersion=overdispersion,
        )

    def ratio_once_complete(
        self, overdispersion: Overdispersion, complete_from: float
    ) -> Interval | None:
        """Interval of the ratio if late reports work against what is seen as much as expected."""
        before, after = self.before, self.after
        if after < before and self.complete_after.share < complete_from:
            after = max(after, round(self.complete_after.interval.high))
        elif after > before and self.complete_before.share < complete_from:
            before = max(before, round(self.complete_before.interval.high))
        return rate_ratio(before, after, overdispersion=overdispersion)


def judge_change(figure: ChangeFigure, background: Background) -> Judged:
    """The change, its intervals, and whether it may be called a fall or a rise."""
    facts, rules = background.facts, background.config.evidence
    library_id, half_years = figure.scope.id, (figure.half_year_from, figure.half_year_to)
    before, after = (facts.count(figure.measure, library_id, name) for name in half_years)
    if before is None or after is None:
        return Judged(
            "percent",
            "not_available",
            "not_available",
            half_year_from=figure.half_year_from,
            value_from=before,
            value_to=after,
        )
    open_before, open_after = (facts.open_hours(library_id, name) for name in half_years)
    complete_before, complete_after = (
        background.reporting.of(figure.measure, library_id, name) for name in half_years
    )
    ends = _Ends(
        int(before),
        int(after),
        open_before,
        open_after,
        complete_before,
        complete_after,
    )
    overdispersion = background.overdispersion(figure.measure)
    widened = ends.ratio(overdispersion)
    broken = _broken(figure, background)
    steps = _steps(figure, background)
    items, told = _items(figure, background, ends, overdispersion, steps)
    notes = [caveats.OVER_REPORTED, *broken, *told]
    if min(before, after) < rules.too_few_below:
        notes.append(caveats.SMALL_COUNT)

    evidence: Evidence
    if broken:
        evidence, wording = "not_comparable", "not_comparable"
    elif before == after:
        evidence, wording = "no_change", "no_change"
    elif max(before, after) < rules.too_few_below:
        evidence, wording = "too_few", "too_few"
    elif not _is_one_way(widened, ends.ratio_once_complete(overdispersion, rules.complete_from)):
        evidence, wording = "uncertain", "uncertain"
    elif not _is_same_per_hour(ends, overdispersion):
        evidence, wording = "uncertain", "uncertain_per_hour"
        notes.append(caveats.PER_OPEN_HOUR)
    else:
        evidence, wording = "clear", _clear_wording(ends, steps, overdispersion)
    return Judged(
        "percent",
        evidence,
        wording,
        half_year_from=figure.half_year_from,
        value_from=before,
        value_to=after,
        value=ends.change,
        interval=widened.scaled(100, -100) if widened is not None and before else None,
        caveats=tuple(notes),
        items=tuple(items),
    )


def _broken(figure: ChangeFigure, background: Background) -> list[str]:
    """Why the two half-years cannot be compared, if they cannot."""
    config, facts = background.config, background.facts
    category_id = background.category_of(figure.measure)
    return [
        *breaks.unfinished(facts, figure.half_year_from, figure.half_year_to),
        *breaks.declared(
            config,
            {figure.scope.id},
            HalfYear.parse(figure.half_year_from).starts_on,
            HalfYear.parse(figure.half_year_to).ends_on,
            category_id=category_id,
        ),
        *breaks.detected(
            config,
            facts,
            figure.scope.id,
            figure.half_year_from,
            figure.half_year_to,
            category_id=category_id,
        ),
    ]


def _steps(figure: ChangeFigure, background: Background) -> list[tuple[str, int]]:
    """Half-year and count of each end and each step between; empty if one is not known."""
    if not figure.steps:
        return []
    half_years = [figure.half_year_from, *figure.steps, figure.half_year_to]
    counts = [background.facts.count(figure.measure, figure.scope.id, name) for name in half_years]
    known = [(name, int(n)) for name, n in zip(half_years, counts, strict=True) if n is not None]
    return known if len(known) == len(half_years) else []


def _items(
    figure: ChangeFigure,
    background: Background,
    ends: _Ends,
    overdispersion: Overdispersion,
    steps: list[tuple[str, int]],
) -> tuple[list[Item], list[str]]:
    """The evidence in numbers, and what of it a reader has to know."""
    items, notes = [], []
    if ends.before:
        ratio = ends.after / ends.before
        items += [
            Item("rate_ratio", ratio, ends.ratio()),
            Item("rate_ratio_widened", ratio, ends.ratio(overdispersion)),
        ]
        if ends.open_before and ends.open_after:
            items.append(
                Item(
                    "rate_ratio_per_open_hour",
                    ratio * ends.open_before / ends.open_after,
                    ends.ratio_per_hour(overdispersion),
                )
            )
    items.append(background.overdispersion_item(figure.measure))
    for half_year_id, count, hours, complete in (
        (figure.half_year_from, ends.before, ends.open_before, ends.complete_before),
        (figure.half_year_to, ends.after, ends.open_after, ends.complete_after),
    ):
        if hours:
            items.append(Item("per_1000_open_hours", count * 1000 / hours, None, half_year_id))
        items += [
            Item("share_reported", complete.share, None, half_year_id),
            Item("expected_count", complete.expected, complete.interval, half_year_id),
        ]
        if complete.share < background.config.evidence.complete_from:
            notes.append(
                caveats.incomplete(
                    half_year_id, complete.share, complete.interval.low, complete.interval.high
                )
            )
    for (_, earlier), (half_year_id, later) in pairwise(steps):
        if earlier:
            interval = rate_ratio(earlier, later, overdispersion=overdispersion)
            items.append(Item("step", later / earlier, interval, half_year_id))
    course = trend([count for _, count in steps], overdispersion)
    if course is not None:
        items.append(Item("trend", course.ratio, course.interval))
    return items, notes


def _is_one_way(*ratios: Interval | None) -> bool:
    """Whether all tell of a fall, or all of a rise."""
    return all(ratio is not None and ratio.high < 1 for ratio in ratios) or all(
        ratio is not None and ratio.low > 1 for ratio in ratios
    )


def _is_same_per_hour(ends: _Ends, overdispersion: Overdispersion) -> bool:
    """Whether the rate per open hour, where it is known, moved the same way beyond chance."""
    per_hour = ends.ratio_per_hour(overdispersion)
    if per_hour is None:
        return True
    return per_hour.high < 1 if ends.after < ends.before else per_hour.low > 1


def _clear_wording(
    ends: _Ends, steps: list[tuple[str, int]], overdispersion: Overdispersion
) -> str:
    if ends.after > ends.before:
        return "clear_rise" if ends.before else "clear_rise_from_none"  # no per cent of none
    course = trend([count for _, count in steps], overdispersion)
    falls = bool(steps) and all(later < earlier for (_, earlier), (_, later) in pairwise(steps))
    if falls and course is not None and course.interval.high < 1:
        return "clear_fall_each_step"
    return "clear_halving" if rounded(ends.change or 0) == _HALF else "clear_fall"
