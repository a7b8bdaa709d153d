"""The code location: what Dagster shows, when it runs, and that its half-years are ours."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest

from expectations.adapter import suites
from orchestration.assets.audit import key_of
from orchestration.assets.automation import build_schedules
from orchestration.assets.common import WAREHOUSE_POOL, half_year_partitions
from orchestration.assets.names import CLOSE_JOB, RANGE_END, RANGE_START, RUN_JOB, all_half_years
from orchestration.catalogue import catalogue
from orchestration.config import load_config
from orchestration.definitions import build_definitions
from orchestration.errors import UsageError
from orchestration.half_year import HalfYear, last_ended
from orchestration.lineage import ensure_lineage
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
        "sources": 4,
        "landing": 15,
        "staging": 6,
        "intermediate": 14,
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


def test_every_asset_has_an_owner_a_group_a_description_and_can_be_run_unless_it_comes_from_outside(
    definitions: dg.Definitions,
) -> None:
    for node in definitions.resolve_asset_graph().asset_nodes:
        name = node.key.to_user_string()
        assert node.owners == ["team:dataspor"], name
        assert node.group_name not in (None, "default"), name
        assert len(node.description or "") > 20, name
        assert node.is_executable == (node.group_name != "sources"), name


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
        "refresh_before_close": "0 6 * * *",
        "half_year_close": "0 7 * * *",
    }
    assert {s.execution_timezone for s in schedules.values()} == {"Europe/Copenhagen"}
    assert [sensor.name for sensor in repository.sensor_defs] == ["new_source_files"]


def test_the_run_job_is_everything_but_the_releases(definitions: dg.Definitions) -> None:
    selected = definitions.resolve_job_def(RUN_JOB).asset_layer.selected_asset_keys
    everything = definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[0] for key in everything - selected} == {"releases", "sources"}


@pytest.mark.parametrize("job", [RUN_JOB, CLOSE_JOB])
def test_every_step_is_of_the_pool_so_that_runs_and_closes_queue(
    definitions: dg.Definitions, job: str
) -> None:
    steps = definitions.resolve_job_def(job).nodes
    assert len(steps) > 1
    assert {step.name: step.definition.pool for step in steps} == {
        step.name: WAREHOUSE_POOL for step in steps
    }


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


@pytest.mark.parametrize("first", ["running", "2206-10"])
def test_a_half_year_that_has_ended_is_listed_also_where_the_first_one_has_not(first: str) -> None:
    config = load_config(PACKAGED_CONFIG)
    rules = config.municipality
    last = last_ended(rules.today())
    begun = rules.model_copy(
        update={"first_half_year": last.next.id if first == "running" else first}
    )
    config = config.model_copy(update={"municipality": begun})
    assert half_year_partitions(config).get_partition_keys() == [last.id]
    assert all_half_years(config, rules.today()) == {RANGE_START: last.id, RANGE_END: last.id}


def ticked(
    definitions: dg.Definitions, place: Place, name: str, day: dt.date
) -> tuple[list[dg.RunRequest], str | None]:
    """What a schedule asks for on a day, or why it asks for nothing."""
    schedule = definitions.resolve_schedule_def(name)
    with dg.DagsterInstance.ephemeral() as instance, place.environment():
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=dt.datetime.combine(day, dt.time(7), COPENHAGEN),
            repository_def=definitions.get_repository_def(),
        )
        told = schedule.evaluate_tick(context)
    return list(told.run_requests or []), told.skip_message


# the sample's figures are as of 17 November 2025, and nothing is closed
@pytest.mark.parametrize("day", [dt.date(2025, 10, 14), dt.date(2025, 10, 15), dt.date(2026, 3, 1)])
def test_a_close_is_requested_every_day_from_the_final_one_until_there_is_a_release(
    definitions: dg.Definitions, sample_run: Place, day: dt.date
) -> None:
    (request,), _ = ticked(definitions, sample_run, "half_year_close", day)
    assert request.partition_key == "2025-04"
    assert request.run_key == f"close-2025-04-{day}"
    requests, _ = ticked(definitions, sample_run, "refresh_before_close", day)
    assert len(requests) == 1


CLOSES = ["half_year_close", "refresh_before_close"]


def released(
    place: Place, half_year_id: str, as_of: str, revision: str = "r1", *, is_sample: bool = False
) -> None:
    """As much of a release as schedules look at."""
    folder = place.home / "releases" / half_year_id / revision
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(json.dumps({"as_of": as_of}), encoding="utf-8")
    write_run(folder / "warehouse.duckdb", as_of, is_sample=is_sample)


def write_run(warehouse: Path, as_of: str, *, is_sample: bool) -> None:
    """A warehouse that tells of its run, and nothing else."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.meta_run as from (values "
            f"('as_of', '{as_of}'), ('sample', '{str(is_sample).lower()}')) as run(key, value)"
        )


