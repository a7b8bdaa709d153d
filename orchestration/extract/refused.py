"""Refused values, read again from the file for the person who mends them; they are kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from orchestration.config import Config
from orchestration.errors import UnreadableFileError
from orchestration.extract import incident_sql, mainmanager, presence
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.tabular import Workplace, read_tables
from orchestration.personal import screened

_INCIDENT_COLUMNS = {
    incident_sql.UNKNOWN_LOCATION.code: ("location",),
    incident_sql.UNKNOWN_CATEGORY.code: ("category",),
    incident_sql.UNKNOWN_STATUS.code: ("status",),
    incident_sql.BAD_REPORTED.code: ("reported_at",),
    incident_sql.BAD_OCCURRED.code: ("occurred_at", "occurred_time"),
    incident_sql.BAD_UPDATED.code: ("updated_at",),
    incident_sql.IMPLAUSIBLE.code: ("reported_at", "occurred_at"),
    incident_sql.BAD_COUNT.code: ("count",),
}
_PRESENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "unknown_library": ("library",),
    "unknown_function": ("function",),
    "unknown_status": ("status",),
    "bad_dates": ("from", "to"),
    "implausible_date": ("from", "to"),
    "bad_weekdays": ("weekdays",),
    "bad_times": ("from_time", "to_time"),
    "bad_count": ("count",),
}
RefusedRow = tuple[str, int, str]


def refused_values(
    source: str, path: Path, rows: Iterable[RefusedRow], config: Config, work: Workplace
) -> dict[tuple[str, int], str]:
    """What stands in the cells for which rows were refused, with personal data screened.

    Only cells of columns on the allow-list are read; surveys are not looked at again.

    Args:
        source: mainmanager or presence; of others nothing is told.
        path: the file.
        rows: sheet, row number and reason code of each refused row.
        config: the municipality's configuration.
        work: a private folder.

    Returns:
        Sheet and row number to the texts found; empty where the file cannot be read any more.
    """
    if source == "mainmanager":
        headers, required = config.incidents.headers.model_dump(), mainmanager.REQUIRED
        columns = _INCIDENT_COLUMNS
    elif source == "presence":
        headers = config.presence.headers.model_dump(by_alias=True)
        required, columns = presence.REQUIRED, _PRESENCE_COLUMNS
    else:
        return {}
    wanted = {(sheet, number): columns.get(code, ()) for sheet, number, code in rows}
    found = {}
    try:
        finder = header_finder(headers, required)
        what = describe(headers, required)
        contents = read_tables(path, finder, what=what, folder=work.folder)
        for table in contents.tables:
            at = table.header.columns
            for number, cells in table.rows():
                names = wanted.get((table.sheet, number), ())
                texts = [cells[at[n]] for n in names if n in at and at[n] < len(cells)]
                if texts:
                    found[table.sheet, number] = screened(" ".join(filter(None, texts)))
    except UnreadableFileError:
        return found
    return found
