"""The sensor of new source files: when it starts a run."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.automation import build_sensors
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


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name)
    os.utime(path, (1_700_000_000, 1_700_000_000))


class Daemon:
    """What Dagster does with a tick: keeps the cursor, and starts no run by a key it knows."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.known: set[str] = set()

    def runs(self) -> int:
        """Runs started by one tick."""
        told = SENSOR(dg.build_sensor_context(cursor=self.cursor))
        if isinstance(told, dg.SkipReason):
            return 0
        self.cursor = told.cursor
        keys = [request.run_key for request in told.run_requests]
        started = [key for key in keys if key is None or key not in self.known]
        self.known |= {key for key in keys if key is not None}
        return len(started)


def test_a_run_is_started_once_for_each_change_also_back_to_what_was_there_before(
    sources: Path,
) -> None:
    daemon = Daemon()
    assert [daemon.runs(), daemon.runs()] == [1, 0]
    put(sources / "presence" / "b.csv")
    assert [daemon.runs(), daemon.runs()] == [1, 0]
    (sources / "presence" / "b.csv").unlink()
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
    sources: Path,
) -> None:
    (sources / "survey").symlink_to(sources / "not mounted")
    told = SENSOR(dg.build_sensor_context())
    assert isinstance(told, dg.SkipReason)
    assert "survey cannot be read" in (told.skip_message or "")
    (sources / "survey").unlink()
    assert Daemon().runs() == 1
