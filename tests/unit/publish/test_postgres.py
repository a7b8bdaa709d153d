"""The marts in a real PostgreSQL: same values, all or nothing, and a reader that can only read."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration.errors import DatasporError, TransientError
from orchestration.publish.postgres import ROLES, publish_postgres, published_fingerprint
from tests.postgres import Postgres, running_postgres
from tests.unit.publish.made_warehouse import published, write_working_warehouse

pytestmark = pytest.mark.ledger_not_asked(reason="the tables hold made-up numbers")

OWNER, READER = "dataspor_owner", "bi_reader"


@pytest.fixture
def database(postgres: Postgres) -> str:
    return postgres.database()


def test_every_value_reads_the_same_as_in_duckdb(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    counts = publish_postgres(postgres.dsn(database, OWNER), warehouse, published())

    assert set(counts) == {table.name for table in published()}
    with (
        duckdb.connect(str(warehouse), read_only=True) as files,
        psycopg.connect(postgres.dsn(database, READER)) as reader,
    ):
        for table in published():
            query = f"select * from marts.{table.name}"
            rows = sorted(files.execute(query).fetchall(), key=repr)
            assert len(rows) == counts[table.name] > 0
            assert sorted(reader.execute(query).fetchall(), key=repr) == rows


def test_the_second_publish_replaces_the_first(
    postgres: Postgres, database: str, warehouse: Path, tmp_path: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    second = write_working_warehouse(tmp_path / "second.duckdb", rows=3, run="b")

    counts = publish_postgres(dsn, second, published())

    assert counts["fct_status_figure"] == 3
    assert published_fingerprint(dsn) == "b"
    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        assert reader.execute("select count(*) from marts.fct_status_figure").fetchone() == (3,)


def test_the_published_file_is_only_read_and_others_read_it_meanwhile(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    before = warehouse.read_bytes()
    with duckdb.connect(str(warehouse), read_only=True):
        counts = publish_postgres(postgres.dsn(database, OWNER), warehouse, published())
    assert counts["dim_library"] == 7
    assert warehouse.read_bytes() == before


def test_nothing_is_published_before_the_first_publish(postgres: Postgres, database: str) -> None:
    assert published_fingerprint(postgres.dsn(database, OWNER)) is None


def test_tables_and_columns_are_described_where_they_are_read(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    publish_postgres(postgres.dsn(database, OWNER), warehouse, published())

    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        told = reader.execute(
            "select c.relname, a.attname, col_description(c.oid, a.attnum), obj_description(c.oid) "
            "from pg_class c join pg_attribute a on a.attrelid = c.oid "
            "where c.relnamespace = 'marts'::regnamespace and c.relkind = 'r' and a.attnum > 0"
        ).fetchall()
    wanted = [
        (table.name, column.name, column.comment, table.comment)
        for table in published()
        for column in table.columns
    ]
    assert sorted(told) == sorted(wanted)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from marts.dim_library",
        "insert into marts.meta_run values ('a', 'b')",
        "update marts.dim_library set library_name = ''",
        "truncate marts.dim_library",
        "drop table marts.dim_library",
        "create table marts.mine (a int)",
        "create table public.mine (a int)",
        "create temporary table mine (a int)",
        "create schema mine",
        "select * from secrets.salaries",
        "set role dataspor_owner",
    ],
)
def test_the_reader_can_do_nothing_but_read_the_marts(
    postgres: Postgres, database: str, warehouse: Path, statement: str
) -> None:
    publish_postgres(postgres.dsn(database, OWNER), warehouse, published())
    with psycopg.connect(postgres.dsn(database)) as administrator:
        administrator.execute("create schema secrets")
        administrator.execute("create table secrets.salaries (a int)")

    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        # the default is a guard against accidents; the rights must hold without it
        reader.execute("set session characteristics as transaction read write")
        reader.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement)


def test_the_reader_begins_read_only_with_a_time_limit_and_one_view_a_transaction(
    postgres: Postgres, database: str
) -> None:
    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        for setting, value in {
            "default_transaction_read_only": "on",
            "default_transaction_isolation": "repeatable read",
            "statement_timeout": "1min",
            "idle_in_transaction_session_timeout": "1min",
        }.items():
            assert reader.execute(f"show {setting}").fetchone() == (value,)


def test_a_reader_in_the_middle_goes_on_with_what_it_began_with_and_holds_nobody_up(
    postgres: Postgres, database: str, warehouse: Path, tmp_path: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    second = write_working_warehouse(tmp_path / "second.duckdb", rows=3, run="b")
    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        assert reader.execute("select count(*) from marts.dim_library").fetchone() == (7,)

        publisher = threading.Thread(target=publish_postgres, args=(dsn, second, published()))
        publisher.start()
        publisher.join(timeout=60)
        assert not publisher.is_alive()

        # a table that this transaction has not looked at yet shows the old publish too
        assert reader.execute("select count(*) from marts.fct_claim").fetchone() == (7,)
        reader.commit()
        assert reader.execute("select count(*) from marts.fct_claim").fetchone() == (3,)


def test_a_publish_that_fails_midway_leaves_everything_as_it_was(
    postgres: Postgres, database: str, warehouse: Path, tmp_path: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    broken = write_working_warehouse(tmp_path / "broken.duckdb", rows=3, run="b")
    with duckdb.connect(str(broken)) as connection:
        connection.execute("insert into marts.meta_source_file from marts.meta_source_file")

    with pytest.raises(DatasporError, match="duplicate key"):
        publish_postgres(dsn, broken, published())

    assert published_fingerprint(dsn) == "a"
    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        assert reader.execute("select count(*) from marts.dim_district").fetchone() == (7,)


def test_a_table_of_another_shape_is_made_anew_and_one_that_is_gone_is_dropped(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    with psycopg.connect(dsn) as owner:
        owner.execute("alter table marts.dim_library add column old text")
        owner.execute("create table marts.fct_forgotten (a int)")

    publish_postgres(dsn, warehouse, published())

    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        row = reader.execute("select * from marts.dim_library limit 1")
        assert row.description is not None
        assert "old" not in {column.name for column in row.description}
        tables = reader.execute("select tablename from pg_tables where schemaname = 'marts'")
        assert {name for (name,) in tables} == {table.name for table in published()}


def test_tables_that_are_as_described_stay_the_same_tables_and_are_not_described_anew(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    tables = "select relname, oid from pg_class where relnamespace = 'marts'::regnamespace"
    # the transaction that wrote a comment last
    comments = "select objoid, objsubid, xmin::text from pg_description where objoid >= 16384"
    seen = []
    for _ in range(2):
        publish_postgres(dsn, warehouse, published())
        with psycopg.connect(dsn) as owner:
            seen.append([set(owner.execute(query).fetchall()) for query in (tables, comments)])
    assert seen[0] == seen[1]
    assert all(seen[0])


def test_a_marts_without_a_fingerprint_is_of_no_run(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    with psycopg.connect(dsn) as owner:
        owner.execute("delete from marts.meta_run where key = 'fingerprint'")
    assert published_fingerprint(dsn) is None


def test_a_changed_description_is_written_anew(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    dsn = postgres.dsn(database, OWNER)
    publish_postgres(dsn, warehouse, published())
    tables = [dataclasses.replace(table, description_da="Noget nyt.") for table in published()]

    publish_postgres(dsn, warehouse, tables)

    with psycopg.connect(postgres.dsn(database, READER)) as reader:
        told = reader.execute("select obj_description('marts.dim_library'::regclass)").fetchone()
    assert told is not None
    assert told[0].startswith("Noget nyt.")


def test_a_reader_that_was_dropped_and_made_again_reads_what_is_published_next(
    warehouse: Path,
) -> None:
    with running_postgres() as server:
        database = server.database()
        dsn = server.dsn(database, OWNER)
        publish_postgres(dsn, warehouse, published())
        with psycopg.connect(server.dsn(database)) as administrator:
            administrator.execute(f"drop owned by {READER}; drop role {READER}")
            administrator.execute(ROLES.read_text(encoding="utf-8"))

        publish_postgres(dsn, warehouse, published())

        with psycopg.connect(server.dsn(database, READER)) as reader:
            for table in published():
                rows = reader.execute(f"select count(*) from marts.{table.name}").fetchone()
                assert rows is not None and rows[0] > 0


def test_a_database_without_the_roles_is_told_in_a_sentence(warehouse: Path) -> None:
    with running_postgres() as bare, pytest.raises(DatasporError) as told:
        publish_postgres(bare.dsn(), warehouse, published())
    assert str(told.value) == (
        "PostgreSQL has no role bi_reader. An administrator of the database runs "
        "`dataspor postgres-roles | psql DATABASE` once."
    )


@pytest.mark.usefixtures("database")  # which sets the roles up for the whole server
def test_an_owner_who_may_not_make_the_schema_is_told_what_to_check(
    postgres: Postgres, warehouse: Path
) -> None:
    with pytest.raises(DatasporError) as told:
        publish_postgres(
            postgres.dsn(postgres.database(prepared=False), OWNER), warehouse, published()
        )
    assert str(told.value).endswith(
        ". Check DATASPOR_POSTGRES_DSN, and that an administrator has run "
        "`dataspor postgres-roles` on the database."
    )


def test_the_roles_may_be_set_up_twice(postgres: Postgres, database: str) -> None:
    with psycopg.connect(postgres.dsn(database)) as administrator:
        administrator.execute(ROLES.read_text(encoding="utf-8"))


def test_a_server_that_does_not_answer_is_a_transient_fault_and_no_password_is_told(
    warehouse: Path,
) -> None:
    dsn = "host=127.0.0.1 port=9 dbname=x user=dataspor_owner password=hemmelig"
    with pytest.raises(TransientError, match="cannot be reached") as raised:
        publish_postgres(dsn, warehouse, published())
    assert "hemmelig" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "dsn", ["host=127.0.0.1 pasword=hemmelig", "postgresql://a:hemmelig@[::1", "hemmelig"]
)
def test_a_connection_string_that_cannot_be_read_is_told_without_it(
    warehouse: Path, dsn: str
) -> None:
    with pytest.raises(DatasporError, match="DATASPOR_POSTGRES_DSN") as raised:
        publish_postgres(dsn, warehouse, published())
    assert not isinstance(raised.value, TransientError)
    assert "hemmelig" not in str(raised.value)


def test_a_user_who_is_not_known_is_no_transient_fault(
    postgres: Postgres, database: str, warehouse: Path
) -> None:
    with pytest.raises(DatasporError, match="nobody") as raised:
        publish_postgres(postgres.dsn(database, "nobody_at_all"), warehouse, published())
    assert not isinstance(raised.value, TransientError)
