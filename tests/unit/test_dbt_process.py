"""dbt that waits: it does what it is told, and ends where nobody tells it anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from orchestration import catalogue, dbt_process
from orchestration.catalogue import PARTIAL_PARSE, ensure_manifest
from orchestration.run import lock
from orchestration.settings import PACKAGED_CONFIG, PROJECT, Settings
from orchestration.warehouse_file import open_to_read
from tests.dbt_unit_tests import open_empty_warehouse

Begin = Callable[[Settings], dbt_process.Process]
SECONDS = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    settings.prepare()
    return settings


@pytest.fixture(params=[dbt_process.started, dbt_process.forked])
def begin(request: pytest.FixtureRequest) -> Begin:
    """A new Python, or a fork of this one."""
    return request.param


def test_what_it_is_told_is_carried_out_and_nothing_is_opened_before(
    settings: Settings, begin: Begin
) -> None:
    process = begin(settings)
    dbt_process.told(process, ["list", "--resource-type", "model", "--output", "name"])
    assert process.stdout is not None
    events = [json.loads(line) for line in process.stdout]
    assert process.wait() == 0
    assert "fct_claim" not in str(events)  # Python's, no model
    assert "fct_incident_month" in [event["info"]["msg"] for event in events]
    assert {event["info"]["level"] for event in events} == {"info"}
    assert not settings.working_warehouse.exists()


def test_a_first_parse_goes_on_from_what_was_parsed_for_the_definitions(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_manifest()
    its_own = settings.dbt_target / PARTIAL_PARSE.name
    assert listed(settings)
    # dbt keeps what it parsed only where that is not what it went on from
    assert not its_own.exists()

    monkeypatch.setattr(catalogue, "PARTIAL_PARSE", tmp_path / "of_nobody.msgpack")
    assert listed(settings)
    assert its_own.exists()


def listed(settings: Settings) -> bool:
    """Whether dbt, told to list the models, does."""
    process = dbt_process.forked(settings)
    dbt_process.told(process, ["list", "--resource-type", "model"])
    assert process.stdout is not None
    return "fct_incident_month" in process.stdout.read().decode() and process.wait() == 0


def test_a_command_that_is_none_fails_says_so_and_leaves_no_results_of_an_earlier_one(
    settings: Settings, begin: Begin
) -> None:
    results = settings.dbt_target / dbt_process.RUN_RESULTS
    results.write_text("of an earlier build")
    process = begin(settings)
    dbt_process.told(process, ["build", "--no-such-option"])
    assert process.stdout is not None
    told = process.stdout.read().decode()
    assert process.wait() == 1
    assert "--no-such-option" in told
    assert not results.exists()


def test_what_it_built_lies_in_the_file_and_not_in_a_log_that_each_reader_goes_through(
    settings: Settings,
) -> None:
    open_empty_warehouse(settings)
    process = dbt_process.forked(settings)
    dbt_process.told(process, ["build", "--select", "int_calendar"])
    assert process.stdout is not None
    told = process.stdout.read().decode()
    assert process.wait() == 0, told
    warehouse = settings.working_warehouse
    assert not warehouse.with_name(f"{warehouse.name}.wal").exists()
    with open_to_read(warehouse) as connection:
        counted = connection.execute("select count(*) > 0 from intermediate.int_calendar")
        assert counted.fetchone() == (True,)


def test_it_ends_where_the_run_was_killed_while_it_builds(settings: Settings) -> None:
    process = dbt_process.forked(settings)
    assert process.stdout is not None
    dbt_process.told(process, ["build"])
    while b"LogStartLine" not in process.stdout.readline():
        assert process.returncode is None
    process.stdout.close()  # nobody reads what its threads say
    try:
        assert process.wait(timeout=SECONDS) == dbt_process.FAILED
    finally:
        process.send_signal(signal.SIGKILL)


@pytest.fixture
def term_ends() -> Iterator[None]:
    """SIGTERM as a new process has it: Dagster ties it to SIGINT, which jobs in a shell ignore."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("term_ends")
def test_a_signal_ends_it_and_the_code_says_which(settings: Settings, begin: Begin) -> None:
    process = begin(settings)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=SECONDS) == -signal.SIGTERM
    process.send_signal(signal.SIGTERM)  # nobody is there any more
    dbt_process.ended(process)


def test_a_signal_ends_a_fork_of_a_process_that_does_something_else_with_it(
    settings: Settings,
) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        process = dbt_process.forked(settings)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=SECONDS) == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)
    dbt_process.ended(process)


def test_a_fork_holds_neither_the_lock_nor_any_other_file_of_the_run(settings: Settings) -> None:
    with lock(settings):
        process = dbt_process.forked(settings)
        until = time.monotonic() + SECONDS
        while held := [path for path in opened(process.pid) if str(settings.home) in path]:
            assert time.monotonic() < until, held
            time.sleep(0.05)
    dbt_process.ended(process)


def opened(process: int | None) -> list[str]:
    """What a process has open, but for dbt's own files."""
    found = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        try:
            path = str(descriptor.readlink())
        except FileNotFoundError:  # closed since
            continue
        if "/home/dbt/" not in path:
            found.append(path)
    return found


def test_a_process_with_another_thread_is_not_forked_and_what_it_starts_ends_with_the_block(
    settings: Settings,
) -> None:
    done = Event()
    other = Thread(target=done.wait)
    other.start()
    try:
        with dbt_process.ready(settings) as process:
            assert isinstance(process, subprocess.Popen)
        assert process.returncode == 0
    finally:
        done.set()
        other.join()


def test_a_process_with_one_thread_is_forked_and_the_fork_ends_with_the_block(
    settings: Settings,
) -> None:
    script = (
        "from orchestration.dbt_process import ready\n"
        "from orchestration.settings import Settings\n"
        "with ready(Settings.from_environment()) as process:\n"
        "    print(type(process).__name__)\n"
        "print(process.returncode)\n"
    )
    settings.sources.mkdir()
    places = {"DATASPOR_HOME": str(settings.home), "DATASPOR_SOURCES": str(settings.sources)}
    answer = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=os.environ | places,
        cwd=PROJECT,
    )
    assert answer.stdout.split() == ["Forked", "0"], answer.stderr
