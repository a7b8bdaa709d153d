"""Random registers of who was present, as people keep them by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.oracle.case import (
    NOT_A_LIBRARY,
    UNREADABLE,
    Day,
    Mark,
    Number,
    PresenceFile,
    PresenceRow,
)
from tests.oracle.copenhagen import (
    FUNCTIONS,
    LIBRARIES,
    PLACES_THAT_ARE_NO_LIBRARY,
    PRESENCE_STATUSES,
    UNKNOWN_PLACES,
    WEEKDAYS,
)
from tests.oracle.dice import Dice
from tests.oracle.files import Cell, csv_bytes, save, xlsx_bytes

HEADERS: Final = (
    "Bibliotek",
    "Funktion",
    "Fra",
    "Til",
    "Ugedage",
    "Fra kl.",
    "Til kl.",
    "Antal",
    "Status",
    "Kilde",
)
DAY_FORMATS: Final = ("%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m-%Y", "%d/%m/%Y", "%d/%m-%y")
HOUR: Final = 60
MIDNIGHT: Final = 24 * HOUR
# First and last minute of stays: by day, in the evening, past midnight.
STAYS: Final = (
    (10 * HOUR, 16 * HOUR),
    (12 * HOUR, 18 * HOUR + 30),
    (17 * HOUR, 22 * HOUR),
    (18 * HOUR, MIDNIGHT),
    (20 * HOUR, 2 * HOUR),
    (22 * HOUR + 15, 6 * HOUR),
    (1 * HOUR, 4 * HOUR),
    (0, MIDNIGHT),
)
WEEKDAY_SETS: Final = ((0, 1, 2, 3, 4), (3, 4, 5), (5, 6), (2,), (0, 2, 4), (0, 1, 2, 3, 4, 5, 6))
FAULTS: Final = (
    "unknown presence place",
    "unknown function",
    "unknown presence status",
    "bad presence date",
    "Til before Fra",
    "bad weekdays",
    "bad presence time",
    "equal presence times",
    "bad presence count",
)


def write_presence(dice: Dice, folder: Path) -> tuple[PresenceFile, ...]:
    """Write one or two registers and say what they hold."""
    rows = _rows(dice)
    files = [_write_register(dice, folder, "register", rows)]
    if dice.happens(0.35):
        again = [
            row
            for row in rows
            if row.place is not NOT_A_LIBRARY and dice.happens(0.5, "a stay in two registers")
        ]
        files.append(_write_register(dice, folder, "another", [*again, *_rows(dice)[:4]]))
    if dice.happens(0.1, "an empty register"):
        name, modified = "nothing.csv", dice.export_time()
        digest = save(folder / name, b"", modified)
        files.append(PresenceFile(name=name, digest=digest, modified=modified, readable=False))
    return tuple(files)


def _rows(dice: Dice) -> list[PresenceRow]:
    rows: list[PresenceRow] = []
    libraries = dice.several(list(LIBRARIES), 1, 3)
    for _ in range(dice.randint(3, 10)):
        row = _row(dice, dice.choice(libraries))
        rows.append(row)
        assert isinstance(row.first, dt.date) and isinstance(row.last, dt.date)
        if dice.happens(0.25, "planned and actual stays of one day"):
            start, end = dice.choice(STAYS)
            middle = row.first + (row.last - row.first) // 2
            other = "actual" if row.status == "planned" else "planned"
            rows.append(replace(row, last=middle, start=start, end=end, status=other))
        if dice.happens(0.25, "overlapping stays of one function"):
            start, end = dice.choice(STAYS)
            weekdays = frozenset(dice.choice(WEEKDAY_SETS))
            rows.append(replace(row, start=start, end=end, weekdays=weekdays))
        if dice.happens(0.15, "equal stays in one register"):
            rows.append(row)
        if dice.happens(0.08, "stays in no library"):
            # A count of its own keeps two such rows from being equal.
            rows.append(replace(row, place=NOT_A_LIBRARY, count=100 + len(rows)))
        if dice.happens(0.2):
            rows.append(_spoilt(dice, row))
    return rows


def _row(dice: Dice, library_id: str) -> PresenceRow:
    first = dice.any_day()
    if dice.happens(0.4, "stays across a half-year boundary"):
        first = dice.boundary() - dt.timedelta(days=dice.randint(1, 10))
    last = first + dt.timedelta(days=dice.choice((0, 1, 6, 13, 40, 70)))
    if dice.happens(0.3):  # whole weeks, so that they can be written as such
        first -= dt.timedelta(days=first.weekday())
        last += dt.timedelta(days=6 - last.weekday())
    start, end = dice.choice(STAYS)
    if end < start:
        dice.note("stays past midnight")
    if end == MIDNIGHT:
        dice.note("stays until 24:00")
    return PresenceRow(
        place=library_id,
        function=dice.choice(list(FUNCTIONS)),
        first=first,
        last=last,
        weekdays=frozenset(dice.choice(WEEKDAY_SETS)),
        start=start,
        end=end,
        count=dice.choice((None, 1, 1, 2, 3)),
        status=dice.choice(list(PRESENCE_STATUSES)),
    )


def _spoilt(dice: Dice, row: PresenceRow) -> PresenceRow:
    fault = dice.choice(FAULTS)
    dice.note(fault)
    match fault:
        case "unknown presence place":
            return replace(row, place=UNREADABLE)
        case "unknown function":
            return replace(row, function=UNREADABLE)
        case "unknown presence status":
            return replace(row, status=UNREADABLE)
        case "bad presence date":
            return replace(row, **{dice.choice(("first", "last")): UNREADABLE})
        case "Til before Fra":
            assert isinstance(row.first, dt.date)
            return replace(row, last=row.first - dt.timedelta(days=8))
        case "bad weekdays":
            return replace(row, weekdays=UNREADABLE)
        case "bad presence time":
            return replace(row, **{dice.choice(("start", "end")): UNREADABLE})
        case "equal presence times":
            return replace(row, start=9 * HOUR, end=9 * HOUR)
        case _:
            return replace(row, count=UNREADABLE)


def _write_register(dice: Dice, folder: Path, stem: str, rows: list[PresenceRow]) -> PresenceFile:
    workbook = dice.happens(0.35, "presence as xlsx")
    encoding = "" if workbook else dice.choice(("utf-8", "utf-8-sig", "cp1252"))
    grid = [list(HEADERS), *(_line(dice, row, workbook, encoding) for row in rows)]
    if workbook:
        content = xlsx_bytes({"Register": grid})
    else:
        dice.note(f"presence in {encoding}")
        content = csv_bytes(grid, encoding=encoding, delimiter=";")
    name, modified = f"{stem}.{'xlsx' if workbook else 'csv'}", dice.export_time()
    digest = save(folder / name, content, modified)
    return PresenceFile(name=name, digest=digest, modified=modified, rows=tuple(rows))


def _line(dice: Dice, row: PresenceRow, workbook: bool, encoding: str) -> list[Cell]:
    if row.place is NOT_A_LIBRARY:
        place = dice.choice(PLACES_THAT_ARE_NO_LIBRARY)
    elif isinstance(row.place, str):
        place = dice.spelling(dice.choice(LIBRARIES[row.place].names), encoding)
    else:
        place = dice.choice(UNKNOWN_PLACES)
    count: Cell = None
    if row.count is UNREADABLE:
        count = dice.choice(("0", "mange", "-2"))
    elif isinstance(row.count, int):
        count = row.count if workbook else str(row.count)
    return [
        place,
        dice.choice(FUNCTIONS[row.function]) if isinstance(row.function, str) else "Vikar",
        _day_cell(dice, row.first, workbook, weekday=0),
        _day_cell(dice, row.last, workbook, weekday=6),
        _weekdays_cell(dice, row.weekdays),
        _clock_cell(dice, row.start, workbook),
        _clock_cell(dice, row.end, workbook),
        count,
        PRESENCE_STATUSES[row.status] if isinstance(row.status, str) else "måske",
        dice.choice(("Vagtplan", "E-mail; se bilag", "")),
    ]


def _day_cell(dice: Dice, day: Day, workbook: bool, weekday: int) -> Cell:
    """A day, as an ISO week where it is that week's first or last day."""
    if not isinstance(day, dt.date):
        return dice.choice(("snarest", "30-02-2024", "uge 54 2024", "uge 0 2025"))
    if day.weekday() == weekday and dice.happens(0.6, "ISO weeks"):
        year, week, _ = day.isocalendar()
        return f"{dice.choice(('uge', 'Uge'))} {week} {year}"
    if workbook and dice.happens(0.5, "presence days as spreadsheet dates"):
        return day
    return day.strftime(dice.choice(DAY_FORMATS))


def _weekdays_cell(dice: Dice, weekdays: frozenset[int] | Mark) -> str:
    if isinstance(weekdays, Mark):
        return dice.choice(("hverdage", "man-xyz"))
    days = sorted(weekdays)
    if len(days) > 1 and days[-1] - days[0] == len(days) - 1 and dice.happens(0.5):
        dice.note("weekdays as a range")
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    if len(days) > 1:
        dice.note("weekdays as a list")
    return ",".join(WEEKDAYS[day] for day in days)


def _clock_cell(dice: Dice, minute: Number, workbook: bool) -> Cell:
    if not isinstance(minute, int):
        return dice.choice(("aften", "25:30", "12:75"))
    if workbook and minute < MIDNIGHT and dice.happens(0.4, "times as spreadsheet times"):
        return dt.time(minute // HOUR, minute % HOUR)
    return f"{minute // HOUR:02d}:{minute % HOUR:02d}"
