"""An interval: what lies outside it, and what it is in another unit."""

from __future__ import annotations

import math

import pytest

from orchestration.evidence.interval import Interval


@pytest.mark.parametrize(
    ("value", "outside"), [(0.9, True), (1.0, False), (1.5, False), (2.0, False), (2.1, True)]
)
def test_the_ends_of_an_interval_lie_inside(value: float, outside: bool) -> None:
    assert Interval(1.0, 2.0).excludes(value) is outside


def test_an_end_that_is_no_number_leaves_nothing_out() -> None:
    assert not Interval(math.nan, math.nan).excludes(0.0)


def test_an_interval_in_another_unit_has_each_end_multiplied_and_shifted() -> None:
    assert Interval(1.0, 3.0).scaled(4.0) == Interval(4.0, 12.0)
    assert Interval(1.0, 3.0).scaled(4.0, 0.5) == Interval(4.5, 12.5)
    assert Interval(1.0, math.inf).scaled(100.0, -100.0) == Interval(0.0, math.inf)
