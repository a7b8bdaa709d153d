"""Incident reports: what the rows of a MainManager export mean.

The mapping is configuration, since every installation names its columns itself. Text columns
other than place, category and status are never taken out of the file.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.extract.dates import timestamp_sql
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.rows import LANDED_TABLES, Landed, Reason
from orchestration.extract.tables import Table, read_tables

REQUIRED = ("incident_id", "reported_at", "location", "category")
MISSING_ID = Reason("missing_incident_id", "the report has no number")
BAD_REPORTED = Reason("bad_reported_at", "the reporting time is missing or in no known format")
BAD_OCCURRED = Reason("bad_occurred_at", "the time of the incident is in no known format")
BAD_UPDATED = Reason("bad_updated_at", "the time of the last change is in no known format")
IMPLAUSIBLE = Reason("implausible_date", "a date lies outside the plausible dates configured")
NO_LOCATION = Reason("missing_location", "the report has no place")
UNKNOWN_LOCATION = Reason("unknown_location", "the place is not in places.csv")
NO_CATEGORY = Reason("missing_category", "the report has no category")
UNKNOWN_CATEGORY = Reason("unknown_category", "the category is not in category_aliases.csv")
BAD_COUNT = Reason("bad_count", "the number of incidents is not a whole number above 0")

_TEXT_COLUMNS = (
    "incident_id",
    "reported_at",
    "occurred_at",
    "occurred_time",
    "location",
    "category",
    "status",
    "updated_at",
    "count",
)


def extract(path: Path, source_file_id: str, config: Config) -> Landed:
    """The incident rows of one export, each usable, excluded (no library) or quarantined.

    Raises:
        UnreadableFileError: the file as a whole cannot be used.
    """
    headers = config.incidents.headers.model_dump()
    tables = read_tables(path, header_finder(headers, REQUIRED), what=describe(headers, REQUIRED))
    footer = _footer_pattern(config.incidents.footers)
    cells = pd.concat([_cells(table, footer) for table in tables], ignore_index=True)
    with duckdb.connect(":memory:") as connection:
        rows = _interpret(connection, cells, source_file_id, config)
    return Landed(len(rows), {"mainmanager_incident": rows})


def _cells(table: Table, footer: re.Pattern[str]) -> pd.DataFrame:
    """The wanted columns of a table as text, empty cells as None, footers left out."""
    positions = [table.header.columns.get(name) for name in _TEXT_COLUMNS]
    told_apart = [table.header.columns[name] for name in ("reported_at", "location", "category")]
    picked = [
        (table.sheet, number)
        + tuple((row[p] or None) if p is not None and p < len(row) else None for p in positions)
        for number, row in table.rows
        if not _is_footer(row, told_apart, footer)
    ]
    return pd.DataFrame(picked, columns=["sheet", "row_number", *_TEXT_COLUMNS], dtype=object)


def _footer_pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(
        r"(?i)^(?:" + "|".join(re.escape(word) for word in words) + r")(?!\w)" if words else r"$^"
    )


def _is_footer(row: list[str], told_apart: list[int], footer: re.Pattern[str]) -> bool:
    """A row that begins like a footer and has next to nothing where a report has its facts."""
    first = next(cell for cell in row if cell)
    return bool(footer.match(first)) and sum(p < len(row) and row[p] != "" for p in told_apart) <= 1


def _interpret(
    connection: duckdb.DuckDBPyConnection, cells: pd.DataFrame, source_file_id: str, config: Config
) -> pd.DataFrame:
    incidents, rules = config.incidents, config.municipality
    places, categories = config.place_to_library(), config.category_by_alias()
    void = {match_key(status) for status in incidents.void_statuses}

    def mapping(column: str) -> pd.Series:
        return cells[column].dropna().drop_duplicates()

    location = pd.DataFrame(
        [
            (text, places.get(key), key in places and places[key] is None)
            for text, key in ((text, match_key(text)) for text in mapping("location"))
        ],
        columns=["text", "library_id", "is_excluded"],
    ).astype({"library_id": object})
    category = pd.DataFrame(
        [(text, categories.get(match_key(text))) for text in mapping("category")],
        columns=["text", "category_id"],
        dtype=object,
    )
    status = pd.DataFrame(
        [(text, match_key(text), match_key(text) in void) for text in mapping("status")],
        columns=["text", "status", "is_void"],
    )
    for name, table in {
        "cells": cells,
        "location": location,
        "category": category,
        "status": status,
    }.items():
        connection.register(f"{name}_frame", table)
        types = {
            c: ("boolean" if c.startswith("is_") else "integer" if c == "row_number" else "varchar")
            for c in table.columns
        }
        columns = ", ".join(f'"{c}"::{kind} as "{c}"' for c, kind in types.items())
        connection.execute(f"create temp table {name} as select {columns} from {name}_frame")

    def when(condition: str, reason: Reason, value: str = "null") -> str:
        return f"when {condition} then ['{reason.code}', '{reason.text}', {value}]"

    def moment(column: str) -> str:
        return timestamp_sql(column, incidents.date_formats, rules.timezone)

    def clock(column: str) -> str:
        formats = [f"%Y-%m-%d {time_format}" for time_format in incidents.time_formats]
        return timestamp_sql(f"'2000-01-01 ' || {column}", formats, rules.timezone)

    low, high = rules.plausible_dates.from_, rules.plausible_dates.to

    def implausible(column: str) -> str:
        return f"{column}::date not between date '{low}' and date '{high}'"

    connection.execute(f"""
        create temp table typed as
        select
            cells.sheet,
            cells.row_number,
            regexp_replace(cells.incident_id, '^(\\d+)\\.0$', '\\1') as incident_id,
            cells.location, cells.category, cells.count,
            cells.reported_at as reported_text,
            {moment("cells.reported_at")} as reported_at,
            cells.occurred_at as occurred_text,
            {moment("cells.occurred_at")} as occurred_day,
            cells.occurred_time as occurred_time_text,
            case when cells.occurred_time is not null
                then {clock("cells.occurred_time")}
            end as occurred_time,
            cells.updated_at as updated_text,
            {moment("cells.updated_at")} as updated_at,
            location.library_id,
            coalesce(location.is_excluded, false) as is_excluded,
            category.category_id,
            status.status,
            coalesce(status.is_void, false) as is_void,
            case
                when cells.count is null then 1
                when regexp_full_match(cells.count, '\\d+([.,]0+)?')
                then try_cast(regexp_extract(cells.count, '^\\d+') as integer)
            end as incident_count
        from cells
        left join location on location.text = cells.location
        left join category on category.text = cells.category
        left join status on status.text = cells.status
    """)
    connection.execute("""
        create temp table timed as
        select *,
            case
                when occurred_text is null then reported_at
                when occurred_time_text is null then occurred_day
                when occurred_day = date_trunc('day', occurred_day)
                then occurred_day + (occurred_time - timestamp '2000-01-01')
                else occurred_day
            end as occurred_at
        from typed
    """)
    reasons = " ".join(
        (
            "when is_excluded then null",
            when("incident_id is null", MISSING_ID),
            when("location is null", NO_LOCATION),
            when("library_id is null", UNKNOWN_LOCATION, "location"),
            when("category is null", NO_CATEGORY),
            when("category_id is null", UNKNOWN_CATEGORY, "category"),
            when("reported_at is null", BAD_REPORTED, "reported_text"),
            when(
                "occurred_at is null",
                BAD_OCCURRED,
                "concat_ws(' ', occurred_text, occurred_time_text)",
            ),
            when("updated_at is null and updated_text is not null", BAD_UPDATED, "updated_text"),
            when(implausible("reported_at"), IMPLAUSIBLE, "reported_text"),
            when(implausible("occurred_at"), IMPLAUSIBLE, "occurred_text"),
            when("incident_count is null or incident_count < 1", BAD_COUNT, "count"),
        )
    )
    return connection.execute(
        f"""
        with judged as (
            select *, case {reasons} end as refusal,
                case when is_excluded then 'excluded' end as exclusion
            from timed
        )
        select
            ? as source_file_id,
            sheet,
            row_number,
            incident_id,
            reported_at,
            occurred_at,
            occurred_text is null as occurred_at_is_reported,
            library_id,
            category_id,
            status,
            is_void,
            updated_at,
            incident_count,
            coalesce(exclusion, case when refusal is null then 'usable' else 'quarantined' end)
                as outcome,
            refusal[1] as reason_code,
            refusal[2] as reason,
            refusal[3] as refused_value
        from judged
        order by sheet, row_number
        """,
        [source_file_id],
    ).df()[list(LANDED_TABLES["mainmanager_incident"])]
