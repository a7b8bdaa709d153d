"""A run with PostgreSQL: the same tables there, asked again when away, and made up for later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from orchestration.assets import common
from orchestration.assets.publishing import published_postgres
from orchestration.errors import DatasporError
from tests.pipeline.installation import AS_OF, Answer, Place
from tests.pipeline.test_operation import export
from tests.postgres import Postgres, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An installation with one incident; waiting between retries takes no time."""
    monkeypatch.setattr(common, "FIRST_WAIT_SECONDS", 0)
    place = Place(tmp_path)
    (place.sources / "mainmanager").mkdir(parents=True)
    export(place, "a.csv", 1)
    return place


def run(place: Place, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Answer:
    monkeypatch.setenv("DATASPOR_POSTGRES_DSN", dsn)
    return place.dataspor("run", "--as-of", AS_OF)


def test_a_run_publishes_to_postgres_and_makes_up_for_a_time_when_it_was_away(
    place: Place, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = run(place, monkeypatch, "host=127.0.0.1 port=9 dbname=x user=a password=hemmelig")

    assert away.exit_code == 1
    assert "The files were published; what comes after them failed." in away.told
    assert "PostgreSQL at DATASPOR_POSTGRES_DSN cannot be reached" in away.told
    assert "hemmelig" not in away.told
    assert place.value("select sum(incidents) from marts.fct_incident_half_year") == 1
    log = (place.settings.dagster_home / "last_run.log").read_text()
    assert "hemmelig" not in log

    database = postgres.database()
    back = run(place, monkeypatch, postgres.dsn(database, "dataspor_owner"))

    assert back.exit_code == 0, back.told
    assert "Nothing new" not in back.told
    with psycopg.connect(postgres.dsn(database, "bi_reader")) as reader:
        row = reader.execute("select sum(incidents) from marts.fct_incident_half_year").fetchone()
    assert row == (1,)

    again = run(place, monkeypatch, postgres.dsn(database, "dataspor_owner"))
    assert "Nothing new since the last published run." in again.told


def test_a_permanent_fault_is_not_asked_again(
    sample_run: Place, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "FIRST_WAIT_SECONDS", 10_000)  # a retry would never end
    monkeypatch.setenv("DATASPOR_POSTGRES_DSN", postgres.dsn("postgres", "nobody_at_all"))
    with (
        sample_run.environment(),
        pytest.raises(DatasporError, match='role "nobody_at_all" does not exist'),
    ):
        dg.materialize([published_postgres], resources={"installation": common.Installation()})
