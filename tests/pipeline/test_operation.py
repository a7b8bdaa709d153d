"""A pipeline that people operate: alerts on what failed and what is late, and one run at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from expectations.adapter import Suite, suites
from orchestration.assets import audit
from orchestration.assets.names import RUN_JOB, all_half_years
from orchestration.config import load_config
from orchestration.definitions import build_definitions
from orchestration.execute import instance_folder
from orchestration.settings import PACKAGED_CONFIG, PROJECT
from tests.mailbox import Mailbox, mailbox
from tests.pipeline.installation import AS_OF, TODAY, Place, ledger_gaps

BIN = Path(sys.executable).parent
IMPOSSIBLE = {
    "name": "every_file_is_on_the_moon",
    "because": "the moon keeps no ledger",
    "expect": "expect_column_values_to_be_in_set",
    "with": {"column": "source", "value_set": ["moon"]},
}
HEADERS = "Nr.;Oprettet;Ejendom;Kategori\n"
INCIDENT = "{number};01-11-2025 12:00;Vesterbro Bibliotek;Vold\n"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An installation with one incident, reported on 1 November 2025, and no run yet."""
    place = Place(tmp_path)
    (place.sources / "mainmanager").mkdir(parents=True)
    export(place, "a.csv", 1)
    return place


def export(place: Place, name: str, number: int) -> None:
    path = place.sources / "mainmanager" / name
    path.write_text(HEADERS + INCIDENT.format(number=number), encoding="utf-8")
    moment = 1_761_998_400  # 1 November 2025 at noon, UTC
    os.utime(path, (moment, moment))


class Daemon:
    """What Dagster's daemon does for the sensors of alerts: has them look, and keeps their cursors.

    It begins before the first run; the runs are those of the command line.
    """

    def __init__(self, place: Place, box: Mailbox) -> None:
        self.place, self.box = place, box
        self.cursors: dict[str, str | None] = {}
        instance_folder(place.settings)
        for sensor in ("alert_on_failure", "alert_on_warning"):
            self.look(sensor)

    def look(self, sensor: str) -> str | None:
        """One tick; gives what it says where it sends nothing."""
        with pytest.MonkeyPatch.context() as patch, self.place.environment():
            patch.setenv("DATASPOR_ALERTS", " ".join(self.box.addresses))
            patch.setenv("DAGSTER_HOME", str(self.place.settings.dagster_home))
            repository = build_definitions().get_repository_def()
            with dg.DagsterInstance.get() as instance:
                context = dg.build_sensor_context(
                    instance=instance,
                    cursor=self.cursors.get(sensor),
                    # as the daemon gives it; runs of the command line belong to none
                    repository_name=repository.name,
                    repository_def=repository,
                    sensor_name=sensor,
                )
                told = repository.get_sensor_def(sensor).evaluate_tick(context)
        self.cursors[sensor] = told.cursor
        assert [run.error for run in told.dagster_run_reactions or [] if run.error] == []
        return told.skip_message


@pytest.fixture
def daemon(place: Place, box: Mailbox) -> Daemon:
    return Daemon(place, box)


