"""The sensor of new source files: when it starts a run."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.automation import MOST_REPEATS, build_sensors
from orchestration.assets.names import RUN_JOB
from orchestration.config import load_config
from orchestration.half_year import last_ended
from orchestration.settings import PACKAGED_CONFIG

(SENSOR,) = build_sensors(load_config(PACKAGED_CONFIG), is_on=False)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of sources of an installation, with one export."""
    monkeypatch.setenv("DATASPOR_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("DATASPOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATASPOR_CONFIG", raising=False)
    put(tmp_path / "sources" / "presence" / "a.csv")
    return tmp_path / "sources"


@pytest.fixture
def daemon(tmp_path: Path, sources: Path) -> Iterator[Daemon]:  # noqa: ARG001  looked at by it
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield Daemon(instance)


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name)
    os.utime(path, (1_700_000_000, 1_700_000_000))


class Daemon:
    """What Dagster does with a tick: keeps the cursor, and starts no run by a key it knows."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self.known: set[str] = set()
        self.told = ""

    def hours_pass(self, hours: float) -> None:
        """As if the last run had been asked for so much earlier."""
        cursor = json.loads(self.cursor or "")
        at = dt.datetime.fromisoformat(cursor["at"]) - dt.timedelta(hours=hours)
        self.cursor = json.dumps(cursor | {"at": at.isoformat()})

    def runs(self) -> int:
        """Runs started by one tick."""
        told = SENSOR(dg.build_sensor_context(self.instance, self.cursor))
        if isinstance(told, dg.SkipReason):
            self.told = told.skip_message or ""
            return 0
        self.cursor = told.cursor
        keys = [request.run_key for request in told.run_requests]
        started = [key for key in keys if key is None or key not in self.known]
        self.known |= {key for key in keys if key is not None}
        return len(started)


def run(instance: dg.DagsterInstance, *, fails: bool) -> None:
    """A run of the pipeline's job, whoever started it."""

    @dg.op
    def step() -> None:
        assert not fails

    @dg.job(name=RUN_JOB)
    def pipeline() -> None:
        step()

    pipeline.execute_in_process(instance=instance, raise_on_error=False)


def test_a_run_is_started_once_for_each_change_also_back_to_what_was_there_before(
    sources: Path, daemon: Daemon
) -> None:
    assert [daemon.runs(), daemon.runs()] == [1, 0]
    put(sources / "presence" / "b.csv")
    assert [daemon.runs(), daemon.runs()] == [1, 0]
    (sources / "presence" / "b.csv").unlink()
    assert [daemon.runs(), daemon.runs()] == [1, 0]


def test_files_of_a_run_that_failed_are_asked_for_again_later_each_time_and_not_for_ever(
    daemon: Daemon,
) -> None:
    assert daemon.runs() == 1
    for times in range(MOST_REPEATS):
        run(daemon.instance, fails=True)
        daemon.hours_pass(2**times - 0.1)
        assert daemon.runs() == 0
        assert "the last run failed, and another is asked for at" in daemon.told
        daemon.hours_pass(0.1)
        assert daemon.runs() == 1
    run(daemon.instance, fails=True)
    daemon.hours_pass(1_000)
    assert daemon.runs() == 0
    assert f"{MOST_REPEATS + 1} were asked for" in daemon.told


def test_files_of_a_run_that_failed_are_not_asked_for_again_once_another_run_has_used_them(
    daemon: Daemon,
) -> None:
    assert daemon.runs() == 1
    run(daemon.instance, fails=True)
    run(daemon.instance, fails=False)
    daemon.hours_pass(2)
    assert daemon.runs() == 0
    assert daemon.told == "no new source files"


def test_new_files_after_a_run_that_failed_are_asked_for_at_once(
    sources: Path, daemon: Daemon
) -> None:
    assert daemon.runs() == 1
    run(daemon.instance, fails=True)
    put(sources / "presence" / "b.csv")
    assert [daemon.runs(), daemon.runs()] == [1, 0]


def test_what_an_earlier_dataspor_remembered_is_as_if_nothing_were_known(daemon: Daemon) -> None:
    for cursor in ("0" * 64, "7d1a"):
        daemon.cursor = cursor
        assert [daemon.runs(), daemon.runs()] == [1, 0]


@pytest.mark.usefixtures("sources")
def test_a_run_is_asked_for_all_half_years() -> None:
    (request,) = SENSOR(dg.build_sensor_context()).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == "2022-10"


@pytest.mark.parametrize("first", ["running", "2206-10"])
@pytest.mark.usefixtures("sources")
def test_before_the_first_half_year_ends_a_run_is_asked_for_the_one_before_it(first: str) -> None:
    config = load_config(PACKAGED_CONFIG)
    rules = config.municipality
    last = last_ended(rules.today())
    begun = rules.model_copy(
        update={"first_half_year": last.next.id if first == "running" else first}
    )
    (sensor,) = build_sensors(config.model_copy(update={"municipality": begun}), is_on=False)
    (request,) = sensor(dg.build_sensor_context()).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == last.id
    assert request.tags["dagster/asset_partition_range_end"] == last.id


def test_without_source_files_no_run_is_started(sources: Path) -> None:
    (sources / "presence" / "a.csv").unlink()
    assert SENSOR(dg.build_sensor_context()) == dg.SkipReason("no source files")


def test_a_folder_that_cannot_be_read_is_told_instead_of_a_run_until_it_can(
    sources: Path, daemon: Daemon
) -> None:
    (sources / "survey").symlink_to(sources / "not mounted")
    assert daemon.runs() == 0
    assert "survey cannot be read" in daemon.told
    (sources / "survey").unlink()
    assert daemon.runs() == 1
