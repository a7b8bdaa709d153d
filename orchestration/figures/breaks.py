"""Breaks in a series, declared and detected: why two numbers cannot be compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from orchestration.config import Config
from orchestration.evidence.shares import Share, newcombe
from orchestration.figures import caveats
from orchestration.figures.facts import Facts
from orchestration.half_year import HalfYear

_INCIDENTS = ("recode", "reporting", "opening_hours", "other")


def declared(
    config: Config,
    library_ids: set[str],
    after: dt.date,
    until: dt.date,
    *,
    kinds: tuple[str, ...] = _INCIDENTS,
    category_id: str | None = None,
) -> list[str]:
    """Breaks of breaks.csv that begin after one day and until another, as caveats.

    Args:
        config: the configuration.
        library_ids: libraries that the figure counts; a break of all libraries concerns each.
        after: first day of the series; a break on that day leaves it whole.
        until: last day of the series.
        kinds: the kinds of breaks that concern the figure.
        category_id: the only category that the figure counts; None for all.
    """
    return [
        caveats.declared_break(row.label_da, row.starts_on)
        for row in config.breaks
        if row.kind in kinds
        and after < row.starts_on <= until
        and (row.library_id is None or row.library_id in library_ids)
        and (row.category_id is None or category_id in (None, row.category_id))
    ]


def detected(
    config: Config,
    facts: Facts,
    library_id: str,
    earlier: str,
    later: str,
    *,
    category_id: str | None = None,
) -> list[str]:
    """Breaks between two half-years that the data show, as caveats."""
    return [
        *_opening_hours(config, facts, library_id, earlier, later),
        *(_recode(config, facts, earlier, later) if category_id else ()),
        *_reporting(config, facts, library_id, earlier, later),
    ]


def _opening_hours(
    config: Config, facts: Facts, library_id: str, earlier: str, later: str
) -> Iterator[str]:
    before, after = (facts.open_hours(library_id, half_year) for half_year in (earlier, later))
    if before and after:
        change = after / before - 1
        if abs(change) > config.evidence.opening_hours_break_share:
            yield caveats.opening_hours_break(change)


def _recode(config: Config, facts: Facts, earlier: str, later: str) -> Iterator[str]:
    """A category used in one of the half-years and not in the other, in all libraries together."""
    totals = facts.category_half_year.pivot_table(
        index="category_id", columns="half_year_id", values="incidents", aggfunc="sum"
    )
    if not {earlier, later} <= set(totals.columns):
        return
    names = facts.category.set_index("category_id").category_name_da
    least = config.evidence.category_break_incidents
    for name, before, after in totals[[earlier, later]].itertuples():
        unused = earlier if before == 0 else later
        if min(before, after) == 0 and max(before, after) >= least:
            yield caveats.recode_break(names[name], unused)


def _reporting(
    config: Config, facts: Facts, library_id: str, earlier: str, later: str
) -> Iterator[str]:
    """Whether reports are made sooner or later than they were, at this library."""
    # the last fortnight is seen through its early reports alone
    known_until = facts.reported_through - dt.timedelta(days=14)
    days = facts.incident_days
    days = days[(days.library_id == library_id) & (days.occurred_on.dt.date <= known_until)]
    totals = days.groupby("half_year_id")[["incidents", "next_day_incidents"]].sum()
    if not {earlier, later} <= set(totals.index):
        return
    before, after = (
        Share(int(totals.next_day_incidents[name]), int(totals.incidents[name]))
        for name in (earlier, later)
    )
    is_large = abs(after.value - before.value) > config.evidence.reporting_break_share
    if is_large and newcombe(before, after).excludes(0):  # few reports say little
        yield caveats.reporting_break(before.value, after.value)


def is_running(facts: Facts, half_year_id: str) -> bool:
    """Whether a half-year has not ended on the day of the run."""
    return facts.as_of <= HalfYear.parse(half_year_id).ends_on


def unfinished(facts: Facts, *half_year_ids: str) -> Iterator[str]:
    """Half-years that are not over, or were not when the latest export was made, as caveats."""
    exported_on = facts.exported_on
    for name in half_year_ids:
        if is_running(facts, name):
            yield caveats.running(name)
        elif exported_on is not None and exported_on <= HalfYear.parse(name).ends_on:
            yield caveats.not_exported(name, exported_on)
