"""Faults put into a finished build, and into the checks themselves: each is told as what it is.

The guards are the real ones: the SQL of dbt's data tests, the suites, what is held to what it was
built from, and the published files' own check. A fault is a change of the working warehouse (SQL),
of a suite, or of dbt's results; none may reach what is published.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import duckdb
import pytest

from expectations.adapter import Suite, run_suite, suites
from orchestration.assets.audit import key_of
from orchestration.assets.publishing import KEY as PUBLISHED
from orchestration.assets.reasons import reasons
from orchestration.assets.sources import CHECK, source_key
from orchestration.catalogue import data_tests, table
from orchestration.config import load_config
from orchestration.dbt_process import RUN_RESULTS
from orchestration.definitions import build_definitions
from orchestration.errors import DatasporError
from orchestration.publish import PUBLISHED_TABLES
from orchestration.publish.complete import refuse_incomplete, refuse_unchecked
from orchestration.publish.files import write_files
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.installation import Place
from tests.proofs import Proof

CONFIG = load_config(PACKAGED_CONFIG)
Told = list[tuple[str, str, str]]  # guard, failed/errored/missing, what it says


class Guards(NamedTuple):
    """A finished build, and what guards it.

    Attributes:
        warehouse: audited, of the sample.
        tests: dbt's data tests: id to SQL, as the sample's run compiled it.
    """

    warehouse: Path
    tests: dict[str, str]
    results: Path


@pytest.fixture(scope="session")
def guards(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Guards:
    folder = tmp_path_factory.mktemp("guards")
    warehouse = Path(shutil.copy(sample_run.settings.audited_warehouse, folder))
    path = sample_run.settings.dbt_target / RUN_RESULTS
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    compiled = {result["unique_id"]: result["compiled_code"] for result in results}
    tests = {key: query for key, query in compiled.items() if key.startswith("test.")}
    assert tests.keys() == data_tests()
    return Guards(warehouse, tests, path)


def told_of(guards: Guards, folder: Path, *changes: str) -> Told:
    """What the guards say of a copy of the build with these changes."""
    warehouse = Path(shutil.copy(guards.warehouse, folder / "warehouse.duckdb"))
    told: Told = []
    with duckdb.connect(str(warehouse)) as connection:
        for change in changes:
            connection.execute(change)
        for key, query in guards.tests.items():
            try:
                if connection.execute(f"select 1 from ({query}) limit 1").fetchone():
                    told.append(("dbt", "failed", key.split(".")[2]))
            except duckdb.Error as error:
                told.append(("dbt", "errored", f"{key.split('.')[2]} {error}"))
        changed = set(" ".join(changes).replace(".", " ").split())
        for suite in suites().values():
            if suite.table in changed:
                told += told_by(suite, connection)
    told += refused(lambda: refuse_incomplete(warehouse, CONFIG))
    described = [table(name) for name in PUBLISHED_TABLES]
    return told + refused(lambda: write_files(warehouse, described, folder / "version"))


def told_by(suite: Suite, connection: duckdb.DuckDBPyConnection) -> Told:
    try:
        rows = connection.execute(f"select * from marts.{suite.table}").df()
    except duckdb.Error as error:
        return [("suite", "errored", str(error))]
    result = run_suite(suite, rows)
    return [] if result.status == "passed" else [("suite", result.status, result.sentence)]


def refused(action: Callable[[], Any]) -> Told:
    try:
        action()
    except DatasporError as error:
        return [("publish", "refused", str(error))]
    except duckdb.Error as error:
        return [("publish", "errored", str(error))]
    return []


# --- faults in data and schema ------------------------------------------------------------------

FIGURES = "marts.fct_status_figure"
FACTS = (
    *("fct_incident_half_year", "fct_incident_month", "fct_library_half_year"),
    "fct_district_half_year",
)
DIMENSIONS = (
    *("dim_library", "dim_district", "dim_incident_category", "dim_survey_question"),
    "dim_intervention",
)
WITH_ROWS = [name for name in PUBLISHED_TABLES if name != "meta_correction"]
KEYED = [name for name in WITH_ROWS if name not in ("meta_quarantine", "fct_incident_completeness")]
FAULTS: dict[str, str] = {
    **{f"{t}: the table is gone": f"drop table marts.{t} cascade" for t in PUBLISHED_TABLES},
    **{f"{t}: a column more": f"alter table marts.{t} add column x int" for t in PUBLISHED_TABLES},
    **{
        f"{t}: a column is gone": f'alter table marts.{t} drop column "{table(t).columns[-1].name}"'
        for t in PUBLISHED_TABLES
    },
    **{f"{t}: every row twice": f"insert into marts.{t} select * from marts.{t}" for t in KEYED},
    **{
        f"{t}: all rows are gone": f"delete from marts.{t}"
        for t in (*FACTS, *DIMENSIONS, "fct_status_figure", "fct_claim", "meta_source_file")
        if t not in ("fct_library_half_year", "fct_district_half_year")
    },
    **{
        f"{t}: one row is gone": f"delete from marts.{t} where rowid = 0"
        for t in (*FACTS, *DIMENSIONS, "fct_status_figure", "fct_claim", "meta_source_file")
    },
    **{
        f"{t}: a negative count": f"update marts.{t} set incidents = -1 where rowid = 0"
        for t in FACTS
    },
    **{
        f"fct_library_half_year: {column} is {value}": (
            f"update marts.fct_library_half_year set {column} = '{value}'::double where rowid = 0"
        )
        for column in ("open_hours", "guard_hours", "restricted_self_service_hours")
        for value in ("NaN", "Infinity", "-1")
    },
    **{
        f"a figure's {column} is {value}": f"update {FIGURES} set {column} = '{value}'::double"
        for column in ("value", "ci_low", "ci_high")
        for value in ("NaN", "Infinity")
    },
    "a figure falls by more than all": f"update {FIGURES} set value = -101 where rowid = 0",
    "a figure has no sentence": f"update {FIGURES} set statement_da = '' where rowid = 0",
    "a figure's sentence is unfilled": (
        f"update {FIGURES} set statement_da = statement_da || '{{value}}' where rowid = 0"
    ),
    "a figure's evidence is a new word": f"update {FIGURES} set evidence = 'sure' where rowid = 0",
    "a figure's unit is a new word": f"update {FIGURES} set unit = 'dozen' where rowid = 0",
    "an interval misses its value": f"update {FIGURES} set ci_low = value + 1 where rowid = 0",
    "an unknown figure": f"update {FIGURES} set figure_id = 'other' where rowid = 0",
    "a share above one": "update marts.fct_survey_half_year set favourable_share = 1.2",
    "a group below the threshold is shown": (
        "update marts.fct_survey_half_year set respondents = 4, favourable = 3 "
        "where rowid = (select min(rowid) from marts.fct_survey_half_year where not suppressed)"
    ),
    "a suppressed group shows its interval": (
        "update marts.fct_survey_half_year set ci_low = 0.1, ci_high = 0.9 where suppressed"
    ),
    "a share above its interval": (
        "update marts.fct_survey_half_year set ci_high = ci_low where not suppressed"
    ),
    "a survey wave is in no fact": (
        "delete from marts.fct_survey_half_year where wave_id = '2025-02'"
    ),
    "more favourable than answers": (
        "update marts.fct_survey_half_year set favourable = respondents + 1"
    ),
    "a rank of zero": "update marts.fct_district_half_year set incident_rank = 0 where rowid = 0",
    "hours of more days than there are": (
        "update marts.fct_library_half_year set opening_days_known = 184"
    ),
    "a maturity nobody knows": "update marts.fct_library_half_year set maturity = 'ripe'",
    "more staffed than open": "update marts.fct_library_half_year set staffed_hours = 9e3",
    "more unsafe than incidents": (
        "update marts.fct_library_half_year set unsafe_behaviour_incidents = incidents + 1"
    ),
    "a ledger line that does not add up": (
        "update marts.meta_source_file set rows_loaded = rows_loaded + 1, "
        "rows_unaccounted = rows_unaccounted - 1 where rowid = 0"
    ),
    "a ledger line with a short id": (
        "update marts.meta_source_file set source_file_id = 'abc' where rowid = 0"
    ),
    "a season nobody knows": "update marts.dim_half_year set season = 'spring'",
    "a half-year of 200 days": "update marts.dim_half_year set days = 200 where rowid = 0",
    "facts of an unknown library": (
        "update marts.fct_incident_half_year set library_id = 'moon' where rowid = 0"
    ),
    "facts of an unknown category": (
        "update marts.fct_incident_half_year set category_id = 'rain' where rowid = 0"
    ),
    "one incident too many": (
        "update marts.fct_incident_half_year set incidents = incidents + 1 where rowid = 0"
    ),
}
NOTICED = "faults in data, schema and checks that are noticed"
IN_SHORT = sorted(FAULTS)[::12]


def test_a_build_without_a_fault_passes_every_guard(guards: Guards, tmp_path: Path) -> None:
    assert told_of(guards, tmp_path, *[f"select 1 from marts.{s}" for s in suites()]) == []


@pytest.mark.parametrize(
    "fault",
    [f if f in IN_SHORT else pytest.param(f, marks=pytest.mark.long) for f in sorted(FAULTS)],
)
def test_a_fault_in_the_build_is_told_and_does_not_pass(
    guards: Guards, tmp_path: Path, fault: str, proof: Proof
) -> None:
    told = told_of(guards, tmp_path, FAULTS[fault])
    proof(NOTICED, "100", 1, wrong=not told)
    assert told, "nobody noticed"
    if "gone" in fault and ("table" in fault or "column" in fault) or "column more" in fault:
        # what cannot be evaluated is not said to have failed
        assert any(how in ("errored", "refused") for _, how, _ in told), told


# --- faults in the checks themselves ------------------------------------------------------------

SPOILT = {
    "no expectation at all": (lambda _: [], "evaluated no expectation"),
    "an expectation that nobody knows": (
        lambda s: [s.expectations[0] | {"expect": "expect_the_unexpected"}],
        "could not be evaluated",
    ),
    "an expectation on a column that is not there": (
        lambda _: [
            {
                "name": "x",
                "because": "y",
                "expect": "expect_column_values_to_not_be_null",
                "with": {"column": "weight"},
            }
        ],
        "x could not be evaluated",
    ),
    "an expectation whose arguments are wrong": (
        lambda s: [s.expectations[0] | {"with": {"nonsense": 1}}],
        "could not be evaluated",
    ),
    "one that errs among others that hold": (
        lambda s: [*s.expectations, s.expectations[0] | {"name": "z", "expect": "expect_rain"}],
        "z could not be evaluated",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(suites()))
@pytest.mark.parametrize("fault", SPOILT)
def test_a_suite_that_cannot_be_evaluated_is_errored_and_not_failed_or_passed(
    guards: Guards, name: str, fault: str, proof: Proof
) -> None:
    suite = suites()[name]
    spoil, sentence = SPOILT[fault]
    with duckdb.connect(str(guards.warehouse), read_only=True) as connection:
        ((_, how, told),) = told_by(replace(suite, expectations=spoil(suite)), connection)
    proof(NOTICED, "100", 1, wrong=how != "errored")
    assert how == "errored"
    assert sentence in told
    assert " failed for " not in told


# --- tests of dbt that did not run --------------------------------------------------------------


def run_results(guards: Guards, folder: Path, **changed: str | None) -> Path:
    """dbt's results with another status for the first test, or without it."""
    results = json.loads(guards.results.read_text(encoding="utf-8"))
    first = sorted(data_tests())[0]
    (found,) = [r for r in results["results"] if r["unique_id"] == first]
    if changed["status"] is None:
        results["results"].remove(found)
    else:
        found["status"] = changed["status"]
    path = folder / "run_results.json"
    path.write_text(json.dumps(results), encoding="utf-8")
    return path


