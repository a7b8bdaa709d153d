"""Writing figures and their evidence into the working warehouse, with declared types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import pandas as pd

from orchestration.figures.compute import Computed

COLUMNS = {
    "fct_status_figure": {
        "figure_id": "varchar",
        "label_da": "varchar",
        "statement_da": "varchar",
        "statement_en": "varchar",
        "measure": "varchar",
        "scope_kind": "varchar",
        "scope_id": "varchar",
        "half_year_from": "varchar",
        "half_year_to": "varchar",
        "value_from": "double",
        "value_to": "double",
        "value": "double",
        "unit": "varchar",
        "ci_low": "double",
        "ci_high": "double",
        "evidence": "varchar",
        "maturity": "varchar",
        "caveats": "varchar",
        "weeks": "varchar",
        "as_of": "date",
    },
    "fct_figure_evidence": {
        "figure_id": "varchar",
        "item_order": "integer",
        "item": "varchar",
        "half_year_id": "varchar",
        "label_da": "varchar",
        "label_en": "varchar",
        "value": "double",
        "ci_low": "double",
        "ci_high": "double",
        "unit": "varchar",
        "note_da": "varchar",
    },
    "fct_incident_completeness": {
        "half_year_id": "varchar",
        "library_id": "varchar",
        "incidents_at_end": "integer",
        "incidents_at_maturity": "integer",
        "incidents": "integer",
        "incidents_expected": "double",
        "expected_low": "double",
        "expected_high": "double",
        "share_reported": "double",
        "complete_on": "date",
    },
}


def store_figures(connection: duckdb.DuckDBPyConnection, computed: Computed) -> dict[str, int]:
    """Write the tables of figures, in the order of the configuration.

    Returns:
        Rows by table.
    """
    tables = {
        "fct_status_figure": computed.figures,
        "fct_figure_evidence": computed.evidence,
        "fct_incident_completeness": computed.completeness,
    }
    for table, records in tables.items():
        store_records(connection, table, COLUMNS[table], records)
    return {table: len(records) for table, records in tables.items()}


def store_records(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    kinds: Mapping[str, str],
    records: Sequence[Any],
) -> None:
    """Write dataclasses as a table of the marts, columns and types as declared."""
    rows = pd.DataFrame([asdict(record) for record in records], columns=list(kinds), dtype=object)
    connection.register("rows", rows)
    columns = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in kinds.items())
    connection.execute(f"create or replace table marts.{table} as select {columns} from rows")
    connection.unregister("rows")
