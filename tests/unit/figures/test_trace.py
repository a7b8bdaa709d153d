"""Shares are traced to the waves that they were computed from; hours to days, with their files."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.config.model import Figures
from orchestration.figures.compute import compute_figures
from orchestration.figures.store import store_figures
from orchestration.figures.trace import rows_behind
from tests.pipeline.installation import Place
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
        # both ends in one half-year
        (WAVES, "2024", ["2024-11", "2025-02"]),
        # without an earlier wave, and with too few answers to tell a number
        (WAVES, "2022", ["2025-02"]),
        (WAVES, "2025", ["2025-02"]),
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


@pytest.fixture
def opened(tmp_path: Path) -> Place:
    """An installation that knows two days of a library: one self-service, one without any row."""
    place = Place(tmp_path)
    (place.settings.archive / "opening_hours" / "id").mkdir(parents=True)
    place.sources.mkdir()
    working = place.settings.audited_warehouse
    working.parent.mkdir(parents=True)
    with duckdb.connect(str(working)) as connection:
        connection.execute(
            """
            create schema marts;
            create schema intermediate;
            create table marts.fct_status_figure as
                select * from (values
                    ('restricted', 'restricted_self_service_hours', 4.0),
                    ('added_up', 'staffed_hours+self_service_hours', 10.0)
                ) as told(figure_id, measure, value)
                cross join (values (
                    'hours', 'valby', null::varchar, '2024-10'
                )) as shared(unit, scope_id, half_year_from, half_year_to);
            create table marts.meta_source_file as
                select 'opening_hours' as source, 'id' as source_file_id, 'a.json' as file_name;
            create table intermediate.int_library_opening_days as
                select '2024-10' as half_year_id, 'valby' as library_id, * from (values
                    (date '2024-11-04', 600, 0, 600, 2.0), (date '2024-11-05', 0, 0, 0, 2.0)
                ) as days(
                    on_date, open_minutes, staffed_minutes, self_service_minutes,
                    restricted_self_service_hours
                );
            create table intermediate.int_opening_hours_outcomes as
                select 'valby' as library_id, date '2024-11-04' as on_date,
                    'self_service' as kind, 480 as start_minute, 1080 as end_minute,
                    'loaded' as outcome, 'id' as source_file_id, 7 as row_number
            """
        )
    return place


@pytest.mark.parametrize("figure_id", ["restricted", "added_up"])
def test_a_day_on_which_the_house_was_closed_is_traced_without_a_file_of_its_own(
    opened: Place, figure_id: str
) -> None:
    rows = json.loads(opened.dataspor("trace", figure_id, "--format", "json").output)
    assert [(row["on_date"], row["file_name"], row["row_number"]) for row in rows] == [
        ("2024-11-04", "a.json", 7),
        ("2024-11-05", None, None),
    ]
    answer = opened.dataspor("trace", figure_id)
    assert answer.exit_code == 0, answer.error
    below = [line for line in answer.output.splitlines() if ": " in line]
    assert below == [f"a.json: {opened.settings.archive / 'opening_hours' / 'id'}"]
