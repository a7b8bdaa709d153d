"""Where the parts of a chart stand: small multiples and intervals; templates draw them as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.briefing import danish, words
from orchestration.briefing.content import Briefing, Figure, LibraryHalfYear, SurveyResult
from orchestration.briefing.tables import Table
from orchestration.evidence.counts import count_interval

MOST_HALF_YEARS = 12
_ROOMY = 8  # more bars than this have no room for whole words below
WIDTH, HEIGHT = 360, 208
_LINE = 13
_LEFT, _RIGHT, _TOP, _BASE = 26, 2, 34, 164
# The scale of an interval, in what the figure is told in; what lies outside gets an arrow.
_SCALES = {
    "percent": (-100.0, 100.0, ("−100 pct.", "0", "+100 pct.")),
    "percentage_points": (-100.0, 100.0, ("−100", "0", "+100 point")),
    "share": (0.0, 1.0, ("0", "50", "100 pct.")),
}


@dataclass(frozen=True)
class Bar:
    """A half-year's bar; ``value`` is None where nothing is known.

    ``progress`` are lines below a half-year that is not over.
    """

    x: float
    y: float
    width: float
    height: float
    middle: float
    low: float
    high: float
    season: str
    is_provisional: bool
    progress: tuple[str, ...]
    value: str | None
    season_da: str
    years: str


@dataclass(frozen=True)
class Mark:
    """An intervention: where it begins on the chart, and the number by which the text names it."""

    x: float
    number: int
    text: str
    is_inside: bool


@dataclass(frozen=True)
class SmallMultiple:
    """A library's incidents by half-year.

    ``is_crowded`` asks for smaller letters below many bars.
    ``top`` is the end of its scale, a round number that libraries of about the same size share;
    ``grid`` holds the heights of the lines at the half and the whole of it, with their labels.
    """

    id: str
    title: str
    district: str
    top: float
    height: int
    is_crowded: bool
    grid: tuple[tuple[float, str], ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    description: str
    data: Table


@dataclass(frozen=True)
class Range:
    """A value and its interval on a fixed scale from 0 to 100, with the scale's three labels."""

    value: float
    low: float | None
    high: float | None
    is_cut_low: bool
    is_cut_high: bool
    has_zero: bool
    labels: tuple[str, str, str]


def figure_range(figure: Figure) -> Range | None:
    """A figure's interval as a drawing; none where it has no interval or no scale."""
    if figure.is_hidden:
        return None
    return _range(figure.value, figure.ci_low, figure.ci_high, figure.unit)


def survey_range(row: SurveyResult) -> Range | None:
    """A share and its interval as a drawing; none where it is not shown."""
    return None if row.suppressed else _range(row.share, row.ci_low, row.ci_high, "share")


def _range(value: float | None, low: float | None, high: float | None, unit: str) -> Range | None:
    if value is None or low is None or high is None or unit not in _SCALES:
        return None
    first, last, labels = _SCALES[unit]

    def place(number: float) -> float:
        return round(100 * (min(max(number, first), last) - first) / (last - first), 1)

    return Range(place(value), place(low), place(high), low < first, high > last, first < 0, labels)


def incidents(briefing: Briefing, districts: Mapping[str, str]) -> list[SmallMultiple]:
    """A chart for each library with incidents in any half-year, by district and name."""
    rows: dict[str, list[LibraryHalfYear]] = {}
    for row in briefing.libraries:
        if row.measures["incidents"] is not None:
            rows.setdefault(row.library_id, []).append(row)
    periods = sorted({row.period.id for group in rows.values() for row in group})
    shown = set(periods[-MOST_HALF_YEARS:])
    rows = {
        library: [row for row in group if row.period.id in shown] for library, group in rows.items()
    }
    rows = {
        library: group
        for library, group in rows.items()
        if any(row.measures["incidents"] for row in group)
    }
    charts = [
        _small_multiple(briefing, library, districts.get(library, ""), group)
        for library, group in rows.items()
    ]
    return sorted(charts, key=lambda c: (in_danish(c.district), in_danish(c.title)))


