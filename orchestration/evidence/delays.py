"""How complete a period is when reports come late: the delay distribution and what is to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from orchestration.evidence.interval import CONFIDENCE, Interval

LONGEST_DELAY = 365


@dataclass(frozen=True)
class DelayDistribution:
    """Share of reports made within a number of days of the event.

    Attributes:
        within: index of days 0 … ``LONGEST_DELAY``; value is the share 0–1 reported by then.
        reports: number of reports behind it.
    """

    within: pd.Series
    reports: int

    def share_within(self, days: pd.Series) -> pd.Series:
        """The share reported within each number of days; days below 0 give 0."""
        known = self.within.reindex(days.clip(upper=LONGEST_DELAY)).to_numpy()
        return pd.Series(known, index=days.index).where(days >= 0, 0.0)


@dataclass(frozen=True)
class Completeness:
    """A count and what it is expected to become.

    Attributes:
        count: reported so far.
        share: share 0–1 of the expected count that is reported.
        expected: count once all late reports have come.
        interval: 95 % prediction interval of that count.
    """

    count: int
    share: float
    expected: float
    interval: Interval


def delay_distribution(reports: pd.DataFrame, through: dt.date) -> DelayDistribution:
    """Estimate how late reports come, from those made until ``through``.

    A recent event is seen only if it was reported soon, so that delays are right-truncated; the
    product-limit estimator in reversed time allows for it (Lagakos, Barraj & De Gruttola 1988,
    Biometrika 75:515–523).

    Args:
        reports: ``occurred_on`` and ``reported_on`` (dates) and ``incidents`` (a count); a grain of
            any kind.
        through: the last day whose reports are known.
    """
    days = range(LONGEST_DELAY + 1)
    delay = _days(reports.reported_on) - _days(reports.occurred_on)
    limit = _ordinal(through) - _days(reports.occurred_on)
    usable = (delay >= 0) & (delay <= LONGEST_DELAY) & (delay <= limit)
    counts = reports.incidents[usable].groupby(delay[usable]).sum().reindex(days, fill_value=0)
    # at risk at delay d in reversed time: reported within d, of events that are at least d days old
    entering = reports.incidents[usable].groupby(limit[usable]).sum().reindex(days, fill_value=0)
    reported_within = counts.cumsum()
    too_young = entering.cumsum() - entering
    at_risk = reported_within - too_young
    hazard = (counts / at_risk).fillna(0.0)  # 0 of 0 where no event is old enough
    survival = (1 - hazard)[::-1].cumprod()[::-1]
    within = survival.shift(-1, fill_value=1.0)
    return DelayDistribution(within, int(counts.sum()))


def completeness(
    events: pd.DataFrame,
    through: dt.date,
    delays: DelayDistribution,
    overdispersion: float = 1.0,
    *,
    to_come: float = 0.0,
) -> Completeness:
    """What a count of events is expected to become.

    Each day's events are divided by the share of them that is known by ``through``
    (Horvitz–Thompson); what is still to come is a Poisson count, or a negative binomial one where
    counts are overdispersed.

    Args:
        events: ``occurred_on`` and ``incidents``; those of later days are left out.
        through: the last day whose reports are known.
        delays: from :func:`delay_distribution`.
        overdispersion: variance over mean of counts.
        to_come: days of the period after ``through``, over those until then; events of these are
            expected at the pace so far.
    """
    age = _ordinal(through) - _days(events.occurred_on)
    known = events.incidents[age >= 0]
    share = delays.share_within(age[age >= 0])
    expected = float((known / share.where(share > 0, 1.0)).sum()) * (1 + to_come)
    count = int(known.sum())
    missing = max(0.0, expected - count)
    return Completeness(
        count,
        count / expected if expected else 1.0,
        expected,
        _predicted(missing, overdispersion).scaled(1.0, count),
    )


def _predicted(mean: float, overdispersion: float) -> Interval:
    if mean < 1e-9:
        return Interval(0.0, 0.0)
    from scipy.stats import nbinom, poisson

    tail = (1 - CONFIDENCE) / 2
    # with their parameters at each call: a distribution that has them set costs more than both
    if overdispersion <= 1:
        low, high = float(poisson.ppf(tail, mean)), float(poisson.isf(tail, mean))
    else:
        size, share = mean / (overdispersion - 1), 1 / overdispersion
        low, high = float(nbinom.ppf(tail, size, share)), float(nbinom.isf(tail, size, share))
    # of a mean far below 1 the likely counts are all 0; the interval holds the mean all the same
    return Interval(min(low, mean), max(high, mean))


def _days(dates: pd.Series) -> pd.Series:
    """Days since an epoch, as whole numbers."""
    return (pd.to_datetime(dates) - pd.Timestamp(0)).dt.days


def _ordinal(day: dt.date) -> int:
    return int((pd.Timestamp(day) - pd.Timestamp(0)).days)
