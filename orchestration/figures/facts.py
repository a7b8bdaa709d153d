"""What figures are computed from: the facts of one warehouse, read once as pandas tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pandas as pd

from orchestration.half_year import HalfYear

# a week without a row is unknown, and may have been a week in which the house was closed
KNOWN_SHARE_OF_DAYS = 0.95
# days without any report in the whole municipality that are taken for quiet, not for missing
_LONGEST_SILENCE = dt.timedelta(days=7)


@dataclass(frozen=True)
class Facts:
    """The marts that figures read, and the days behind them.

    Tables without ``half_year`` in their name are in the working warehouse only; they count and
    hold no person.

    Attributes:
        as_of: the day the run pretends it is.
        exported_on: day of the latest export of incidents; None without any.
        library_half_year: the mart.
        district_half_year: the mart.
        survey_half_year: the mart, in order of waves.
        category_half_year: ``half_year_id``, ``library_id``, ``category_id``, ``incidents``.
        category: ``category_id`` and ``category_name_da``.
        library: the mart of libraries.
        incident_months: ``month``, ``library_id``, ``incidents``, ``unsafe_behaviour_incidents``.
        open_months: ``month``, ``library_id``, ``half_year_id``, ``open_hours``, ``days`` known.
        restricted_weeks: ``library_id``, ``half_year_id``, ``iso_week_id`` with restricted hours.
        presence_days: library × date × function with presence.
        delays: ``occurred_on``, ``reported_on``, ``incidents``, all libraries together.
        incident_days: ``library_id``, ``half_year_id``, ``occurred_on``, ``incidents``,
            ``unsafe_behaviour_incidents``, ``next_day_incidents`` (reported by the next day).
        reported_by: ``half_year_id``, ``library_id``, incidents known at the half-year's end
            (``incidents_at_end``) and on the day it became final (``incidents_at_maturity``).
    """

    as_of: dt.date
    exported_on: dt.date | None
    library_half_year: pd.DataFrame
    district_half_year: pd.DataFrame
    survey_half_year: pd.DataFrame
    category_half_year: pd.DataFrame
    category: pd.DataFrame
    library: pd.DataFrame
    incident_months: pd.DataFrame
    open_months: pd.DataFrame
    restricted_weeks: pd.DataFrame
    presence_days: pd.DataFrame
    delays: pd.DataFrame
    incident_days: pd.DataFrame
    reported_by: pd.DataFrame

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

    def open_hours(self, library_id: str, half_year_id: str) -> float | None:
        """Open hours of a half-year; None where snapshots speak of too few of its days."""
        if not self.knows_opening(library_id, half_year_id):
            return None
        return float(self._open_months_of(library_id, half_year_id).open_hours.sum()) or None

    def knows_opening(self, library_id: str, half_year_id: str) -> bool:
        """Whether snapshots speak of nearly all days of a half-year."""
        days = HalfYear.parse(half_year_id).days
        return self.open_days(library_id, half_year_id) >= KNOWN_SHARE_OF_DAYS * days

    def open_days(self, library_id: str, half_year_id: str) -> int:
        """The days of a half-year whose opening hours are known."""
        return int(self._open_months_of(library_id, half_year_id).days.sum())

    def _open_months_of(self, library_id: str, half_year_id: str) -> pd.DataFrame:
        rows = self.open_months
        return rows[(rows.library_id == library_id) & (rows.half_year_id == half_year_id)]

    @property
    def reported_through(self) -> dt.date:
        """The last day whose reports are known.

        The day of the latest export; a file's time may be that of a copy, so no later than a week
        after the latest report.
        """
        if self.delays.empty:
            return self.as_of
        latest: dt.date = pd.Timestamp(self.delays.reported_on.max()).date() + _LONGEST_SILENCE
        return min(self.as_of, latest, self.exported_on or self.as_of)


def read_facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Read the facts of a working warehouse."""

    def table(query: str) -> pd.DataFrame:
        return connection.execute(query).df()  # ordered, since sums of numbers depend on it

    days = connection.execute(
        "select r.as_of, max(f.exported_at)::date from landing.run as r "
        "left join landing.source_file as f on f.source = 'mainmanager' and f.status = 'landed' "
        "group by r.as_of"
    ).fetchone()
    assert days is not None
    return Facts(
        as_of=days[0],
        exported_on=days[1],
        library_half_year=table("select * from marts.fct_library_half_year order by all"),
        district_half_year=table("select * from marts.fct_district_half_year order by all"),
        survey_half_year=table("select * from marts.fct_survey_half_year order by wave_id"),
        category_half_year=table(
            "select half_year_id, library_id, category_id, incidents "
            "from marts.fct_incident_half_year order by all"
        ),
        category=table(
            "select category_id, category_name_da from marts.dim_incident_category order by all"
        ),
        library=table("select * from marts.dim_library order by all"),
        incident_months=table(
            "select m.month, m.library_id, sum(m.incidents)::bigint as incidents, "
            "coalesce(sum(m.incidents) filter (c.is_unsafe_behaviour), 0)::bigint "
            "as unsafe_behaviour_incidents from marts.fct_incident_month as m "
            "join marts.dim_incident_category as c on c.category_id = m.category_id "
            "group by all order by all"
        ),
        open_months=table(
            "select c.month_id as month, d.library_id, d.half_year_id, "
            "sum(d.open_minutes) / 60 as open_hours, count(*)::bigint as days "
            "from intermediate.int_library_opening_days as d "
            "join intermediate.int_calendar as c on c.on_date = d.on_date "
            "group by all order by all"
        ),
        restricted_weeks=table(
            "select distinct library_id, half_year_id, iso_week_id "
            "from intermediate.int_library_opening_days where restricted_self_service_hours > 0 "
            "order by all"
        ),
        presence_days=table(
            "select library_id, half_year_id, iso_week_id, on_date, presence_function, is_planned "
            "from intermediate.int_presence_days where presence_minutes > 0 "
            "order by all"
        ),
        delays=table(
            "select occurred_on, reported_on, sum(incidents)::bigint as incidents "
            "from intermediate.int_incident_days group by all order by all"
        ),
        incident_days=table(
            "select i.library_id, i.half_year_id, i.occurred_on, "
            "sum(i.incidents)::bigint as incidents, "
            "coalesce(sum(i.incidents) filter (c.is_unsafe_behaviour), 0)::bigint "
            "as unsafe_behaviour_incidents, "
            "coalesce(sum(i.incidents) filter (i.reported_on <= i.occurred_on + 1), 0)"
            "::bigint as next_day_incidents "
            "from intermediate.int_incident_days as i "
            "join marts.dim_incident_category as c on c.category_id = i.category_id "
            "group by all order by all"
        ),
        reported_by=table(
            "select i.half_year_id, i.library_id, "
            "coalesce(sum(i.incidents) filter (i.reported_on <= h.ends_on), 0)::bigint "
            "as incidents_at_end, "
            "coalesce(sum(i.incidents) filter (i.reported_on < h.ends_on + r.maturity_days), 0)"
            "::bigint as incidents_at_maturity "
            "from intermediate.int_incident_days as i "
            "join marts.dim_half_year as h on h.half_year_id = i.half_year_id "
            "cross join landing.run as r "
            "group by all order by all"
        ),
    )
