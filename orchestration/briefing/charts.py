"""Which charts there are, and what each says in words; how they look is ``plot``'s business."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestration.briefing import danish, plot, words
from orchestration.briefing.content import Briefing, LibraryHalfYear, Place, SurveyResult
from orchestration.briefing.svg import accessible
from orchestration.briefing.tables import Table
from orchestration.evidence.control import control_chart
from orchestration.evidence.counts import count_interval

MOST_HALF_YEARS = 12
# The staffed hours hardly vary: they are in the workbook only.
_OPENING = {
    measure: title
    for measure, title in words.OPENING_MEASURES.items()
    if measure != "staffed_hours"
}


@dataclass(frozen=True)
class Chart:
    """A chart in both formats, its text alternative and the numbers in it.

    ``place`` is the library whose block it belongs to; without one it concerns several. ``reading``
    tells how to read it, ``note`` what it leaves out, if anything.
    """

    name: str
    place: Place | None
    title: str
    reading: str
    note: str
    description: str
    data: Table
    svg: str
    png: bytes


def draw(briefing: Briefing) -> list[Chart]:
    """All charts: for each library of the figures by half-year, and one for each question."""
    charts: list[Chart | None] = []
    for place in briefing.places:
        if place.kind == "library":
            charts += [
                _half_years(briefing, place, *kind)
                for kind in (
                    ("incidents", "Indmeldte hændelser", words.INCIDENT_MEASURES),
                    ("opening_hours", "Åbningstid", _OPENING),
                    ("presence", "Tilstedeværelse", words.PRESENCE_MEASURES),
                )
            ]
            charts.insert(len(charts) - 2, _months(briefing, place))
    questions = dict.fromkeys(row.question_id for row in briefing.surveys)
    charts += [survey_chart(briefing, question_id) for question_id in questions]
    return [chart for chart in charts if chart is not None]


def _half_years(
    briefing: Briefing, place: Place, kind: str, subject: str, measures: Mapping[str, str]
) -> Chart | None:
    rows = [row for row in briefing.libraries if row.library_id == place.id]
    measures = {
        measure: title
        for measure, title in measures.items()
        if any(row.measures[measure] is not None for row in rows)
    }
    rows = _trimmed(rows, lambda row: any(row.measures[name] is not None for name in measures))
    if not rows:
        return None
    notes = [words.CHART_CUT.format(count=MOST_HALF_YEARS)] if len(rows) > MOST_HALF_YEARS else []
    rows = rows[-MOST_HALF_YEARS:]
    drawn = [name for name in measures if any(row.measures[name] for row in rows)]
    if not drawn:
        return None
    if left_out := [measures[name] for name in measures if name not in drawn]:
        notes.append(words.CHART_ZERO.format(measures=", ".join(left_out)))
    in_part = [_days_known(row) for row in rows if row.knows_opening_in_part]
    if kind == "opening_hours" and in_part:
        notes.append(words.CHART_DAYS_KNOWN.format(half_years=", ".join(in_part)))
    spans = _spans(briefing, place, rows[0].period.starts_on, rows[-1].period.ends_on)
    drawing = plot.bars(
        [
            plot.Slot(
                starts_on=row.period.starts_on,
                ends_on=row.period.ends_on,
                is_summer=row.period.season == "summer",
                years=row.period.years,
                is_provisional=row.is_provisional,
                progress=words.progress_lines(row.period),
            )
            for row in rows
        ],
        [
            plot.Panel(
                measures[measure],
                tuple(row.measures[measure] for row in rows),
                tuple(_interval(row.measures[measure]) for row in rows)
                if measure in words.INCIDENT_MEASURES
                else (),
            )
            for measure in drawn
        ],
        spans,
    )
    data = Table(
        caption=f"{subject} pr. halvår, {place.name}",
        headers=("Halvår", *measures.values(), "Status"),
        rows=tuple(
            (
                row.period.label,
                *(_number(row.measures[measure]) for measure in measures),
                words.maturity(row.maturity),
            )
            for row in rows
        ),
        numeric=frozenset(range(1, 1 + len(measures))),
    )
    sentences = ["Søjlediagram med én søjle pr. halvår."]
    sentences += [_series(measures[measure], measure, rows) for measure in drawn]
    sentences += [f"Indsats: {span.label}." for span in spans]
    return _chart(f"{kind}_{place.id}", place, data, sentences, drawing, words.READING[kind], notes)


def _days_known(row: LibraryHalfYear) -> str:
    return words.DAYS_KNOWN.format(
        half_year=row.period.label,
        days=_number(row.measures["opening_days_known"]),
        of_days=row.period.days,
    )


def _months(briefing: Briefing, place: Place) -> Chart | None:
    """The control chart of a library's incidents by month, months that are over only."""
    rows = [row for row in briefing.months if row.library_id == place.id]
    chart = control_chart([row.incidents for row in rows], [row.days for row in rows])
    if chart is None:
        return None
    spans = _spans(briefing, place, rows[0].starts_on, rows[-1].ends_on)
    drawing = plot.control(
        [row.starts_on for row in rows],
        [row.incidents for row in rows],
        (chart.low, chart.centre, chart.high),
        chart.outside,
        spans,
    )
    data = Table(
        caption=f"Indmeldte hændelser pr. måned, {place.name}",
        headers=("Måned", "Hændelser", "Middel", "Nedre grænse", "Øvre grænse"),
        rows=tuple(
            (
                danish.month(row.id),
                danish.number(row.incidents),
                *(danish.number(limit[x], 1) for limit in (chart.centre, chart.low, chart.high)),
            )
            for x, row in enumerate(rows)
        ),
        numeric=frozenset({1, 2, 3, 4}),
    )
    outside = [f"{danish.month(rows[x].id)} ({rows[x].incidents})" for x in chart.outside]
    sentences = [
        f"Kontroldiagram med hændelser pr. måned fra {danish.month(rows[0].id)} til "
        f"{danish.month(rows[-1].id)}.",
        f"Uden for normal variation: {', '.join(outside)}."
        if outside
        else "Ingen måned ligger uden for normal variation.",
    ]
    return _chart(f"months_{place.id}", place, data, sentences, drawing, words.READING["months"])


