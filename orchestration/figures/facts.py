"""What figures are computed from: the facts of one warehouse, read once as pandas tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pandas as pd

from orchestration.half_year import HalfYear


@dataclass(frozen=True)
class Facts:
    """The marts that figures read, and the days behind hours.

    ``opening_days`` and ``presence_days`` tell in which weeks; they are in the working warehouse
    only and hold no person.
    """

    as_of: dt.date
    library_half_year: pd.DataFrame
    district_half_year: pd.DataFrame
    survey_half_year: pd.DataFrame
    library: pd.DataFrame
    opening_days: pd.DataFrame
    presence_days: pd.DataFrame

    def maturity(self, half_year_id: str | None, maturity_days: int) -> str:
        """``final`` or ``provisional``."""
        if half_year_id is None:
            return "provisional"
        final_from = HalfYear.parse(half_year_id).final_from(maturity_days)
        return "final" if self.as_of >= final_from else "provisional"

    def count(self, measure: str, library_id: str, half_year_id: str) -> float | None:
        """A measure of fct_library_half_year; None where it is null or has no row."""
        rows = self.library_half_year
        found = rows.loc[
            (rows.library_id == library_id) & (rows.half_year_id == half_year_id), measure
        ]
        return None if found.empty or pd.isna(found.iloc[0]) else float(found.iloc[0])


def read_facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Read the facts of a working warehouse."""

    def table(query: str) -> pd.DataFrame:
        return connection.execute(query).df()

    as_of = connection.execute("select as_of from landing.run").fetchone()
    assert as_of is not None
    return Facts(
        as_of=as_of[0],
        library_half_year=table("select * from marts.fct_library_half_year"),
        district_half_year=table("select * from marts.fct_district_half_year"),
        survey_half_year=table("select * from marts.fct_survey_half_year order by wave_id"),
        library=table("select * from marts.dim_library"),
        opening_days=table(
            "select library_id, half_year_id, iso_week_id, restricted_self_service_hours "
            "from intermediate.int_library_opening_days where restricted_self_service_hours > 0"
        ),
        presence_days=table(
            "select library_id, half_year_id, iso_week_id, on_date, presence_function, is_planned "
            "from intermediate.int_presence_days where presence_minutes > 0"
        ),
    )