def test_the_results_of_a_whole_build_are_accepted(guards: Guards) -> None:
    refuse_unchecked(guards.results, data_tests())


@pytest.mark.parametrize(
    ("status", "told"),
    [(None, "not run"), ("skipped", "skipped"), ("error", "error"), ("fail", "fail")],
)
def test_a_test_of_dbt_that_did_not_run_or_pass_is_named_and_refused(
    guards: Guards, tmp_path: Path, status: str | None, told: str
) -> None:
    with pytest.raises(DatasporError, match=f": {told}.*nothing was published"):
        refuse_unchecked(run_results(guards, tmp_path, status=status), data_tests())


@pytest.mark.parametrize("content", [None, "", "{", "{}", '{"results": [{}]}'])
def test_results_of_dbt_that_cannot_be_read_are_refused(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "run_results.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasporError, match=r"no readable run_results\.json"):
        refuse_unchecked(path, data_tests())


# --- a part of the job alone --------------------------------------------------------------------

PARTS = {
    "a model": dg.AssetSelection.assets(key_of("dim_library")).without_checks(),
    "the figures": dg.AssetSelection.assets(
        *map(key_of, ("fct_status_figure", "fct_figure_evidence", "fct_incident_completeness"))
    ).without_checks(),
    "the claims": dg.AssetSelection.assets(key_of("fct_claim")).without_checks(),
    "an audit": dg.AssetSelection.checks(
        dg.AssetCheckKey(key_of("fct_claim"), "expectations_fct_claim")
    ),
    "whether sources are late": dg.AssetSelection.checks(
        *(
            dg.AssetCheckKey(source_key(source), CHECK)
            for source in CONFIG.municipality.late_after_days
        )
    ),
    "publishing": dg.AssetSelection.assets(PUBLISHED).without_checks(),
}


def materialised(place: Place, part: str) -> list[str]:
    """Why a part of the job, started alone as Dagster's UI does, fails."""
    place.sources.mkdir(exist_ok=True)
    with place.environment(), dg.DagsterInstance.ephemeral() as instance:
        alone = dg.Definitions(jobs=[dg.define_asset_job("alone", PARTS[part])])
        job = dg.Definitions.merge(build_definitions(), alone).resolve_job_def("alone")
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            partition_key="2024-10" if part == "the figures" else None,
        )
    return reasons(result.all_events)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_job_alone_says_that_there_is_no_warehouse_and_makes_no_empty_one(
    tmp_path: Path, part: str
) -> None:
    place = Place(tmp_path)
    (told,) = materialised(place, part)
    assert told == (
        "There is no working warehouse: a run that publishes takes it along. Materialise the whole "
        "job dataspor_run."
    )
    assert not place.settings.working_warehouse.exists()


def test_what_another_run_has_built_is_not_published(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.settings.prepare()
    with duckdb.connect(str(place.settings.working_warehouse)) as connection:
        connection.execute("create schema landing")
        connection.execute("create table landing.run as select 'another' as run_id")
    (told,) = materialised(place, "publishing")
    assert told.startswith("The working warehouse was built by another run.")
    assert list(place.settings.published.iterdir()) == []
