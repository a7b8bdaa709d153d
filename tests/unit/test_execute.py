"""Running a job in this process: what becomes of a run of the command line that was killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.names import CLOSE_JOB
from orchestration.execute import execute, instance_folder
from orchestration.settings import Settings
from tests.pipeline.installation import CLOSED

STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation without any run; a close there fails at its first step."""
    (tmp_path / "sources").mkdir()
    monkeypatch.setenv("DATASPOR_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("DATASPOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATASPOR_CONFIG", raising=False)
    settings = Settings.from_environment()
    monkeypatch.setenv("DAGSTER_HOME", str(instance_folder(settings)))
    with dg.DagsterInstance.get():  # its tables are made
        return settings


def killed(settings: Settings) -> None:
    """A run of the command line, whose process ends as its first step begins."""
    execute(settings, CLOSE_JOB, partition_key=CLOSED, on_step=lambda _: os._exit(9))


def of_dagster(_: Settings) -> None:
    """A run that the command line did not begin; this one ends too, but nobody can know."""

    @dg.op
    def step() -> None:
        os._exit(9)

    @dg.job
    def another() -> None:
        step()

    with dg.DagsterInstance.get() as instance:
        another.execute_in_process(instance=instance)


def in_child(begin: Callable[[Settings], None], settings: Settings) -> None:
    child = os.fork()
    if child == 0:
        try:
            begin(settings)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def statuses() -> dict[str, dg.DagsterRunStatus]:
    """The state of each run, the oldest first."""
    with dg.DagsterInstance.get() as instance:
        runs = [record.dagster_run for record in instance.get_run_records(ascending=True)]
        return {run.run_id: run.status for run in runs}


def test_a_killed_run_of_the_command_line_gives_its_place_back_when_the_next_begins(
    settings: Settings,
) -> None:
    in_child(killed, settings)
    in_child(of_dagster, settings)
    assert list(statuses().values()) == [STARTED, STARTED]

    execution = execute(settings, CLOSE_JOB, partition_key=CLOSED)

    assert list(statuses().values()) == [FAILURE, STARTED, FAILURE]
    assert execution.reasons == ["Nothing is published yet. Run `dataspor run` first."]
    dead = next(iter(statuses()))
    with dg.DagsterInstance.get() as instance:
        last = list(instance.all_logs(dead))[-1].dagster_event
    assert last is not None and "was killed" in (last.message or "")


@pytest.mark.usefixtures("settings")
def test_dagster_watches_over_runs_also_where_dataspor_wrote_its_settings() -> None:
    with dg.DagsterInstance.get() as instance:
        assert instance.run_monitoring_enabled
