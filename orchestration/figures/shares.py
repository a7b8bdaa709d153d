"""Figures of kind ``share``: favourable answers of a wave, alone or beside an earlier one."""

from __future__ import annotations

import calendar
import datetime as dt

import pandas as pd

from orchestration.config.model import ShareFigure
from orchestration.evidence.shares import Share, exact_p, newcombe, wilson
from orchestration.figures import breaks, caveats
from orchestration.figures.background import Background
from orchestration.figures.status_figure import Evidence, Item, Judged

_SURVEY = ("survey", "other")
_LEVEL = 0.05


def judge_share(figure: ShareFigure, background: Background) -> Judged:
    """The share or its change, with Wilson's or Newcombe's interval and an exact test."""
    unit = "percentage_points" if figure.wave_from else "share"
    later = _later_wave(figure, background)
    if later is None:
        return Judged(unit, "not_available", "not_available")
    earlier = _earlier_wave(figure, background, later.wave_id)
    half_year_from = earlier.half_year_id if earlier is not None else None
    if later.suppressed or (earlier is not None and earlier.suppressed):
        return Judged(unit, "suppressed", "suppressed", half_year_from=half_year_from)
    after = _share(later, background)
    items = _items(later, after)
    not_counted = _not_counted(figure, background)
    told = caveats.respondents(after.respondents, not_counted=not_counted)
    if figure.wave_from is None:
        return Judged(
            unit,
            "descriptive",
            "descriptive",
            value_to=after.value,
            value=after.value,
            interval=wilson(after),
            caveats=(told,),
            items=tuple(items),
        )
    if earlier is None:
        return Judged(unit, "not_available", "not_available", value_to=after.value, caveats=(told,))
    before = _share(earlier, background)
    interval, p_value = newcombe(before, after), exact_p(before, after)
    broken = breaks.declared(
        background.config,
        {figure.scope.id},
        _first_day(earlier.wave_id),
        _last_day(later.wave_id),
        kinds=_SURVEY,
    )
    is_small = min(before.respondents, after.respondents) < (
        background.config.evidence.small_group_below
    )
    evidence: Evidence
    if broken:
        evidence, wording = "not_comparable", "not_comparable"
    elif before.value == after.value:
        evidence, wording = "no_change", "no_change"
    elif not interval.excludes(0) or (is_small and p_value > _LEVEL):
        evidence, wording = "uncertain", "uncertain"
    else:
        evidence, wording = "clear", "clear_rise" if after.value > before.value else "clear_fall"
    return Judged(
        unit,
        evidence,
        wording,
        half_year_from=half_year_from,
        value_from=before.value,
        value_to=after.value,
        value=(after.value - before.value) * 100,
        interval=interval.scaled(100),
        caveats=(
            caveats.respondents(before.respondents, after.respondents, not_counted=not_counted),
            *broken,
        ),
        items=(*_items(earlier, before), *items, Item("exact_p", p_value)),
    )


def _later_wave(figure: ShareFigure, background: Background) -> pd.Series | None:
    """The latest wave of the figure's half-year."""
    waves = _waves(figure, background)
    return _latest(waves[waves.half_year_id == figure.half_year_to])


def _earlier_wave(
    figure: ShareFigure, background: Background, later_wave_id: str
) -> pd.Series | None:
    """The wave compared with, or of a year the latest one before the later wave."""
    if figure.wave_from is None:
        return None
    waves = _waves(figure, background)
    return _latest(
        waves[waves.wave_id.str.startswith(figure.wave_from) & (waves.wave_id < later_wave_id)]
    )


def _waves(figure: ShareFigure, background: Background) -> pd.DataFrame:
    waves = background.facts.survey_half_year
    return waves[(waves.library_id == figure.scope.id) & (waves.question_id == figure.measure)]


def _latest(waves: pd.DataFrame) -> pd.Series | None:
    return None if waves.empty else waves.iloc[-1]


def _not_counted(figure: ShareFigure, background: Background) -> list[str]:
    """Answers to the figure's question that are left out as blank ones are."""
    questions = background.config.survey.questions
    return next(row.not_counted for row in questions if row.question_id == figure.measure)


def _share(wave: pd.Series, background: Background) -> Share:
    staff = next(
        (
            row.staff
            for row in background.config.staff
            if (row.library_id, row.wave_id) == (wave.library_id, wave.wave_id)
        ),
        None,
    )
    return Share(int(wave.favourable), int(wave.respondents), staff)


def _items(wave: pd.Series, share: Share) -> list[Item]:
    half_year_id = wave.half_year_id
    items = [
        Item("share", share.value, wilson(share), half_year_id),
        Item("respondents", share.respondents, None, half_year_id),
    ]
    if share.population is not None:
        items.append(Item("staff", share.population, None, half_year_id))
    return items


def _first_day(wave_id: str) -> dt.date:
    return dt.date.fromisoformat(f"{wave_id}-01")


def _last_day(wave_id: str) -> dt.date:
    first = _first_day(wave_id)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
