"""Reading what was published; what is not there yet is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from orchestration.errors import DatasporError
from orchestration.settings import Settings
from orchestration.warehouse_file import open_to_read


def read_table(warehouse: Path, query: str, parameters: list[object] | None = None) -> pd.DataFrame:
    """The answer of a query on a published warehouse.

    Raises:
        DatasporError: nothing was published yet, or by a version that had not all columns, or its
            file or its landed rows cannot be read.
    """
    if not warehouse.exists():
        raise DatasporError(f"Nothing is published at {warehouse}. Run `dataspor run` first.")
    with open_to_read(warehouse) as connection:
        try:
            return connection.execute(query, parameters or []).df()
        except (duckdb.BinderException, duckdb.CatalogException):
            raise DatasporError(
                f"{warehouse} was published by another version of Dataspor and lacks what is asked "
                "for. Publish it again: `dataspor run`."
            ) from None


def read_figures(settings: Settings) -> pd.DataFrame:
    """The published status figures, in the order of the configuration."""
    return read_table(settings.published_warehouse, "select * from marts.fct_status_figure")


def read_run(settings: Settings) -> dict[str, str]:
    """What is told of the run that was published; empty before the first."""
    if not settings.published_warehouse.exists():
        return {}
    return read_run_of(settings.published_warehouse)


def read_run_of(warehouse: Path) -> dict[str, str]:
    """What a published warehouse tells of its run: as_of, municipality, sample, fingerprint."""
    rows = read_table(warehouse, "select key, value from marts.meta_run")
    return dict(zip(rows.key, rows.value, strict=True))


def is_of_sample(run: dict[str, str]) -> bool:
    """Whether a run, by what is told of it, was one of the synthetic sample."""
    return run.get("sample") == "true"