def _spans(briefing: Briefing, place: Place, first: dt.date, last: dt.date) -> list[plot.Span]:
    """The interventions at a library that have at least one day in a chart."""
    return [
        plot.Span(
            f"{item.label}, {danish.from_month(item.starts_on, item.ends_on)}",
            item.starts_on,
            item.ends_on,
        )
        for item in briefing.interventions
        if item.library_id == place.id
        and item.starts_on <= last
        and (item.ends_on is None or item.ends_on >= first)
    ]


def _interval(count: float | None) -> tuple[float, float] | None:
    if count is None:
        return None
    interval = count_interval(count)
    return interval.low, interval.high


def survey_chart(briefing: Briefing, question_id: str) -> Chart | None:
    """The question at the libraries that have a figure about it; none where none has answers."""
    figures = [figure for figure in briefing.figures if figure.measure == question_id]
    libraries = list(dict.fromkeys(f.place.id for f in figures if f.place.kind == "library"))
    rows = [
        row
        for library_id in libraries
        for row in briefing.surveys
        if row.question_id == question_id and row.library_id == library_id
    ]
    if not rows:
        return None
    names = briefing.library_names
    groups = {
        library_id: [row for row in rows if row.library_id == library_id]
        for library_id in dict.fromkeys(row.library_id for row in rows)
    }
    drawing = plot.dots(
        [
            (
                names.get(library_id, library_id),
                [
                    plot.Dot(
                        danish.month(row.wave_id), row.share, row.ci_low, row.ci_high, _note(row)
                    )
                    for row in group
                ],
            )
            for library_id, group in groups.items()
        ]
    )
    data = Table(
        caption=_title(briefing, question_id, [figure.label for figure in figures]),
        headers=("Bibliotek", "Undersøgelse", "Andel", "95 %-interval", "Svar"),
        rows=tuple(
            (
                names.get(row.library_id, row.library_id),
                danish.month(row.wave_id),
                danish.measured(row.share, "share") if row.share is not None else _note(row),
                danish.interval(row.ci_low, row.ci_high, "share"),
                danish.number(row.respondents) if row.respondents is not None else danish.DASH,
            )
            for row in rows
        ),
        numeric=frozenset({2, 3, 4}),
    )
    sentences = ["Diagram med andele og 95 %-intervaller."]
    for library, wave, share, interval, _ in data.rows:
        known = f" (95 %-interval {interval})" if interval != danish.DASH else ""
        sentences.append(f"{library}, {wave}: {share}{known}.")
    notes = [words.SURVEY_INTERVALS] if briefing.knows_staff else []
    return _chart(
        f"survey_{question_id}", None, data, sentences, drawing, words.READING["survey"], notes
    )


def _chart(
    name: str,
    place: Place | None,
    data: Table,
    sentences: Sequence[str],
    drawing: plot.Drawing,
    reading: str,
    notes: Sequence[str] = (),
) -> Chart:
    description = " ".join([*sentences, *notes])
    return Chart(
        name=name,
        place=place,
        title=data.caption,
        reading=reading,
        note=" ".join(notes),
        description=description,
        data=data,
        svg=accessible(drawing.svg, name, data.caption, description),
        png=drawing.png,
    )


def _series(title: str, measure: str, rows: list[LibraryHalfYear]) -> str:
    values = [
        f"{row.period.label} {_number(row.measures[measure])}"
        + (" (foreløbig)" if row.is_provisional else "")
        for row in rows
    ]
    return f"{title}: {', '.join(values)}."


def _number(value: float | None) -> str:
    return "ingen data" if value is None else danish.compact(value)


def _note(row: SurveyResult) -> str:
    if row.suppressed:
        return "vises ikke (for få svar)"
    if row.share is None:
        return "ingen data"
    answers = f" af {danish.number(row.respondents)} svar" if row.respondents is not None else ""
    return f"{danish.number(row.share * 100)} pct.{answers}"


def _trimmed(
    rows: list[LibraryHalfYear], is_known: Callable[[LibraryHalfYear], bool]
) -> list[LibraryHalfYear]:
    """Without the half-years before the first and after the last that something is known of."""
    known = [position for position, row in enumerate(rows) if is_known(row)]
    return rows[known[0] : known[-1] + 1] if known else []


def _title(briefing: Briefing, question_id: str, labels: list[str]) -> str:
    """The label of all figures on a question; where they differ, what staff were asked."""
    if len(set(labels)) == 1:
        return labels[0]
    # a release may be without the questions' texts
    shared = os.path.commonprefix(labels).rpartition(",")[0]
    return briefing.question_texts.get(question_id) or shared or question_id
