"""Writing figures and their evidence into the working warehouse, with the catalogue's types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import pandas as pd

from orchestration.catalogue import table as described
from orchestration.figures.compute import Computed


def store_figures(connection: duckdb.DuckDBPyConnection, computed: Computed) -> dict[str, int]:
    """Write the tables of figures, in the order of the configuration.

    Returns:
        Rows by table.
    """
    tables: dict[str, Sequence[Any]] = {
        "fct_status_figure": computed.figures,
        "fct_figure_evidence": computed.evidence,
        "fct_incident_completeness": computed.completeness,
    }
    for table, records in tables.items():
        store_records(connection, table, records)
    return {table: len(records) for table, records in tables.items()}


def store_records(
    connection: duckdb.DuckDBPyConnection, table: str, records: Sequence[Any]
) -> None:
    """Write dataclasses as a table of the marts, columns and types as the catalogue has them."""
    kinds = {column.name: column.type for column in described(table).columns}
    rows = pd.DataFrame([asdict(record) for record in records], columns=list(kinds), dtype=object)
    connection.register("rows", rows)
    columns = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in kinds.items())
    connection.execute(f"create or replace table marts.{table} as select {columns} from rows")
    connection.unregister("rows")
