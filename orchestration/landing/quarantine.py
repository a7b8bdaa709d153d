"""Rows that were not used, for the person who can mend them: file, row, reason."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from orchestration.config import Config
from orchestration.errors import DatasporError, UsageError
from orchestration.extract.refused import refused_values
from orchestration.extract.tabular import workplace
from orchestration.landing.inventory import take_inventory
from orchestration.settings import Settings
from orchestration.warehouse_file import open_to_read

_TABLES = ("mainmanager_incident", "survey_response", "opening_hours", "presence")


def quarantined_rows(working: Path, source_file: str | None = None) -> pd.DataFrame:
    """Quarantined rows of the published run. Grain: source file × sheet × row.

    Args:
        working: the working warehouse of that run.
        source_file: only rows of source files of this name, or whose id begins so.

    Raises:
        UsageError: there is no such source file.
        DatasporError: nothing is published yet, or its working warehouse cannot be read.
    """
    if not working.exists():
        raise DatasporError("Nothing is published yet. Run `dataspor run` first.")
    rows = " union all ".join(
        "select source_file_id, sheet, row_number, reason_code, reason "
        f"from landing.{table} where outcome = 'quarantined'"
        for table in _TABLES
    )
    with open_to_read(working) as connection:
        wanted = connection.execute(
            "select source_file_id from landing.source_file where starts_with(source_file_id, $1) "
            "or $1 in (file_name, source || '/' || file_name)",
            [source_file or ""],
        ).fetchall()
        if source_file and not wanted:
            raise UsageError(
                f"There is no source file {source_file!r}. Give the name of one or the beginning "
                "of its id, as `dataspor sources` prints them."
            )
        return connection.execute(
            f"""
            select distinct f.source, f.file_name, q.sheet, q.row_number, q.reason_code, q.reason,
                q.source_file_id
            from ({rows}) as q
            join landing.source_file as f on f.source_file_id = q.source_file_id
            where q.source_file_id = any(?)
            order by f.source, f.file_name, q.sheet, q.row_number
            """,
            [[source_file_id for (source_file_id,) in wanted]],
        ).df()


def with_values(rows: pd.DataFrame, settings: Settings, config: Config) -> pd.DataFrame:
    """The rows with what stands in the cells they were refused for, read again from the files.

    Only columns on the allow-list are looked at, and personal data is screened; see
    `refused_values`. Files that are gone have no values.
    """
    paths = {(file.source, file.source_file_id): file.path for file in take_inventory(settings)}
    values: dict[tuple[str, str, int], str] = {}
    with workplace(settings.archive) as work:
        for (source, file_id), group in rows.groupby(["source", "source_file_id"]):
            if (source, file_id) in paths:
                refused = list(zip(group.sheet, group.row_number, group.reason_code, strict=True))
                with work.cleared() as cleared:
                    found = refused_values(source, paths[source, file_id], refused, config, cleared)
                values |= {(file_id, *place): text for place, text in found.items()}
    places = zip(rows.source_file_id, rows.sheet, rows.row_number, strict=True)
    shown = rows.assign(value=[values.get(place, "") for place in places])
    return shown[[*(c for c in shown.columns if c != "source_file_id"), "source_file_id"]]
