"""The synthetic sample through the whole pipeline: the briefing's figures and what lies behind."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.assets.names import RUN_JOB
from orchestration.definitions import build_definitions
from orchestration.publish import PUBLISHED_TABLES
from orchestration.sample import write_sample
from tests.pipeline.installation import AS_OF, Place, ledger_gaps, made_once

Rows = list[dict[str, Any]]

CHANGED_EXPORT = "haendelser_vinter_2024-2025_SYNTETISK.csv"
FIGURE_IDS = [
    "vesterbro_incidents_winter",
    "vesterbro_unsafe_behaviour_winter",
    "vesterbro_incidents_summer",
    "vesterbro_staff_safe",
    "vesterbro_staff_competent",
    "blaagaarden_staff_safe",
    "noerrebro_staff_safe",
    "noerrebro_district_rank_2023_10",
    "noerrebro_district_rank_2024_10",
    "blaagaarden_restricted_hours_2024_10",
    "blaagaarden_presence_2024_10",
    "blaagaarden_night_hosts_2025_10",
]
EFFECT_IDS = ["blaagaarden_relation_workers_effect", "noerrebro_relation_workers_effect"]


@pytest.fixture(scope="session")
def changed_run(tmp_path_factory: pytest.TempPathFactory, sample_run: Place) -> Place:
    """The sample again, but one unsafe behaviour at Vesterbro of winter 2024/2025 is harassment."""
    row_number, incident_id = _row_that_decides(sample_run, CHANGED_EXPORT)

    def make(place: Place) -> None:
        write_sample(place.sources)
        path = place.sources / "mainmanager" / CHANGED_EXPORT
        status = path.stat()
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        row = rows[row_number - 1]
        assert row[0] == incident_id
        row[row.index("Utryghedsskabende adfærd")] = "Chikane"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        place.noted("run", "run", "--as-of", AS_OF)

    return made_once(tmp_path_factory, "changed", make)


def _row_that_decides(place: Place, export: str) -> tuple[int, str]:
    """Row and incident of a counted row that no later export repeats."""
    with duckdb.connect(str(place.settings.audited_warehouse), read_only=True) as connection:
        found = connection.execute(
            """
            select o.row_number, o.incident_id
            from intermediate.int_incident_outcomes as o
            join marts.meta_source_file as f using (source_file_id)
            where f.file_name = ? and o.outcome = 'loaded' and o.library_id = 'vesterbro'
                and o.category_id = 'unsafe_behaviour'
                and o.occurred_on >= '2024-10-01' and o.reported_on < '2025-01-01'
            order by o.incident_id
            """,
            [export],
        ).fetchone()
    assert found is not None, "the sample has no such row"
    return found


def traced(place: Place, figure_id: str) -> Rows:
    answer = place.dataspor("trace", figure_id, "--format", "json")
    assert answer.exit_code == 0, answer.error
    return json.loads(answer.output)


# --- the figures --------------------------------------------------------------------------------


def test_a_run_of_the_sample_publishes_and_prints_the_figures(sample_run: Place) -> None:
    answer = sample_run.note("run")
    assert answer.exit_code == 0, answer.error
    assert "SYNTHETIC DATA" in answer.told
    assert all(figure_id in answer.told for figure_id in FIGURE_IDS)


def test_the_figures_of_the_contract_are_there_once(sample_run: Place) -> None:
    found = sample_run.rows("select figure_id from marts.fct_status_figure")
    assert [row["figure_id"] for row in found] == [*FIGURE_IDS, *EFFECT_IDS]


@pytest.mark.parametrize(
    ("figure_id", "value", "unit"),
    [
        ("vesterbro_incidents_winter", -50, "percent"),
        ("vesterbro_unsafe_behaviour_winter", -63, "percent"),
        ("vesterbro_incidents_summer", -41, "percent"),
        ("noerrebro_district_rank_2023_10", 1, "rank"),
        ("noerrebro_district_rank_2024_10", 1, "rank"),
        ("blaagaarden_restricted_hours_2024_10", 256, "hours"),
        ("blaagaarden_presence_2024_10", 413, "hours"),
        ("blaagaarden_night_hosts_2025_10", 414, "hours"),
    ],
)
def test_the_figure_is_the_briefing_s(
    sample_run: Place, figure_id: str, value: int, unit: str
) -> None:
    figure = sample_run.figures()[figure_id]
    assert (round(figure["value"]), figure["unit"]) == (value, unit)


def test_unsafe_behaviour_at_vesterbro_falls_from_each_winter_to_the_next(
    sample_run: Place,
) -> None:
    winters = sample_run.rows(
        "select half_year_id, unsafe_behaviour_incidents as n from marts.fct_library_half_year "
        "where library_id = 'vesterbro' and half_year_id in ('2022-10', '2023-10', '2024-10') "
        "order by half_year_id"
    )
    first, second, third = (row["n"] for row in winters)
    assert first > second > third
    statement = sample_run.figures()["vesterbro_unsafe_behaviour_winter"]["statement_da"]
    assert "63" in statement


@pytest.mark.parametrize(
    ("figure_id", "before", "after"),
    [
        ("vesterbro_staff_safe", 67, 91),
        ("blaagaarden_staff_safe", None, 78),
        ("noerrebro_staff_safe", None, 83),
    ],
)
def test_the_share_of_staff_that_feels_safe_is_the_briefing_s(
    sample_run: Place, figure_id: str, before: int | None, after: int
) -> None:
    figure = sample_run.figures()[figure_id]
    assert round(100 * figure["value_to"]) == after
    if before is None:
        assert figure["value_from"] is None
    else:
        assert round(100 * figure["value_from"]) == before


def test_more_staff_at_vesterbro_feel_competent_than_before(sample_run: Place) -> None:
    figure = sample_run.figures()["vesterbro_staff_competent"]
    assert figure["value_to"] > figure["value_from"]
    assert figure["value"] == pytest.approx(100 * (figure["value_to"] - figure["value_from"]))


def test_figures_of_the_running_half_year_alone_are_provisional(sample_run: Place) -> None:
    provisional = [f for f, row in sample_run.figures().items() if row["maturity"] != "final"]
    assert provisional == ["blaagaarden_night_hosts_2025_10"]


def test_every_row_of_every_source_file_is_accounted_for(sample_run: Place) -> None:
    assert sample_run.value("select count(*) from marts.meta_source_file") > 40
    assert ledger_gaps(sample_run) == []


# --- trace --------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure_id", FIGURE_IDS[:3])
def test_the_incidents_traced_are_as_many_as_the_figure_says(
    sample_run: Place, figure_id: str
) -> None:
    figure, rows = sample_run.figures()[figure_id], traced(sample_run, figure_id)
    for end in ("from", "to"):
        of_end = [row for row in rows if row["half_year_id"] == figure[f"half_year_{end}"]]
        assert sum(row["incident_count"] for row in of_end) == figure[f"value_{end}"]
    assert len({row["incident_id"] for row in rows}) == len(rows)
    assert all(row["file_name"] and row["row_number"] for row in rows)


@pytest.mark.parametrize("figure_id", FIGURE_IDS[7:9])
def test_the_incidents_traced_are_as_many_as_the_ranked_district_has(
    sample_run: Place, figure_id: str
) -> None:
    half_year_id = sample_run.figures()[figure_id]["half_year_to"]
    incidents = sample_run.value(
        "select incidents from marts.fct_district_half_year "
        "where district_id = 3 and half_year_id = ?",
        half_year_id,
    )
    assert sum(row["incident_count"] for row in traced(sample_run, figure_id)) == incidents


@pytest.mark.parametrize("figure_id", FIGURE_IDS[3:7])
def test_the_survey_counts_traced_give_the_share(sample_run: Place, figure_id: str) -> None:
    figure, rows = sample_run.figures()[figure_id], traced(sample_run, figure_id)
    for end in ("from", "to"):
        counts = [row for row in rows if row["half_year_id"] == figure[f"half_year_{end}"]]
        shares = sorted({row["favourable"] / row["respondents"] for row in counts})
        wanted = figure[f"value_{end}"]
        assert shares == ([] if wanted is None else [pytest.approx(wanted)])
    assert all(row["file_name"] for row in rows)


def test_the_opening_days_traced_add_up_to_the_restricted_hours(sample_run: Place) -> None:
    rows = traced(sample_run, "blaagaarden_restricted_hours_2024_10")
    by_day = {row["on_date"]: row["restricted_self_service_hours"] for row in rows}
    value = sample_run.figures()["blaagaarden_restricted_hours_2024_10"]["value"]
    assert sum(by_day.values()) == pytest.approx(value)


@pytest.mark.parametrize("figure_id", FIGURE_IDS[10:])
def test_the_presence_traced_adds_up_to_the_hours(sample_run: Place, figure_id: str) -> None:
    rows = traced(sample_run, figure_id)
    by_day = {(row["presence_function"], row["on_date"]): row["presence_hours"] for row in rows}
    assert sum(by_day.values()) == pytest.approx(sample_run.figures()[figure_id]["value"])
    assert all(row["file_name"] and row["row_number"] for row in rows)


# --- what is published --------------------------------------------------------------------------


def test_the_published_file_has_tables_in_the_schema_marts_and_nothing_else(
    sample_run: Place,
) -> None:
    tables = sample_run.rows("select schema_name, table_name from duckdb_tables()")
    assert {row["schema_name"] for row in tables} == {"marts"}
    assert len(tables) == len(PUBLISHED_TABLES)
    views = "select count(*) from duckdb_views() where not internal"
    assert sample_run.value(views) == 0


def _published_texts(place: Place) -> Iterator[tuple[str, str]]:
    """Every text of the published tables, with its place; hashes of files left out."""
    with duckdb.connect(str(place.settings.published_warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and column_name <> 'source_file_id'"
        ).fetchall()
        for table, column in columns:
            texts = connection.execute(
                f'select distinct "{column}"::varchar from marts.{table} where "{column}" notnull'
            ).fetchall()
            yield from ((f"{table}.{column}", text) for (text,) in texts)


def test_no_incident_id_refused_value_or_free_text_is_published(sample_run: Place) -> None:
    with duckdb.connect(str(sample_run.settings.audited_warehouse), read_only=True) as connection:
        incident_ids = {
            row[0]
            for row in connection.execute(
                "select distinct incident_id from landing.mainmanager_incident "
                "where incident_id is not null"
            ).fetchall()
        }
    assert len(incident_ids) > 4000
    leaked = [
        (place, text)
        for place, text in _published_texts(sample_run)
        if not place.startswith("meta_run.")
        and (
            incident_ids & set(re.findall(r"\d+", text))
            or "Ukendt afdeling" in text
            or re.search(r"Syntetisk (beskrivelse|titel|indberetter|ansvarlig)", text)
        )
    ]
    assert leaked == []


def test_free_text_and_names_are_not_even_in_the_working_warehouse(sample_run: Place) -> None:
    content = sample_run.settings.audited_warehouse.read_bytes()
    for text in ("Syntetisk beskrivelse", "Syntetisk indberetter", "Syntetisk ansvarlig"):
        assert text.encode() not in content
    with duckdb.connect(str(sample_run.settings.audited_warehouse), read_only=True) as connection:
        columns = {
            row[0]
            for row in connection.execute(
                "select column_name from duckdb_columns() where not internal"
            ).fetchall()
        }
    assert not columns & {"description", "title", "reporter", "responsible", "email"}


def test_what_holds_single_incidents_is_readable_by_its_owner_only(sample_run: Place) -> None:
    settings = sample_run.settings
    for folder in (settings.archive, settings.landing, settings.build):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_parquet_files_hold_the_same_rows_as_the_warehouse(sample_run: Place) -> None:
    folder = sample_run.settings.published / "parquet"
    tables = {
        row["table_name"] for row in sample_run.rows("select table_name from duckdb_tables()")
    }
    assert {path.stem for path in folder.glob("*.parquet")} == tables
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} == tables
    for table in sorted(tables):
        path = str(folder / f"{table}.parquet")
        for one, other in (("read_parquet(?)", f"marts.{table}"), (f"marts.{table}", None)):
            right = other or "read_parquet(?)"
            difference = f"select count(*) from (from {one} except all from {right})"
            assert sample_run.value(difference, path) == 0, table


# --- a second run, and a changed export ---------------------------------------------------------


def test_a_second_run_says_that_nothing_is_new_and_leaves_what_is_published(
    sample_run: Place,
) -> None:
    answer = sample_run.note("second_run")
    assert answer.exit_code == 0
    assert "Nothing new since the last published run." in answer.told
    assert "vesterbro_incidents_winter" in answer.told
    first, second = (sample_run.folder / "fingerprints.txt").read_text().split()
    assert first == second


def _differing(query: str, one: Place, other: Place) -> Rows:
    before, after = (
        {json.dumps(row, default=str, sort_keys=True) for row in place.rows(query)}
        for place in (one, other)
    )
    return [json.loads(row) for row in sorted(after - before)]


def test_one_changed_cell_moves_the_figure_that_counts_it_and_no_other(
    sample_run: Place, changed_run: Place
) -> None:
    before, after = sample_run.figures(), changed_run.figures()
    assert [f for f in before if before[f] != after[f]] == ["vesterbro_unsafe_behaviour_winter"]
    was, now = (run["vesterbro_unsafe_behaviour_winter"] for run in (before, after))
    assert now["value_to"] == was["value_to"] - 1
    assert now["value_from"] == was["value_from"]
    assert now["value"] == pytest.approx((now["value_to"] / now["value_from"] - 1) * 100)


@pytest.mark.parametrize(
    ("table", "column"),
    [("fct_incident_half_year", "incidents"), ("fct_incident_month", "incidents")],
)
def test_one_changed_cell_moves_one_incident_from_one_category_to_the_other(
    sample_run: Place, changed_run: Place, table: str, column: str
) -> None:
    query = f"select * exclude (incidents_by_reported_date) from marts.{table}"
    if table == "fct_incident_month":
        query = f"select * from marts.{table}"
    moved = _differing(query, sample_run, changed_run)
    back = _differing(query, changed_run, sample_run)
    now = {row["category_id"]: row[column] for row in moved}
    was = {row["category_id"]: row[column] for row in back}
    assert now == {
        "unsafe_behaviour": was["unsafe_behaviour"] - 1,
        "harassment": was["harassment"] + 1,
    }
    assert {row["library_id"] for row in moved} == {"vesterbro"}


def test_one_changed_cell_changes_one_library_row_and_no_district(
    sample_run: Place, changed_run: Place
) -> None:
    query = "select * from marts.fct_library_half_year"
    (row,) = _differing(query, sample_run, changed_run)
    (was,) = _differing(query, changed_run, sample_run)
    assert {name for name in row if row[name] != was[name]} == {"unsafe_behaviour_incidents"}
    assert (row["library_id"], row["half_year_id"]) == ("vesterbro", "2024-10")
    for table in ("fct_district_half_year", "fct_survey_half_year", "dim_half_year"):
        assert _differing(f"select * from marts.{table}", sample_run, changed_run) == []


# --- what Dagster shows -------------------------------------------------------------------------


def test_every_asset_of_the_job_was_materialised_and_every_check_recorded(
    sample_run: Place,
) -> None:
    with sample_run.environment():
        definitions = build_definitions()
    layer = definitions.resolve_job_def(RUN_JOB).asset_layer
    checks = definitions.resolve_asset_graph().asset_check_keys
    with dg.DagsterInstance.from_config(str(sample_run.settings.dagster_home)) as instance:
        missing = [
            key.to_user_string()
            for key in layer.selected_asset_keys
            if instance.get_latest_materialization_event(key) is None
        ]
        recorded = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(checks))
        runs = instance.get_runs()
    assert missing == []
    assert len(layer.selected_asset_keys) > 40
    assert {key for key in checks if key not in recorded} == set()
    assert {record.status.value for record in recorded.values()} == {"SUCCEEDED"}
    assert [(run.job_name, run.status) for run in runs] == [(RUN_JOB, dg.DagsterRunStatus.SUCCESS)]


def test_half_years_are_planned_for_the_figures_and_everything_else_is_planned_once(
    sample_run: Place,
) -> None:
    with sample_run.environment():
        graph = build_definitions().resolve_asset_graph()
    with dg.DagsterInstance.from_config(str(sample_run.settings.dagster_home)) as instance:
        (run,) = instance.get_runs()
        events = instance.all_logs(
            run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        )
    planned: dict[dg.AssetKey, list[str | None]] = {}
    for entry in events:
        event = entry.get_dagster_event()
        assert event.asset_key is not None
        planned.setdefault(event.asset_key, []).append(event.partition)
    half_years = set(planned[dg.AssetKey(["figures", "fct_status_figure"])])
    assert "2025-04" in half_years
    for key, partitions in planned.items():
        wanted = half_years if graph.get(key).is_partitioned else {None}
        assert set(partitions) == wanted and len(partitions) == len(wanted), key


def test_the_run_writes_into_the_home_only(sample_run: Place) -> None:
    names = {path.name for path in sample_run.folder.iterdir()}
    assert names <= {"sources", "home", "run.json", "second_run.json", "fingerprints.txt", "made"}
    assert not sample_run.settings.published_warehouse.readlink().is_absolute()
