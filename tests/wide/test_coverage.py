"""What the intervals promise, by simulation over the strata that docs/evidence.md lists.

Each test prints its table: coverage and false alarms in per cent beside the target.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from orchestration.evidence.counts import pooled_overdispersion, rate_ratio, trend
from orchestration.evidence.interrupted import level_change
from orchestration.evidence.shares import Share, exact_p, newcombe
from tests.proofs import Proof

pytestmark = pytest.mark.wide

OVERDISPERSIONS = (1.0, 1.5, 2.5, 4.0)
COUNTS = (100, 200, 400)
LIBRARIES, HALF_YEARS, LEVEL = 17, 3, 30.0  # libraries to compare with, a season's half-years
DRAWS, PAIRS = 2000, 10


def counts(dice: np.random.Generator, mean: float, factor: float, size: object = None):  # noqa: ANN201
    """Poisson counts, or negative binomial ones with a variance of ``factor`` times the mean."""
    if factor <= 1:
        return dice.poisson(mean, size)
    return dice.negative_binomial(mean / (factor - 1), 1 / factor, size)


@pytest.mark.parametrize("factor", OVERDISPERSIONS)
@pytest.mark.parametrize("ratio", [1.0, 0.6])
def test_the_widened_interval_holds_the_true_ratio_in_94_to_97_of_100_cases(
    factor: float, ratio: float, proof: Proof
) -> None:
    dice = np.random.default_rng(int(factor * 10 + ratio * 100))
    known = [
        pooled_overdispersion(
            [
                pd.DataFrame(counts(dice, LEVEL, factor, (HALF_YEARS, LIBRARIES)))
                for _ in ("winter", "summer")
            ]
        )
        for _ in range(DRAWS)
    ]
    for count in COUNTS:
        held = fell = rose = 0
        for overdispersion, _ in itertools.product(known, range(PAIRS)):
            earlier = int(counts(dice, count, factor))
            later = int(counts(dice, count * ratio, factor))
            interval = rate_ratio(earlier, later, overdispersion=overdispersion)
            assert interval is not None
            held += interval.low <= ratio <= interval.high
            fell += interval.high < ratio
            rose += interval.low > ratio
        total = DRAWS * PAIRS
        proof(
            f"interval: overdispersion {factor}, {count} incidents, ratio {ratio}",
            "94–97 %, 2.5 % a side",
            f"{held / total:.1%}, too low {fell / total:.2%}, too high {rose / total:.2%}",
        )
        assert 0.94 <= held / total <= 0.97
        assert max(fell, rose) / total <= 0.025


@pytest.mark.parametrize("sizes", [(9, 14), (20, 24), (33, 32)])
def test_waves_without_a_change_are_called_one_in_at_most_2_5_per_cent_a_direction(
    sizes: tuple[int, int], proof: Proof
) -> None:
    """Every pair of answers at every share, so that chance has no part in the result."""
    from scipy.stats import binom

    n, m = sizes
    called: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for x, y in itertools.product(range(n + 1), range(m + 1)):
        before, after = Share(x, n), Share(y, m)
        if newcombe(before, after).excludes(0) and exact_p(before, after) <= 0.05:
            called[after.value > before.value].append((x, y))
    worst = {}
    for is_rise, pairs in called.items():
        worst[is_rise] = max(
            sum(binom.pmf(x, n, share) * binom.pmf(y, m, share) for x, y in pairs)
            for share in np.arange(0.01, 1.0, 0.01)
        )
    proof(
        f"interval: waves of {n} and {m}",
        "2.5 % a side",
        f"rise {worst[True]:.2%}, fall {worst[False]:.2%} at worst",
    )
    assert max(worst.values()) <= 0.025


@pytest.mark.parametrize(("factor", "correlation"), [(1.0, 0.0), (1.5, 0.2), (1.5, 0.4)])
def test_interrupted_series_without_an_effect_are_called_one_in_at_most_2_5_per_cent_a_direction(
    factor: float, correlation: float, proof: Proof
) -> None:
    dice = np.random.default_rng(11)
    held = fell = rose = 0
    series = 4000
    for _ in range(series):
        rows = []
        for is_treated, level in ((True, 15.0), (False, 100.0)):
            drift = 0.0
            for month in range(36):
                drift = correlation * drift + dice.normal(0, 0.12 * (1 - correlation**2) ** 0.5)
                shift = drift if correlation else 0.0
                mean = level * np.exp(0.1 * np.sin(np.pi * month / 6) + 0.003 * month + shift)
                rows.append((month, is_treated, month >= 27, counts(dice, mean, factor), 30.0))
        columns = ["month", "is_treated", "is_after", "incidents", "exposure"]
        change = level_change(pd.DataFrame(rows, columns=columns))
        assert change is not None
        held += not change.interval.excludes(1)
        fell += change.interval.high < 1
        rose += change.interval.low > 1
    proof(
        f"interval: interrupted series, overdispersion {factor}, correlation {correlation}",
        "2.5 % a side",
        f"{held / series:.1%}, fall {fell / series:.2%}, rise {rose / series:.2%}",
    )
    assert max(fell, rose) / series <= 0.025


def test_a_fall_in_each_step_without_one_is_told_in_at_most_2_5_per_cent() -> None:
    """The whole rule of that sentence: falling steps, a falling trend, a clear fall in all."""
    dice = np.random.default_rng(13)
    told = 0
    for _ in range(8000):
        course = [int(n) for n in dice.poisson(60, 3)]
        slope, ends = trend(course), rate_ratio(course[0], course[-1])
        falls = course[0] > course[1] > course[2]
        told += bool(falls and slope and slope.interval.high < 1 and ends and ends.high < 1)
    assert 0 < told / 8000 <= 0.025
