"""Reading from the working warehouse what the public tables are made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd


@dataclass(frozen=True)
class Facts:
    """Tables of the marts, and what is told of the run.

    Attributes:
        incidents: half-year to library, category and count; dense.
    """

    libraries: pd.DataFrame
    categories: pd.DataFrame
    questions: pd.DataFrame
    incidents: dict[str, list[tuple[str, str, int]]]
    answers: pd.DataFrame
    figures: pd.DataFrame
    as_of: dt.date
    is_sample: bool


def read_facts(warehouse: Path) -> Facts:
    """All facts, with null as None."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def table(query: str) -> pd.DataFrame:
            rows = connection.execute(query).df().astype(object)
            return rows.where(rows.notna(), None)

        run = dict(connection.execute("select key, value from marts.meta_run").fetchall())
        incidents: dict[str, list[tuple[str, str, int]]] = {}
        for half_year_id, *row in connection.execute(
            "select half_year_id, library_id, category_id, incidents "
            "from marts.fct_incident_half_year order by all"
        ).fetchall():
            incidents.setdefault(half_year_id, []).append(tuple(row))
        return Facts(
            libraries=table("select * from marts.dim_library order by library_id"),
            categories=table("select * from marts.dim_incident_category order by category_id"),
            questions=table("select * from marts.dim_survey_question"),
            incidents=incidents,
            answers=table(
                "select half_year_id, wave_id, library_id, question_id, respondents, favourable "
                "from marts.fct_survey_half_year order by all"
            ),
            figures=table(
                "select * replace (cast(as_of as varchar) as as_of) from marts.fct_status_figure"
            ),
            as_of=dt.date.fromisoformat(run["as_of"]),
            is_sample=run.get("sample") == "true",
        )
