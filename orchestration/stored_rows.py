"""Rows that Python has, stored as a table of a warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb


def declared(columns: Mapping[str, str]) -> str:
    """Columns and DuckDB's names of their types, as a table is declared with them."""
    return ", ".join(f'"{name}" {kind}' for name, kind in columns.items())


def store_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Make a table of rows, replacing one of its name; its declared types decide, none is guessed.

    Args:
        connection: where it is stored.
        table: its schema and name.
        columns: its columns and DuckDB's names of their types, in order.
        rows: a value of Python's own for each column, or none for what is not known; no numpy's.

    Raises:
        ValueError: a row has other columns.
    """
    if any(row.keys() != columns.keys() for row in rows):
        raise ValueError(f"{table}: a row has other columns than {', '.join(columns)}")
    connection.execute(f"create or replace table {table} ({declared(columns)})")
    if rows:
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
        values = [[row[name] for row in rows] for name in columns]
        connection.execute(f"insert into {table} select {lists}", values)
