from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.backup import create, restore
from orchestration.errors import DatasporError, UsageError
from orchestration.settings import PACKAGED_CONFIG, Settings

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
pytestmark = pytest.mark.skipif(BINARIES is None, reason="needs a PostgreSQL server's binaries")
PASSWORD = "hemm@lig"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of this test alone; gives the URL of a database up to its name."""
    assert BINARIES is not None
    folder = Path(tempfile.mkdtemp(prefix="dataspor-pg-"))  # pytest's own only its user may enter
    as_nobody: list[str] = []
    if os.geteuid() == 0:  # the server refuses root
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        shutil.chown(folder, "nobody", "nogroup")
    word = folder / "word"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -F"
    control = [*as_nobody, str(BINARIES.with_name("pg_ctl")), "-D", str(data), "-w"]
    made = [str(BINARIES), "-D", str(data), "-U", "owner", "-A", "scram-sha-256", "--no-sync"]

    def do(command: list[str]) -> None:
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    do([*as_nobody, *made, f"--pwfile={word}"])
    do([*control, "-o", options, "-l", str(folder / "log"), "start"])
    try:
        yield f"postgresql+psycopg2://owner:hemm%40lig@127.0.0.1:{port}/"
    finally:
        do([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    made.prepare()
    return made


def psql(server: str, database: str, command: str) -> str:
    url = server.replace("+psycopg2", "") + database
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

    made = create(settings, tmp_path / "backups", database=server + "dagster")
    with pytest.raises(UsageError, match="holds 1 tables already"):
        restore(made, tmp_path / "again", database=server + "dagster")
    assert not (tmp_path / "again").exists()
    restore(made, tmp_path / "again", database=server + "again")

    assert psql(server, "again", "select run_id from runs") == "æøå"
    assert not list((tmp_path / "again").glob("*.dump"))


def test_a_database_that_cannot_be_dumped_gives_no_backup(
    server: str, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DatasporError, match="pg_dump failed: ") as told:
        create(settings, tmp_path / "backups", database=server + "absent")
    assert PASSWORD not in str(told.value)
    assert not list((tmp_path / "backups").iterdir())
