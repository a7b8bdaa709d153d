"""Interrupted time series: a level change at an intervention, beside places without one."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import pandas as pd

from orchestration.evidence.interval import CONFIDENCE, Interval

LEAST_MONTHS_BEFORE = 12
LEAST_MONTHS_AFTER = 6
# Incidents of a month; one that is expected to have fewer is an empty month that the regression
# follows towards zero without end, so that its answer is none.
_LEAST_EXPECTED = 1e-6
# Autocorrelation is allowed for up to a quarter of a year.
_LAGS = 3


@dataclass(frozen=True)
class LevelChange:
    """What a segmented regression says of an intervention.

    Attributes:
        ratio: rate after the intervention over the rate expected without it.
        interval: 95 % interval of the ratio, by autocorrelation-robust errors.
        p_value: two-sided, of no change.
        months_before: months before the intervention.
        months_after: months from it on.
        overdispersion: Pearson X² over degrees of freedom of the regression.
    """

    ratio: float
    interval: Interval
    p_value: float
    months_before: int
    months_after: int
    overdispersion: float


def level_change(months: pd.DataFrame) -> LevelChange | None:
    """Poisson regression of monthly counts beside a comparison series (a controlled series).

    log E(incidents) = log(exposure) + series × (level + slope × month) + season (one yearly
    harmonic) + after + after × treated, of which the last is the answer: what happened at the
    treated place beyond what happened at the others. Its error is a panel Newey–West one, and t
    quantiles allow for the number of months (Lopez Bernal, Cummins & Gasparrini 2017 and 2018, Int.
    J. Epidemiology 46:348–355 and 47:2082–2093). Assumed are a straight log-linear course in each
    series without the intervention, a common season, and a change at once that lasts.

    Args:
        months: a row a month and series, with ``month`` (a running number), ``is_treated``,
            ``is_after``, ``incidents`` and ``exposure`` (above 0); each series has every month.

    Returns:
        The change, or None where there are too few months before or after, no incidents on one
        side of a series, or too few for the regression to end in a number.
    """
    months = months.sort_values(["is_treated", "month"])
    treated = months[months.is_treated]
    before, after = treated[~treated.is_after], treated[treated.is_after]
    sides = months.groupby(["is_treated", "is_after"]).incidents.sum().unstack(fill_value=0)
    if (
        len(before) < LEAST_MONTHS_BEFORE
        or len(after) < LEAST_MONTHS_AFTER
        or not sides.gt(0).all(axis=None)
    ):
        return None
    import numpy as np
    from scipy.stats import t
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    time = (months.month - months.month.mean()).to_numpy(float) / 12
    angle = 2 * np.pi * months.month.to_numpy(float) / 12
    here, later = months.is_treated.to_numpy(float), months.is_after.to_numpy(float)
    columns = [np.ones_like(time), time, np.sin(angle), np.cos(angle)]
    if here.min() == 0:  # there is a comparison series
        columns += [here, here * time, later, here * later]
    else:
        columns += [later]
    model = GLM(
        months.incidents.to_numpy(float),
        np.column_stack(columns),
        family=Poisson(),
        offset=np.log(months.exposure.to_numpy(float)),
    )
    with warnings.catch_warnings():
        # of a fit that is perfect, or ends in no number: what comes out is looked at below
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        fit = model.fit(
            cov_type="hac-panel",
            cov_kwds={"groups": here.astype(int), "maxlags": _LAGS},
        )
    freedom = len(months) - len(columns)
    # robust errors of a short series are too small; those of the model are the least that is told
    spread = max(1.0, float(fit.pearson_chi2) / freedom)
    error = max(float(fit.bse[-1]), math.sqrt(spread * float(fit.normalized_cov_params[-1, -1])))
    change = float(fit.params[-1])
    # what is estimated rests on the months of one series, however many others there are
    own_freedom = len(treated) - len(columns)
    half = float(t.isf((1 - CONFIDENCE) / 2, own_freedom)) * error
    with np.errstate(over="ignore"):
        ratio, low, high = map(float, np.exp([change, change - half, change + half]))
    is_found = float(fit.fittedvalues.min()) > _LEAST_EXPECTED
    if not (is_found and all(map(math.isfinite, (ratio, low, high)))):
        return None
    return LevelChange(
        ratio,
        Interval(low, high),
        float(2 * t.sf(abs(change) / error, own_freedom)),
        len(before),
        len(after),
        spread,
    )
