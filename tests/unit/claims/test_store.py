"""Claims are judged by the figures and the steps that stand in a warehouse."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.claims.store import judge_claims
from orchestration.config.model import Claim, Claims, Figures
from orchestration.figures.compute import compute_figures
from orchestration.figures.store import store_figures
from tests.unit.figures.made_facts import change_figure, made, packaged

HALF_YEARS = ("2021-10", "2022-10", "2023-10", "2024-10")


@pytest.mark.parametrize(
    ("counts", "judgement"),
    [
        ((80, 40, 20, 10), "supported"),
        ((80, 40, 50, 10), "not_supported"),
        ((80, 40, 20, 0), "supported_with_caveat"),  # few, but each step is known
        ((40, 20, 0, 2), "not_checkable"),  # the last step rises, and has no ratio
    ],
)
def test_a_fall_in_each_step_is_judged_only_where_each_step_has_a_ratio(
    counts: tuple[int, ...], judgement: str
) -> None:
    figure = change_figure(half_year_from=HALF_YEARS[0], steps=list(HALF_YEARS[1:-1]))
    claim = Claim(
        claim_id="c",
        figure_id=figure.figure_id,
        text_da="faldet i hvert skridt",
        direction="down",
        wording="each_step",
    )
    config = packaged(figures=Figures(figures=[figure]), claims=Claims(claims=[claim]))
    course = dict(zip(HALF_YEARS, counts, strict=True))
    facts = made({"vesterbro": course, "valby": {"2025-04": 60}})  # reports go on afterwards
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        store_figures(connection, compute_figures(config, facts))
        (judged,) = judge_claims(connection, config)
    assert judged.judgement == judgement
