"""Rows that were not used, for the person who can mend them: file, row, reason."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from orchestration.errors import DatasporError

_TABLES = ("mainmanager_incident", "survey_response", "opening_hours", "presence")


def quarantined_rows(working: Path, source_file: str | None = None) -> pd.DataFrame:
    """Quarantined rows of the published run. Grain: source file × sheet × row.

    Raises:
        DatasporError: nothing is published yet.
    """
    if not working.exists():
        raise DatasporError("Nothing is published yet. Run `dataspor run` first.")
    rows = " union all ".join(
        "select source_file_id, sheet, row_number, reason_code, reason "
        f"from landing.{table} where outcome = 'quarantined'"
        for table in _TABLES
    )
    with duckdb.connect(str(working), read_only=True) as connection:
        return connection.execute(
            f"""
            select distinct f.source, f.file_name, q.sheet, q.row_number, q.reason_code, q.reason,
                q.source_file_id
            from ({rows}) as q
            join landing.source_file as f on f.source_file_id = q.source_file_id
            where starts_with(q.source_file_id, ?)
            order by f.source, f.file_name, q.sheet, q.row_number
            """,
            [source_file or ""],
        ).df()
