import math

import pytest
from scipy.stats import beta

from orchestration.figures.evidence import newcombe, rate_ratio, wilson


def test_the_ratio_of_two_counts_has_the_clopper_pearson_interval_of_its_share() -> None:
    # the bounds as beta quantiles (Clopper & Pearson 1934), computed apart from the code under test
    before, after = 100, 37
    low = beta.ppf(0.025, after, before + 1)
    high = beta.ppf(0.975, after + 1, before)
    interval = rate_ratio(before, after)
    assert interval is not None
    assert interval.low == pytest.approx(low / (1 - low), rel=1e-9)
    assert interval.high == pytest.approx(high / (1 - high), rel=1e-9)


def test_no_incidents_before_leave_the_ratio_without_upper_bound() -> None:
    interval = rate_ratio(0, 4)
    assert interval is not None
    assert math.isinf(interval.high)
    assert interval.low > 0


def test_two_zeros_have_no_ratio() -> None:
    assert rate_ratio(0, 0) is None


def test_equal_counts_do_not_exclude_no_change() -> None:
    interval = rate_ratio(50, 50)
    assert interval is not None
    assert not interval.excludes(1)


@pytest.mark.parametrize(
    ("favourable", "respondents", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3 (Wilson)
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_the_published_examples(
    favourable: int, respondents: int, low: float, high: float
) -> None:
    interval = wilson(favourable, respondents)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_newcombe_agrees_with_the_published_examples(
    after: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    interval = newcombe(*before, *after)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)
