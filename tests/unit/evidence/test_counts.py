"""Intervals of counts agree with R and published tables; overdispersion widens them."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from orchestration.evidence.counts import (
    Overdispersion,
    Trend,
    count_interval,
    pooled_overdispersion,
    rate_ratio,
    trend,
)


@pytest.mark.parametrize(
    ("earlier", "later", "low", "high"),
    [
        # R's help page of poisson.test: c(11, 6+8+7), c(800, 1083+1050+878); its ratio is
        # count 1 over count 2, the interval 0.8584264 to 4.2772659
        ((21, 3011), (11, 800), 0.8584264, 4.2772659),
        # the same the other way round: the reciprocals
        ((11, 800), (21, 3011), 1 / 4.2772659, 1 / 0.8584264),
    ],
)
def test_the_rate_ratio_is_that_of_poisson_test(
    earlier: tuple[int, float], later: tuple[int, float], low: float, high: float
) -> None:
    interval = rate_ratio(earlier[0], later[0], exposure_from=earlier[1], exposure_to=later[1])
    assert interval is not None
    assert interval.low == pytest.approx(low, rel=1e-6)
    assert interval.high == pytest.approx(high, rel=1e-6)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # R's help page: poisson.test(137, 24.19893), 4.753125 to 6.692709 per unit of time
        (137, 4.753125 * 24.19893, 6.692709 * 24.19893),
        # epitools' help page: pois.exact(10), 4.795389 to 18.390356
        (10, 4.795389, 18.390356),
        # Garwood (1936), Biometrika 28:437-442, table 1
        (0, 0.0, 3.6889),
        (1, 0.0253, 5.5716),
        (5, 1.6235, 11.6683),
    ],
)
def test_a_single_count_has_garwood_s_interval(count: int, low: float, high: float) -> None:
    interval = count_interval(count)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, rel=1e-5)


def test_no_incidents_on_one_side_leave_the_ratio_open_and_on_both_unknown() -> None:
    risen = rate_ratio(0, 4)
    assert risen is not None and math.isinf(risen.high) and risen.low > 0
    fallen = rate_ratio(4, 0)
    assert fallen is not None and fallen.low == 0 and fallen.high < 2
    assert rate_ratio(0, 0) is None
    # nothing against 4: the share's interval is Clopper and Pearson's of 0 of 4
    share = 1 - 0.025 ** (1 / 4)
    assert (risen.low, fallen.high) == (
        pytest.approx((1 - share) / share),
        pytest.approx(share / (1 - share)),
    )


def test_as_many_as_before_are_a_ratio_around_1() -> None:
    same = rate_ratio(40, 40)
    assert same is not None
    assert same.low == pytest.approx(1 / same.high)
    assert same.low < 1 < same.high
    one = rate_ratio(1, 1)
    assert one is not None
    # Clopper and Pearson's interval of 1 of 2 is 0.0126 to 0.9874
    assert one.high == pytest.approx(0.9874 / 0.0126, rel=5e-3)


def test_longer_hours_lower_the_ratio_of_rates_in_proportion() -> None:
    plain = rate_ratio(100, 60)
    per_hour = rate_ratio(100, 60, exposure_from=2000, exposure_to=3000)
    assert plain is not None and per_hour is not None
    assert per_hour.high == pytest.approx(plain.high * 2 / 3)


def test_an_overdispersion_of_1_leaves_the_exact_interval_and_more_widens_it() -> None:
    exact = rate_ratio(200, 120)
    assert rate_ratio(200, 120, overdispersion=Overdispersion(1.0, 64, 6, 17)) == exact
    wide = rate_ratio(200, 120, overdispersion=Overdispersion(2.0, 64, 6, 17))
    few = rate_ratio(200, 120, overdispersion=Overdispersion(2.0, 4, 2, 3))
    assert exact is not None and wide is not None and few is not None
    assert few.low < wide.low < exact.low < exact.high < wide.high < few.high
    # on the scale of logarithms, twice the variance is about 1.41 times the width
    width = math.log(wide.high / wide.low) / math.log(exact.high / exact.low)
    assert width == pytest.approx(math.sqrt(2), rel=0.05)


def test_overdispersion_is_pearson_s_over_its_degrees_of_freedom() -> None:
    # by hand: rows 10 20 | 20 10, expected 15 everywhere, X2 = 4 * 25 / 15 on 1 degree
    table = pd.DataFrame([[10, 20], [20, 10]])
    one = pooled_overdispersion([table])
    assert (one.factor, one.degrees_of_freedom) == (pytest.approx(20 / 3), 1)
    # pooled with a table that has none: X2 = 20/3 on 2 degrees
    both = pooled_overdispersion([table, pd.DataFrame([[15, 15], [15, 15]])])
    assert (both.factor, both.degrees_of_freedom) == (pytest.approx(10 / 3), 2)
    assert (both.periods, both.groups) == (4, 2)


def test_half_years_and_libraries_without_any_count_are_left_out_and_those_with_one_are_not() -> (
    None
):
    table = pd.DataFrame([[10, 20], [20, 10]])
    with_nothing = pd.DataFrame([[10, 20, 0], [20, 10, 0], [0, 0, 0]])
    assert pooled_overdispersion([with_nothing]) == pooled_overdispersion([table])
    one_row = pooled_overdispersion([pd.DataFrame([[10, 20], [20, 10], [0, 1]])])
    assert (one_row.degrees_of_freedom, one_row.periods, one_row.groups) == (2, 3, 2)
    one_column = pooled_overdispersion([pd.DataFrame([[10, 20, 0], [20, 10, 1]])])
    assert (one_column.degrees_of_freedom, one_column.periods, one_column.groups) == (2, 2, 3)


def test_a_table_that_tells_nothing_does_not_hide_the_next() -> None:
    table = pd.DataFrame([[10, 20], [20, 10]])
    found = pooled_overdispersion([pd.DataFrame([[15, 25]]), table])
    assert found == pooled_overdispersion([table])
    assert (found.periods, found.groups) == (2, 2)


def test_counts_more_even_than_chance_are_no_reason_to_narrow() -> None:
    assert pooled_overdispersion([pd.DataFrame([[15, 15], [15, 15]])]).factor == 1


def test_a_single_half_year_or_library_tells_nothing_of_overdispersion() -> None:
    assert pooled_overdispersion([pd.DataFrame([[15, 25]])]).degrees_of_freedom == 0
    assert pooled_overdispersion([pd.DataFrame([[15], [25]])]).degrees_of_freedom == 0
    assert pooled_overdispersion([]).factor == 1


def test_a_trend_of_halves_is_a_ratio_of_one_half() -> None:
    course = trend([400, 200, 100])
    assert course is not None
    assert course.ratio == pytest.approx(0.5, rel=1e-6)
    # Wald's error of a log-linear slope through 400, 200, 100 at steps -1, 0, 1: by hand from the
    # information matrix, weights 400, 200, 100
    mean = (-400 + 100) / 700
    information = 400 * (-1 - mean) ** 2 + 200 * mean**2 + 100 * (1 - mean) ** 2
    half = 1.959964 / math.sqrt(information)
    assert math.log(course.interval.high / course.ratio) == pytest.approx(half, rel=1e-4)


def test_a_trend_s_p_value_is_that_of_its_slope_over_its_error() -> None:
    course = trend([130, 100, 110, 90])
    assert course is not None
    for factor, found in (
        (1.0, course),
        (4.0, trend([130, 100, 110, 90], Overdispersion(4.0, 60))),
    ):
        assert found is not None
        assert found.ratio == pytest.approx(course.ratio)
        z = abs(math.log(course.ratio)) / (_half(course) / 1.959964 * math.sqrt(factor))
        assert found.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-4)
    wide = trend([130, 100, 110, 90], Overdispersion(4.0, 60))
    assert wide is not None
    # twice the error, and t on 60 degrees of freedom (2.000298) in place of the normal distribution
    assert _half(wide) == pytest.approx(_half(course) * 2 * 2.000298 / 1.959964, rel=1e-5)
    assert wide.interval.low * wide.interval.high == pytest.approx(wide.ratio**2)


def _half(course: Trend) -> float:
    return math.log(course.interval.high / course.ratio)


def test_a_trend_with_one_event_at_an_end_is_told() -> None:
    assert trend([1, 5, 3]) is not None
    assert trend([3, 0, 1]) is not None


@pytest.mark.parametrize("counts", [[100, 50], [0, 5, 3], [5, 3, 0]])
def test_a_trend_needs_three_half_years_with_incidents_at_both_ends(counts: list[int]) -> None:
    assert trend(counts) is None
