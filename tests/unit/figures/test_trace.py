"""The rows that a share is traced to are those of the waves that it was computed from."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from orchestration.config.model import Figures
from orchestration.figures.compute import compute_figures
from orchestration.figures.store import store_figures
from orchestration.figures.trace import rows_behind
from tests.unit.figures.made_facts import made, packaged

# wave, half-year, respondents, favourable; two waves in each half-year
WAVES = [
    ("2023-11", "2023-10", 20, 9),
    ("2024-02", "2023-10", 20, 12),
    ("2024-11", "2024-10", 12, 6),
    ("2025-02", "2024-10", 12, 10),
]
TOO_FEW = ("2025-02", "2024-10", 3, 3)
SURVEYS = """
    select half_year_id, wave_id, library_id, question_id,
        case when respondents >= 5 then respondents end as respondents,
        case when respondents >= 5 then favourable end as favourable,
        case when respondents >= 5 then favourable / respondents end as favourable_share,
        null::double as ci_low, null::double as ci_high, respondents < 5 as suppressed
    from waves
    cross join (values ('vesterbro'), ('valby')) as libraries(library_id)
    cross join (values ('tryg'), ('kompetence')) as questions(question_id)
    order by wave_id
"""


@pytest.mark.parametrize(
    ("waves", "wave_from", "behind"),
    [
        (WAVES, None, ["2025-02"]),
        (WAVES, "2023-11", ["2023-11", "2025-02"]),
        # the latest of the half-year is of the next year
        (WAVES, "2023", ["2023-11", "2025-02"]),
        (WAVES, "2024-02", ["2024-02", "2025-02"]),
        # both ends in one half-year, and both the same wave
        (WAVES, "2024", ["2024-11", "2025-02"]),
        (WAVES, "2025", ["2025-02"]),
        # without an earlier wave, and with too few answers to tell a number
        (WAVES, "2022", ["2025-02"]),
        ([*WAVES[:3], TOO_FEW], "2024-02", ["2024-02", "2025-02"]),
    ],
)
def test_only_waves_that_a_share_is_made_of_are_behind_it(
    waves: list[tuple[str, str, int, int]], wave_from: str | None, behind: list[str]
) -> None:
    figure = {
        "figure_id": "safe",
        "label_da": "En andel",
        "kind": "share",
        "measure": "tryg",
        "scope": {"kind": "library", "id": "vesterbro"},
        "wave_from": wave_from,
        "half_year_to": "2024-10",
    }
    config = packaged(figures=Figures.model_validate({"figures": [figure]}))
    told = pd.DataFrame(waves, columns=["wave_id", "half_year_id", "respondents", "favourable"])
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema staging")
        connection.register("waves", told)
        connection.execute(f"create table marts.fct_survey_half_year as {SURVEYS}")
        connection.execute(
            "create table staging.stg_surveyxact__responses as "
            "select wave_id, 'id ' || wave_id as source_file_id from waves, range(3)"
        )
        connection.execute(
            "create table marts.meta_source_file as select 'survey' as source, "
            "'id ' || wave_id as source_file_id, wave_id || '.xlsx' as file_name from waves"
        )
        surveys = connection.execute("from marts.fct_survey_half_year order by wave_id").df()
        facts = made({"vesterbro": {"2024-10": 10}}, surveys=surveys)
        store_figures(connection, compute_figures(config, facts))
        row = connection.execute("from marts.fct_status_figure").df().iloc[0]
        rows = rows_behind(connection, row)

    assert list(rows.file_name) == [f"{wave_id}.xlsx" for wave_id in behind]
    shares = rows.favourable / rows.respondents
    if row.evidence != "suppressed":
        assert shares.iloc[-1] == row.value_to
    if not pd.isna(row.value_from):
        assert shares.iloc[0] == row.value_from
