"""How complete the count of a half-year was, is, and is expected to be, since reports come late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from orchestration.evidence.delays import (
    LONGEST_DELAY,
    Completeness,
    DelayDistribution,
    completeness,
    delay_distribution,
)
from orchestration.figures.facts import Facts
from orchestration.half_year import HalfYear


@dataclass(frozen=True)
class CompletenessRow:
    """One row of ``fct_incident_completeness``, of a half-year and library.

    Attributes:
        incidents_at_end: reported by the half-year's last day.
        incidents_at_maturity: reported before the day on which its figures became final.
        incidents: reported by now.
        incidents_expected: expected once all reports have come; the bounds are those of a 95 %
            prediction interval.
        share_reported: incidents / incidents_expected, 0–1.
        complete_on: first day on which the expected share reaches ``complete_from`` of
            evidence.yml; null where that day is past.
    """

    half_year_id: str
    library_id: str
    incidents_at_end: int
    incidents_at_maturity: int
    incidents: int
    incidents_expected: float
    expected_low: float
    expected_high: float
    share_reported: float
    complete_on: dt.date | None


class Reporting:
    """How late the reports of one run's incidents come.

    Attributes:
        through: the last day whose reports are known.
    """

    def __init__(self, facts: Facts, overdispersion: float) -> None:
        self.facts = facts
        self.through = facts.reported_through
        self.overdispersion = overdispersion
        self.delays: DelayDistribution = delay_distribution(facts.delays, self.through)

    def of(self, measure: str, library_id: str, half_year_id: str) -> Completeness:
        """How complete a library's count of a half-year is."""
        days = self.facts.incident_days
        days = days[(days.library_id == library_id) & (days.half_year_id == half_year_id)]
        return self._of(days.occurred_on, days[measure], HalfYear.parse(half_year_id))

    def table(self, complete_from: float) -> list[CompletenessRow]:
        """Every half-year and library with incidents."""
        by_library = self.facts.incident_days.groupby(["half_year_id", "library_id"])
        known = self.facts.reported_by.set_index(["half_year_id", "library_id"])
        rows = []
        complete_on: dict[str, dt.date | None] = {}
        for (half_year_id, library_id), days in by_library:
            half_year = HalfYear.parse(half_year_id)
            if half_year_id not in complete_on:
                complete_on[half_year_id] = self._complete_on(half_year, complete_from)
            now = self._of(days.occurred_on, days.incidents, half_year)
            then = known.loc[(half_year_id, library_id)]
            rows.append(
                CompletenessRow(
                    half_year_id=half_year_id,
                    library_id=library_id,
                    incidents_at_end=int(then.incidents_at_end),
                    incidents_at_maturity=int(then.incidents_at_maturity),
                    incidents=now.count,
                    incidents_expected=now.expected,
                    expected_low=now.interval.low,
                    expected_high=now.interval.high,
                    share_reported=now.share,
                    complete_on=complete_on[half_year_id],
                )
            )
        return rows

    def _of(
        self, occurred_on: pd.Series, incidents: pd.Series, half_year: HalfYear
    ) -> Completeness:
        seen = (min(self.through, half_year.ends_on) - half_year.starts_on).days + 1
        return completeness(
            pd.DataFrame({"occurred_on": occurred_on, "incidents": incidents}),
            self.through,
            self.delays,
            self.overdispersion,
            to_come=(half_year.days - seen) / seen if seen > 0 else 0.0,
        )

    def _complete_on(self, half_year: HalfYear, complete_from: float) -> dt.date | None:
        """When the mean share of the half-year's days that is reported reaches a share."""
        ages = pd.Series(range(half_year.days))
        for later in range(LONGEST_DELAY + 1):
            if self.delays.share_within(ages + later).mean() >= complete_from:
                day = half_year.ends_on + dt.timedelta(days=later)
                return day if day > self.through else None
        return None
