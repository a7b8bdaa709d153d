"""Figures of kind ``hours``: hours of one or more measures in one half-year."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from orchestration.config.model import OF_OPENING, HoursFigure
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.status_figure import Judged
from orchestration.half_year import HalfYear


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
    weeks, planned = _weeks(figure, background, measures)
    return Judged(
        "hours",
        "descriptive",
        "none" if hours == 0 else "planned" if planned == caveats.PLANNED else "descriptive",
        value_to=hours,
        value=hours,
        weeks=tuple(weeks),
        caveats=(
            *((planned,) if planned else ()),
            *_days_known(figure, background, measures),
        ),
    )


def _days_known(
    figure: HoursFigure, background: Background, measures: Sequence[str]
) -> Iterator[str]:
    facts, where = background.facts, (figure.scope.id, figure.half_year_to)
    if OF_OPENING.intersection(measures) and not facts.knows_opening(*where):
        of_days = HalfYear.parse(figure.half_year_to).days
        yield caveats.days_known(facts.open_days(*where), of_days)


def _weeks(
    figure: HoursFigure, background: Background, measures: Sequence[str]
) -> tuple[list[str], str | None]:
    """ISO weeks with any of the hours, and the caveat where they are planned, all or in part."""
    facts = background.facts
    if measures == ["restricted_self_service_hours"]:
        weeks = facts.restricted_weeks
        here = (weeks.library_id == figure.scope.id) & (weeks.half_year_id == figure.half_year_to)
        return sorted(weeks[here].iso_week_id.unique()), None
    functions = [measure.removesuffix("_hours") for measure in measures]
    days = facts.presence_days
    days = days[
        (days.library_id == figure.scope.id)
        & (days.half_year_id == figure.half_year_to)
        & days.presence_function.isin(functions)
    ]
    planned = None
    if days.is_planned.any():
        planned = caveats.PLANNED if days.is_planned.all() else caveats.PARTLY_PLANNED
    return sorted(days.iso_week_id.unique()), planned
