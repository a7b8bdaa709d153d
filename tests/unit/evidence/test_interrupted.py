"""An interrupted series finds the change that was put in, and none where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

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


def test_too_few_months_or_no_incidents_on_one_side_tell_nothing() -> None:
    assert level_change(months(before=11)) is None
    assert level_change(months(after=5)) is None
    none_after = months()
    none_after.loc[none_after.is_treated & none_after.is_after, "incidents"] = 0
    assert level_change(none_after) is None


def test_no_change_is_seldom_called_one() -> None:
    dice = np.random.default_rng(5)
    found = [level_change(months(noise=dice)) for _ in range(200)]
    called = sum(change is not None and change.interval.excludes(1) for change in found)
    assert called <= 14  # 5 per cent of 200, and what chance adds to it in 97 of 100 series
