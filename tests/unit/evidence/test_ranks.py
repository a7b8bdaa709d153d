"""How sure a first place is, beside drawing from the same distributions."""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.evidence.counts import Overdispersion
from orchestration.evidence.ranks import probability_of_most


@pytest.mark.parametrize(("own", "others"), [(150, [142, 90]), (30, [25, 24, 20]), (3, [2, 1, 0])])
def test_the_probability_is_that_of_drawing_from_the_posteriors(
    own: int, others: list[int]
) -> None:
    dice = np.random.default_rng(1)
    drawn = dice.gamma(np.array([own, *others]) + 0.5, size=(200_000, 1 + len(others)))
    expected = float((drawn[:, 0] > drawn[:, 1:].max(axis=1)).mean())
    assert probability_of_most(own, others) == pytest.approx(expected, abs=0.005)


def test_a_tie_is_a_coin_s_toss_and_overdispersion_makes_less_sure() -> None:
    assert probability_of_most(50, [50]) == pytest.approx(0.5, abs=1e-3)
    sure = probability_of_most(150, [120])
    assert probability_of_most(150, [120], Overdispersion(3.0, 64)) < sure
    assert probability_of_most(150, []) == 1


def test_overdispersed_counts_are_divided_by_their_factor() -> None:
    """Counts twice as large that vary twice as much are as sure."""
    wide = probability_of_most(300, [240, 180], Overdispersion(2.0, 64))
    assert wide == pytest.approx(probability_of_most(150, [120, 90]), abs=1e-9)
    dice = np.random.default_rng(2)
    drawn = dice.gamma(np.array([0, 1]) + 0.5, size=(400_000, 2))
    expected = float((drawn[:, 0] > drawn[:, 1]).mean())
    assert probability_of_most(0, [1]) == pytest.approx(expected, abs=0.003)
