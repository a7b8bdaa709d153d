"""Intervals and tests of shares agree with published examples and with counting every case."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact

from orchestration.evidence.shares import Share, exact_p, newcombe, wilson


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
    interval = wilson(Share(favourable, respondents))
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_wilson_s_interval_has_the_share_and_ends_at_0_or_1_where_all_answer_alike() -> None:
    groups = [(k, n) for n in range(1, 101) for k in range(n + 1)]
    groups += [(k, n) for n in range(101, 401) for k in (0, 1, n - 1, n)]
    for favourable, n in groups:
        for population in (None, n + 1, 3 * n):
            share = Share(favourable, n, population)
            interval = wilson(share)
            assert 0 <= interval.low <= share.value <= interval.high <= 1
            assert (interval.low == 0) == (favourable == 0), share
            assert (interval.high == 1) == (favourable == n), share


@pytest.mark.parametrize(
    ("later", "earlier", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_agrees_with_the_published_examples(
    later: tuple[int, int], earlier: tuple[int, int], low: float, high: float
) -> None:
    interval = newcombe(Share(*earlier), Share(*later))
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_a_staff_of_whom_all_answered_leaves_nothing_to_chance() -> None:
    census = wilson(Share(18, 20, population=20))
    assert (census.low, census.high) == (0.9, 0.9)


def test_the_finite_population_correction_shrinks_the_variance_by_cochran_s_factor() -> None:
    # Cochran (1977), Sampling Techniques, section 2.6: (N - n) / (N - 1); in a large sample the
    # width goes with its root
    plain, corrected = (
        wilson(Share(500, 1000)),
        wilson(Share(500, 1000, population=1500)),
    )
    ratio = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert ratio == pytest.approx((500 / 1499) ** 0.5, rel=2e-3)


def boschloo_by_counting(x: int, n: int, y: int, m: int) -> float:
    """Boschloo's one-sided p of a rise: every table, every share, no clever search."""
    cells = list(itertools.product(range(n + 1), range(m + 1)))

    def fisher(a: int, b: int) -> float:
        return fisher_exact([[a, b], [n - a, m - b]], alternative="less").pvalue

    seen = fisher(x, y) * (1 + 1e-9)
    extreme = [(a, b) for a, b in cells if fisher(a, b) <= seen]
    shares = np.linspace(0.001, 0.999, 999)
    chance = sum(binom.pmf(a, n, shares) * binom.pmf(b, m, shares) for a, b in extreme)
    return float(np.max(chance))


@pytest.mark.parametrize(
    ("x", "n", "y", "m"), [(2, 7, 7, 9), (3, 9, 8, 9), (1, 12, 6, 10), (4, 6, 9, 9)]
)
def test_the_exact_test_is_boschloo_s_counted_case_by_case(x: int, n: int, y: int, m: int) -> None:
    expected = 2 * boschloo_by_counting(x, n, y, m)
    assert exact_p(Share(x, n), Share(y, m)) == pytest.approx(expected, rel=2e-3)
    assert exact_p(Share(n - x, n), Share(m - y, m)) == pytest.approx(expected, rel=2e-3)


def test_equal_shares_differ_in_nothing() -> None:
    assert exact_p(Share(5, 10), Share(10, 20)) == 1
    assert exact_p(Share(9, 9), Share(12, 12)) == 1


def test_two_small_waves_without_a_change_are_called_one_in_2_5_per_cent_a_direction() -> None:
    """Every pair of answers of 9 and 14 people, at every share: no simulation."""
    risen, fallen = [], []
    for x, y in itertools.product(range(10), range(15)):
        before, after = Share(x, 9), Share(y, 14)
        if before.value == after.value or not newcombe(before, after).excludes(0):
            continue
        if exact_p(before, after) <= 0.05:
            (risen if after.value > before.value else fallen).append((x, y))
    for share in np.arange(0.02, 0.99, 0.02):
        for called in (risen, fallen):
            chance = sum(binom.pmf(x, 9, share) * binom.pmf(y, 14, share) for x, y in called)
            assert chance <= 0.025
    assert risen and fallen
