"""Dagster's files during a run: events are seen at once, survive a kill, and leave no log."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import NullPool, column, create_engine, event, select, table

from orchestration.dagster_files import kept_open

EVENTS = 5


@pytest.fixture
def home(tmp_path: Path) -> Path:
    # set up before, as an installation's is
    dg.DagsterInstance.local_temp(str(tmp_path)).dispose()
    return tmp_path


def report(home: Path) -> None:
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        for _ in range(EVENTS):
            instance.report_runless_asset_event(dg.AssetMaterialization("one"))


def in_child(action: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def index_of(home: Path) -> Path:
    return home / "history" / "runs" / "index.db"


def stored(home: Path) -> int:
    reader = sqlite3.connect(f"file:{index_of(home)}?mode=ro", uri=True)
    with closing(reader) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        return int(connection.execute("select count(*) from event_logs").fetchone()[0])


def times_open(path: Path) -> int:
    opened = Path("/proc/self/fd").iterdir()
    # the descriptor of that folder itself is gone by now
    return sum(entry.is_symlink() and entry.readlink() == path for entry in opened)


def test_files_stay_open_others_see_each_event_and_nothing_is_left_open(home: Path) -> None:
    log = index_of(home).with_name("index.db-wal")
    with kept_open():
        report(home)
        assert log.exists()  # SQLite keeps it until the last connection is closed
        assert times_open(index_of(home)) == 1  # and not once for each event
        assert stored(home) == EVENTS
    assert times_open(index_of(home)) == 0
    assert not log.exists()
    assert stored(home) == EVENTS
    report(home)
    assert not log.exists()  # outside of a run all is as Dagster has it
    assert stored(home) == 2 * EVENTS


def test_a_killed_run_loses_no_event(home: Path) -> None:
    def killed() -> None:
        with kept_open():
            report(home)
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(killed) == -signal.SIGKILL
    assert stored(home) == EVENTS


def test_a_statement_is_compiled_once_for_all_engines_and_for_each_of_them_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table event_logs (id integer)")
    found: list[str] = []

    def note(*about: Any) -> None:
        found.append(about[4].cache_hit.name)  # the context of the execution

    def executed() -> None:
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        event.listen(engine, "after_cursor_execute", note)
        with engine.connect() as connection:
            connection.execute(select(table("event_logs", column("id"))))

    with kept_open():
        for _ in range(3):
            executed()
    executed()
    assert found == ["CACHE_MISS", "CACHE_HIT", "CACHE_HIT", "CACHE_MISS"]
