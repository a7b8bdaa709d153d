"""The published tables as files: one DuckDB file, and Parquet beside its data package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.catalogue import Table
from orchestration.errors import DatasporError
from orchestration.publish.datapackage import write_datapackage

STORAGE_VERSION = "v1.2.0"  # the oldest that the contract names; newer DuckDBs read it too


def write_files(working: Path, tables: Sequence[Table], folder: Path) -> dict[str, int]:
    """Write ``warehouse.duckdb`` and ``parquet/`` with its ``datapackage.json`` into a folder.

    Args:
        working: the audited working warehouse.
        tables: what is published, as the catalogue describes it.
        folder: of the version, empty.

    Returns:
        Rows by table.

    Raises:
        DatasporError: the working warehouse lacks a table, or has other columns than described.
    """
    parquet = folder / "parquet"
    parquet.mkdir(parents=True)
    counts: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(working)}' as working (read_only)")
        connection.execute(
            f"attach '{_quoted(folder / 'warehouse.duckdb')}' as published "
            f"(storage_version '{STORAGE_VERSION}')"
        )
        _check(connection, tables)
        connection.execute("begin")  # one write of the whole file, not one a comment
        connection.execute("create schema published.marts")
        for table in tables:
            name = f"published.marts.{table.name}"
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = f"select {columns} from working.marts.{table.name} {_order(table)}"
            connection.execute(f"create table {name} as {rows}")
            connection.execute(f"comment on table {name} is '{_quoted(table.comment)}'")
            for column in table.columns:
                comment = _quoted(column.comment)
                connection.execute(f"comment on column {name}.\"{column.name}\" is '{comment}'")
            target = parquet / f"{table.name}.parquet"
            connection.execute(
                f"copy {name} to '{_quoted(target)}' (format parquet, compression zstd)"
            )
            answer = connection.execute(f"select count(*) from {name}").fetchone()
            counts[table.name] = answer[0] if answer else 0
        sample = connection.execute(
            "select value from published.marts.meta_run where key = 'sample'"
        ).fetchone()
        connection.execute("commit")
    write_datapackage(parquet, tables, is_synthetic=sample == ("true",))
    return counts


def _order(table: Table) -> str:
    """What is counted comes in any order, and is sorted; what is configured keeps its order."""
    is_counted = table.from_dbt and not table.name.startswith("dim_")
    return "order by all" if is_counted else ""


def _check(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    rows = connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where database_name = 'working' and schema_name = 'marts' order by column_index"
    ).fetchall()
    there: dict[str, dict[str, str]] = {}
    for table_name, column, kind in rows:
        there.setdefault(table_name, {})[column] = kind
    missing = [table.name for table in tables if table.name not in there]
    if missing:
        raise DatasporError(
            f"The working warehouse lacks {', '.join(missing)}; nothing was published. "
            "Run the whole job again."
        )
    for table in tables:
        wanted = {column.name: column.type for column in table.columns}
        if there[table.name] != wanted:
            differing = sorted(
                name for name, _ in set(there[table.name].items()) ^ set(wanted.items())
            )
            raise DatasporError(
                f"marts.{table.name} is not as its description says (name or type of "
                f"{', '.join(dict.fromkeys(differing))}); nothing was published. "
                "Mend the YAML beside the model."
            )


def _quoted(text: Path | str) -> str:
    return str(text).replace("'", "''")
