"""Figures of kind ``intervention``: the course of a series before and after, beside others."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from orchestration.config.model import Intervention, InterventionFigure
from orchestration.evidence.interrupted import LevelChange, level_change
from orchestration.figures import breaks, caveats
from orchestration.figures.background import Background
from orchestration.figures.status_figure import Evidence, Item, Judged
from orchestration.half_year import HalfYear


def judge_intervention(figure: InterventionFigure, background: Background) -> Judged:
    """The change of level at an intervention, by an interrupted time series on months."""
    intervention = next(
        row
        for row in background.config.interventions
        if row.intervention_id == figure.intervention_id
    )
    said = {"intervention": intervention.label_da}
    months, is_per_hour = _months(figure, background, intervention)
    if months.empty:
        return Judged("percent", "not_available", "not_available", said=said)
    is_alone = not background.comparison_libraries
    notes = [caveats.OVER_REPORTED, caveats.ASSUMED_ALONE if is_alone else caveats.ASSUMED]
    if not is_per_hour:
        notes.append(caveats.EXPOSURE_DAYS)
    broken = breaks.declared(
        background.config,
        {figure.scope.id},
        _first_day(months.month.min()),
        HalfYear.parse(figure.half_year_to).ends_on,
        category_id=background.category_of(figure.measure),
    )
    change = level_change(months)
    if broken:
        return Judged(
            "percent", "not_comparable", "not_comparable", said=said, caveats=(*notes, *broken)
        )
    if change is None:
        return Judged("percent", "too_few", "too_few", said=said, caveats=tuple(notes))
    interval = change.interval.scaled(100, -100)
    evidence: Evidence
    if not interval.excludes(0):
        evidence, wording = "uncertain", "uncertain"
    else:
        evidence, wording = "clear", "clear_fall" if change.ratio < 1 else "clear_rise"
        if is_alone:
            wording += "_alone"
    return Judged(
        "percent",
        evidence,
        wording,
        value=(change.ratio - 1) * 100,
        interval=interval,
        said=said,
        caveats=tuple(notes),
        items=_items(change, len(background.comparison_libraries)),
    )


def _items(change: LevelChange, libraries: int) -> tuple[Item, ...]:
    return (
        Item("level_ratio", change.ratio, change.interval),
        Item("p_value", change.p_value),
        Item("overdispersion", change.overdispersion),
        Item("months_before", change.months_before),
        Item("months_after", change.months_after),
        Item("comparison_libraries", libraries),
    )


def _months(
    figure: InterventionFigure, background: Background, intervention: Intervention
) -> tuple[pd.DataFrame, bool]:
    """A row a month and series for the regression, and whether it is measured per open hour.

    A series is the library of the figure, or the comparison libraries, if there are any, added up.
    Months are whole: the one in which an intervention began on a later day than the first counts as
    before.
    """
    facts = background.facts
    here = figure.scope.id
    until = min(
        HalfYear.parse(figure.half_year_to).ends_on,
        facts.reported_through,
        intervention.ends_on or dt.date.max,
    )
    counts = facts.incident_months
    counts = counts[
        counts.library_id.isin([here, *background.comparison_libraries])
        & counts.month.map(lambda month: _last_day(_number(month)) <= until)
    ]
    counts = counts.assign(
        days=counts.month.map(lambda month: _last_day(_number(month)).day),
        is_treated=counts.library_id == here,
    ).merge(facts.open_months, on=["month", "library_id"], how="left", suffixes=("", "_open"))
    is_per_hour = bool(
        len(counts) and counts.open_hours.gt(0).all() and (counts.days_open == counts.days).all()
    )
    series = (
        counts.assign(exposure=counts.open_hours if is_per_hour else counts.days)
        .groupby(["month", "is_treated"], as_index=False)
        .agg(incidents=(figure.measure, "sum"), exposure=("exposure", "sum"))
    )
    number = series.month.map(_number)
    start = intervention.starts_on
    first_after = start.year * 12 + start.month - 1 + (start.day > 1)
    return series.assign(month=number, is_after=number >= first_after), is_per_hour


def _number(month: str) -> int:
    """A running number of a month ``2025-01``."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _first_day(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def _last_day(number: int) -> dt.date:
    return _first_day(number + 1) - dt.timedelta(days=1)
