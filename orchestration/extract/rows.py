"""What every source's rows have in common: where they stand, and why one cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["usable", "excluded", "quarantined"]
# the outcome of rows that keep their place in a landed file without being rows of the source
NOT_DATA = "not_data"


@dataclass(frozen=True)
class Reason:
    """Why a row is not used.

    Attributes:
        code: short, stable, published.
        text: a sentence without any value of the row, published.
    """

    code: str
    text: str


@dataclass
class Landed:
    """What came out of one source file.

    Attributes:
        rows_read: data rows in the file; title, header, blank and footer rows are not data rows.
        tables: landed table name to its rows; every table has ``source_file_id``.
        description_rows: those of the rows read that describe others (labels, structure).
        parquet: landed table name to Parquet files that hold its rows already.
        rows_not_data: blank rows, repeated headers, footers and group rows below the header.
        reasons: reason code to the number of rows refused for it.
        corrections: correction id to the number of rows it changed.
        not_read: sheets and packed files without the wanted header, with their rows.
        unreadable: packed files that are no tables by their names, with why.
        layouts: what a later export can differ in, one a table of the file.
    """

    rows_read: int
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    description_rows: int = 0
    parquet: dict[str, list[Path]] = field(default_factory=dict)
    rows_not_data: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    corrections: dict[str, int] = field(default_factory=dict)
    not_read: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    layouts: list[dict[str, Any]] = field(default_factory=list)


# What each landed table holds; types are DuckDB's. These are the only columns ever stored, and
# values that were refused are not among them: they could be anything.
_ROW = {
    "source_file_id": "varchar",
    "sheet": "varchar",
    "row_number": "integer",
}
_OUTCOME = {
    "outcome": "varchar",
    "reason_code": "varchar",
    "reason": "varchar",
}
LANDED_TABLES: dict[str, dict[str, str]] = {
    "mainmanager_incident": _ROW
    | {
        "incident_id": "varchar",
        "reported_at": "timestamp",
        "occurred_at": "timestamp",
        "occurred_at_is_reported": "boolean",
        "library_id": "varchar",
        "category_id": "varchar",
        "status": "varchar",
        "is_void": "boolean",
        "updated_at": "timestamp",
        "incident_count": "integer",
    }
    | _OUTCOME
    | {"correction_ids": "varchar"},
    "survey_response": _ROW | {"wave_id": "varchar", "library_id": "varchar"} | _OUTCOME,
    "survey_answer": _ROW
    | {"wave_id": "varchar", "question_id": "varchar", "is_favourable": "boolean"},
    "opening_hours": _ROW
    | {
        "snapshot_on": "date",
        "library_id": "varchar",
        "kind": "varchar",
        "on_date": "date",
        "start_minute": "integer",
        "end_minute": "integer",
    }
    | _OUTCOME,
    "presence": _ROW
    | {
        "library_id": "varchar",
        "presence_function": "varchar",
        "starts_on": "date",
        "ends_on": "date",
        "weekdays": "varchar",
        "start_minute": "integer",
        "end_minute": "integer",
        "presence_count": "integer",
        "presence_status": "varchar",
    }
    | _OUTCOME,
}


def frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a landed table; keys that the table does not have are an error."""
    import pandas as pd

    columns = LANDED_TABLES[table]
    for row in rows[:1]:
        unknown = row.keys() - columns.keys()
        if unknown:
            raise KeyError(f"{table} has no columns {sorted(unknown)}")
    return pd.DataFrame(rows, columns=list(columns), dtype=object)
