"""The semantic layer: MetricFlow's answers are those of the facts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

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


@pytest.fixture(scope="module")
def answers(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """MetricFlow's answers, by question, in a copy of the project over the sample's warehouse."""
    folder = tmp_path_factory.mktemp("semantic")
    for name in ("models", "macros"):
        shutil.copytree(DBT_PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_PROJECT / name, folder / name)
    for name in ("build", "target"):
        (folder / name).mkdir()
    shutil.copy(sample_run.settings.audited_warehouse, folder / "build")
    shutil.copy(ensure_manifest().with_name("semantic_manifest.json"), folder / "target")
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
    answers: dict[str, pd.DataFrame], sample_run: Place
) -> None:
    answer = answers["of each half-year"]
    facts = pd.DataFrame(
        sample_run.rows(
            "select cast(half_year_id || '-01 00:00:00' as varchar) as metric_time__month, "
            "library_id as library, incidents, unsafe_behaviour_incidents, "
            "incidents_per_1000_open_hours from marts.fct_library_half_year"
        )
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


def test_the_rate_of_several_half_years_is_that_of_their_sums(
    answers: dict[str, pd.DataFrame], sample_run: Place
) -> None:
    answer = answers["of several half-years"]
    sums = sample_run.rows(
        "select library_id, 1000.0 * sum(incidents) / sum(open_hours) as rate "
        "from marts.fct_library_half_year where open_hours is not null group by library_id"
    )
    rates = dict(zip(answer.library, answer.incidents_per_1000_open_hours, strict=True))

    assert sums
    for row in sums:
        assert rates[row["library_id"]] == pytest.approx(row["rate"], rel=1e-9)


def test_the_share_feeling_safe_is_that_of_the_facts(
    answers: dict[str, pd.DataFrame], sample_run: Place
) -> None:
    answer = answers["of answers"]
    facts = sample_run.rows(
        "select library_id, wave_id, favourable_share from marts.fct_survey_half_year "
        "where question_id = 'tryg' and not suppressed"
    )
    shares = {
        (row.library, row.answer_group__wave_id): row.share_feeling_safe
        for row in answer.dropna().itertuples()
    }

    assert len(shares) == len(facts) > 10
    for row in facts:
        share = shares[row["library_id"], row["wave_id"]]
        assert share == pytest.approx(row["favourable_share"], rel=1e-9)
