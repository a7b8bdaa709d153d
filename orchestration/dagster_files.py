"""Dagster's SQLite files during a run: kept open, so that events do not wait for the disk.

Dagster opens and closes a file for each event, some thousand times a run. Whoever closes a file
last has SQLite copy its log into it, and wait for the disk three times.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextlib.contextmanager
def kept_open() -> Iterator[None]:
    """Keep every file open that Dagster opens, and leave it to the system when rows reach the disk.

    Other processes see each event at once, and a killed run loses none. If the machine itself
    fails, the history may lack its last events; SQLite keeps the files whole all the same.
    """
    kept: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _record: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        for _, _, path in connection.execute("pragma database_list").fetchall():
            if not path:  # in memory
                continue
            if path not in kept:
                kept[path] = sqlite3.connect(path, check_same_thread=False)
            # only a connection that has read the file keeps its log
            kept[path].execute("select count(*) from sqlite_master").fetchall()

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in kept.values():
            connection.close()
