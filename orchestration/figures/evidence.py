"""Intervals of counts and shares; pure functions that know no library and no half-year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A two-sided 95 % interval; an end may be infinite."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether ``value`` lies outside."""
        return not self.low <= value <= self.high


def rate_ratio(count_from: int, count_to: int) -> Interval | None:
    """Exact interval of the ratio of two Poisson counts, ``count_to / count_from``.

    Given their sum, the later count is binomial; the Clopper–Pearson interval of its share
    p gives that of the ratio p / (1 − p) (Przyborowski & Wilenski 1940; R's ``poisson.test``).

    Returns:
        The interval, or None where both counts are 0.
    """
    total = count_from + count_to
    if total == 0:
        return None
    share = _proportion(count_to, total, "exact")
    return Interval(_odds(share.low), _odds(share.high))


def wilson(favourable: int, respondents: int) -> Interval:
    """Wilson score interval of a share (Wilson 1927)."""
    return _proportion(favourable, respondents, "wilson")


def newcombe(
    favourable_from: int, respondents_from: int, favourable_to: int, respondents_to: int
) -> Interval:
    """Interval of a difference of two shares, later minus earlier.

    Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10).
    """
    share_from, share_to = favourable_from / respondents_from, favourable_to / respondents_to
    before, after = wilson(favourable_from, respondents_from), wilson(favourable_to, respondents_to)
    difference = share_to - share_from
    return Interval(
        difference - math.hypot(share_to - after.low, before.high - share_from),
        difference + math.hypot(after.high - share_to, share_from - before.low),
    )


def _proportion(successes: int, trials: int, method: Literal["exact", "wilson"]) -> Interval:
    from scipy.stats import binomtest  # takes half a second to load, which the UI need not wait for

    bounds = binomtest(successes, trials).proportion_ci(CONFIDENCE, method=method)
    return Interval(float(bounds.low), float(bounds.high))


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf
