"""The workbook: one table a sheet with typed cells, and the notes; no text becomes a formula."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from orchestration.briefing import danish, tables, words
from orchestration.briefing.content import LIBRARY_MEASURES, ROW_OUTCOMES, Briefing, Figure

Cell = str | int | float | bool | dt.date | None
_MEASURE_TITLES = {
    **words.INCIDENT_MEASURES,
    **words.OPENING_MEASURES,
    **words.PRESENCE_MEASURES,
    "opening_days_known": "Dage med kendt åbningstid",
    "incidents_per_1000_open_hours": "Hændelser pr. 1.000 åbningstimer",
}
_SHARE = "0.0%"
_DECIMAL = "#,##0.0"
_WHOLE = "#,##0"
_DATE = "dd-mm-yyyy"
LINE_HEIGHT = 15
NOTE_WIDTHS = (36, 100)


@dataclass(frozen=True)
class _Number:
    """A number with the form in which it is shown; none and NaN give an empty cell."""

    value: float | None
    form: str


@dataclass(frozen=True)
class _Sheet:
    name: str
    table: str
    headers: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell | _Number]]


def render(briefing: Briefing) -> bytes:
    """The workbook as bytes, the same for the same briefing."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.set_properties(
        {
            "title": f"{words.TITLE}, {briefing.half_year_label}",
            "subject": words.BANNER if briefing.is_sample else "",
            "author": words.TITLE,
            "created": dt.datetime.combine(briefing.as_of, dt.time()),
        }
    )
    formats = _Formats(workbook)
    sheets = [_figures, _evidence, _half_years, _months, _surveys, _districts, _interventions]
    sheets += [_claims, _ledger]
    for make in sheets:
        sheet = make(briefing)
        if sheet.rows or make not in (_evidence, _months, _claims):
            _write(workbook, formats, briefing, sheet)
    _notes(workbook, formats, briefing)
    workbook.close()
    return stream.getvalue()


class _Formats:
    """Cell formats, made once each."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._numbers: dict[str, Format] = {}
        base = {"valign": "top"}
        self.text = workbook.add_format({**base, "text_wrap": True, "align": "left", "indent": 1})
        self.head = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "align": "left", "indent": 1}
        )
        self.strong = workbook.add_format({**base, "bold": True})
        self.title = workbook.add_format({"bold": True, "font_size": 16, "font_color": "#1B4F72"})
        self.warning = workbook.add_format(
            {**base, "bold": True, "text_wrap": True, "font_color": "#8A1C1C", "border": 1}
        )

    def number(self, form: str) -> Format:
        if form not in self._numbers:
            options = {"num_format": form, "valign": "top"}
            self._numbers[form] = self._workbook.add_format(options)
        return self._numbers[form]


def _write(workbook: Workbook, formats: _Formats, briefing: Briefing, sheet: _Sheet) -> None:
    page = workbook.add_worksheet(sheet.name)
    _page(page, briefing)
    widths = [width for _, width in sheet.headers]
    # The button that opens a column's filter takes four characters.
    head_lines = _lines([header for header, _ in sheet.headers], [width - 4 for width in widths])
    page.set_row(0, LINE_HEIGHT * head_lines)
    for column, (header, width) in enumerate(sheet.headers):
        page.set_column(column, column, width)
        page.write_string(0, column, header, formats.head)
    for number, row in enumerate(sheet.rows, start=1):
        page.set_row(number, LINE_HEIGHT * _lines(row, widths))
        for column, cell in enumerate(row):
            _cell(page, formats, number, column, cell)
    if sheet.rows:
        page.add_table(
            0, 0, len(sheet.rows), len(sheet.headers) - 1,
            {
                "name": sheet.table,
                "style": "Table Style Light 1",
                "columns": [
                    {"header": header, "header_format": formats.head}
                    for header, _ in sheet.headers
                ],
            },
        )  # fmt: skip
    page.freeze_panes(1, 1)
    page.repeat_rows(0)


def _lines(row: Sequence[Cell | _Number], widths: Sequence[int]) -> int:
    """How many lines the row's longest text takes; not every program finds out by itself."""
    return max(
        (
            sum(math.ceil((len(line) + 1) * 1.1 / width) or 1 for line in cell.split("\n"))
            for cell, width in zip(row, widths, strict=True)
            if isinstance(cell, str)
        ),
        default=1,
    )


def _page(page: Worksheet, briefing: Briefing) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    # An ampersand begins a code in a header.
    label = briefing.half_year_label.replace("&", "&&")
    page.set_header(f"&L{words.TITLE}, {label}" + ("&R" + words.BANNER) * briefing.is_sample)
    page.set_footer("&L&A&RSide &P af &N")


def _cell(page: Worksheet, formats: _Formats, row: int, column: int, cell: Cell | _Number) -> None:
    """Write by type, never by what a text looks like."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = _Number(cell, _WHOLE)
    if isinstance(cell, _Number):
        if cell.value is None or math.isnan(cell.value):
            page.write_blank(row, column, None, formats.text)
        elif math.isinf(cell.value):
            page.write_string(row, column, danish.number(cell.value), formats.text)
        else:
            page.write_number(row, column, cell.value, formats.number(cell.form))
    elif isinstance(cell, bool):
        page.write_string(row, column, "ja" if cell else "nej", formats.text)
    elif isinstance(cell, dt.date):
        page.write_datetime(row, column, cell, formats.number(_DATE))
    elif cell:
        page.write_string(row, column, cell, formats.text)
    else:
        page.write_blank(row, column, None, formats.text)


def _figures(briefing: Briefing) -> _Sheet:
    def value(figure: Figure, number: float | None) -> _Number:
        return _Number(number, _SHARE if figure.unit == "share" else _DECIMAL)

    def observed(figure: Figure, number: float | None) -> _Number:
        if figure.unit in ("share", "percentage_points"):
            return _Number(number, _SHARE)
        return _Number(number, _WHOLE if figure.unit in ("percent", "rank") else _DECIMAL)

    return _Sheet(
        "Dataspor",
        "Dataspor",
        [
            ("Dataspor", 38), ("Tal", 36), ("Sætning", 50), ("Sted", 22), ("Fra halvår", 18),
            ("Til halvår", 18), ("Værdi fra", 11), ("Værdi til", 11), ("Værdi", 11),
            ("Enhed", 15), ("95 %-interval, fra", 12), ("95 %-interval, til", 12),
            ("Evidens", 16), ("Status", 12), ("Forbehold", 46), ("Opgjort", 12),
        ],
        [
            (
                figure.id,
                figure.label,
                figure.statement,
                figure.place.heading,
                briefing.period_label(figure.half_year_from),
                briefing.period_label(figure.half_year_to),
                observed(figure, figure.value_from),
                observed(figure, figure.value_to),
                tables.value(figure) if figure.is_hidden else (
                    _Number(figure.value, _WHOLE)
                    if figure.unit == "rank"
                    else value(figure, figure.value)
                ),
                words.UNIT.get(figure.unit, figure.unit),
                value(figure, figure.ci_low),
                value(figure, figure.ci_high),
                words.evidence(figure.evidence),
                words.maturity(figure.maturity),
                "\n".join(figure.caveats),
                briefing.as_of,
            )
            for figure in briefing.figures
        ],
    )  # fmt: skip


def _half_years(briefing: Briefing) -> _Sheet:
    shown = _libraries(briefing)
    forms = dict.fromkeys(LIBRARY_MEASURES, _DECIMAL)
    forms |= dict.fromkeys((*words.INCIDENT_MEASURES, "opening_days_known"), _WHOLE)
    return _Sheet(
        "Halvår",
        "Halvaar",
        [
            ("Bibliotek", 38),
            ("Halvår", 28),
            *((_MEASURE_TITLES[measure], 16) for measure in LIBRARY_MEASURES),
            ("Status", 12),
        ],
        [
            (
                briefing.library_names.get(row.library_id, row.library_id),
                row.period.label,
                *(_Number(row.measures[name], forms[name]) for name in LIBRARY_MEASURES),
                words.maturity(row.maturity),
            )
            for row in briefing.libraries
            if row.library_id in shown
        ],
    )


def _surveys(briefing: Briefing) -> _Sheet:
    shown = _libraries(briefing)
    return _Sheet(
        "Undersøgelser",
        "Undersoegelser",
        [
            ("Spørgsmål", 48), ("Bibliotek", 38), ("Undersøgelse", 18), ("Halvår", 28),
            ("Svar", 10), ("Positive svar", 10), ("Andel positive", 10),
            ("95 %-interval, fra", 12), ("95 %-interval, til", 12),
            ("Vises ikke (for få svar)", 14),
        ],
        [
            (
                briefing.question_texts.get(row.question_id, row.question_id),
                briefing.library_names.get(row.library_id, row.library_id),
                danish.month(row.wave_id),
                briefing.period_label(row.half_year_id),
                row.respondents,
                row.favourable,
                _Number(row.share, _SHARE),
                _Number(row.ci_low, _SHARE),
                _Number(row.ci_high, _SHARE),
                row.suppressed,
            )
            for row in briefing.surveys
            if row.library_id in shown
        ],
    )  # fmt: skip


def _districts(briefing: Briefing) -> _Sheet:
    return _Sheet(
        "Bydele",
        "Bydele",
        [("Halvår", 28), ("Bydel", 28), ("Indmeldte hændelser", 14), ("Placering (1 = flest)", 12)],
        [
            (row.period.label, row.district_name, row.incidents, row.rank)
            for row in briefing.districts
        ],
    )


def _interventions(briefing: Briefing) -> _Sheet:
    shown = _libraries(briefing)
    return _Sheet(
        "Indsatser",
        "Indsatser",
        [("Bibliotek", 38), ("Indsats", 44), ("Fra", 12), ("Til", 12)],
        [
            (
                briefing.library_names.get(item.library_id, item.library_id),
                item.label,
                item.starts_on,
                item.ends_on,
            )
            for item in briefing.interventions
            if item.library_id in shown
        ],
    )


def _libraries(briefing: Briefing) -> set[str]:
    """The libraries that figures are about."""
    return {place.id for place in briefing.places if place.kind == "library"}


def _evidence(briefing: Briefing) -> _Sheet:
    shown = {figure.id for figure in briefing.figures if not figure.is_hidden}
    return _Sheet(
        "Evidens",
        "Evidens",
        [
            ("Dataspor", 38), ("Mål", 46), ("Halvår", 26), ("Værdi", 11),
            ("95 %-interval, fra", 12), ("95 %-interval, til", 12), ("Enhed", 14),
            ("Bemærkning", 44),
        ],
        [
            (
                item.figure_id,
                item.label,
                briefing.period_label(item.half_year_id),
                *(_Number(n, _ratio_form(item.unit)) for n in (item.value, item.low, item.high)),
                words.EVIDENCE_UNIT.get(item.unit, item.unit),
                item.note,
            )
            for item in briefing.evidence
            if item.figure_id in shown
        ],
    )  # fmt: skip


def _ratio_form(unit: str) -> str:
    return {"share": _SHARE, "count": _DECIMAL}.get(unit, "0.000")


def _months(briefing: Briefing) -> _Sheet:
    shown = _libraries(briefing)
    return _Sheet(
        "Måneder",
        "Maaneder",
        [("Bibliotek", 34), ("Måned", 14), ("Indmeldte hændelser", 14)],
        [
            (
                briefing.library_names.get(row.library_id, row.library_id),
                row.starts_on,
                row.incidents,
            )
            for row in briefing.months
            if row.library_id in shown
        ],
    )


def _claims(briefing: Briefing) -> _Sheet:
    return _Sheet(
        "Udsagn",
        "Udsagn",
        [("Udsagn", 60), ("Dataspor", 38), ("Vurdering", 26), ("Hvorfor", 60)],
        [
            (
                claim.text,
                claim.figure_id,
                words.JUDGEMENT.get(claim.judgement, claim.judgement),
                claim.reason,
            )
            for claim in briefing.claims
        ],
    )


def _ledger(briefing: Briefing) -> _Sheet:
    return _Sheet(
        "Regnskab",
        "Regnskab",
        [
            ("Kilde", 40),
            ("Filer", 9),
            ("Heraf ubrugelige", 12),
            *((f"{tables.OUTCOME_HEADERS[name]} (rækker)", 12) for name in ROW_OUTCOMES),
        ],
        [
            (
                words.source(line.source),
                line.files,
                line.unusable_files,
                *(line.rows[name] for name in ROW_OUTCOMES),
            )
            for line in briefing.ledger
        ],
    )


def _notes(workbook: Workbook, formats: _Formats, briefing: Briefing) -> None:
    page = workbook.add_worksheet("Noter")
    _page(page, briefing)
    for column, width in enumerate(NOTE_WIDTHS):
        page.set_column(column, column, width)
    lines: list[tuple[str, str]] = [
        ("Halvår", briefing.half_year_label),
        ("Opgjort", danish.date(briefing.as_of)),
        ("Datagrundlag", " ".join(tables.ledger_sentences(briefing))),
    ]
    if briefing.knows_staff:
        lines.append(("Undersøgelser, 95 %-interval", words.SURVEY_INTERVALS))
    lines += words.method(briefing.figures[0].id if briefing.figures else None)
    lines += [(f"Evidens: {word}", meaning) for word, meaning in words.EVIDENCE.values()]
    page.write_string(0, 0, words.TITLE, formats.title)
    row = 1
    if briefing.is_sample:
        page.write_string(row, 0, words.BANNER, formats.warning)
        page.write_string(row, 1, words.BANNER_TEXT, formats.warning)
        row += 1
    for term, text in lines:
        page.set_row(row, LINE_HEIGHT * _lines((term, text), NOTE_WIDTHS))
        page.write_string(row, 0, term, formats.strong)
        page.write_string(row, 1, text, formats.text)
        row += 1
