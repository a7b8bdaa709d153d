"""The published files: described, typed as described, and never of undescribed columns."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import DatasporError
from orchestration.publish.files import STORAGE_VERSION, write_files
from tests.unit.publish.made_warehouse import published

pytestmark = pytest.mark.ledger_not_asked(reason="the tables hold made-up numbers")


@pytest.fixture
def folder(warehouse: Path, tmp_path: Path) -> Path:
    write_files(warehouse, published(), tmp_path / "version")
    return tmp_path / "version"


def changed(warehouse: Path, folder: Path, *changes: str) -> Path:
    """A copy of a working warehouse with these changes."""
    working = Path(shutil.copy(warehouse, folder / "working.duckdb"))
    with duckdb.connect(str(working)) as connection:
        for change in changes:
            connection.execute(change)
    return working


def test_every_table_and_column_of_the_file_has_its_comment(folder: Path) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        told = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where schema_name = 'marts'"
        ).fetchall()
        tables = connection.execute("select table_name, comment from duckdb_tables()").fetchall()
    assert sorted(told) == sorted(
        (table.name, column.name, column.comment)
        for table in published()
        for column in table.columns
    )
    assert sorted(tables) == sorted((table.name, table.comment) for table in published())


def test_every_table_of_the_data_package_is_a_file_beside_it(folder: Path) -> None:
    package = json.loads((folder / "parquet" / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["path"] for resource in package["resources"]}
    assert described == {path.name for path in (folder / "parquet").glob("*.parquet")}
    assert described == {f"{table.name}.parquet" for table in published()}


@pytest.mark.parametrize("sample", ["true", "false"])
def test_the_data_package_is_called_synthetic_where_the_run_was_of_the_sample(
    warehouse: Path, tmp_path: Path, sample: str
) -> None:
    update = f"update marts.meta_run set value = '{sample}' where key = 'sample'"
    working = changed(warehouse, tmp_path, update)
    write_files(working, published(), tmp_path / "version")
    package = json.loads((tmp_path / "version" / "parquet" / "datapackage.json").read_text("utf-8"))
    assert package["title"].startswith("SYNTHETIC DATA.") == (sample == "true")


def test_the_rows_of_every_table_are_counted_and_are_those_of_the_working_warehouse(
    warehouse: Path, tmp_path: Path
) -> None:
    counts = write_files(warehouse, published(), tmp_path / "it's a version")
    assert counts == {table.name: 2 if table.name == "meta_run" else 7 for table in published()}
    written = tmp_path / "it's a version" / "warehouse.duckdb"
    with (
        duckdb.connect(str(written), read_only=True) as files,
        duckdb.connect(str(warehouse), read_only=True) as working,
    ):
        for table in published():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            query = f"select {columns} from marts.{table.name}"
            written_rows = files.execute(f"{query} order by all").fetchall()
            assert written_rows == working.execute(f"{query} order by all").fetchall()
        version = files.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = ?",
            [written.stem],
        ).fetchone()
    assert version is not None
    assert version[0].startswith(STORAGE_VERSION)


def test_the_bytes_of_what_dbt_counts_do_not_depend_on_the_order_in_which_it_comes(
    warehouse: Path, tmp_path: Path
) -> None:
    counted = [t.name for t in published() if t.from_dbt and not t.name.startswith("dim_")]
    turns = [
        f"create or replace table marts.{name} as select * from marts.{name} order by rowid desc"
        for name in counted
    ]
    turned = changed(warehouse, tmp_path, *turns)
    write_files(warehouse, published(), tmp_path / "one")
    write_files(turned, published(), tmp_path / "other")
    assert len(counted) == 9
    for name in counted:
        one, other = (
            tmp_path / which / "parquet" / f"{name}.parquet" for which in ("one", "other")
        )
        assert one.read_bytes() == other.read_bytes(), name


def test_what_is_configured_keeps_the_order_that_it_has_there(
    warehouse: Path, tmp_path: Path
) -> None:
    keys = {"fct_status_figure": "figure_id", "dim_survey_question": "question_id"}
    updates = [
        f"update marts.{table} set {key} = 'z' where rowid = 0" for table, key in keys.items()
    ]
    write_files(changed(warehouse, tmp_path, *updates), published(), tmp_path / "version")
    with duckdb.connect(str(tmp_path / "version" / "warehouse.duckdb"), read_only=True) as read:
        for table, key in keys.items():
            first = read.execute(f"select {key} from marts.{table} limit 1").fetchone()
            assert first == ("z",)


def test_parquet_has_the_columns_that_the_data_package_names(folder: Path) -> None:
    for table in published():
        path = folder / "parquet" / f"{table.name}.parquet"
        described = duckdb.sql(f"describe from read_parquet('{path}')").fetchall()
        assert [(name, kind.lower()) for name, kind, *_ in described] == [
            (column.name, column.type) for column in table.columns
        ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alter table marts.dim_library add column secret varchar", "dim_library.*secret"),
        ("alter table marts.dim_library drop column isil", "dim_library.*isil"),
        (
            "alter table marts.dim_library alter district_id type varchar",
            "dim_library.*district_id",
        ),
        ("drop table marts.dim_library", "lacks dim_library"),
    ],
)
def test_what_is_not_as_described_is_not_published(
    warehouse: Path, tmp_path: Path, change: str, told: str
) -> None:
    with pytest.raises(DatasporError, match=told):
        write_files(changed(warehouse, tmp_path, change), published(), tmp_path / "version")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            (
                "alter table marts.dim_library alter district_id type varchar",
                "alter table marts.dim_library add column a varchar",
            ),
            "marts.dim_library is not as its description says (name or type of a, district_id); "
            "nothing was published. Mend the YAML beside the model.",
        ),
        (
            ("drop table marts.dim_library", "drop table marts.fct_claim"),
            "The working warehouse lacks dim_library, fct_claim; nothing was published. "
            "Run the whole job again.",
        ),
    ],
)
def test_all_that_is_not_as_described_is_told_once_and_with_what_to_do(
    warehouse: Path, tmp_path: Path, changes: tuple[str, ...], told: str
) -> None:
    with pytest.raises(DatasporError) as error:
        write_files(changed(warehouse, tmp_path, *changes), published(), tmp_path / "version")
    assert str(error.value) == told


def test_columns_come_in_the_order_of_their_description(warehouse: Path, tmp_path: Path) -> None:
    turned = [dataclasses.replace(table, columns=table.columns[::-1]) for table in published()]
    write_files(warehouse, turned, tmp_path / "version")
    with duckdb.connect(str(tmp_path / "version" / "warehouse.duckdb"), read_only=True) as read:
        names = [row[0] for row in read.execute("describe marts.dim_library").fetchall()]
    assert names[0] == "district_name"
