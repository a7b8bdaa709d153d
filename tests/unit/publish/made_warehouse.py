"""A working warehouse with every published table, a few made-up rows in each, of awkward values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.catalogue import Column, Table, catalogue
from orchestration.publish import PUBLISHED_TABLES

TEXTS = ("Blågårdens Bibliotek", '"anført", og; komma', "linje\nto\\N", "", "NULL", "\t=1+1")
VALUES: dict[str, Callable[[int], Any]] = {
    "varchar": lambda n: TEXTS[n % len(TEXTS)],
    "integer": lambda n: n * 1_000_003 - 5,
    "bigint": lambda n: n * 10**12,
    "double": lambda n: (0.1 + 0.2, -63.0, 1e-300, 1 / 3)[n % 4],
    "date": lambda n: dt.date(2024, 2, 29) + dt.timedelta(days=n),
    "boolean": lambda n: n % 2 == 0,
    "timestamp": lambda n: dt.datetime(2024, 3, 31, 2, 30) + dt.timedelta(seconds=n),
}


def published() -> list[Table]:
    """What is published, as the catalogue describes it."""
    return [table for table in catalogue() if table.name in PUBLISHED_TABLES]


def write_working_warehouse(path: Path, *, rows: int, run: str = "a", shift: int = 0) -> Path:
    """Each table with some rows; ``run`` is the fingerprint that meta_run tells."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table in published():
            _write(connection, table, _rows(table, rows, run, shift))
    return path


def _rows(table: Table, rows: int, run: str, shift: int) -> list[list[Any]]:
    if table.name == "meta_run":
        return [["fingerprint", run], ["sample", "true"]]
    return [[_value(table, column, n, shift) for column in table.columns] for n in range(rows)]


def _value(table: Table, column: Column, n: int, shift: int) -> Any:
    if column.name in table.key:
        return VALUES[column.type](n) if column.type != "varchar" else f"{column.name} {n}"
    return None if n % 5 == 4 else VALUES[column.type](n + shift)


def _write(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Sequence[Any]]
) -> None:
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    connection.execute(f"create table marts.{table.name} ({columns})")
    places = ", ".join("?" for _ in table.columns)
    if rows:
        connection.executemany(f"insert into marts.{table.name} values ({places})", rows)
