"""Status figures: from the configured definitions and the facts to rows with evidence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestration.config import Config
from orchestration.config.model import Figure, measure_of
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.changes import judge_change
from orchestration.figures.completeness import CompletenessRow
from orchestration.figures.facts import Facts
from orchestration.figures.hours import judge_hours
from orchestration.figures.interventions import judge_intervention
from orchestration.figures.ranks import judge_rank
from orchestration.figures.sentences import Sentences
from orchestration.figures.shares import judge_share
from orchestration.figures.status_figure import ITEMS, Judged, StatusFigure

_JUDGES: dict[str, Callable[[Any, Background], Judged]] = {
    "change": judge_change,
    "share": judge_share,
    "rank": judge_rank,
    "hours": judge_hours,
    "intervention": judge_intervention,
}


@dataclass(frozen=True)
class EvidenceRow:
    """One row of ``fct_figure_evidence``: an item of the evidence behind a figure."""

    figure_id: str
    item_order: int
    item: str
    half_year_id: str | None
    label_da: str
    label_en: str
    value: float
    ci_low: float | None
    ci_high: float | None
    unit: str
    note_da: str | None


@dataclass(frozen=True)
class Computed:
    """Everything that one run tells: figures, the evidence behind them, and late reports."""

    figures: list[StatusFigure]
    evidence: list[EvidenceRow]
    completeness: list[CompletenessRow]


def compute_figures(config: Config, facts: Facts) -> Computed:
    """Every configured figure; one whose data is missing says ``not_available``."""
    background = Background(config, facts)
    danish, english = Sentences.danish(config), Sentences.english(config)
    judged = {
        figure.figure_id: (figure, _JUDGES[figure.kind](figure, background))
        for figure in config.figures.figures
    }
    return Computed(
        [_figure(figure, told, background, danish, english) for figure, told in judged.values()],
        [row for name, (_, told) in judged.items() for row in _evidence(name, told)],
        background.reporting.table(config.evidence.complete_from),
    )


def _figure(
    figure: Figure,
    judged: Judged,
    background: Background,
    danish: Sentences,
    english: Sentences,
) -> StatusFigure:
    facts = background.facts
    maturity = facts.maturity(figure.half_year_to, background.config.municipality.maturity_days)
    notes = list(judged.caveats)
    if maturity == "provisional" and judged.evidence != "not_available":
        notes.append(caveats.PROVISIONAL)
    return StatusFigure(
        figure_id=figure.figure_id,
        label_da=figure.label_da,
        statement_da=danish.write(figure, judged),
        statement_en=english.write(figure, judged),
        measure=measure_of(figure),
        scope_kind=figure.scope.kind,
        scope_id=figure.scope.id,
        half_year_from=judged.half_year_from,
        half_year_to=figure.half_year_to,
        value_from=judged.value_from,
        value_to=judged.value_to,
        value=judged.value,
        unit=judged.unit,
        ci_low=_finite(judged.interval.low) if judged.interval else None,
        ci_high=_finite(judged.interval.high) if judged.interval else None,
        evidence=judged.evidence,
        maturity=maturity,
        # readers part them at "; ", which names of the configuration may hold
        caveats="; ".join(note.replace("; ", ", ") for note in notes),
        weeks=" ".join(judged.weeks) or None,
        as_of=facts.as_of,
    )


def _evidence(figure_id: str, judged: Judged) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            figure_id=figure_id,
            item_order=order,
            item=item.item,
            half_year_id=item.half_year_id,
            label_da=ITEMS[item.item].label_da,
            label_en=ITEMS[item.item].label_en,
            value=float(item.value),
            ci_low=_finite(item.interval.low) if item.interval else None,
            ci_high=_finite(item.interval.high) if item.interval else None,
            unit=ITEMS[item.item].unit,
            note_da=item.note_da,
        )
        for order, item in enumerate(judged.items, start=1)
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
