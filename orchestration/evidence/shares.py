"""What shares of small groups tell: Wilson and Newcombe intervals, finite staff, exact tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.evidence.interval import CONFIDENCE, Interval


@dataclass(frozen=True)
class Share:
    """Favourable answers among respondents, and how many could have answered, where known."""

    favourable: int
    respondents: int
    population: int | None = None

    @property
    def value(self) -> float:
        """The share, 0–1."""
        return self.favourable / self.respondents

    @property
    def is_census(self) -> bool:
        """Whether everybody answered, which leaves nothing to chance."""
        return self.population is not None and self.respondents >= self.population

    @property
    def effective(self) -> float:
        """Respondents as they count when most of a small staff has answered.

        Finite-population correction (Cochran 1977, section 2.6): the variance of a share shrinks by
        (N − n) / (N − 1), as if n were larger by the inverse.
        """
        if self.population is None or self.population <= 1:
            return float(self.respondents)
        return self.respondents * (self.population - 1) / (self.population - self.respondents)


def wilson(share: Share) -> Interval:
    """Wilson score interval of a share (Wilson 1927), on the effective number of respondents."""
    if share.is_census:
        return Interval(share.value, share.value)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(
        share.value * share.effective, share.effective, alpha=1 - CONFIDENCE, method="wilson"
    )
    # rounded sums may miss by a last digit what is exact in the formula, and so the share itself
    return Interval(
        min(share.value, float(low)) if share.favourable else 0.0,
        max(share.value, float(high)) if share.favourable < share.respondents else 1.0,
    )


def newcombe(earlier: Share, later: Share) -> Interval:
    """Interval of a difference of two shares, later minus earlier, from −1 to 1.

    Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10).
    """
    before, after = wilson(earlier), wilson(later)
    difference = later.value - earlier.value
    # statsmodels has it for whole staffs' worth of respondents only; these are its two lines
    below = ((later.value - after.low) ** 2 + (before.high - earlier.value) ** 2) ** 0.5
    above = ((after.high - later.value) ** 2 + (earlier.value - before.low) ** 2) ** 0.5
    return Interval(difference - below, difference + above)


def exact_p(earlier: Share, later: Share) -> float:
    """P value of equal shares by Boschloo's exact unconditional test (Boschloo 1970; scipy).

    Twice that of the direction seen, at most 1: so that a level of 5 per cent calls no difference a
    rise in more than 2.5 per cent of cases without one, nor a fall.
    """
    if earlier.value == later.value:
        return 1.0
    from scipy.stats import boschloo_exact

    # scipy's groups are the columns
    table = [
        [share.favourable for share in (earlier, later)],
        [share.respondents - share.favourable for share in (earlier, later)],
    ]
    direction: Literal["less", "greater"] = "less" if earlier.value < later.value else "greater"
    return min(1.0, 2 * float(boschloo_exact(table, alternative=direction).pvalue))
