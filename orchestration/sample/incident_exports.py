"""The synthetic incident exports: the columns and rows of each file, and how they are written."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from orchestration.sample import incidents, names, plan
from orchestration.sample.files import SampleFile
from orchestration.sample.incidents import Report, State
from orchestration.sample.notice import TITLE
from orchestration.sample.tables import Cell, csv_bytes, xlsx_bytes

_CELL = "a date cell"
_SERIAL = "a number cell without a date format"
_MIXED = "a date cell in most rows, text in the others"
_NUMBER = "a number cell"
_DASHES = "%d-%m-%Y %H:%M"
_DOTS = "%d.%m.%Y %H.%M"
_ISO = "%Y-%m-%d %H:%M"
_EXCEL_DAY_0 = dt.datetime(1899, 12, 30)  # noqa: DTZ001  local, as all times here


@dataclass(frozen=True)
class Column:
    """A column of an export: its header, what is in it, and how that is written."""

    header: str
    field: str
    form: str = ""


@dataclass(frozen=True)
class Layout:
    """How one export is written.

    Attributes:
        window: what it covers.
        columns: its columns, from left to right.
        encoding: of a csv file; empty: a workbook.
        variant: which of the two spellings of places and categories it uses.
        footer: first cell of the last row, with ``{rows}``; a second cell after a ``|``.
        unusable: what is wrong with each of the rows in it that cannot be used.
        newest_first: whether the latest report stands on top.
    """

    window: plan.Window
    columns: tuple[Column, ...]
    encoding: str = ""
    variant: int = 0
    footer: str = ""
    unusable: tuple[str, ...] = ()
    newest_first: bool = False


LAYOUTS = (
    Layout(
        plan.WINTER_START_2022,
        (
            Column("Nr.", "number"),
            Column("Oprettet", "reported", _DASHES),
            Column("Hændelsesdato", "occurred", "%d-%m-%Y"),
            Column("Klokkeslæt", "occurred", "%H:%M"),
            Column("Ejendom", "place"),
            Column("Kategori", "category"),
            Column("Status", "status"),
            Column("Titel", "title"),
            Column("Beskrivelse", "description"),
            Column("Indberetter", "reporter"),
            Column("Ansvarlig", "responsible"),
        ),
        encoding="cp1252",
        unusable=("unknown_place", "missing_number"),
    ),
    Layout(
        plan.WINTER_2022,
        (
            Column("Nummer", "number"),
            Column("Status ", "status"),
            Column("Bygning", "place"),
            Column("OPRETTELSESDATO", "reported", _CELL),
            Column("Hændelsestidspunkt", "occurred", _DASHES),
            Column("Hændelsestype", "category"),
            Column("Beskrivelse", "description"),
            Column("Indberetter", "reporter"),
        ),
        variant=1,
        footer="I alt|{rows}",
        unusable=("unknown_category", "bad_date"),
    ),
    Layout(
        plan.YEAR_2023,
        (
            Column("Indmeldingsnr.", "number"),
            Column("Registreret", "reported", _CELL),
            Column("Hændelsestidspunkt\n", "occurred", _CELL),
            Column("Lokation", "place"),
            Column("Type", "category"),
            Column("Titel", "title"),
            Column("Beskrivelse", "description"),
            Column("Tilstand", "status"),
            Column("Ansvarlig", "responsible"),
            Column("Senest ændret", "updated", _DASHES),
        ),
        footer="I alt|{rows}",
        unusable=("unknown_place", "bad_date", "missing_number"),
        newest_first=True,
    ),
    Layout(
        plan.STALE_COPY,
        (
            Column("ID", "number"),
            Column("Indmeldt", "reported", _ISO),
            Column("Hændelsestidspunkt", "occurred", _ISO),
            Column("Bibliotek", "place"),
            Column("Kategori", "category"),
            Column("Status", "status"),
            Column("Ændret", "updated", _ISO),
            Column("Beskrivelse", "description"),
        ),
        encoding="utf-8-sig",
        variant=1,
    ),
    Layout(
        plan.WINTER_2023,
        (
            Column("Sagsnr.", "number"),
            Column("Oprettet", "reported", _DOTS),
            Column("Hændelsestidspunkt", "occurred", _DOTS),
            Column("Sted", "place"),
            Column("Hændelsestype", "category"),
            Column("Tilstand", "status"),
            Column("Senest ændret", "updated", _DOTS),
            Column("Beskrivelse", "description"),
            Column("Indberetter", "reporter"),
        ),
        encoding="cp1252",
        variant=1,
        footer="I alt|{rows}",
        unusable=("unknown_category", "unknown_place"),
    ),
    Layout(
        plan.YEAR_2024,
        (
            Column("Nr.", "number"),
            Column("Ejendom", "place"),
            Column("Kategori", "category"),
            Column("Oprettet", "reported", _CELL),
            Column("Hændelsestidspunkt", "occurred", _MIXED),
            Column("Status", "status"),
            Column("Senest ændret", "updated", _CELL),
            Column("Titel", "title"),
            Column("Beskrivelse", "description"),
            Column("Ansvarlig", "responsible"),
        ),
        footer="Antal: {rows}",
        unusable=("bad_date", "missing_number", "unknown_category_of_a_known_report"),
    ),
    Layout(
        plan.WINTER_2024,
        (
            Column("Indmeldingsnr.", "number"),
            Column("Indmeldt", "reported", _DASHES),
            Column("Hændelsesdato", "occurred", "%d-%m-%Y"),
            Column("Klokkeslæt", "occurred", "%H:%M"),
            Column("Bibliotek", "place"),
            Column("Type", "category"),
            Column("Status", "status"),
            Column("Ændret", "updated", _DASHES),
            Column("Indberetter", "reporter"),
            Column("Beskrivelse", "description"),
        ),
        encoding="utf-8-sig",
        unusable=("unknown_place", "unknown_category"),
        newest_first=True,
    ),
    Layout(
        plan.YEAR_2025,
        (
            Column("ID", "number", _NUMBER),
            Column("Oprettelsesdato", "reported", _MIXED),
            Column("Hændelsestidspunkt", "occurred", _CELL),
            Column("Bygning", "place"),
            Column("Kategori", "category"),
            Column("Antal", "count", _NUMBER),
            Column("Status", "status"),
            Column("Senest ændret", "updated", _SERIAL),
            Column("Beskrivelse", "description"),
            Column("Ansvarlig", "responsible"),
        ),
        variant=1,
        footer="Udskrevet den 03-11-2025",
        unusable=("bad_count", "unknown_place", "bad_date"),
    ),
    Layout(
        plan.WINTER_START_2025,
        (
            Column("Nr.", "number"),
            Column("Oprettet", "reported", _DASHES),
            Column("Hændelsestidspunkt", "occurred", _DASHES),
            Column("Ejendom", "place"),
            Column("Kategori", "category"),
            Column("Status", "status"),
            Column("Senest ændret", "updated", _DASHES),
            Column("Titel", "title"),
            Column("Beskrivelse", "description"),
        ),
        encoding="utf-8-sig",
        footer="I alt|{rows}",
        unusable=("unknown_category",),
    ),
)
REPEATED_ROWS = 4
UNKNOWN_PLACE = "Ukendt afdeling (SYNTETISK)"
UNKNOWN_CATEGORY = "Ukendt type (SYNTETISK)"

Fields = dict[str, Cell]


def files() -> list[SampleFile]:
    """All incident exports, in the order in which they were received."""
    reports = incidents.reports()
    return [_file(layout, reports) for layout in LAYOUTS]


def _file(layout: Layout, reports: list[Report]) -> SampleFile:
    window = layout.window
    rows = _data_rows(layout, reports)
    cells: list[list[Cell]] = [
        [TITLE],
        [f"Oprettet {window.first_day:%d-%m-%Y} til {window.last_day:%d-%m-%Y}, alle statusser"],
        [],
        [column.header for column in layout.columns],
        *([_cell(row, column, i) for column in layout.columns] for i, row in enumerate(rows)),
    ]
    if layout.footer:
        cells.append([*layout.footer.format(rows=len(rows)).split("|")])
    if layout.encoding:
        content = csv_bytes(cells, encoding=layout.encoding)
    else:
        content = xlsx_bytes(
            cells, sheet="Indberetninger", title=TITLE, date_format="dd-mm-yyyy hh:mm"
        )
    return SampleFile(f"mainmanager/{window.file_name}", content, window.exported_at)


def _data_rows(layout: Layout, reports: list[Report]) -> list[Fields]:
    """The rows as the system would give them, with some twice and some unusable."""
    rng = random.Random(layout.window.file_name)
    exported = [
        (report, state)
        for report in reports
        if layout.window.covers(report.reported_at)
        and (state := report.at(layout.window.data_as_of))
        and layout.window.library in (None, state.place)
    ]
    rows = [_fields(report, state, layout.variant) for report, state in exported]
    if "unknown_category_of_a_known_report" in layout.unusable:
        _spoil_a_known_report(exported, rows)
    for source in sorted(rng.sample(range(len(rows)), REPEATED_ROWS), reverse=True):
        rows.insert(source + 1, dict(rows[source]))
    for kind in layout.unusable:
        spoiled = _spoiled(rng, kind, exported, layout.variant)
        if spoiled:
            rows.insert(rng.randrange(len(rows)), spoiled)
    if layout.newest_first:
        rows.reverse()
    return rows


def _fields(report: Report, state: State, variant: int) -> Fields:
    serial = int(report.number) // 4
    description = f"Syntetisk beskrivelse {serial}"
    if serial % 40 == 0:
        description += '; med "citat"\nog linjeskift'
    return {
        "number": report.number,
        "reported": report.reported_at,
        "occurred": report.occurred_at,
        "place": names.place(state.place, variant),
        "category": names.CATEGORIES[state.category][variant],
        "status": state.status,
        "updated": state.since,
        "count": report.count,
        "title": f"Syntetisk titel {serial}",
        "description": description,
        "reporter": f"Syntetisk indberetter {serial % 90 + 1}",
        "responsible": f"Syntetisk ansvarlig {serial % 12 + 1}",
    }


def _spoiled(
    rng: random.Random, kind: str, exported: list[tuple[Report, State]], variant: int
) -> Fields | None:
    """A row that cannot be used, under a number that no other report has."""
    changes: dict[str, Fields] = {
        "unknown_place": {"place": UNKNOWN_PLACE},
        "unknown_category": {"category": UNKNOWN_CATEGORY},
        "missing_number": {"number": None},
        "bad_date": {"reported": "32-13-2024 25:61"},
        "bad_count": {"count": "flere"},
    }
    if kind not in changes:
        return None
    report, state = rng.choice([pair for pair in exported if pair[0].reported_at.day > 5])
    # Reports have seven digits; these have eight and so are nobody else's.
    other = replace(report, number=f"9{report.number}")
    return _fields(other, state, variant) | changes[kind]


def _spoil_a_known_report(exported: list[tuple[Report, State]], rows: list[Fields]) -> None:
    """Give a report that an earlier export has in its final form a later, unusable version."""
    for (report, state), row in zip(exported, rows, strict=True):
        meanings = {(s.place, s.category) for s in report.states}
        is_void = any(s.status in incidents.VOID_STATUSES for s in report.states)
        is_settled = meanings == {("sundby", state.category)} and not is_void
        if is_settled and plan.WINTER_2023.covers(report.reported_at):
            row["category"] = UNKNOWN_CATEGORY
            row["updated"] = plan.YEAR_2024.data_as_of - dt.timedelta(days=3)
            return
    raise AssertionError("no report to spoil")


def _cell(row: Fields, column: Column, index: int) -> Cell:
    value, form = row[column.field], column.form
    if isinstance(value, dt.datetime):
        if form == _MIXED:
            form = _DASHES if index % 3 == 0 else _CELL
        if form == _SERIAL:
            return (value - _EXCEL_DAY_0) / dt.timedelta(days=1)
        return value if form == _CELL else value.strftime(form)
    if form == _NUMBER and isinstance(value, str) and value.isdigit():
        return int(value)
    return value
