"""Presence: what the rows of the register of guards, night hosts and relation workers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.extract.dates import parse_day, parse_minute
from orchestration.extract.delimited import Row
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.rows import Landed, Outcome, frame
from orchestration.extract.tabular import Table, read_tables

REQUIRED: tuple[str, ...] = (
    "library",
    "function",
    "from",
    "to",
    "weekdays",
    "from_time",
    "to_time",
    "status",
)
DAY = 24 * 60
# Cells that hold dates come as ISO texts out of a workbook, whatever format texts are in.
_DATE_CELL = "%Y-%m-%d"


def extract(path: Path, source_file_id: str, config: Config, folder: Path) -> Landed:
    """The rows of one register file; ``folder`` is private, for unpacked copies.

    Raises:
        UnreadableFileError: the file as a whole cannot be used.
    """
    headers = config.presence.headers.model_dump(by_alias=True)
    finder, what = header_finder(headers, REQUIRED), describe(headers, REQUIRED)
    contents = read_tables(path, finder, what=what, folder=folder)
    meaning = _Meaning(config)
    rows = [
        {"source_file_id": source_file_id, "sheet": table.sheet, "row_number": number}
        | meaning.of(cells, date1904=table.date1904)
        for table in contents.tables
        for number, row in table.rows()
        if meaning.is_data(row, cells := _named(table, row))
    ]
    tables = {"presence": frame("presence", rows)}
    return Landed(len(rows), tables, not_read=contents.not_read, unreadable=contents.unreadable)


def _named(table: Table, row: Row) -> dict[str, str]:
    return {
        name: row[position] if position < len(row) else ""
        for name, position in table.header.columns.items()
    }


class _Meaning:
    """The configured names, ready to interpret one row after another."""

    def __init__(self, config: Config) -> None:
        presence = config.presence
        headers: dict[str, list[str]] = presence.headers.model_dump(by_alias=True)
        self.header_keys = {name: set(map(match_key, texts)) for name, texts in headers.items()}
        self.titles = {name: (*texts, name)[0] for name, texts in headers.items()}
        self.footers = tuple(map(match_key, presence.footers))
        self.dates = [*presence.date_formats, _DATE_CELL]
        self.week = presence.week
        self.weekdays = presence.weekday_numbers()
        # what the reasons name as an example, in the register's own words
        self.days = [words[0] for words in presence.weekdays]
        self.plausible = config.municipality.plausible_dates
        self.places = config.place_to_library()
        self.functions = _keys(presence.functions.model_dump())
        self.statuses = _keys(presence.statuses.model_dump())

    def is_data(self, row: Row, cells: Mapping[str, str]) -> bool:
        """Whether a row is neither a footer nor the header once more."""
        filled = [name for name in REQUIRED if cells[name]]
        if all(match_key(cells[name]) in self.header_keys[name] for name in REQUIRED):
            return False
        first = match_key(next(cell for cell in row if cell))
        return not (
            len(filled) <= 1
            and any(re.match(re.escape(footer) + r"(?!\w)", first) for footer in self.footers)
        )

    def of(self, cells: Mapping[str, str], *, date1904: bool) -> dict[str, Any]:
        """A row's landed columns: usable, excluded or quarantined with a reason."""
        title = self.titles
        place = match_key(cells["library"])
        if not place:
            return _refused("missing_library", f"{title['library']} is empty")
        if place not in self.places:
            return _refused("unknown_library", f"{title['library']} is not in places.csv")
        library_id = self.places[place]
        if library_id is None:
            text = f"{title['library']} is a place that is not a library"
            return _refused("not_a_library", text, outcome="excluded")
        function = self.functions.get(match_key(cells["function"]))
        if function is None:
            text = f"{title['function']} is none of the functions in presence.yml"
            return _refused("unknown_function", text)
        status = self.statuses.get(match_key(cells["status"]))
        if status is None:
            text = f"{title['status']} is none of the statuses in presence.yml"
            return _refused("unknown_status", text)
        starts_on, ends_on = (
            parse_day(cells[name], self.dates, end=name == "to", week=self.week, date1904=date1904)
            for name in ("from", "to")
        )
        dates = f"{title['from']} or {title['to']}"
        if starts_on is None or ends_on is None:
            week = f"{self.week[0]} 43 2025"
            text = f"{dates} is no date in a configured format and no ISO week such as {week}"
            return _refused("bad_dates", text)
        if ends_on < starts_on:
            return _refused("bad_dates", f"{title['to']} is before {title['from']}")
        if starts_on < self.plausible.from_ or ends_on > self.plausible.to:
            text = f"{dates} lies outside the plausible dates in municipality.yml"
            return _refused("implausible_date", text)
        weekdays = parse_weekdays(cells["weekdays"], self.weekdays)
        if weekdays is None:
            monday, _, wednesday, thursday, _, saturday, _ = self.days
            such = f"{monday},{wednesday} or {thursday}-{saturday}"
            text = f"{title['weekdays']} is no list or range of weekdays such as {such}"
            return _refused("bad_weekdays", text)
        start, end = parse_minute(cells["from_time"]), parse_minute(cells["to_time"])
        if start is None or end is None or start == DAY:
            return _refused(
                "bad_times",
                f"{title['from_time']} or {title['to_time']} is no time of day such as 19:00",
            )
        if start == end:
            return _refused(
                "bad_times", f"{title['from_time']} and {title['to_time']} are the same"
            )
        # Four digits: more is no number of people, and would not fit the column.
        count = re.fullmatch(r"(\d{1,4})(?:[.,]0{1,2})?", cells.get("count") or "1")
        if count is None or int(count[1]) < 1:
            return _refused("bad_count", f"{title['count']} is no whole number from 1 to 9999")
        return {
            "library_id": library_id,
            "presence_function": function,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "weekdays": weekdays,
            "start_minute": start,
            "end_minute": end if end > start else end + DAY,
            "presence_count": int(count[1]),
            "presence_status": status,
            "outcome": "usable",
        }


def parse_weekdays(text: str, numbers: Mapping[str, int]) -> str | None:
    """Seven digits, Monday first, 1 where the day is meant; None if a part is no weekday.

    Parts are weekdays or ranges of them (``man,ons`` or ``man-fre``); a range may pass Sunday
    (``fre-man``).

    Args:
        text: the cell.
        numbers: match key of each weekday's words to its number, Monday 0.
    """
    chosen: set[int] = set()
    for part in match_key(text).replace(";", ",").split(","):
        ends = [numbers.get(end.strip().removesuffix(".")) for end in re.split("[-–]", part)]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None:
            return None
        chosen.update(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
    return "".join("1" if day in chosen else "0" for day in range(7))


def _keys(names: dict[str, list[str]]) -> dict[str, str]:
    return {match_key(text): name for name, texts in names.items() for text in texts}


def _refused(code: str, text: str, outcome: Outcome = "quarantined") -> dict[str, Any]:
    """Why a row is not used; never what stood there, which may be a person's name."""
    return {"outcome": outcome, "reason_code": code, "reason": text}
