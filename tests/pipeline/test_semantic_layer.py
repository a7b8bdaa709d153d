"""The semantic layer: MetricFlow's answers are those of the facts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.catalogue import ensure_manifest
from orchestration.settings import DBT_PROJECT
from tests.pipeline.installation import Place

# each test's question: metrics, and by what
METRICS = ["incidents", "unsafe_behaviour_incidents", "incidents_per_1000_open_hours"]
QUESTIONS = {
    "of each half-year": (",".join(METRICS), "library,metric_time__month"),
    "of several half-years": ("incidents_per_1000_open_hours", "library"),
    "of answers": ("share_feeling_safe", "library,answer_group__wave_id"),
}
# MetricFlow's command, once for each question; loading it takes longer than all answers
ASK = """
import json, sys
from dbt_metricflow.cli.main import cli
for arguments in json.loads(sys.argv[1]):
    cli(arguments, standalone_mode=False)
"""


WITHOUT_INCIDENTS = "2022-10"


@pytest.fixture(scope="module")
def folder(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project over a copy of the sample's warehouse, whose incidents begin a half-year late."""
    folder = tmp_path_factory.mktemp("semantic")
    for name in ("models", "macros"):
        shutil.copytree(DBT_PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_PROJECT / name, folder / name)
    for name in ("build", "target"):
        (folder / name).mkdir()
    warehouse = shutil.copy(sample_run.settings.audited_warehouse, folder / "build")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "delete from marts.fct_incident_half_year where half_year_id = $1", [WITHOUT_INCIDENTS]
        )
        connection.execute(
            "update marts.fct_library_half_year set incidents = null, "
            "unsafe_behaviour_incidents = null, incidents_per_1000_open_hours = null "
            "where half_year_id = $1",
            [WITHOUT_INCIDENTS],
        )
    shutil.copy(ensure_manifest().with_name("semantic_manifest.json"), folder / "target")
    return folder


def facts_of(folder: Path, query: str) -> pd.DataFrame:
    with duckdb.connect(str(folder / "build" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).df()


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, pd.DataFrame]:
    """MetricFlow's answers, by question."""
    queries = [
        ["query", "--metrics", metrics, "--group-by", by, "--csv", f"{number}.csv"]
        for number, (metrics, by) in enumerate(QUESTIONS.values())
    ]
    answer = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(queries)],
        cwd=folder,
        env=os.environ
        | {
            "DBT_PROFILES_DIR": str(folder),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return {
        question: pd.read_csv(folder / f"{number}.csv") for number, question in enumerate(QUESTIONS)
    }


def test_incidents_and_their_rate_by_library_and_half_year_are_those_of_the_facts(
    answers: dict[str, pd.DataFrame], folder: Path
) -> None:
    answer = answers["of each half-year"]
    facts = facts_of(
        folder,
        "select cast(half_year_id || '-01 00:00:00' as varchar) as metric_time__month, "
        "library_id as library, incidents, unsafe_behaviour_incidents, "
        "incidents_per_1000_open_hours from marts.fct_library_half_year",
    )
    keys = ["metric_time__month", "library"]
    both = answer.merge(facts, on=keys, how="outer", suffixes=("", "_fact"), indicator=True)

    assert len(both) == len(facts) > 100
    assert (both._merge == "both").all()
    assert facts.incidents_per_1000_open_hours.notna().any()
    for metric in METRICS:
        pd.testing.assert_series_equal(
            both[metric].astype(float), both[f"{metric}_fact"].astype(float), check_names=False
        )


def test_the_rate_of_several_half_years_is_that_of_their_sums_where_both_are_known(
    answers: dict[str, pd.DataFrame], folder: Path
) -> None:
    answer = answers["of several half-years"]
    sums = facts_of(
        folder,
        "select library_id, 1000.0 * sum(incidents) / sum(open_hours) as rate "
        "from marts.fct_library_half_year "
        "where open_hours is not null and incidents is not null group by library_id",
    )
    only_hours = facts_of(
        folder,
        "select half_year_id from marts.fct_library_half_year "
        "where open_hours is not null and incidents is null",
    )
    rates = dict(zip(answer.library, answer.incidents_per_1000_open_hours, strict=True))

    assert set(only_hours.half_year_id) == {WITHOUT_INCIDENTS}
    assert len(sums)
    for row in sums.itertuples():
        assert rates[row.library_id] == pytest.approx(row.rate, rel=1e-9)


def test_the_share_feeling_safe_is_that_of_the_facts(
    answers: dict[str, pd.DataFrame], folder: Path
) -> None:
    answer = answers["of answers"]
    facts = facts_of(
        folder,
        "select library_id, wave_id, favourable_share from marts.fct_survey_half_year "
        "where question_id = 'tryg' and not suppressed",
    )
    shares = {
        (row.library, row.answer_group__wave_id): row.share_feeling_safe
        for row in answer.dropna().itertuples()
    }

    assert len(shares) == len(facts) > 10
    for row in facts.itertuples():
        share = shares[row.library_id, row.wave_id]
        assert share == pytest.approx(row.favourable_share, rel=1e-9)
