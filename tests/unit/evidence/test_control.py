"""Control charts: limits by hand, widened by what neighbours vary, and what lies outside."""

from __future__ import annotations

import pytest

from orchestration.evidence.control import control_chart


def test_a_steady_process_has_poisson_limits_and_nothing_outside() -> None:
    chart = control_chart([16] * 12, [1] * 12)
    assert chart is not None
    assert (chart.centre[0], chart.low[0], chart.high[0]) == (16, 4, 28)
    assert (chart.outside, chart.spread) == ((), 1)


def test_a_month_far_above_its_neighbours_lies_outside() -> None:
    counts = [16, 17, 15, 16, 17, 15, 16, 17, 15, 16, 60, 16]
    chart = control_chart(counts, [1] * 12)
    assert chart is not None
    assert chart.outside == (10,)


def test_restless_neighbours_widen_the_limits() -> None:
    counts = [4, 28] * 6
    chart = control_chart(counts, [1] * 12)
    assert chart is not None
    # each moving range is 24 / 4 = 6 sigma; Laney's sigma of z is 6 / 1.128
    assert chart.spread == pytest.approx(6 / 1.128)
    assert chart.outside == ()


def test_short_months_expect_less() -> None:
    chart = control_chart([30] * 11 + [15], [30] * 11 + [15])
    assert chart is not None
    assert chart.centre[-1] == pytest.approx(15)
    assert chart.outside == ()


def test_limits_follow_what_each_period_is_measured_against() -> None:
    # by hand: 120 events on 30 days are 4 a day, so 4 and 16 are expected, sigmas 2 and 4; z are 2
    # and -1, each moving range is 3
    chart = control_chart([8, 12] * 6, [1, 4] * 6)
    assert chart is not None
    spread = 3 / 1.128
    assert chart.spread == pytest.approx(spread)
    assert chart.centre[:2] == (4, 16)
    assert chart.high[:2] == pytest.approx((4 + 3 * 2 * spread, 16 + 3 * 4 * spread))
    assert chart.low[:2] == (0, 0)
    assert (len(chart.centre), len(chart.low), len(chart.high)) == (12, 12, 12)


def test_a_count_on_a_limit_lies_inside_and_one_beyond_lies_outside() -> None:
    counts = [16, 16, 28, 16, 16, 16, 16, 16, 4, 16, 16, 16]
    chart = control_chart(counts, [1] * 12)
    assert chart is not None
    assert (chart.low[0], chart.high[0], chart.outside) == (4, 28, ())
    beyond = control_chart([16, 16, 29, 16, 16, 16, 16, 16, 3, 16, 16, 16], [1] * 12)
    assert beyond is not None
    assert beyond.outside == (2, 8)


def test_every_count_needs_what_it_is_measured_against() -> None:
    with pytest.raises(ValueError, match="shorter"):
        control_chart([16] * 13, [1] * 12)


def test_too_little_gives_no_chart() -> None:
    assert control_chart([1] * 11, [1] * 11) is None
    assert control_chart([0] * 24, [1] * 24) is None
    assert control_chart([0] * 11 + [1], [1] * 12) is not None
