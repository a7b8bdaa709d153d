"""How sure a first place is: the chance that it is truly first, given the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.evidence.counts import POISSON, Overdispersion

_STEPS = 2000


def probability_of_most(
    own: int, others: Sequence[int], overdispersion: Overdispersion = POISSON
) -> float:
    """Posterior probability, 0–1, that the own rate is the highest of all.

    Each rate has the gamma posterior of a Poisson count under Jeffreys' prior (Gelman et al.,
    Bayesian Data Analysis, section 2.6), on counts divided by the overdispersion; the probability
    is the mean of P(all others below x) over the own posterior's quantiles.
    """
    import numpy as np
    from scipy.stats import gamma

    def posterior(count: int) -> Any:
        return gamma(count / overdispersion.factor + 0.5)

    points = posterior(own).ppf((np.arange(_STEPS) + 0.5) / _STEPS)
    below = np.ones(_STEPS)
    for count in others:
        below *= posterior(count).cdf(points)
    return float(below.mean())
