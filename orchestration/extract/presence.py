"""Presence: what the rows of the register of guards, night hosts and relation workers mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from orchestration.config import Config
from orchestration.config.model import WEEKDAYS_DA, match_key
from orchestration.extract.dates import parse_day, parse_minute
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.rows import Landed, Reason, frame
from orchestration.extract.tables import Table, read_tables

REQUIRED = ("library", "function", "from", "to", "weekdays", "from_time", "to_time", "status")
DAY = 24 * 60
NO_LIBRARY = Reason("missing_library", "the row names no library")
UNKNOWN_LIBRARY = Reason("unknown_library", "the library is not in places.csv")
NOT_A_LIBRARY = Reason("not_a_library", "the place is not a library")
UNKNOWN_FUNCTION = Reason("unknown_function", "the function is not in presence.yml")
UNKNOWN_STATUS = Reason("unknown_status", "the status is not in presence.yml")
BAD_DATES = Reason("bad_dates", "Fra or Til is no date or ISO week, or Til is before Fra")
IMPLAUSIBLE = Reason("implausible_date", "a date lies outside the plausible dates configured")
BAD_WEEKDAYS = Reason("bad_weekdays", "the weekdays are no list or range of man … søn")
BAD_TIMES = Reason("bad_times", "the times cannot be read, or are the same")
BAD_COUNT = Reason("bad_count", "Antal is not a whole number above 0")


def extract(path: Path, source_file_id: str, config: Config) -> Landed:
    """The rows of one register file.

    Raises:
        UnreadableFileError: the file as a whole cannot be used.
    """
    headers = config.presence.headers.model_dump(by_alias=True)
    tables = read_tables(path, header_finder(headers, REQUIRED), what=describe(headers, REQUIRED))
    meaning = _Meaning(config)
    rows = [
        {"source_file_id": source_file_id, "sheet": table.sheet, "row_number": number}
        | meaning.of(_named(table, row))
        for table in tables
        for number, row in table.rows
    ]
    return Landed(len(rows), {"presence": frame("presence", rows)})


def _named(table: Table, row: list[str]) -> dict[str, str]:
    return {
        name: row[position] if position < len(row) else ""
        for name, position in table.header.columns.items()
    }


class _Meaning:
    """The configured names, ready to interpret one row after another."""

    def __init__(self, config: Config) -> None:
        presence = config.presence
        self.dates = presence.date_formats
        self.plausible = config.municipality.plausible_dates
        self.places = config.place_to_library()
        self.functions = _keys(presence.functions.model_dump())
        self.statuses = _keys(presence.statuses.model_dump())

    def of(self, cells: dict[str, str]) -> dict[str, Any]:
        place = match_key(cells["library"])
        if not place:
            return _refused(NO_LIBRARY)
        if place not in self.places:
            return _refused(UNKNOWN_LIBRARY, cells["library"])
        library_id = self.places[place]
        if library_id is None:
            return _refused(NOT_A_LIBRARY, cells["library"]) | {"outcome": "excluded"}
        function = self.functions.get(match_key(cells["function"]))
        if function is None:
            return _refused(UNKNOWN_FUNCTION, cells["function"])
        status = self.statuses.get(match_key(cells["status"]))
        if status is None:
            return _refused(UNKNOWN_STATUS, cells["status"])
        starts_on = parse_day(cells["from"], self.dates, end=False)
        ends_on = parse_day(cells["to"], self.dates, end=True)
        if starts_on is None or ends_on is None or ends_on < starts_on:
            return _refused(BAD_DATES, f"{cells['from']} – {cells['to']}")
        if starts_on < self.plausible.from_ or ends_on > self.plausible.to:
            return _refused(IMPLAUSIBLE, f"{cells['from']} – {cells['to']}")
        weekdays = _weekdays(cells["weekdays"])
        if weekdays is None:
            return _refused(BAD_WEEKDAYS, cells["weekdays"])
        start, end = parse_minute(cells["from_time"]), parse_minute(cells["to_time"])
        if start is None or end is None or start in (end, DAY):
            return _refused(BAD_TIMES, f"{cells['from_time']} – {cells['to_time']}")
        count = re.fullmatch(r"(\d+)(?:[.,]0+)?", cells.get("count") or "1")
        if count is None or int(count[1]) < 1:
            return _refused(BAD_COUNT, cells["count"])
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


def _keys(names: dict[str, list[str]]) -> dict[str, str]:
    return {match_key(text): name for name, texts in names.items() for text in texts}


def _weekdays(text: str) -> str | None:
    """Seven digits, Monday first, 1 where the day is meant; None if a part is no weekday."""
    days = [match_key(day) for day in WEEKDAYS_DA]
    chosen: set[int] = set()
    for part in match_key(text).replace(";", ",").split(","):
        ends = [end.strip().rstrip(".") for end in re.split("[-–]", part)]
        if not 1 <= len(ends) <= 2 or any(end not in days for end in ends):
            return None
        first, last = days.index(ends[0]), days.index(ends[-1])
        span = range(first, last + 1 if last >= first else last + 8)
        chosen.update(day % 7 for day in span)
    return "".join("1" if day in chosen else "0" for day in range(7))


def _refused(reason: Reason, value: str | None = None) -> dict[str, Any]:
    return {
        "outcome": "quarantined",
        "reason_code": reason.code,
        "reason": reason.text,
        "refused_value": value or None,
    }
