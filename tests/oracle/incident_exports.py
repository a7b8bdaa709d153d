"""Random exports of incidents, as a facility system of long service writes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.oracle.case import (
    NOT_A_LIBRARY,
    UNREADABLE,
    IncidentFile,
    IncidentRow,
    Mark,
    Moment,
)
from tests.oracle.copenhagen import (
    CATEGORIES,
    INCIDENT_HEADERS,
    LIBRARIES,
    PLACES_THAT_ARE_NO_LIBRARY,
    UNKNOWN_CATEGORIES,
    UNKNOWN_PLACES,
    UNSAFE_BEHAVIOUR,
    VOID_STATUSES,
)
from tests.oracle.dice import Dice
from tests.oracle.files import (
    Cell,
    csv_bytes,
    save,
    serial_number,
    with_false_dimension,
    xlsx_bytes,
)

MOST_ROWS: Final = 360  # and a few equal ones
EXCEL: Final = "excel"
MOMENT_FORMATS: Final = (
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d.%m.%Y %H.%M",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M",
)
DAY_FORMATS: Final = ("%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m-%y", "%d/%m-%Y", "%d/%m/%Y")
TIME_FORMATS: Final = ("%H:%M:%S", "%H:%M", "%H.%M")
NO_DATES: Final = ("ikke oplyst", "31-02-2024", "2024-13-45", "32.01.2024 10.00", "13/25/2024")
IMPLAUSIBLE_DATES: Final = ("12-05-1998", "01-01-1900", "12-05-2061")
NO_COUNTS: Final = ("0", "-1", "flere", "1,5")
LIVE_STATUSES: Final = ("Uafsluttet", "Under behandling", "Afsluttet")
NEVER_LANDED: Final = ("Beskrivelse", "Overskrift", "Indmelder", "Ansvarlig", "Bemærkning")
FREE_TEXTS: Final = (
    'Borger råbte "I skal ud; nu", derefter roligt',
    "Tre personer;to hunde, én cykel",
    "Første linje\nanden linje; med semikolon",
    "Set kl. 14\r\nI alt 3 personer\r\n",
    '"Citat"\tmed tabulator',
    "=1+1",
    "Anders Ånd",
    "",
    "Ingen bemærkninger",
)
TITLES: Final = (
    "Udtræk af indmeldte hændelser",
    "Periode: 01-10-2022 - 30-09-2025",
    "Filter: alle ejendomme, alle statusser",
    "Udskrevet den 02-10-2025",
)


@dataclass(frozen=True)
class _State:
    """An incident as the facility system knew it at some time."""

    incident_id: str
    reported_at: dt.datetime
    occurred_at: dt.datetime
    place: str | Mark
    category: str
    status: str
    updated_at: dt.datetime | None
    count: int


@dataclass(frozen=True)
class _Layout:
    """What one export looks like."""

    workbook: bool
    encoding: str
    columns: tuple[str, ...]  # canonical names, or the headers of columns never landed
    date_styles: dict[str, str]
    time_style: str


def write_incidents(dice: Dice, folder: Path) -> tuple[IncidentFile, ...]:
    """Write some exports and say what they hold."""
    incidents = _incidents(dice)
    files: list[IncidentFile] = []
    layout = _layout(dice)
    rows_left = MOST_ROWS
    for number in range(dice.randint(1, 5)):
        age = number + 1
        share = dice.choice((0.3, 0.6, 1))
        chosen = [history for history in incidents if dice.happens(share)][:rows_left]
        if not chosen:
            continue
        states = [_state_seen(dice, history, age) for history in chosen]
        if number and not dice.happens(0.4, "re-exports in the same layout"):
            layout = _layout(dice)
        file = _write_export(dice, folder, f"export_{dice.randrange(10)}_{number}", layout, states)
        rows_left = max(0, rows_left - len(file.rows))
        files.append(file)
    if len(files) > 1:
        dice.note("overlapping re-exports")
    short = [file for file in files if len(file.rows) <= rows_left]
    if short and dice.happens(0.3, "two files of the same content"):
        files.append(_copy(dice, folder, dice.choice(short)))
    if dice.happens(0.3):
        files.append(_write_unreadable(dice, folder, incidents))
    if len({file.modified for file in files}) < len(files):
        dice.note("exports of the same time")
    return tuple(files)


# --- what happened --------------------------------------------------------------------------


def _incidents(dice: Dice) -> list[list[_State]]:
    """Incidents, each with its states from the first to the last."""
    histories = []
    libraries = dice.sample(list(LIBRARIES), 4)
    moments = [_moment(dice) for _ in range(dice.randint(20, 100))]
    for number, occurred_at in enumerate(moments):
        if dice.happens(0.03):
            dice.note("ids that differ in leading zeros only")
            incident_id = f"000{3000 + max(0, number - 1)}"
        elif dice.happens(0.3, "ids with leading zeros"):
            incident_id = f"{4000 + number:07d}"
        else:
            incident_id = str(3000 + number)
        reported_at = occurred_at + dt.timedelta(
            minutes=dice.choice((1, 7, 45, 60, 600, 1440, 1441, 60 * 24 * 20))
        )
        state = _State(
            incident_id=incident_id,
            reported_at=reported_at,
            occurred_at=occurred_at,
            place=_place(dice, libraries),
            category=_category(dice),
            status=_status(dice),
            updated_at=None if dice.happens(0.15) else reported_at,
            count=dice.choice((1, 1, 1, 1, 2, 5)),
        )
        histories.append([state])
        while dice.happens(0.4):
            state = _changed(dice, state, libraries)
            histories[-1].append(state)
    return histories


def _moment(dice: Dice) -> dt.datetime:
    """A time, often one at which the calendar does something."""
    if dice.happens(0.3, "incidents near half-year boundaries"):
        minutes = dice.choice((-1441, -61, -1, 0, 0, 1, 59, 61, 1439, 1440))
        return dt.datetime.combine(dice.boundary(), dt.time()) + dt.timedelta(minutes=minutes)
    if dice.happens(0.15, "incidents at clock changes"):
        day = dt.date(dice.any_day().year, dice.choice((3, 10)), 31)
        day -= dt.timedelta(days=(day.weekday() + 1) % 7)  # the last Sunday
        return dt.datetime.combine(day, dt.time(dice.choice((1, 2, 2, 3)), dice.choice((0, 30))))
    minute = dice.randrange(24 * 60)
    second = dice.choice((0, 0, 0, 17))
    return dt.datetime.combine(dice.any_day(), dt.time(minute // 60, minute % 60, second))


def _place(dice: Dice, libraries: list[str]) -> str | Mark:
    if dice.happens(0.08, "places that are no library"):
        return NOT_A_LIBRARY
    return dice.choice(libraries) if dice.happens(0.9) else dice.choice(list(LIBRARIES))


def _category(dice: Dice) -> str:
    return UNSAFE_BEHAVIOUR if dice.happens(0.4) else dice.choice(list(CATEGORIES))


def _status(dice: Dice) -> str:
    if dice.happens(0.1, "void incidents"):
        return dice.choice(VOID_STATUSES)
    return dice.choice(LIVE_STATUSES)


def _changed(dice: Dice, state: _State, libraries: list[str]) -> _State:
    """The same incident, later."""
    if state.updated_at is None or dice.happens(0.2, "changes without a later update time"):
        updated_at = state.updated_at
    else:
        updated_at = state.updated_at + dt.timedelta(minutes=dice.choice((1, 60, 1440, 40000)))
    state = replace(state, updated_at=updated_at)
    match dice.randrange(6):
        case 0:
            dice.note("changed status")
            return replace(state, status=_status(dice))
        case 1:
            dice.note("changed category")
            return replace(state, category=_category(dice))
        case 2:
            dice.note("changed place")
            return replace(state, place=_place(dice, libraries))
        case 3:
            dice.note("changed date")
            days = dt.timedelta(days=dice.choice((1, 30, 180)))
            return replace(state, occurred_at=state.occurred_at - days)
        case 4:
            dice.note("changed count")
            return replace(state, count=state.count + 1)
        case _:
            return state


def _state_seen(dice: Dice, history: list[_State], age: int) -> _State:
    """The state in an export: as a rule the later, the later the export."""
    if dice.happens(0.15, "an older state in a later export"):
        return dice.choice(history)
    return history[min(age, len(history)) - 1]


# --- how it is written ----------------------------------------------------------------------


def _layout(dice: Dice) -> _Layout:
    workbook = dice.happens(0.4, "incidents as xlsx")
    encoding = "" if workbook else dice.choice(("cp1252", "utf-8", "utf-8-sig", "utf-16"))
    columns = ["incident_id", "reported_at", "location", "category"]
    for column, probability in (
        ("occurred_at", 0.8),
        ("status", 0.8),
        ("updated_at", 0.6),
        ("count", 0.5),
    ):
        there = dice.happens(probability)
        dice.note(f"{'with' if there else 'without'} {column}")
        if there:
            columns.append(column)
    styles = {column: _date_style(dice) for column in ("reported_at", "occurred_at", "updated_at")}
    if "occurred_at" in columns and dice.happens(0.25, "time of day in its own column"):
        styles["occurred_at"] = dice.choice((*DAY_FORMATS, EXCEL) if workbook else DAY_FORMATS)
        columns.append("occurred_time")
    extra = dice.several(NEVER_LANDED, 0, 4)
    if extra and dice.happens(0.2, "a header twice"):
        extra.append(extra[0])
    if extra:
        dice.note("columns never landed")
    columns.extend(extra)
    if dice.happens(0.5, "columns in another order"):
        dice.shuffle(columns)
    if dice.happens(0.15, "a blank column"):
        columns.insert(dice.randint(1, len(columns)), "")
    return _Layout(
        workbook=workbook,
        encoding=encoding,
        columns=tuple(columns),
        date_styles=styles,
        time_style=dice.choice((*TIME_FORMATS, EXCEL) if workbook else TIME_FORMATS),
    )


def _date_style(dice: Dice) -> str:
    if dice.happens(0.15):
        return dice.choice(DAY_FORMATS)
    return dice.choice((*MOMENT_FORMATS, EXCEL, EXCEL))


def _write_export(
    dice: Dice, folder: Path, stem: str, layout: _Layout, states: list[_State]
) -> IncidentFile:
    rows: list[IncidentRow] = []
    for state in states:
        rows.append(_row(dice, layout, state))
        if dice.happens(0.04, "equal rows in one file"):
            rows.append(rows[-1])
    content = _content(dice, layout, [_line(dice, layout, row) for row in rows])
    name = f"{stem}.{'xlsx' if layout.workbook else 'csv'}"
    modified = dice.export_time()
    digest = save(folder / name, content, modified)
    return IncidentFile(name=name, digest=digest, modified=modified, rows=tuple(rows))


def _row(dice: Dice, layout: _Layout, state: _State) -> IncidentRow:
    """What the layout keeps of a state; now and then something is wrong with it."""
    has = set(layout.columns)
    styles = layout.date_styles
    occurred_at: Moment = None
    if "occurred_at" in has and not dice.happens(0.08, "blank occurred_at"):
        occurred_at = _truncated(state.occurred_at, styles["occurred_at"])
        if "occurred_time" in has:
            occurred_at = _with_time(dice, state.occurred_at, layout.time_style)
    row = IncidentRow(
        incident_id=state.incident_id,
        reported_at=_truncated(state.reported_at, styles["reported_at"]),
        occurred_at=occurred_at,
        place=state.place,
        category=state.category,
        status=state.status if "status" in has and not dice.happens(0.03) else None,
        updated_at=(
            _truncated(state.updated_at, styles["updated_at"])
            if "updated_at" in has and state.updated_at
            else None
        ),
        count=state.count if "count" in has and not dice.happens(0.05, "blank count") else None,
    )
    if state.place is NOT_A_LIBRARY:
        return _spoilt(dice, row, has) if dice.happens(0.4, "bad rows of no library") else row
    if dice.happens(0.02, "unknown place"):
        return replace(row, place=UNREADABLE)
    if dice.happens(0.01, "blank place"):
        return replace(row, place=None)
    return _spoilt(dice, row, has) if dice.happens(0.1) else row


def _truncated(moment: dt.datetime, style: str) -> dt.datetime:
    if style == EXCEL:
        return moment.replace(second=0)
    return _parsed(moment.strftime(style), style)


def _parsed(text: str, style: str) -> dt.datetime:
    return dt.datetime.strptime(text, style)  # noqa: DTZ007 - local times have no zone here


def _with_time(dice: Dice, moment: dt.datetime, time_style: str) -> dt.datetime:
    """A date and a time from cells of their own; a blank time is midnight."""
    if dice.happens(0.1, "blank time of day"):
        return dt.datetime.combine(moment.date(), dt.time())
    time = moment.replace(second=0)
    if time_style != EXCEL:
        time = _parsed(moment.strftime(time_style), time_style)
    return dt.datetime.combine(moment.date(), time.time())


def _spoilt(dice: Dice, row: IncidentRow, has: set[str]) -> IncidentRow:
    """The row with one thing wrong."""
    options = ["missing id", "blank category", "unknown category", "blank reported_at"]
    options.append("unparseable reported_at")
    options.extend(
        f"unparseable {column}"
        for column in ("occurred_at", "updated_at", "count")
        if column in has
    )
    fault = dice.choice(options)
    dice.note(fault)
    match fault.split():
        case ["missing", "id"]:
            # A cancelled report without a number in a place that is no library could be called
            # void as well as excluded.
            return replace(row, incident_id=None, status=LIVE_STATUSES[0] if row.status else None)
        case ["blank", column]:
            return replace(row, **{column: None})
        case [_, column]:
            return replace(row, **{column: UNREADABLE})
    raise AssertionError(fault)


def _line(dice: Dice, layout: _Layout, row: IncidentRow) -> list[Cell]:
    return [_cell(dice, layout, row, column) for column in layout.columns]


def _cell(dice: Dice, layout: _Layout, row: IncidentRow, column: str) -> Cell:
    """A cell that says what the row says."""
    if not column:
        return None
    if column in NEVER_LANDED:
        return dice.choice(FREE_TEXTS)
    if column == "incident_id":
        digits = row.incident_id
        if digits and layout.workbook and digits[0] != "0" and dice.happens(0.4, "ids as numbers"):
            return int(digits)
        return digits
    if column == "location":
        return _place_cell(dice, layout, row.place)
    if column == "category":
        if isinstance(row.category, str):
            return dice.spelling(dice.choice(CATEGORIES[row.category]), layout.encoding)
        return dice.choice(UNKNOWN_CATEGORIES) if row.category else None
    if column == "status":
        if row.status and dice.happens(0.2, "statuses in other case"):
            return f" {row.status.upper()} "
        return row.status
    if column == "count":
        if row.count is UNREADABLE:
            return dice.choice(NO_COUNTS)
        assert not isinstance(row.count, Mark)
        return row.count if layout.workbook or row.count is None else str(row.count)
    if column == "occurred_time":
        return _time_cell(layout, row.occurred_at)
    moment: Moment = getattr(row, column)
    if moment is UNREADABLE:
        if row.place is NOT_A_LIBRARY or column == "updated_at" or dice.happens(0.8):
            return dice.choice(NO_DATES)
        dice.note("implausible dates")
        return dice.choice(IMPLAUSIBLE_DATES)
    if not isinstance(moment, dt.datetime):
        return None
    if column == "occurred_at" and "occurred_time" in layout.columns:
        style = layout.date_styles[column]
        dice.note("dates as spreadsheet dates" if style == EXCEL else f"dates as {style}")
        return moment.date() if style == EXCEL else moment.strftime(style)
    return _date_cell(dice, layout, moment, layout.date_styles[column])


def _place_cell(dice: Dice, layout: _Layout, place: str | Mark | None) -> Cell:
    if place is None:
        return None
    if place is UNREADABLE:
        return dice.choice(UNKNOWN_PLACES)
    if place is NOT_A_LIBRARY:
        return dice.spelling(dice.choice(PLACES_THAT_ARE_NO_LIBRARY), layout.encoding)
    assert isinstance(place, str)
    return dice.spelling(dice.choice(LIBRARIES[place].names), layout.encoding)


def _date_cell(dice: Dice, layout: _Layout, moment: dt.datetime, style: str) -> Cell:
    if layout.workbook and dice.happens(0.15):
        other = dice.choice((*MOMENT_FORMATS, EXCEL))
        if _truncated(moment, other) == moment:
            dice.note("dates and texts in one column")
            style = other
    if style != EXCEL:
        dice.note(f"dates as {style}")
        return moment.strftime(style)
    if not layout.workbook:
        dice.note("serial dates in csv")
        return f"{serial_number(moment):.10f}".replace(".", ",")
    if dice.happens(0.3, "serial dates as plain numbers"):
        return serial_number(moment)
    dice.note("dates as spreadsheet dates")
    return moment


def _time_cell(layout: _Layout, occurred_at: Moment) -> Cell:
    if not isinstance(occurred_at, dt.datetime) or occurred_at.time() == dt.time():
        return None
    if layout.time_style == EXCEL:
        return occurred_at.time()
    return occurred_at.strftime(layout.time_style)


def _content(dice: Dice, layout: _Layout, body: list[list[Cell]]) -> bytes:
    """The bytes of the file, with everything around the rows."""
    grid: list[list[Cell]] = []
    if dice.happens(0.35, "title rows"):
        grid.extend([title] for title in dice.several(TITLES, 1, 3))
        if dice.happens(0.5):
            grid.append([])
    if dice.happens(0.15, "a header of two rows"):
        grid.append(["Sagsoplysninger", None, "Tid og sted"])
    grid.append([_header(dice, column) for column in layout.columns])
    for line in body:
        grid.append(line)
        if dice.happens(0.03, "blank rows"):
            grid.append(dice.choice(([], [None] * len(layout.columns))))
    if dice.happens(0.4, "footers"):
        if dice.happens(0.5):
            grid.append([])
        grid.append(dice.choice((["I alt", len(body)], [f"Antal: {len(body)}"], ["Total"])))
        if dice.happens(0.5):
            grid.append(["Udskrevet den 02-10-2025 kl. 09.15"])
    if layout.workbook:
        sheets = {"Udtræk": grid}
        if dice.happens(0.2, "a hidden sheet"):
            sheets["Opslag"] = [["Kode", "Tekst"], ["1", "Afsluttet"]]
        content = xlsx_bytes(sheets, hidden=("Opslag",))
        lies = dice.happens(0.2, "a false dimension")
        return with_false_dimension(content) if lies else content
    delimiter = dice.choice((";", ",", "\t"))
    dice.note(f"incidents in {layout.encoding} with {delimiter!r}")
    announced = delimiter != "\t" and dice.happens(0.25, "a first line sep=")
    newline = dice.choice(("\r\n", "\n"))
    return csv_bytes(
        grid,
        encoding=layout.encoding,
        delimiter=delimiter,
        quote_all=dice.happens(0.2),
        newline=newline,
        first_line=f"sep={delimiter}{newline}" if announced else "",
    )


def _header(dice: Dice, column: str) -> str:
    if column not in INCIDENT_HEADERS:
        return column
    header = dice.choice(INCIDENT_HEADERS[column])
    dice.note(f"header {header}")
    if dice.happens(0.25, "headers in other case or with blanks around"):
        return dice.choice((header.upper(), header.lower(), f" {header} ", f"\n{header}\n"))
    return header


# --- files that bring nothing new -----------------------------------------------------------


def _copy(dice: Dice, folder: Path, original: IncidentFile) -> IncidentFile:
    name = f"{dice.choice('az')}_copy_of_{original.name}"
    modified = dice.export_time()
    save(folder / name, (folder / original.name).read_bytes(), modified)
    return replace(original, name=name, modified=modified)


def _write_unreadable(dice: Dice, folder: Path, incidents: list[list[_State]]) -> IncidentFile:
    fault = dice.choice(("an empty file", "a truncated workbook", "a required column missing"))
    dice.note(fault)
    suffix = dice.choice(("csv", "xlsx"))
    content = b""
    if fault != "an empty file":
        layout = _layout(dice)
        if fault == "a truncated workbook":
            layout = replace(layout, workbook=True, encoding="")
        else:
            missing = dice.choice(("incident_id", "reported_at", "location", "category"))
            columns = tuple(column for column in layout.columns if column != missing)
            layout = replace(layout, columns=columns)
        rows = [_row(dice, layout, history[0]) for history in incidents[:10]]
        content = _content(dice, layout, [_line(dice, layout, row) for row in rows])
        if fault == "a truncated workbook":
            content = content[: len(content) // 2]
        suffix = "xlsx" if layout.workbook else "csv"
    name = f"unreadable.{suffix}"
    modified = dice.export_time()
    digest = save(folder / name, content, modified)
    return IncidentFile(name=name, digest=digest, modified=modified, readable=False)
