"""An interrupted series finds the change that was put in, and none where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from statsmodels.formula.api import glm
from statsmodels.genmod.families import Poisson

from orchestration.evidence.interrupted import level_change


def months(
    before: int = 27,
    after: int = 9,
    *,
    effect: float = 1.0,
    common: float = 1.0,
    noise: np.random.Generator | None = None,
) -> pd.DataFrame:
    """A treated series and a larger one beside it, with season and slope."""
    rows = []
    for is_treated, level in ((True, 20.0), (False, 150.0)):
        for month in range(before + after):
            is_after = month >= before
            mean = level * np.exp(0.15 * np.sin(2 * np.pi * month / 12) + 0.004 * month)
            mean *= (common if is_after else 1) * (effect if is_after and is_treated else 1)
            count = mean if noise is None else noise.poisson(mean)
            rows.append((24_000 + month, is_treated, is_after, count, 300.0))
    columns = ["month", "is_treated", "is_after", "incidents", "exposure"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.filterwarnings("error")  # a run's screen has none of the library's
@pytest.mark.parametrize("effect", [0.5, 1.0, 1.6])
def test_without_noise_the_change_is_found_exactly(effect: float) -> None:
    change = level_change(months(effect=effect, common=0.8))
    assert change is not None
    assert change.ratio == pytest.approx(effect, rel=1e-4)
    assert (change.months_before, change.months_after) == (27, 9)
    assert change.interval.low < change.ratio < change.interval.high


def test_what_happened_everywhere_is_no_effect() -> None:
    change = level_change(months(common=0.5, noise=np.random.default_rng(3)))
    assert change is not None
    assert not change.interval.excludes(1)
    assert change.p_value > 0.05


def test_a_series_alone_is_told_too() -> None:
    alone = months(effect=0.5)
    change = level_change(alone[alone.is_treated])
    assert change is not None
    assert change.ratio == pytest.approx(0.5, rel=1e-4)


def test_shorter_hours_are_no_fall() -> None:
    table = months(effect=0.5)
    table.loc[table.is_treated & table.is_after, "exposure"] /= 2
    change = level_change(table)
    assert change is not None
    assert change.ratio == pytest.approx(1.0, rel=1e-4)


def in_waves(table: pd.DataFrame) -> pd.DataFrame:
    """The counts up or down by three tenths, for four months at a time in each series."""
    factors = np.repeat(np.random.default_rng(1).choice([0.7, 1.3], size=len(table) // 4), 4)
    return table.assign(incidents=(table.incidents * factors).round())


@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("is_in_waves", [False, True])
def test_the_answer_is_that_of_the_same_model_written_as_a_formula(
    is_alone: bool, is_in_waves: bool
) -> None:
    table = months(effect=0.7, noise=np.random.default_rng(11))
    if is_in_waves:
        table = in_waves(months(effect=0.7))
    table["exposure"] = 250.0 + np.arange(len(table)) % 7 * 20
    table = table[table.is_treated] if is_alone else table
    written = table.sort_values(["is_treated", "month"]).assign(
        here=lambda rows: rows.is_treated.astype(float),
        later=lambda rows: rows.is_after.astype(float),
        years=lambda rows: (rows.month - rows.month.mean()) / 12,
    )
    season = "np.sin(2 * np.pi * month / 12) + np.cos(2 * np.pi * month / 12)"
    formula = f"incidents ~ years + {season} + later"
    if not is_alone:
        formula += " + here + here:years + here:later"
    model = glm(formula, written, family=Poisson(), offset=np.log(written.exposure))
    wanted = "later" if is_alone else "here:later"
    robust = model.fit(
        cov_type="hac-panel",
        cov_kwds={
            "time": written.month.to_numpy(),
            "groups": written.here.to_numpy(int),
            "maxlags": 3,
            "use_correction": "hac",
        },
    )
    plain = model.fit()
    spread = max(1.0, plain.pearson_chi2 / plain.df_resid)
    errors = [robust.bse[wanted], plain.bse[wanted] * spread**0.5]
    assert errors.index(max(errors)) == (0 if is_in_waves else 1)  # each is the larger one once
    error = max(errors)
    freedom = 36 - len(plain.params)

    change = level_change(table.sample(frac=1, random_state=1))  # in whatever order rows come

    assert change is not None
    effect = plain.params[wanted]
    half = t.ppf(0.975, freedom) * error
    assert change.ratio == pytest.approx(np.exp(effect), rel=1e-6)
    assert change.interval.low == pytest.approx(np.exp(effect - half), rel=1e-6)
    assert change.interval.high == pytest.approx(np.exp(effect + half), rel=1e-6)
    assert change.p_value == pytest.approx(2 * t.sf(abs(effect) / error, freedom), rel=1e-5)
    assert change.overdispersion == pytest.approx(spread, rel=1e-6)


def test_counts_that_vary_more_than_chance_are_told_and_widen_the_interval() -> None:
    table = months(effect=0.7)
    table["incidents"] = (table.incidents * (1 + 0.5 * (-1) ** table.month)).round()
    change, even = level_change(table), level_change(months(effect=0.7))
    assert change is not None and even is not None
    assert (even.overdispersion, change.overdispersion > 2) == (1, True)
    assert change.interval.high / change.interval.low > even.interval.high / even.interval.low


def test_the_least_months_and_a_single_incident_on_a_side_are_enough() -> None:
    assert level_change(months(before=12, after=6)) is not None
    table = months()
    after = table.is_treated & table.is_after
    table.loc[after, "incidents"] = 0
    table.loc[after & (table.month == 24_027), "incidents"] = 1
    assert level_change(table) is not None


def test_too_few_months_or_no_incidents_on_one_side_tell_nothing() -> None:
    assert level_change(months(before=11)) is None
    assert level_change(months(after=5)) is None
    none_after = months()
    none_after.loc[none_after.is_treated & none_after.is_after, "incidents"] = 0
    assert level_change(none_after) is None
    none_before = months()
    none_before.loc[none_before.is_treated & ~none_before.is_after, "incidents"] = 0
    assert level_change(none_before) is None


@pytest.mark.parametrize("is_after", [False, True])
def test_a_comparison_without_incidents_on_one_side_tells_nothing(is_after: bool) -> None:
    table = months(noise=np.random.default_rng(7))
    table.loc[~table.is_treated & (table.is_after == is_after), "incidents"] = 0
    assert level_change(table) is None


@pytest.mark.filterwarnings("error")
def test_a_comparison_of_too_few_incidents_for_a_number_tells_nothing() -> None:
    table = months(noise=np.random.default_rng(7))
    beside = ~table.is_treated
    table.loc[beside, "incidents"] = 0
    # one before and one after, which an ever steeper slope fits ever better
    table.loc[beside & table.month.isin([24_000, 24_027]), "incidents"] = 1
    assert level_change(table) is None


def test_no_change_is_seldom_called_one() -> None:
    dice = np.random.default_rng(5)
    found = [level_change(months(noise=dice)) for _ in range(200)]
    called = sum(change is not None and change.interval.excludes(1) for change in found)
    assert called <= 14  # 5 per cent of 200, and what chance adds to it in 97 of 100 series