@pytest.mark.parametrize("day", [dt.date(2025, 10, 1), dt.date(2025, 10, 13)])
@pytest.mark.parametrize("name", CLOSES)
def test_nothing_is_closed_before_its_figures_are_final(
    definitions: dg.Definitions, tmp_path: Path, name: str, day: dt.date
) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    released(place, "2024-10", "2025-04-14")
    requests, message = ticked(definitions, place, name, day)
    assert requests == []
    assert message == "2024-10.r1 is there; sommerhalvåret 2025 becomes final on 2025-10-14"


@pytest.mark.parametrize("day", [dt.date(2025, 10, 1), dt.date(2025, 10, 13)])
def test_a_close_that_was_missed_is_made_up_for_until_the_next_half_year_is_final(
    definitions: dg.Definitions, sample_run: Place, day: dt.date
) -> None:
    (request,), _ = ticked(definitions, sample_run, "half_year_close", day)
    assert request.partition_key == "2024-10"


@pytest.mark.parametrize("days", [183, 184, 365])
def test_a_half_year_whose_figures_are_final_only_after_the_next_has_ended_is_closed(
    tmp_path: Path, days: int
) -> None:
    late = Place(tmp_path)
    late.sources.mkdir()
    shutil.copytree(PACKAGED_CONFIG, late.config)
    municipality = late.config / "municipality.yml"
    text = municipality.read_text(encoding="utf-8")
    assert "maturity_days: 14" in text
    municipality.write_text(text.replace("maturity_days: 14", f"maturity_days: {days}"), "utf-8")
    config = load_config(late.config)
    schedules = {s.name: s for s in build_schedules(config, is_on=False)}
    final_from = dt.date(2025, 3, 31) + dt.timedelta(days=days)
    with dg.DagsterInstance.ephemeral() as instance, late.environment():

        def skipped(day: dt.date) -> str | None:
            moment = dt.datetime.combine(day, dt.time(7), COPENHAGEN)
            context = dg.build_schedule_context(instance, scheduled_execution_time=moment)
            return schedules["half_year_close"].evaluate_tick(context).skip_message

        told = skipped(final_from)
        assert told is not None and told.startswith("vinterhalvåret 2024/2025 is due")
        told = skipped(final_from - dt.timedelta(days=1))
        assert told is not None and told.startswith("sommerhalvåret 2024 is due")


def test_half_years_before_the_configuration_s_first_are_not_closed(
    definitions: dg.Definitions, sample_run: Place
) -> None:
    for name in CLOSES:
        requests, message = ticked(definitions, sample_run, name, dt.date(2023, 4, 13))
        assert requests == []
        assert message == "vinterhalvåret 2022/2023 becomes final on 2023-04-14"


def test_nothing_is_closed_on_figures_that_are_not_final(
    definitions: dg.Definitions, sample_run: Place, place: Place
) -> None:
    day = dt.date(2026, 4, 14)
    requests, message = ticked(definitions, sample_run, "half_year_close", day)
    assert requests == []
    assert message is not None and "as of 2025-11-17, before 2026-04-14" in message
    requests, message = ticked(definitions, place, "half_year_close", day)
    assert requests == []
    assert message is not None and "not published yet" in message


@pytest.mark.parametrize("name", CLOSES)
def test_what_is_closed_is_not_closed_again(
    definitions: dg.Definitions, tmp_path: Path, name: str
) -> None:
    closed = Place(tmp_path)
    closed.sources.mkdir()
    released(closed, "2025-04", "2025-10-14")
    requests, message = ticked(definitions, closed, name, dt.date(2025, 10, 20))
    assert requests == []
    assert message == "2025-04.r1 is there; vinterhalvåret 2025/2026 becomes final on 2026-04-14"


def test_what_was_closed_on_provisional_figures_is_closed_again_on_final_ones(
    definitions: dg.Definitions, tmp_path: Path
) -> None:
    closed = Place(tmp_path)
    closed.sources.mkdir()
    released(closed, "2025-04", "2025-10-13")
    day = dt.date(2025, 10, 14)
    requests, _ = ticked(definitions, closed, "refresh_before_close", day)
    assert len(requests) == 1
    _, message = ticked(definitions, closed, "half_year_close", day)
    assert message is not None and message.startswith("sommerhalvåret 2025 is due")
    released(closed, "2025-04", "2025-10-14", "r2")
    _, message = ticked(definitions, closed, "half_year_close", day)
    assert message is not None and message.startswith("2025-04.r2 is there")