def test_a_failed_check_comes_by_mail_and_to_the_webhook_in_the_words_of_the_command_line(
    place: Place, box: Mailbox, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: dict[str, Suite] = dict(suites())
    suite = changed["meta_source_file"]
    changed["meta_source_file"] = replace(suite, expectations=[IMPOSSIBLE])
    monkeypatch.setattr(audit, "suites", lambda: changed)
    told = place.dataspor("run", "--as-of", AS_OF)
    assert told.exit_code == 1

    daemon.look("alert_on_failure")

    assert len(box.mails) == len(box.posts) == 1
    for text in box.texts():
        assert text.startswith("Dataspor: dataspor_run failed\n")
        assert "Check expectations_meta_source_file failed." in text
        assert "the moon keeps no ledger" in text
        for reason in told.error.splitlines()[1:]:
            assert reason.strip() in text
        assert "Traceback" not in text


def test_a_run_in_time_gives_no_alert_and_a_late_source_is_a_warning_and_published_all_the_same(
    place: Place, box: Mailbox, daemon: Daemon
) -> None:
    assert place.dataspor("run", "--as-of", "2025-11-05").exit_code == 0

    assert daemon.look("alert_on_warning") == "no warnings"
    assert box.texts() == []
    arrived = last_arrival(place)
    assert arrived is not None

    # twelve days later, with another export that is no newer
    export(place, "b.csv", 2)
    told = place.dataspor("run", "--as-of", AS_OF)
    assert told.exit_code == 0, told.told
    assert place.value("select sum(incidents) from marts.fct_incident_half_year") == 2

    daemon.look("alert_on_warning")

    for text in box.texts():
        assert text.startswith("Dataspor: dataspor_run warns\n")
        assert (
            "mainmanager: the newest export is of 2025-11-01, 16 days old (late after 9 days)"
            in text
        )
    assert len(box.texts()) == 2
    assert last_arrival(place) == arrived, "a run without a newer export is no arrival"


def test_of_more_files_than_are_shown_the_newest_are(sample_run: Place) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(sample_run.settings.dagster_home))
        with dg.DagsterInstance.get() as instance:
            for key, name in (
                ("landing/mainmanager_incident", "files"),
                ("landing/opening_hours", "files"),
                ("published/warehouse", "ledger"),
            ):
                event = instance.get_latest_materialization_event(dg.AssetKey.from_user_string(key))
                assert event is not None and event.asset_materialization is not None
                shown = str(event.asset_materialization.metadata[name].value).splitlines()[2:]
                files = [
                    line.split(" | ")[0 if name == "files" else 1].strip("| ") for line in shown
                ]
                assert files == newest_first(sample_run, files), key


def newest_first(place: Place, files: list[str]) -> list[str]:
    rows = place.rows("select file_name, exported_at from marts.meta_source_file")
    exported = {row["file_name"]: row["exported_at"] for row in rows if row["file_name"] in files}
    assert len(exported) > 1
    return sorted(files, key=lambda file: exported[file], reverse=True)


def last_arrival(place: Place) -> float | None:
    """When Dagster last saw incidents arrive."""
    with pytest.MonkeyPatch.context() as patch, place.environment():
        patch.setenv("DAGSTER_HOME", str(place.settings.dagster_home))
        with dg.DagsterInstance.get() as instance:
            arrival = instance.get_latest_materialization_event(
                dg.AssetKey(["sources", "mainmanager"])
            )
    return arrival.timestamp if arrival else None


@pytest.mark.long
def test_a_run_of_the_ui_and_one_of_the_command_line_started_at_once_take_turns(
    place: Place,
) -> None:
    with place.environment():
        environment = {**os.environ, "DAGSTER_HOME": str(place.settings.dagster_home)}
    subprocess.run([BIN / "dataspor", "instance"], env=environment, check=True, cwd=PROJECT)
    tags = all_half_years(load_config(PACKAGED_CONFIG), TODAY)
    started = [
        subprocess.Popen(
            command,
            env=environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in (
            [BIN / "dataspor", "run", "--as-of", AS_OF],
            [
                *(BIN / "dagster", "job", "execute", "-m", "orchestration.code_location"),
                *("-j", RUN_JOB, "--tags", json.dumps(tags)),
            ],
        )
    ]
    printed = [process.communicate(timeout=400)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0], "\n".join(printed)
    assert place.value("select sum(incidents) from marts.fct_incident_half_year") == 1
    assert ledger_gaps(place) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(place.settings.dagster_home))
        with dg.DagsterInstance.get() as instance:
            runs = instance.get_run_records()
            assert {r.dagster_run.status for r in runs} == {dg.DagsterRunStatus.SUCCESS}
            assert len(runs) in (1, 2)  # the command line finds nothing new where it comes second
