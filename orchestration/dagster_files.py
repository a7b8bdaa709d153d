"""Dagster's SQLite files during a run: kept open, so that events do not wait for the disk.

Dagster opens and closes a file for each event, some thousand times a run. Each time SQLite reads
what tables there are, and whoever closes a file last has SQLite copy its log into it, and wait for
the disk three times. Each time SQLAlchemy also begins with an engine that knows no statement yet.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Dialect, Engine


class _Lent(sqlite3.Connection):
    """A connection that goes back to where it was lent from instead of being closed."""

    lent_by: list[_Lent]

    def close(self) -> None:
        self.rollback()
        self.lent_by.append(self)


@contextlib.contextmanager
def kept_open() -> Iterator[None]:
    """Keep every file open that Dagster opens, and leave it to the system when rows reach the disk.

    Other processes see each event at once, and a killed run loses none. If the machine itself
    fails, the history may lack its last events; SQLite keeps the files whole all the same.
    A statement is compiled once for all connections, since they share a dialect and what it
    compiled. See https://docs.sqlalchemy.org/en/20/core/events.html (`do_connect`,
    `engine_connect`) and `compiled_cache` of `Connection.execution_options`.
    """
    free: defaultdict[str, list[_Lent]] = defaultdict(list)
    compiled: dict[Any, Any] = {}
    dialects: dict[type[Dialect], Dialect] = {}

    def lend(
        dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]
    ) -> _Lent | None:
        # files are named; what is in memory would be another database each time
        if dialect.name != "sqlite" or arguments[0] in ("", ":memory:"):
            return None
        place = free[f"{arguments} {options}"]
        if place:
            return place.pop()
        # whoever has it is alone with it, in whatever thread
        connection = sqlite3.connect(
            *arguments, **options | {"check_same_thread": False}, factory=_Lent
        )
        connection.lent_by = place
        connection.execute("pragma synchronous = normal")
        return connection

    def share(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            # what is compiled is found by the dialect itself, and that of the first one is ready
            connection.dialect = dialects.setdefault(type(connection.dialect), connection.dialect)
            connection.execution_options(compiled_cache=compiled)

    event.listen(Engine, "do_connect", lend)
    event.listen(Engine, "engine_connect", share)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", lend)
        event.remove(Engine, "engine_connect", share)
        for connection in [lent for place in free.values() for lent in place]:
            sqlite3.Connection.close(connection)
