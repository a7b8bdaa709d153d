"""A warehouse whose file is damaged is told by its path and what to do, by all that read one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import DatasporError
from orchestration.figures.trace import trace
from orchestration.landing.quarantine import quarantined_rows
from orchestration.publish import read_run, read_table
from orchestration.settings import PACKAGED_CONFIG, Settings
from orchestration.warehouse_file import open_to_read, reads_landed_rows_in

READERS: dict[str, Callable[[Path], object]] = {
    "read_table": lambda path: read_table(path, "select 1"),
    "trace": lambda path: trace(path, path.parent, "f"),
    "quarantined_rows": quarantined_rows,
}


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000], ids=["empty", "garbage"])
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_is_no_warehouse_is_told_with_what_to_do(
    tmp_path: Path, reader: str, content: bytes
) -> None:
    damaged = tmp_path / "warehouse.duckdb"
    damaged.write_bytes(content)
    with pytest.raises(DatasporError) as told:
        READERS[reader](damaged)
    assert str(told.value).startswith(f"{damaged} cannot be read: it is damaged")
    assert "`dataspor run` makes a damaged one anew" in str(told.value)


def test_a_warehouse_that_is_damaged_further_on_is_told_too(tmp_path: Path) -> None:
    damaged = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(damaged)) as connection:
        connection.execute(
            "create table numbers as select hash(range)::varchar as number from range(100000)"
        )
    content = bytearray(damaged.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100] = bytes(100)
    damaged.write_bytes(content)
    assert read_table(damaged, "select 1 as one").one[0] == 1
    with pytest.raises(DatasporError, match="cannot be read"):
        read_table(damaged, "select max(number) from numbers")


def test_the_run_of_a_damaged_published_file_is_told_and_not_taken_for_none(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path, PACKAGED_CONFIG)
    assert read_run(settings) == {}
    settings.published.mkdir()
    settings.published_warehouse.write_bytes(b"garbage" * 1000)
    with pytest.raises(DatasporError, match="cannot be read"):
        read_run(settings)


def reading(home: Path) -> Path:
    """A warehouse in a home, of which one view reads a landed file of that home."""
    warehouse, landed = home / "warehouse.duckdb", home / "landing" / "a.parquet"
    landed.parent.mkdir(parents=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.sql("select 'a' as source_file_id, 7 as n").write_parquet(str(landed))
        connection.execute("create schema landing; create schema staging")
        name = str(landed).replace("'", "''")
        connection.execute(f"create view landing.presence as from read_parquet(['{name}'])")
        connection.execute("create view staging.presence as from landing.presence")
        connection.execute("create table landing.survey_answer (n integer)")
    return warehouse


def test_landed_rows_that_are_gone_are_told_instead_of_duckdbs_error(tmp_path: Path) -> None:
    reading(tmp_path / "home")
    (tmp_path / "home").rename(tmp_path / "moved")
    warehouse = tmp_path / "moved" / "warehouse.duckdb"
    with pytest.raises(DatasporError) as told, open_to_read(warehouse) as connection:
        connection.execute("from staging.presence")
    assert str(told.value).startswith(f"{warehouse} cannot be read")
    assert "landed rows that it reads are gone, as after a move of DATASPOR_HOME" in str(told.value)


@pytest.mark.parametrize("name", ["home", "l'autre hjem"])
def test_a_warehouse_that_was_moved_or_copied_reads_the_landed_rows_of_another_home(
    tmp_path: Path, name: str
) -> None:
    home, copy = tmp_path / name, tmp_path / f"{name} 2"
    warehouse = reading(home)
    assert reads_landed_rows_in(warehouse, home / "landing")
    shutil.copytree(home, copy)
    assert not reads_landed_rows_in(copy / warehouse.name, copy / "landing")
    assert reads_landed_rows_in(copy / warehouse.name, home / "landing")
    home.rename(tmp_path / "moved")
    moved = tmp_path / "moved"
    assert not reads_landed_rows_in(moved / warehouse.name, moved / "landing")
