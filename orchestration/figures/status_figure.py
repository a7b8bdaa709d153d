"""What a status figure is: its row, the evidence behind it, and how it was judged; no computing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orchestration.evidence.interval import Interval

Evidence = Literal[
    "clear",
    "uncertain",
    "no_change",
    "not_comparable",
    "too_few",
    "suppressed",
    "descriptive",
    "not_available",
]


@dataclass(frozen=True)
class StatusFigure:
    """One row of ``fct_status_figure``; see the contract.

    ``weeks`` are the ISO weeks with any of a figure's hours, ``2024-47 2024-48``.
    """

    figure_id: str
    label_da: str
    statement_da: str
    statement_en: str
    measure: str
    scope_kind: str
    scope_id: str
    half_year_from: str | None
    half_year_to: str
    value_from: float | None
    value_to: float | None
    value: float | None
    unit: str
    ci_low: float | None
    ci_high: float | None
    evidence: Evidence
    maturity: str
    caveats: str
    weeks: str | None
    as_of: dt.date


@dataclass(frozen=True)
class Item:
    """One number of the evidence behind a figure.

    Attributes:
        item: what it is, one of :data:`ITEMS`.
        value: in ``unit``.
        interval: 95 % interval, where it has one.
        half_year_id: the half-year it speaks of, where it is about one.
        note_da: what it rests on, in Danish.
    """

    item: str
    value: float
    interval: Interval | None = None
    half_year_id: str | None = None
    note_da: str | None = None


@dataclass(frozen=True)
class ItemKind:
    """What an item of evidence is called, and its unit."""

    label_da: str
    label_en: str
    unit: str


# one place for the names of everything that figures are judged by
ITEMS = {
    "rate_ratio": ItemKind("Forhold mellem halvårene, eksakt", "Rate ratio, exact", "ratio"),
    "rate_ratio_widened": ItemKind(
        "Forhold mellem halvårene, med overspredning",
        "Rate ratio, allowing for overdispersion",
        "ratio",
    ),
    "rate_ratio_per_open_hour": ItemKind(
        "Forhold pr. 1.000 åbningstimer", "Rate ratio per 1,000 open hours", "ratio"
    ),
    "per_1000_open_hours": ItemKind(
        "Hændelser pr. 1.000 åbningstimer", "Incidents per 1,000 open hours", "per_1000_hours"
    ),
    "overdispersion": ItemKind(
        "Overspredning (varians over middeltal)", "Overdispersion (variance over mean)", "ratio"
    ),
    "step": ItemKind("Forhold til halvåret før i rækken", "Rate ratio of a step", "ratio"),
    "trend": ItemKind("Forhold pr. skridt, udjævnet", "Trend, rate ratio per step", "ratio"),
    "share_reported": ItemKind(
        "Andel af de ventede indmeldinger, der er kommet", "Share of expected reports", "share"
    ),
    "expected_count": ItemKind(
        "Ventet antal, når alle er indmeldt", "Expected count once all are reported", "count"
    ),
    "respondents": ItemKind("Svar", "Respondents", "count"),
    "staff": ItemKind("Medarbejdere, der kunne svare", "Staff who could answer", "count"),
    "share": ItemKind("Andel", "Share", "share"),
    "exact_p": ItemKind("P-værdi, eksakt test (Boschloo)", "p value, exact test", "p_value"),
    "margin_to_second": ItemKind("Forhold til den næste", "Ratio to the next", "ratio"),
    "probability_first": ItemKind(
        "Sandsynlighed for at være størst", "Probability of being first", "share"
    ),
    "level_ratio": ItemKind(
        "Forhold til det ventede forløb", "Ratio to the expected course", "ratio"
    ),
    "p_value": ItemKind("P-værdi", "p value", "p_value"),
    "months_before": ItemKind("Måneder før", "Months before", "count"),
    "months_after": ItemKind("Måneder efter", "Months after", "count"),
    "comparison_libraries": ItemKind(
        "Biblioteker at sammenligne med", "Comparison libraries", "count"
    ),
}


@dataclass(frozen=True)
class Judged:
    """What is told of a figure before it becomes a row: values, and how strong the evidence is.

    Attributes:
        unit: unit of ``value`` and ``interval``.
        evidence: how strong it is.
        wording: the template of the sentence, one of the configuration's for the figure's kind.
        said: further places of the sentence, by name; numbers are written in its language.
        caveats: what a reader has to know, in Danish.
        items: the numbers behind the judgement.
    """

    unit: str
    evidence: Evidence
    wording: str
    half_year_from: str | None = None
    value_from: float | None = None
    value_to: float | None = None
    value: float | None = None
    interval: Interval | None = None
    said: Mapping[str, str | float] = field(default_factory=dict)
    weeks: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
