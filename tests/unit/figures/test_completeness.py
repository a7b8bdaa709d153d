"""How complete a half-year was, is and will be follows from how late reports come."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from orchestration.figures.completeness import Reporting
from tests.unit.figures.made_facts import made

COUNTS = {"valby": dict.fromkeys(("2023-04", "2023-10", "2024-04", "2024-10", "2025-04"), 120)}
DELAYS = (0, 5, 30, 60)


def table(as_of: str, delays: tuple[int, ...] = DELAYS):  # noqa: ANN201
    facts = made(COUNTS, as_of=dt.date.fromisoformat(as_of), delays=delays)
    return {row.half_year_id: row for row in Reporting(facts, 1.0).table(0.98)}


def test_a_half_year_that_is_long_past_is_complete() -> None:
    row = table("2025-10-01")["2024-04"]
    assert (row.incidents, row.share_reported, row.complete_on) == (120, 1.0, None)
    assert (row.expected_low, row.expected_high) == (120, 120)


def test_one_that_has_just_ended_is_expected_to_become_what_it_becomes() -> None:
    row = table("2025-10-01")["2025-04"]
    assert row.incidents < 115
    assert row.incidents_expected == pytest.approx(120, abs=4)
    assert row.expected_low <= 120 <= row.expected_high
    assert row.complete_on is not None
    assert dt.date(2025, 10, 1) < row.complete_on <= dt.date(2025, 11, 29)


def test_what_was_known_at_its_end_is_less_than_what_is_known_later() -> None:
    row = table("2025-12-31")["2025-04"]
    assert row.incidents_at_end < row.incidents == 120


def test_a_running_half_year_is_expected_at_its_pace_so_far() -> None:
    facts = made(COUNTS, as_of=dt.date(2025, 7, 1), delays=(0,))
    (row,) = [r for r in Reporting(facts, 1.0).table(0.98) if r.half_year_id == "2025-04"]
    assert row.incidents == pytest.approx(60, abs=1)
    assert row.incidents_expected == pytest.approx(120, abs=3)


def test_reports_after_the_latest_export_are_not_known() -> None:
    facts = made(COUNTS, as_of=dt.date(2025, 11, 17), delays=(0,))
    exported = dataclasses.replace(facts, exported_on=dt.date(2025, 7, 1))
    assert exported.reported_through == dt.date(2025, 7, 1)
    # the latest report is of 29 September: an export of November without any later is doubtful
    assert facts.reported_through == dt.date(2025, 10, 6)


def test_reports_on_the_day_leave_nothing_to_come() -> None:
    row = table("2025-10-01", delays=(0,))["2025-04"]
    assert row.incidents_expected == row.incidents == 120