def _small_multiple(
    briefing: Briefing, library: str, district: str, rows: Sequence[LibraryHalfYear]
) -> SmallMultiple:
    name = briefing.library_names.get(library, library)
    step = (WIDTH - _LEFT - _RIGHT) / len(rows)
    width = min(step * 0.66, 44)
    intervals = [_interval(row) for row in rows]
    top = _scale(max(high for _, high in intervals))

    def height(count: float) -> float:
        return round((_BASE - _TOP) * count / top, 1)

    is_crowded = len(rows) > _ROOMY
    seasons = ("vin.", "som.") if is_crowded else ("vinter", "sommer")
    bars = []
    for position, (row, (low, high)) in enumerate(zip(rows, intervals, strict=True)):
        count = row.measures["incidents"] or 0
        middle = round(_LEFT + step * (position + 0.5), 1)
        bars.append(
            Bar(
                x=round(middle - width / 2, 1),
                y=_BASE - height(count),
                width=round(width, 1),
                height=height(count),
                middle=middle,
                low=_BASE - height(low),
                high=_BASE - height(high),
                season=row.period.season,
                is_provisional=row.is_provisional,
                progress=words.progress_lines(row.period),
                value=danish.number(count),
                season_da=seasons[row.period.season == "summer"],
                years=_short(row.period.years),
            )
        )
    marks = _marks(briefing, library, rows, step)
    sentences = [
        "Søjlediagram med én søjle pr. halvår.",
        "Indmeldte hændelser: "
        + ", ".join(
            f"{row.period.label} {danish.number(row.measures['incidents'] or 0)}"
            + (" (foreløbig)" if row.is_provisional else "")
            for row in rows
        )
        + ".",
        *(f"Indsats {mark.number}: {mark.text}." for mark in marks),
    ]
    return SmallMultiple(
        id=library,
        title=name,
        district=district,
        top=top,
        height=HEIGHT + _LINE * max(0, *(len(bar.progress) - 1 for bar in bars)),
        is_crowded=is_crowded,
        grid=tuple((_BASE - height(line), danish.number(line)) for line in (top / 2, top)),
        bars=tuple(bars),
        marks=tuple(marks),
        description=" ".join(sentences),
        data=Table(
            caption=f"Indmeldte hændelser pr. halvår, {name}",
            headers=("Halvår", "Hændelser", "95 %-interval", "Status"),
            rows=tuple(
                (
                    row.period.label,
                    danish.number(row.measures["incidents"] or 0),
                    f"{danish.number(low, 1)} til {danish.number(high, 1)}",
                    _status(row),
                )
                for row, (low, high) in zip(rows, intervals, strict=True)
            ),
            numeric=frozenset({1, 2}),
        ),
    )


def _marks(
    briefing: Briefing, library: str, rows: Sequence[LibraryHalfYear], step: float
) -> list[Mark]:
    first, last = rows[0].period.starts_on, rows[-1].period.ends_on
    marks: list[Mark] = []
    for item in briefing.interventions:
        begins_late = item.starts_on > last
        is_over = item.ends_on is not None and item.ends_on < first
        if item.library_id != library or begins_late or is_over:
            continue
        position = 0.0
        for index, row in enumerate(rows):
            period = row.period
            if period.starts_on <= item.starts_on <= period.ends_on:
                days = (period.ends_on - period.starts_on).days + 1
                position = index + (item.starts_on - period.starts_on).days / days
        marks.append(
            Mark(
                x=round(_LEFT + step * position, 1),
                number=len(marks) + 1,
                text=f"{item.label}, {danish.from_month(item.starts_on, item.ends_on)}",
                is_inside=item.starts_on >= first,
            )
        )
    return marks


def _scale(largest: float) -> float:
    """The smallest of 10, 20, 30, 50, 100, 200, … that is large enough, so that scales are few."""
    steps = (digit * 10**power for power in range(1, 12) for digit in (1, 2, 3, 5))
    return float(next((step for step in steps if step >= largest), largest))


def in_danish(text: str) -> str:
    """What to sort a name by: æ, ø and å come last."""
    return text.casefold().translate(str.maketrans("æøå", "{|}"))


def _status(row: LibraryHalfYear) -> str:
    told, progress = words.maturity(row.maturity), words.progress(row.period)
    return f"{told}, halvåret er {progress}" if progress else told


def _interval(row: LibraryHalfYear) -> tuple[float, float]:
    interval = count_interval(row.measures["incidents"] or 0)
    return interval.low, interval.high if math.isfinite(interval.high) else interval.low


def _short(years: str) -> str:
    """``2024/2025`` as ``24/25``; one year stays whole."""
    first, _, second = years.partition("/")
    return f"{first[-2:]}/{second[-2:]}" if second else first
