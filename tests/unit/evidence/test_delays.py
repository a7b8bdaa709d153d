"""Late reports: the delays of events that are too young to be seen whole."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, poisson

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


def test_reports_of_any_grain_count_by_their_number_up_to_a_delay_of_a_year() -> None:
    reports = pd.DataFrame(
        {
            "occurred_on": [DAY] * 5,
            # a day early is a mistake; 366 days late is later than what is told of
            "reported_on": days_after(-1, 0, 365, 366, 401),
            "incidents": [100, 3, 1, 100, 100],
        }
    )
    delays = delay_distribution(reports, DAY + dt.timedelta(days=400))
    assert delays.reports == 4
    assert list(delays.within.index) == list(range(366))
    assert [delays.within[day] for day in (0, 364, 365)] == [0.75, 0.75, 1]
    days = pd.Series([-1, 0, 364, 365, 9_999], index=list("abcde"))
    assert delays.share_within(days).to_dict() == {"a": 0, "b": 0.75, "c": 0.75, "d": 1, "e": 1}


def test_reports_that_come_later_than_the_last_known_day_are_not_known() -> None:
    reports = pd.DataFrame(
        {"occurred_on": [DAY, DAY], "reported_on": days_after(0, 5), "incidents": [1, 1]}
    )
    assert delay_distribution(reports, DAY + dt.timedelta(days=4)).reports == 1
    assert delay_distribution(reports, DAY + dt.timedelta(days=5)).reports == 2


def test_the_shares_are_the_product_limits_in_reversed_time() -> None:
    """By hand, through day 4: of events at least d days old, those reported within d."""
    reports = pd.DataFrame(
        {
            "occurred_on": days_after(0, 0, 2, 2, 3, 4),
            "reported_on": days_after(0, 4, 2, 4, 4, 4),
            "incidents": [6, 2, 5, 3, 4, 7],
        }
    )
    delays = delay_distribution(reports, DAY + dt.timedelta(days=4))
    # delays of 0: 6 + 5 + 7; of 1: 4; of 2: 3; of 4: 2. At risk at 4: the 8 events of day 0; at 2:
    # those of day 0 and 2 reported within 2, 6 + 8; at 1: those of day 0, 2, 3 within 1, 6 + 5 + 4
    at_4, at_2, at_1 = 1 - 2 / 8, 1 - 3 / 14, 1 - 4 / 15
    assert [delays.within[day] for day in range(5)] == pytest.approx(
        [at_4 * at_2 * at_1, at_4 * at_2, at_4, at_4, 1]
    )


def test_what_is_to_come_is_a_poisson_count_or_a_wider_one() -> None:
    """Half of the reports come a day late, so that 40 of today are expected to become 80."""
    reports = pd.DataFrame(
        {"occurred_on": [DAY, DAY], "reported_on": days_after(0, 1), "incidents": [5, 5]}
    )
    today = DAY + dt.timedelta(days=30)
    delays = delay_distribution(reports, today)
    events = pd.DataFrame(
        {"occurred_on": [today, today + dt.timedelta(days=1)], "incidents": [40, 1000]}
    )
    known = completeness(events, today, delays)
    assert (known.count, known.share, known.expected) == (40, 0.5, 80)
    low, high = poisson(40).interval(0.95)
    assert (known.interval.low, known.interval.high) == (40 + low, 40 + high)
    # a negative binomial count with mean 40 and variance 3 * 40
    wide = completeness(events, today, delays, 3.0)
    low, high = nbinom(20, 1 / 3).interval(0.95)
    assert (wide.interval.low, wide.interval.high) == (40 + low, 40 + high)
    assert completeness(events, today, delays, 1.0) == known
    # and as many days again are to come
    half = completeness(events, today, delays, to_come=0.5)
    assert (half.expected, half.share) == (120, 40 / 120)


def test_without_any_event_nothing_is_missing() -> None:
    reports = pd.DataFrame({"occurred_on": [DAY], "reported_on": [DAY], "incidents": [7]})
    later = pd.DataFrame({"occurred_on": days_after(9), "incidents": [3]})
    known = completeness(later, DAY, delay_distribution(reports, DAY))
    assert (known.count, known.share, known.expected) == (0, 1.0, 0.0)
    assert (known.interval.low, known.interval.high) == (0, 0)


def test_events_that_nobody_could_have_reported_yet_are_told_as_they_are() -> None:
    """All reports came two days late: of today's events none should be known, and yet some are."""
    reports = pd.DataFrame({"occurred_on": [DAY], "reported_on": days_after(2), "incidents": [1]})
    today = DAY + dt.timedelta(days=9)
    delays = delay_distribution(reports, today)
    assert [delays.within[day] for day in range(4)] == [0, 0, 1, 1]
    known = completeness(pd.DataFrame({"occurred_on": [today], "incidents": [3]}), today, delays)
    assert (known.count, known.expected) == (3, 3)


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


@pytest.mark.parametrize("overdispersion", [1.2, 3.0])
def test_days_to_come_are_expected_at_the_pace_so_far(overdispersion: float) -> None:
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
        overdispersion,
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
