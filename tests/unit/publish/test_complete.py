"""What was configured or landed is published, row for row, and dbt ran all its tests."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.errors import DatasporError
from orchestration.landing.inventory import SourceFile
from orchestration.landing.ledger import LandedFile
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.publish.complete import refuse_incomplete, refuse_unchecked
from orchestration.settings import PACKAGED_CONFIG, Settings

CONFIG = load_config(PACKAGED_CONFIG)
END = "nothing was published. Run the whole job again."
MARTS = f"""
create schema marts;
create table marts.dim_library as select library_id from landing.library;
create table marts.dim_district as select district_id from landing.district;
create table marts.dim_incident_category as select category_id from landing.category;
create table marts.dim_survey_question as select question_id from landing.survey_question;
create table marts.dim_intervention as select intervention_id from landing.intervention;
create table marts.meta_source_file as select source, source_file_id from landing.source_file;
create table marts.fct_status_figure as
    select unnest({[figure.figure_id for figure in CONFIG.figures.figures]}) as figure_id,
        1.5::double as value, 1.5::float as ci_low, null::double as ci_high;
create table marts.fct_claim as
    select unnest({[claim.claim_id for claim in CONFIG.claims.claims]}) as claim_id;
create table marts.half_year as select unnest(['2024-04', '2024-10', '2025-04']) as half_year_id;
create table marts.fct_incident_half_year as
    select half_year_id, library_id, category_id, 0 as incidents
    from marts.half_year, marts.dim_library, marts.dim_incident_category;
create table marts.fct_incident_month as
    select half_year_id as month, library_id, category_id
    from marts.half_year, marts.dim_library, marts.dim_incident_category;
create table marts.fct_library_half_year as
    select half_year_id, library_id, 2.5::double as open_hours
    from marts.half_year, marts.dim_library;
create table marts.fct_district_half_year as
    select half_year_id, district_id from marts.half_year, marts.dim_district;
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working warehouse in which nothing is missing; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(sources=folder, home=folder / "home", config=PACKAGED_CONFIG)
    settings.prepare()
    exported_at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    file = SourceFile("presence", "abc", Path("a.csv"), "a.csv", exported_at)
    path = open_working_warehouse(
        settings,
        CONFIG,
        [LandedFile(file, "landed", None)],
        as_of=dt.date(2025, 11, 17),
        is_sample=False,
        run_fingerprint="",
        run_id="",
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    return path


@pytest.fixture
def told_after(whole: Path, tmp_path: Path):
    """What is told of a copy with some changes; nothing where it is accepted."""

    def told(*changes: str) -> str:
        copy = Path(shutil.copy(whole, tmp_path / "warehouse.duckdb"))
        with duckdb.connect(str(copy)) as connection:
            for change in changes:
                connection.execute(change)
        try:
            refuse_incomplete(copy, CONFIG)
        except DatasporError as error:
            return str(error)
        return ""

    return told


def test_a_warehouse_in_which_nothing_is_missing_is_accepted(told_after) -> None:
    assert told_after() == ""


@pytest.mark.parametrize(
    ("table", "key", "name"),
    [
        ("dim_library", "library_id", "vesterbro"),
        ("dim_district", "district_id", "3"),
        ("dim_incident_category", "category_id", "threats"),
        ("dim_survey_question", "question_id", "tryg"),
        ("dim_intervention", "intervention_id", "relation_workers_vesterbro"),
        ("fct_status_figure", "figure_id", "vesterbro_incidents_winter"),
    ],
)
def test_a_row_that_is_missing_or_invented_is_named(
    told_after, table: str, key: str, name: str
) -> None:
    assert told_after(f"delete from marts.{table} where {key} = '{name}'") == (
        f"The working warehouse is not whole: {table} lacks {name}; {END}"
    )
    if name != "3":
        renamed = f"update marts.{table} set {key} = 'moon' where {key} = '{name}'"
        assert told_after(renamed) == (
            f"The working warehouse is not whole: {table} lacks {name}; {table} invents moon; {END}"
        )


def test_a_claim_and_a_line_of_the_ledger_that_are_missing_are_named(told_after) -> None:
    claims = sorted(claim.claim_id for claim in CONFIG.claims.claims)
    assert len(claims) > 3
    told = told_after("delete from marts.fct_claim", "delete from marts.meta_source_file")
    assert told == (
        f"The working warehouse is not whole: fct_claim lacks {', '.join(claims[:3])}; "
        f"meta_source_file lacks presence/abc; {END}"
    )
    of_other = told_after("update marts.meta_source_file set source = 'survey'")
    assert "meta_source_file lacks presence/abc" in of_other
    assert "meta_source_file invents survey/abc" in of_other


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("fct_incident_half_year", "half_year_id, library_id, category_id"),
        ("fct_incident_month", "month, library_id, category_id"),
        ("fct_library_half_year", "half_year_id, library_id"),
        ("fct_district_half_year", "half_year_id, district_id"),
    ],
)
def test_facts_that_lack_a_row_or_have_one_twice_are_not_dense(
    told_after, table: str, columns: str
) -> None:
    for change in (
        f"delete from marts.{table} where rowid = 0",
        f"insert into marts.{table} select * from marts.{table} limit 1",
    ):
        told = told_after(change)
        assert told.startswith(f"The working warehouse is not whole: {table} has ")
        assert told.endswith(f" rows, not one for each of {columns}; {END}")


def test_facts_without_any_row_are_dense(told_after) -> None:
    assert told_after("delete from marts.fct_incident_half_year") == ""


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("column", ["value", "ci_low"])
def test_a_number_that_is_none_is_told_with_its_table_and_column(
    told_after, column: str, value: str
) -> None:
    change = f"update marts.fct_status_figure set {column} = '{value}' where rowid = 1"
    assert told_after(change) == (
        "The working warehouse is not whole: "
        f"fct_status_figure.{column} holds what is no number; {END}"
    )


def test_numbers_outside_the_marts_are_not_looked_at(told_after) -> None:
    assert told_after("create table landing.other as select 'NaN'::double as x") == ""


# --- tests of dbt that did not run --------------------------------------------------------------


def results(folder: Path, **status: str) -> Path:
    """dbt's results of some nodes."""
    told = [{"unique_id": name.replace("__", "."), "status": s} for name, s in status.items()]
    path = folder / "run_results.json"
    path.write_text(json.dumps({"results": told}), encoding="utf-8")
    return path


EXPECTED = {"test.dataspor.a.1", "test.dataspor.b.2"}


def test_a_build_whose_tests_all_passed_or_warned_is_accepted(tmp_path: Path) -> None:
    made = results(
        tmp_path,
        test__dataspor__a__1="pass",
        test__dataspor__b__2="warn",
        model__dataspor__x="skipped",
    )
    refuse_unchecked(made, EXPECTED)


def test_tests_that_failed_or_did_not_run_are_named_in_order(tmp_path: Path) -> None:
    made = results(tmp_path, test__dataspor__b__2="fail", test__dataspor__unknown__3="error")
    with pytest.raises(DatasporError) as told:
        refuse_unchecked(made, EXPECTED)
    assert str(told.value) == (
        "Tests of dbt are missing or did not pass (a: not run, b: fail, unknown: error); " + END
    )


@pytest.mark.parametrize("content", [None, "", "{", "{}", '{"results": [{}]}'])
def test_results_that_cannot_be_read_are_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "run_results.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasporError) as told:
        refuse_unchecked(path, EXPECTED)
    assert str(told.value) == f"dbt left no readable run_results.json; {END}"
