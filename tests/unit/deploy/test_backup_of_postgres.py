from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from orchestration.backup import create, restore
from orchestration.errors import DatasporError, UsageError
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.postgres import running_postgres

pytestmark = pytest.mark.ledger_not_asked(reason="its warehouses are a few bytes of no meaning")

PASSWORD = "hemm@lig"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of this test alone, its tools in the path; gives its URL, `{}` the database."""
    with running_postgres() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{running.binaries}{os.pathsep}{os.environ['PATH']}")
        password = quote_plus(PASSWORD)
        yield f"postgresql+psycopg2://postgres:{password}@/{{}}?host={running.folder}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    made.prepare()
    return made


def psql(server: str, database: str, command: str) -> str:
    url = server.replace("+psycopg2", "").format(database)
    told = subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", url, "-c", command],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_dagsters_database_comes_back_in_an_empty_one_only(
    server: str, settings: Settings, tmp_path: Path
) -> None:
    for name in ("dagster", "again"):
        psql(server, "postgres", f"create database {name}")
    psql(server, "dagster", "create table runs (run_id text)")
    psql(server, "dagster", "insert into runs values ('æøå')")

    made = create(settings, tmp_path / "backups", database=server.format("dagster"))
    with pytest.raises(UsageError, match="holds 1 tables already"):
        restore(made, tmp_path / "again", database=server.format("dagster"))
    assert not (tmp_path / "again").exists()
    restore(made, tmp_path / "again", database=server.format("again"))

    assert psql(server, "again", "select run_id from runs") == "æøå"
    assert not list((tmp_path / "again").glob("*.dump"))


def test_a_database_that_cannot_be_dumped_gives_no_backup(
    server: str, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DatasporError, match="pg_dump failed: ") as told:
        create(settings, tmp_path / "backups", database=server.format("absent"))
    assert PASSWORD not in str(told.value)
    assert not list((tmp_path / "backups").iterdir())
