"""Writing the status figures into the working warehouse, with the contract's types."""

from __future__ import annotations

from dataclasses import asdict

import duckdb
import pandas as pd

from orchestration.figures.compute import StatusFigure

COLUMNS = {
    "figure_id": "varchar",
    "label_da": "varchar",
    "statement_da": "varchar",
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
    "as_of": "date",
}


def store_figures(connection: duckdb.DuckDBPyConnection, figures: list[StatusFigure]) -> None:
    """Write ``marts.fct_status_figure``, in the order of the configuration."""
    rows = pd.DataFrame([asdict(figure) for figure in figures], columns=list(COLUMNS), dtype=object)
    connection.register("rows", rows)
    columns = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in COLUMNS.items())
    connection.execute(
        f"create or replace table marts.fct_status_figure as select {columns} from rows"
    )
    connection.unregister("rows")
