"""What the site says beyond the briefing: files, quarantine, completeness, the run; no form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from orchestration.briefing import content as briefing_content
from orchestration.briefing.content import ROW_OUTCOMES, Briefing
from orchestration.errors import DatasporError
from orchestration.half_year import HalfYear

_NEVER = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class SourceFile:
    """A line of the ledger; ``exported_on`` is the local day on which the file was last changed."""

    id: str
    source: str
    name: str
    status: str
    reason: str
    notes: str
    exported_on: dt.date | None
    rows: Mapping[str, int]

    @property
    def is_usable(self) -> bool:
        """Whether it could be used as a whole."""
        return self.status == "landed"

    @property
    def unaccounted(self) -> int:
        """Rows read minus rows with an outcome; anything but 0 is a defect."""
        return self.rows["read"] - sum(self.rows[name] for name in ROW_OUTCOMES[1:])


@dataclass(frozen=True)
class QuarantineCount:
    """How many rows of a source are not used for one reason, in how many files."""

    source: str
    code: str
    reason: str
    rows: int
    files: int


@dataclass(frozen=True)
class Completeness:
    """How complete a library's count of a half-year was and is."""

    half_year_id: str
    library_id: str
    at_end: int | None
    at_maturity: int | None
    now: int | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    share: float | None
    complete_on: dt.date | None


@dataclass(frozen=True)
class Site:
    """Everything that the pages are made of, the catalogue apart.

    ``latest_data`` holds, for each source, the id of the latest period it tells of: a month for
    incidents, a wave for surveys, a half-year for the others. Exact days are not published.
    ``districts`` holds the name of each library's district.
    """

    briefing: Briefing
    as_of: dt.date | None
    municipality: str
    fingerprint: str
    files: tuple[SourceFile, ...]
    quarantine: tuple[QuarantineCount, ...]
    completeness: tuple[Completeness, ...]
    latest_data: Mapping[str, str]
    districts: Mapping[str, str]


_LATEST = {
    "mainmanager": ("fct_incident_month", "month", "incidents > 0"),
    "survey": ("fct_survey_half_year", "wave_id", "true"),
    "opening_hours": ("fct_library_half_year", "half_year_id", "open_hours > 0"),
    "presence": (
        "fct_library_half_year",
        "half_year_id",
        "coalesce(guard_hours, 0) + coalesce(night_host_hours, 0)"
        " + coalesce(relation_worker_hours, 0) > 0",
    ),
}


def read(warehouse: Path, timezone: str) -> Site:
    """Read a published warehouse.

    Args:
        warehouse: DuckDB file with the contract's tables.
        timezone: by which the day of an export is told.

    Raises:
        DatasporError: the warehouse is not there or lacks one of the contract's tables.
    """
    if not warehouse.is_file():
        raise DatasporError(f"There is no warehouse at {warehouse}. Run `dataspor run` first.")
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            extra = _Extra(connection, ZoneInfo(timezone))
            run = extra.run()
            stated = run.get("as_of")
            as_of = dt.date.fromisoformat(stated[:10]) if stated else extra.as_of()
            return Site(
                # A briefing names a half-year; its figures are those of the warehouse all the same.
                briefing=briefing_content.read(warehouse, HalfYear.of(as_of or _NEVER).id),
                as_of=as_of,
                municipality=run.get("municipality") or "",
                fingerprint=run.get("fingerprint") or "",
                files=extra.files(),
                quarantine=extra.quarantine(),
                completeness=extra.completeness(),
                latest_data=extra.latest_data(),
                districts=extra.districts(),
            )
    except duckdb.Error as error:
        raise DatasporError(
            f"{warehouse.name} cannot be read as a warehouse of Dataspor; publish it again with "
            f"`dataspor run`: {error}"
        ) from error


class _Extra:
    """Queries of one open warehouse; a table that is not there has no rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
        self._connection = connection
        self._zone = zone
        self._tables = {
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
        }

    def _rows(self, table: str, rest: str = "", columns: str = "*") -> list[dict[str, Any]]:
        if table not in self._tables:
            return []
        cursor = self._connection.execute(f"select {columns} from marts.{table} {rest}")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self) -> dict[str, str]:
        return {row["key"]: row["value"] for row in self._rows("meta_run")}

    def as_of(self) -> dt.date | None:
        rows = self._rows("fct_status_figure", columns="max(as_of) as as_of")
        return rows[0]["as_of"] if rows else None

    def files(self) -> tuple[SourceFile, ...]:
        return tuple(
            SourceFile(
                id=row["source_file_id"],
                source=row["source"],
                name=row["file_name"] or "",
                status=row["status"] or "",
                reason=row.get("reason") or "",
                notes=row.get("notes") or "",
                exported_on=_day(row.get("exported_at"), self._zone),
                rows={name: row[f"rows_{name}"] or 0 for name in ROW_OUTCOMES},
            )
            for row in self._rows("meta_source_file", "order by source, file_name, source_file_id")
        )

    def quarantine(self) -> tuple[QuarantineCount, ...]:
        """Counts only: the table holds no value of a row, and no row is shown here."""
        rows = self._rows(
            "meta_quarantine",
            "group by source, reason_code order by source, rows desc, reason_code",
            "source, reason_code, min(reason) as reason, count(*) as rows, "
            "count(distinct source_file_id) as files",
        )
        return tuple(
            QuarantineCount(
                row["source"], row["reason_code"], row["reason"], row["rows"], row["files"]
            )
            for row in rows
        )

    def completeness(self) -> tuple[Completeness, ...]:
        return tuple(
            Completeness(
                half_year_id=row["half_year_id"],
                library_id=row["library_id"],
                at_end=row["incidents_at_end"],
                at_maturity=row["incidents_at_maturity"],
                now=row["incidents"],
                expected=row["incidents_expected"],
                expected_low=row["expected_low"],
                expected_high=row["expected_high"],
                share=row["share_reported"],
                complete_on=row["complete_on"],
            )
            for row in self._rows(
                "fct_incident_completeness", "order by half_year_id desc, library_id"
            )
        )

    def latest_data(self) -> dict[str, str]:
        latest = {}
        for source, (table, column, condition) in _LATEST.items():
            for row in self._rows(table, f"where {condition}", f"max({column}) as latest"):
                if row["latest"] is not None:
                    latest[source] = str(row["latest"])
        return latest

    def districts(self) -> dict[str, str]:
        rows = self._rows("dim_library", "order by library_id")
        return {row["library_id"]: row["district_name"] or "" for row in rows}


def _day(moment: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    """The local day of a moment in UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=dt.UTC).astimezone(zone).date()
