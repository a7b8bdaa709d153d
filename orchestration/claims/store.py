"""Judging a configuration's claims in a working warehouse, and writing ``fct_claim`` there."""

from __future__ import annotations

from dataclasses import fields

import duckdb

from orchestration.claims import TABLE
from orchestration.claims.judge import JudgedClaim, judge
from orchestration.config import Config
from orchestration.figures.status_figure import StatusFigure
from orchestration.figures.store import store_records

_STEPS = """
    select figure_id, list(value order by item_order) as ratios
    from marts.fct_figure_evidence
    where item = 'step'
    group by figure_id
"""


def judge_claims(connection: duckdb.DuckDBPyConnection, config: Config) -> list[JudgedClaim]:
    """Judge every claim by the warehouse's figures, and write the table; also returned."""
    columns = ", ".join(field.name for field in fields(StatusFigure))
    rows = connection.execute(f"select {columns} from marts.fct_status_figure").fetchall()
    figures = [StatusFigure(*row) for row in rows]
    steps_of = {
        figure.figure_id: len(figure.steps) + 1
        for figure in config.figures.figures
        if figure.kind == "change"
    }
    # a step from zero has no ratio, and the others alone are not each of them
    steps = {
        figure_id: ratios
        for figure_id, ratios in connection.execute(_STEPS).fetchall()
        if len(ratios) == steps_of[figure_id]
    }
    judged = judge(config.claims.claims, figures, steps)
    store_records(connection, TABLE, judged)
    return judged
