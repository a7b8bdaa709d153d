"""The sample, run on every engine that is installed; all that is published is what DuckDB gives."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg import sql

from orchestration.catalogue import catalogue
from orchestration.engines import engine_python, postgres
from tests.engines import differences
from tests.pipeline.installation import AS_OF, Answer, Place
from tests.postgres import Postgres, running_postgres

# says which input a run had, of which the engine is part
FINGERPRINT = "meta_run: value"


def run(place: Place, engine: str, dsn: str = "") -> Answer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATASPOR_ENGINE", engine)
        patch.setenv("DATASPOR_ENGINE_DSN", dsn)
        return place.dataspor("run", "--as-of", AS_OF)


def assert_publishes_the_same(place: Place, sample_run: Place) -> None:
    with (
        duckdb.connect(str(sample_run.settings.published_warehouse), read_only=True) as wanted,
        duckdb.connect(str(place.settings.published_warehouse), read_only=True) as found,
    ):
        wrong = [
            difference
            for table in catalogue()
            for difference in differences(table, wanted, found)
            if not (difference.startswith(FINGERPRINT) and "'fingerprint'" in difference)
        ]
    assert not wrong, "\n".join(wrong[:20])


@pytest.fixture
def place(sample_run: Place, tmp_path: Path) -> Place:
    """An installation of its own over the sample's sources."""
    place = Place(tmp_path)
    place.sources.symlink_to(sample_run.sources)
    return place


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


def test_postgres_publishes_what_duckdb_does(
    place: Place, sample_run: Place, server: Postgres
) -> None:
    if engine_python("postgres") is None:
        pytest.skip("not installed: dbt-postgres")
    database = server.database(prepared=False)
    answer = run(place, "postgres", server.dsn(database))
    assert answer.exit_code == 0, answer.told
    assert_publishes_the_same(place, sample_run)


def test_spark_publishes_what_duckdb_does(place: Place, sample_run: Place) -> None:
    if engine_python("spark") is None:
        pytest.skip("not installed: dbt-spark and pyspark")
    answer = run(place, "spark")
    assert answer.exit_code == 0, answer.told
    assert_publishes_the_same(place, sample_run)
    assert not place.settings.engine_folder.exists()


def test_an_unknown_engine_is_told_in_a_sentence(place: Place) -> None:
    answer = run(place, "oracle")
    assert answer.exit_code == 2
    assert "DATASPOR_ENGINE is 'oracle'; it is one of duckdb, postgres, spark." in answer.told


def test_an_engine_that_is_not_installed_is_told_before_anything_is_landed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.prefix", str(place.folder))
    if engine_python("spark") is not None:
        pytest.skip("installed: pyspark lies in this environment itself")
    answer = run(place, "spark")
    assert answer.exit_code == 2
    assert "whose packages are not installed" in answer.told
    assert not place.settings.published_warehouse.exists()


def test_postgres_without_an_address_is_told_in_a_sentence(place: Place) -> None:
    if engine_python("postgres") is None:
        pytest.skip("not installed: dbt-postgres")
    answer = run(place, "postgres")
    assert answer.exit_code == 2
    assert "DATASPOR_ENGINE_DSN does not say which database" in answer.told


@pytest.fixture
def own_name(server: Postgres) -> str:
    """The name of the account that the tests run as, which may log in at the server."""
    name = pwd.getpwuid(os.geteuid()).pw_name
    with psycopg.connect(server.dsn()) as connection:
        if not connection.execute("select from pg_roles where rolname = %s", [name]).fetchone():
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
    return name


def test_what_an_address_leaves_out_dbt_is_told_as_the_server_knows_it(
    server: Postgres, own_name: str
) -> None:
    database = server.database(prepared=False)
    told = postgres.environment(f"host={server.folder} dbname={database}")
    names = ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER")
    assert [told[name] for name in names] == [str(server.folder), "5432", database, own_name]
    assert "PGPASSWORD" not in told


def test_of_a_service_dbt_is_told_what_it_stands_for(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = server.database(prepared=False)
    lines = [f"host={server.folder}", f"dbname={database}", "user=postgres", "password=a b"]
    (tmp_path / "services.conf").write_text("\n".join(["[build]", *lines, ""]), encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services.conf"))
    told = postgres.environment("service=build")
    names = ("PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD")
    assert [told[name] for name in names] == [str(server.folder), database, "postgres", "a b"]


def test_a_database_that_holds_published_marts_is_left_alone(
    place: Place, server: Postgres
) -> None:
    if engine_python("postgres") is None:
        pytest.skip("not installed: dbt-postgres")
    database = server.database()
    with psycopg.connect(server.dsn(database)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute("create table marts.dim_library (library_id text)")
    answer = run(place, "postgres", server.dsn(database))
    assert answer.exit_code == 1
    assert "has schemas that Dataspor did not make: marts" in answer.told
    with psycopg.connect(server.dsn(database)) as connection:
        assert connection.execute("select count(*) from marts.dim_library").fetchone() == (0,)
