"""The semantic layer: MetricFlow's answers are those of the facts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from orchestration.settings import DBT_PROJECT
from tests.pipeline.installation import Place

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def project(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dbt project in a folder of its own, parsed, over a copy of the sample's warehouse."""
    folder = tmp_path_factory.mktemp("semantic")
    for name in ("models", "macros"):
        shutil.copytree(DBT_PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_PROJECT / name, folder / name)
    shutil.copy(sample_run.settings.audited_warehouse, folder / "warehouse.duckdb")
    run(folder, "dbt", "parse", "--quiet")
    return folder


def run(folder: Path, program: str, *arguments: str) -> None:
    answer = subprocess.run(
        [BIN / program, *arguments],
        cwd=folder,
        env=os.environ
        | {
            "DATASPOR_WORKING_WAREHOUSE": str(folder / "warehouse.duckdb"),
            "DBT_PROFILES_DIR": str(folder),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def asked(project: Path, metrics: str, by: str) -> pd.DataFrame:
    """MetricFlow's answer to a query."""
    target = project / "answer.csv"
    target.unlink(missing_ok=True)
    run(project, "mf", "query", "--metrics", metrics, "--group-by", by, "--csv", str(target))
    return pd.read_csv(target)


def test_incidents_and_their_rate_by_library_and_half_year_are_those_of_the_facts(
    project: Path, sample_run: Place
) -> None:
    metrics = ["incidents", "unsafe_behaviour_incidents", "incidents_per_1000_open_hours"]
    answer = asked(project, ",".join(metrics), "library,metric_time__month")
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
    for metric in metrics:
        pd.testing.assert_series_equal(
            both[metric].astype(float), both[f"{metric}_fact"].astype(float), check_names=False
        )


def test_the_rate_of_several_half_years_is_that_of_their_sums(
    project: Path, sample_run: Place
) -> None:
    answer = asked(project, "incidents_per_1000_open_hours", "library")
    sums = sample_run.rows(
        "select library_id, 1000.0 * sum(incidents) / sum(open_hours) as rate "
        "from marts.fct_library_half_year where open_hours is not null group by library_id"
    )
    rates = dict(zip(answer.library, answer.incidents_per_1000_open_hours, strict=True))

    assert sums
    for row in sums:
        assert rates[row["library_id"]] == pytest.approx(row["rate"], rel=1e-9)


def test_the_share_feeling_safe_is_that_of_the_facts(project: Path, sample_run: Place) -> None:
    answer = asked(project, "share_feeling_safe", "library,answer_group__wave_id")
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
