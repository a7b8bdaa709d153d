"""Figures of kind ``hours``: hours of one or more measures in one half-year."""

from __future__ import annotations

import math
from collections.abc import Sequence

from orchestration.config.model import HoursFigure
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.status_figure import Judged


def judge_hours(figure: HoursFigure, background: Background) -> Judged:
    """The hours and their weeks; a count of what was there has no interval."""
    measures = [figure.measure] if isinstance(figure.measure, str) else figure.measure
    values = [
        background.facts.count(measure, figure.scope.id, figure.half_year_to)
        for measure in measures
    ]
    if any(value is None for value in values):
        return Judged("hours", "not_available", "not_available")
    hours = math.fsum(value for value in values if value is not None)
    weeks, is_planned = _weeks(figure, background, measures)
    return Judged(
        "hours",
        "descriptive",
        "none" if hours == 0 else "planned" if is_planned else "descriptive",
        value_to=hours,
        value=hours,
        weeks=tuple(weeks),
        caveats=(caveats.PLANNED,) if is_planned else (),
    )


def _weeks(
    figure: HoursFigure, background: Background, measures: Sequence[str]
) -> tuple[list[str], bool]:
    """ISO weeks with any of the hours, and whether all of them are only planned."""
    facts = background.facts
    if measures == ["restricted_self_service_hours"]:
        weeks = facts.restricted_weeks
        here = (weeks.library_id == figure.scope.id) & (weeks.half_year_id == figure.half_year_to)
        return sorted(weeks[here].iso_week_id.unique()), False
    functions = [measure.removesuffix("_hours") for measure in measures]
    days = facts.presence_days
    days = days[
        (days.library_id == figure.scope.id)
        & (days.half_year_id == figure.half_year_to)
        & days.presence_function.isin(functions)
    ]
    return sorted(days.iso_week_id.unique()), bool(len(days)) and bool(days.is_planned.all())
