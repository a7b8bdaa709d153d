"""The intervals of the survey's shares, as the SQL has them, of groups of each size."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.evidence.shares import Share, wilson
from tests.compiled_models import models_of_run
from tests.pipeline.installation import Place

# every number of favourable answers in groups of up to 100; in larger ones, those at the ends
GROUPS = """
    create table groups as
    select n, k, n || '/' || k as library_id
    from range(5, 401) as sizes(n), range(0, 401) as favourable(k)
    where k <= n and (n <= 100 or k in (0, 1, n - 1, n))
"""
ROWS = """
    create schema landing;
    create schema staging;
    create schema intermediate;
    create schema marts;
    create table landing.run as select 5 as minimum_respondents;
    create table intermediate.int_calendar as
    select '2025-02' as month_id, '2024-10' as half_year_id;
    create table marts.dim_survey_question as select 'tryg' as question_id;
    create table staging.stg_surveyxact__responses as
    select 'file' as source_file_id, row_number() over () as row_number, '2025-02' as wave_id,
        library_id, 'usable' as landing_outcome, answer < k as is_favourable
    from groups, range(0, 400) as answers(answer)
    where answer < n;
    create table staging.stg_surveyxact__answers as
    select source_file_id, row_number, wave_id, 'tryg' as question_id, is_favourable
    from staging.stg_surveyxact__responses;
"""


def test_every_interval_has_the_share_and_ends_at_0_or_1_where_all_answer_alike(
    sample_run: Place,
) -> None:
    models = models_of_run(sample_run.settings, only=("fct_survey_half_year",))
    (query,) = [model.query for model in models if model.name == "fct_survey_half_year"]
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as {sample_run.settings.working_warehouse.stem}")
        connection.execute(f"use {sample_run.settings.working_warehouse.stem}")
        connection.execute(GROUPS)
        connection.execute(ROWS)
        found = connection.execute(
            f"select favourable, respondents, favourable_share, ci_low, ci_high from ({query})"
        ).fetchall()
        groups = connection.execute("select k, n from groups").fetchall()

    assert sorted(row[:2] for row in found) == sorted(groups)
    for favourable, respondents, share, low, high in found:
        assert 0 <= low <= share <= high <= 1
        assert (low == 0) == (favourable == 0), respondents
        assert (high == 1) == (favourable == respondents), respondents
        interval = wilson(Share(favourable, respondents))
        assert (low, high) == pytest.approx((interval.low, interval.high), abs=1e-12)
