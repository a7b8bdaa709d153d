"""What is published has the same values in every tool that reads it (docs/bi-tools.md)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import pickle
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.publish import PUBLISHED_TABLES
from tests.pipeline.installation import Place
from tests.postgres import Marts, serving_marts

pytestmark = pytest.mark.wide

PROJECT = Path(__file__).parents[2]
NODE_DUCKDB = PROJECT / ".venv" / "node_duckdb"
FRAMES = PROJECT / ".venv" / "frames" / "bin" / "python"
# beyond what doubles need to come back from text
NEARLY = 1e-12

Row = tuple[Any, ...]
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "VARCHAR": str,
    "INTEGER": int,
    "DOUBLE": float,
    "BOOLEAN": lambda text: {"t": True, "f": False}[text],
    "DATE": dt.date.fromisoformat,
    "TIMESTAMP": dt.datetime.fromisoformat,
}


def warehouse_of(place: Place) -> Path:
    return place.home / "published" / "warehouse.duckdb"


def parquet_of(place: Place, table: str) -> Path:
    return place.home / "published" / "parquet" / f"{table}.parquet"


def by_duckdb(place: Place, query: str) -> list[Row]:
    with duckdb.connect(str(warehouse_of(place)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def kinds_of(place: Place, table: str) -> list[str]:
    return [kind for _, kind, *_ in by_duckdb(place, f"describe marts.{table}")]


def in_order(rows: list[Row]) -> list[Row]:
    """Rows in an order that doubles decide last, since they may differ a little."""

    def key(row: Row) -> tuple[Any, ...]:
        exact = tuple("" if isinstance(value, float) else repr(value) for value in row)
        return exact, tuple(value for value in row if isinstance(value, float))

    return sorted(rows, key=key)


def same(one: Any, other: Any) -> bool:
    """Whether two values are of one type and equal; doubles nearly."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEARLY, abs_tol=NEARLY)
    return type(one) is type(other) and one == other


def assert_same(found: list[Row], expected: list[Row]) -> None:
    assert len(found) == len(expected)
    for one, other in zip(in_order(found), in_order(expected), strict=True):
        assert len(one) == len(other)
        assert all(map(same, one, other)), f"{one}\nis not\n{other}"


def by_duckdb_from_parquet(path: Path) -> list[Row]:
    return duckdb.sql(f"from '{path}'").fetchall()


@pytest.fixture(scope="module")
def postgres(sample_run: Place) -> Iterator[Marts]:
    with serving_marts(warehouse_of(sample_run)) as server:
        yield server


@pytest.fixture(scope="module")
def by_node(sample_run: Place) -> dict[str, list[list[Any]]]:
    """All tables as DuckDB's Node driver gives them."""
    subprocess.run(["sh", "tests/install_node_duckdb.sh"], cwd=PROJECT, check=True)
    script = Path(__file__).with_name("published_tables.mjs")
    printed = subprocess.run(
        ["node", str(script), str(NODE_DUCKDB), str(warehouse_of(sample_run))],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(printed.stdout)


@pytest.fixture(scope="module")
def frames(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Tool and table to the rows that the tool reads of the table's Parquet file."""
    subprocess.run(["sh", "tests/install_frames.sh"], cwd=PROJECT, check=True)
    script = Path(__file__).with_name("frames.py")
    target = tmp_path_factory.mktemp("frames") / "rows.pickle"
    parquet = sample_run.home / "published" / "parquet"
    subprocess.run([FRAMES, script, parquet, target], check=True)
    return pickle.loads(target.read_bytes())


@pytest.mark.parametrize("tool", ["polars", "pyarrow", "pandas"])
@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_parquet_has_the_values_of_the_warehouse(
    sample_run: Place, frames: dict[str, Any], table: str, tool: str
) -> None:
    assert_same(frames[tool][table], by_duckdb(sample_run, f"from marts.{table}"))


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_duckdb_reads_parquet_with_the_values_of_the_warehouse(
    sample_run: Place, table: str
) -> None:
    expected = by_duckdb(sample_run, f"from marts.{table}")
    assert_same(by_duckdb_from_parquet(parquet_of(sample_run, table)), expected)


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_pandas_without_arrow_turns_whole_numbers_beside_nulls_into_doubles_and_nothing_else(
    sample_run: Place, frames: dict[str, Any], table: str
) -> None:
    expected = by_duckdb(sample_run, f"from marts.{table}")
    kinds = kinds_of(sample_run, table)
    nulls = [any(row[n] is None for row in expected) for n in range(len(kinds))]
    doubled = [
        kind == "INTEGER" and null and bool(expected)
        for kind, null in zip(kinds, nulls, strict=True)
    ]
    types, rows = frames["pandas without arrow types"][table]
    assert [kind == "float64" for kind in types] == [
        kind == "DOUBLE" or made for kind, made in zip(kinds, doubled, strict=True)
    ]
    found = [
        tuple(
            int(value) if made and value is not None else value
            for value, made in zip(row, doubled, strict=True)
        )
        for row in rows
    ]
    assert_same(found, expected)


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_psql_has_the_values_of_the_warehouse(
    sample_run: Place, postgres: Marts, table: str
) -> None:
    readers = [_FROM_TEXT[kind] for kind in kinds_of(sample_run, table)]
    printed = postgres.psql("--csv", "-t", "-P", r"null=\N", "-c", f"select * from marts.{table}")
    found = [
        tuple(
            None if text == r"\N" else read(text) for read, text in zip(readers, row, strict=True)
        )
        for row in csv.reader(io.StringIO(printed, newline=""))
    ]
    assert_same(found, by_duckdb(sample_run, f"from marts.{table}"))


def test_bi_reader_may_read_and_nothing_else(postgres: Marts) -> None:
    assert int(postgres.psql("-At", "-c", "select count(*) from marts.fct_status_figure")) > 0
    for statement in (
        "delete from marts.fct_status_figure",
        "create table marts.mine (a integer)",
        "set default_transaction_read_only = off; delete from marts.fct_status_figure",
    ):
        with pytest.raises(subprocess.CalledProcessError):
            postgres.psql("-c", statement)


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_duckdbs_node_driver_has_the_values_of_the_warehouse(
    sample_run: Place, by_node: dict[str, list[list[Any]]], table: str
) -> None:
    def plain(value: Any, kind: str) -> Any:
        if value is None:
            return None
        # JSON has one kind of number, and text for dates
        return (
            float(value)
            if kind == "DOUBLE"
            else _FROM_TEXT[kind](value)
            if kind
            in (
                "DATE",
                "TIMESTAMP",
            )
            else value
        )

    kinds = kinds_of(sample_run, table)
    found = [tuple(map(plain, row, kinds)) for row in by_node[table]]
    assert_same(found, by_duckdb(sample_run, f"from marts.{table}"))


def test_each_tool_reads_every_table_that_is_published(
    sample_run: Place, postgres: Marts, by_node: dict[str, list[list[Any]]]
) -> None:
    tables = set(PUBLISHED_TABLES)
    files = sample_run.home / "published" / "parquet"
    in_postgres = postgres.psql(
        "-At", "-c", "select table_name from information_schema.tables where table_schema = 'marts'"
    )
    assert set(by_node) == tables
    assert {path.stem for path in files.glob("*.parquet")} == tables
    assert set(in_postgres.split()) == tables
