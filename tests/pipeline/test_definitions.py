"""The code location: what Dagster shows, when it runs, and that its half-years are ours."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from expectations.adapter import suites
from orchestration.assets.common import half_year_partitions
from orchestration.assets.names import CLOSE_JOB, RUN_JOB
from orchestration.config import load_config
from orchestration.definitions import build_definitions
from orchestration.half_year import HalfYear
from orchestration.publish import PUBLISHED_TABLES
from orchestration.settings import PACKAGED_CONFIG, PROJECT
from tests.pipeline.installation import Place

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation that has not run yet."""
    place = Place(tmp_path_factory.mktemp("definitions"))
    place.sources.mkdir()
    return place


@pytest.fixture(scope="session")
def definitions(place: Place) -> dg.Definitions:
    with place.environment():
        return build_definitions()


def keys_of(definitions: dg.Definitions, group: str) -> set[str]:
    graph = definitions.resolve_asset_graph()
    return {node.key.path[-1] for node in graph.asset_nodes if node.group_name == group}


def test_the_assets_are_those_of_the_layers(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert Counter(node.group_name for node in graph.asset_nodes) == {
        "landing": 15,
        "staging": 6,
        "intermediate": 9,
        "marts": 15,
        "figures": 4,
        "published": 1,
        "releases": 2,
    }
    assert keys_of(definitions, "landing") == {
        "calendar",
        "category",
        "correction",
        "district",
        "intervention",
        "library",
        "mainmanager_incident",
        "normal_hours",
        "opening_hours",
        "presence",
        "run",
        "source_file",
        "survey_answer",
        "survey_question",
        "survey_response",
    }
    assert keys_of(definitions, "releases") == {"release", "briefing"}


def test_the_marts_and_the_figures_are_what_is_published(definitions: dg.Definitions) -> None:
    assert keys_of(definitions, "marts") | keys_of(definitions, "figures") == set(PUBLISHED_TABLES)
    graph = definitions.resolve_asset_graph()
    published = graph.get(dg.AssetKey(["published", "warehouse"]))
    assert {key.path[-1] for key in published.parent_keys} == set(PUBLISHED_TABLES)


def test_every_asset_has_an_owner_a_group_a_description_and_can_be_run(
    definitions: dg.Definitions,
) -> None:
    for node in definitions.resolve_asset_graph().asset_nodes:
        name = node.key.to_user_string()
        assert node.owners == ["team:dataspor"], name
        assert node.group_name not in (None, "default"), name
        assert len(node.description or "") > 20, name
        assert node.is_executable, name


def test_every_suite_is_a_blocking_check_and_dbt_s_tests_are_checks_too(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    names = {key.name for key in graph.asset_check_keys}
    of_suites = {name for name in names if name.startswith("expectations_")}
    assert of_suites == {f"expectations_{table}" for table in suites()}
    for key in graph.asset_check_keys:
        if key.name in of_suites:
            assert graph.get_check_spec(key).blocking, key.name
    assert len(names - of_suites) > 30
    assert "accepted_values_meta_source_file_rows_unaccounted__False__0" in names


def test_jobs_schedules_and_the_sensor_have_their_names(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    jobs = {name for name in repository.job_names if not name.startswith("__")}
    assert jobs == {RUN_JOB, CLOSE_JOB}
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert {name: s.cron_schedule for name, s in schedules.items()} == {
        "weekly_refresh": "0 5 * * 1",
        "half_year_close": "0 7 * * *",
    }
    assert {s.execution_timezone for s in schedules.values()} == {"Europe/Copenhagen"}
    assert [sensor.name for sensor in repository.sensor_defs] == ["new_source_files"]


def test_the_run_job_is_everything_but_the_releases(definitions: dg.Definitions) -> None:
    selected = definitions.resolve_job_def(RUN_JOB).asset_layer.selected_asset_keys
    everything = definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[0] for key in everything - selected} == {"releases"}


def test_the_half_years_of_dagster_are_ours_from_2022_to_2026() -> None:
    partitions = half_year_partitions(load_config(PACKAGED_CONFIG))
    now = dt.datetime(2027, 4, 1, 12, tzinfo=COPENHAGEN)
    half_years = []
    half_year = HalfYear(2022, 10)
    while half_year.ends_on < now.date():
        half_years.append(half_year)
        half_year = half_year.next
    assert half_years[-1] == HalfYear(2026, 10)
    keys = partitions.get_partition_keys(current_time=now)
    assert keys == [half_year.id for half_year in half_years]
    for half_year in half_years:
        window = partitions.time_window_for_partition_key(half_year.id)
        start, end = (moment.astimezone(COPENHAGEN) for moment in (window.start, window.end))
        assert (start.date(), start.time()) == (half_year.starts_on, dt.time())
        assert (end.date(), end.time()) == (half_year.next.starts_on, dt.time())


def evaluate_close(
    definitions: dg.Definitions, day: dt.date
) -> tuple[list[dg.RunRequest], str | None]:
    schedule = definitions.resolve_schedule_def("half_year_close")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=dt.datetime.combine(day, dt.time(7), COPENHAGEN),
            repository_def=definitions.get_repository_def(),
        )
        ticked = schedule.evaluate_tick(context)
    return list(ticked.run_requests or []), ticked.skip_message


@pytest.mark.parametrize(
    ("day", "half_year_id"),
    [(dt.date(2025, 4, 15), "2024-10"), (dt.date(2025, 10, 15), "2025-04")],
)
def test_the_close_is_requested_on_the_day_after_the_half_year_became_final(
    definitions: dg.Definitions, day: dt.date, half_year_id: str
) -> None:
    (request,), _ = evaluate_close(definitions, day)
    assert request.partition_key == half_year_id
    assert request.run_key == f"close-{half_year_id}"


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2025, 4, 1),
        dt.date(2025, 4, 14),
        dt.date(2025, 4, 16),
        dt.date(2025, 5, 15),
        dt.date(2025, 3, 31),
    ],
)
def test_the_close_skips_every_other_day_and_says_so(
    definitions: dg.Definitions, day: dt.date
) -> None:
    requests, message = evaluate_close(definitions, day)
    assert requests == []
    assert message is not None and str(day) in message


def test_dagster_validates_the_workspace(place: Place, tmp_path: Path) -> None:
    with place.environment():
        told = subprocess.run(
            [
                Path(sys.executable).with_name("dagster"),
                *("definitions", "validate", "-w", PROJECT / "workspace.yaml"),
            ],
            cwd=PROJECT,
            env={**os.environ, "DAGSTER_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Validation successful" in told.stdout + told.stderr
