"""Late reports: the delays of events that are too young to be seen whole."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from orchestration.evidence.delays import completeness, delay_distribution

DAY = dt.date(2025, 1, 1)


def days_after(*days: int) -> list[dt.date]:
    return [DAY + dt.timedelta(days=day) for day in days]


def test_without_truncation_the_shares_are_those_of_the_reports() -> None:
    reports = pd.DataFrame(
        {
            "occurred_on": [DAY] * 4,
            "reported_on": days_after(0, 0, 3, 10),
            "incidents": [1, 1, 1, 1],
        }
    )
    delays = delay_distribution(reports, DAY + dt.timedelta(days=400))
    assert delays.reports == 4
    assert [delays.within[day] for day in (0, 2, 3, 9, 10)] == [0.5, 0.5, 0.75, 0.75, 1]


def test_events_too_young_to_be_late_do_not_make_reports_look_prompt() -> None:
    """By hand, in reversed time: 10 old events, half of them a day late; 10 of today."""
    today = DAY + dt.timedelta(days=1)
    reports = pd.DataFrame(
        {
            "occurred_on": [DAY, DAY, today],
            "reported_on": [DAY, today, today],
            "incidents": [5, 5, 10],
        }
    )
    delays = delay_distribution(reports, today)
    # of the 10 that could be seen a day late, 5 were; a naive share would say 15 of 20
    assert delays.within[0] == pytest.approx(0.5)
    known = completeness(pd.DataFrame({"occurred_on": [today], "incidents": [10]}), today, delays)
    assert (known.count, known.expected) == (10, pytest.approx(20))


def test_a_complete_count_expects_nothing_more() -> None:
    reports = pd.DataFrame({"occurred_on": [DAY], "reported_on": [DAY], "incidents": [7]})
    through = DAY + dt.timedelta(days=200)
    known = completeness(
        reports[["occurred_on", "incidents"]], through, delay_distribution(reports, through)
    )
    assert (known.count, known.share, known.expected) == (7, 1.0, 7.0)
    assert (known.interval.low, known.interval.high) == (7, 7)


@pytest.mark.parametrize("overdispersion", [1.0, 1.5, 4.0])
@pytest.mark.parametrize("late", [1, 40, 800, 100_000])
def test_the_range_holds_what_is_expected_also_where_next_to_nothing_is(
    late: int, overdispersion: float
) -> None:
    """One report in so many comes late: a few hundredths or thousandths of a report are missing."""
    reports = pd.DataFrame(
        {
            "occurred_on": [DAY, DAY],
            "reported_on": days_after(0, 65),
            "incidents": [late, 1],
        }
    )
    through = DAY + dt.timedelta(days=200)
    young = pd.DataFrame({"occurred_on": [through], "incidents": [88]})
    known = completeness(young, through, delay_distribution(reports, through), overdispersion)
    assert known.expected > 88
    assert known.interval.low <= known.expected <= known.interval.high


def test_days_to_come_are_expected_at_the_pace_so_far() -> None:
    reports = pd.DataFrame({"occurred_on": [DAY], "reported_on": [DAY], "incidents": [50]})
    through = DAY + dt.timedelta(days=9)
    known = completeness(
        reports[["occurred_on", "incidents"]],
        through,
        delay_distribution(reports, through),
        to_come=1.0,
    )
    assert known.expected == pytest.approx(100)
    assert known.interval.low < 100 < known.interval.high
    wider = completeness(
        reports[["occurred_on", "incidents"]],
        through,
        delay_distribution(reports, through),
        3.0,
        to_come=1.0,
    )
    assert wider.interval.high > known.interval.high


def test_the_range_holds_what_comes_in_nineteen_of_twenty_half_years() -> None:
    dice = np.random.default_rng(7)
    held = 0
    for _ in range(150):
        occurred = dice.integers(0, 720, 400)
        reported = occurred + dice.geometric(0.05, 400) - 1
        rows = pd.DataFrame(
            {
                "occurred_on": pd.Timestamp(DAY) + pd.to_timedelta(occurred, "D"),
                "reported_on": pd.Timestamp(DAY) + pd.to_timedelta(reported, "D"),
                "incidents": 1,
            }
        )
        through = DAY + dt.timedelta(days=725)
        seen = rows[rows.reported_on <= pd.Timestamp(through)]
        young = (occurred >= 540) & (occurred < 720)
        known = completeness(
            seen[young[seen.index]][["occurred_on", "incidents"]],
            through,
            delay_distribution(seen, through),
        )
        held += known.interval.low <= int(young.sum()) <= known.interval.high
    assert held / 150 >= 0.9