@pytest.mark.parametrize("is_sample", [False, True])
def test_a_release_of_the_sample_closes_no_real_half_year_nor_a_real_one_the_samples(
    definitions: dg.Definitions, tmp_path: Path, *, is_sample: bool
) -> None:
    closed = Place(tmp_path)
    closed.sources.mkdir()
    write_run(closed.settings.published_warehouse, "2025-10-14", is_sample=is_sample)
    released(closed, "2025-04", "2025-11-17", is_sample=not is_sample)
    day = dt.date(2025, 10, 20)
    for name in CLOSES:
        requests, _ = ticked(definitions, closed, name, day)
        assert len(requests) == 1
    released(closed, "2025-04", "2025-10-14", "r2", is_sample=is_sample)
    for name in CLOSES:
        requests, message = ticked(definitions, closed, name, day)
        assert requests == []
        assert message is not None and message.startswith("2025-04.r2 is there")


@pytest.mark.parametrize(
    ("environment", "status"),
    [("development", "STOPPED"), ("test", "STOPPED"), ("production", "RUNNING")],
)
def test_only_production_turns_schedules_and_sensors_on(
    place: Place, monkeypatch: pytest.MonkeyPatch, environment: str, status: str
) -> None:
    monkeypatch.setenv("DATASPOR_ENVIRONMENT", environment)
    with place.environment():
        repository = build_definitions().get_repository_def()
    automatic = [*repository.schedule_defs, *repository.sensor_defs]
    assert len(automatic) == 4
    assert {one.default_status.value for one in automatic} == {status}


def test_an_unknown_environment_is_an_error(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATASPOR_ENVIRONMENT", "prod")
    with pytest.raises(UsageError, match="development, test, production"), place.environment():
        build_definitions()


def test_alerts_are_sensors_that_run_where_addresses_are_set(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_ALERTS", "json://localhost:1/ mailto://localhost:1?to=a@b.dk")
    with place.environment():
        sensors = {s.name: s for s in build_definitions().get_repository_def().sensor_defs}
    for name in ("alert_on_failure", "alert_on_warning"):
        assert sensors[name].default_status is dg.DefaultSensorStatus.RUNNING


def test_an_alert_s_address_that_is_none_is_told_as_the_code_location_loads(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_ALERTS", "json://localhost:1/ mialto://me:hemmelig@localhost:1")
    with (
        pytest.raises(UsageError, match="Address 2 of DATASPOR_ALERTS") as raised,
        place.environment(),
    ):
        build_definitions()
    assert "hemmelig" not in str(raised.value)


def test_sources_have_freshness_policies_as_configured(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    policy = graph.get(dg.AssetKey(["sources", "mainmanager"])).freshness_policy_or_from_metadata
    assert policy is not None
    assert policy.fail_window.to_timedelta() == dt.timedelta(days=9)


def test_columns_of_models_tell_where_they_come_from() -> None:
    lineage = ensure_lineage()
    assert lineage["marts.fct_library_half_year"]["open_hours"] == [
        ["intermediate", "int_library_opening_days", "open_minutes"]
    ]
    marts = {table.name: table for table in catalogue() if table.from_dbt}
    assert {name for name in lineage if name.startswith("marts.")} == {f"marts.{n}" for n in marts}
    for name, table in marts.items():
        assert set(lineage[f"marts.{name}"]) == {column.name for column in table.columns}
    without = [
        f"{model}.{column}"
        for model, columns in lineage.items()
        for column, origins in columns.items()
        if not origins
    ]
    # constants, and numbers of rows
    assert set(without) == {
        "intermediate.int_incident_day_outcomes.report_rows",
        "intermediate.int_half_years.days",
        "intermediate.int_row_outcomes.source",
        "marts.fct_library_half_year.opening_days_known",
        "marts.meta_quarantine.source",
        "marts.meta_run.key",
    }


def test_published_columns_are_described_in_the_ui_as_elsewhere(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for table in catalogue():
        node = graph.get(key_of(table.name))
        schema = node.metadata["dagster/column_schema"]
        assert {column.name: column.description for column in schema.columns} == {
            column.name: column.comment for column in table.columns
        }
        assert table.description_da in (node.description or "")


def test_the_code_location_loads_without_what_only_a_run_needs_and_seldom_looks_for_garbage(
    place: Place,
) -> None:
    heavy = ["pandas", "numpy", "duckdb", "scipy", "great_expectations", "matplotlib", "docx"]
    code = (
        "import gc, sys, orchestration.code_location; "
        f"print([name for name in {heavy} if name in sys.modules], gc.get_threshold()[0])"
    )
    with place.environment():
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
        )
    assert told.stdout.strip() == "[] 50000"


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
