"""What a terminal shows of the figures is rounded as their sentences are."""

from __future__ import annotations

import pandas as pd
import pytest

from orchestration.figures.numbers import percent, whole
from orchestration.present import figures_table


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("percent", (15 / 40 - 1) * 100, "-63 %"),
        ("percent", 12.5, "+13 %"),
        ("percent", -0.2, "+0 %"),
        ("percentage_points", 2.5, "+3 points"),
        ("share", 5 / 8, "63%"),
        ("share", 23 / 40, "58%"),
        ("rank", 1.0, "no. 1"),
        ("hours", 1234.5, "1,235 h"),
        ("percent", None, "–"),
    ],
)
def test_halves_are_shown_as_the_sentence_rounds_them(
    unit: str, value: float | None, shown: str
) -> None:
    row = {
        "figure_id": "f",
        "unit": unit,
        "value_from": value,
        "value_to": value,
        "value": value,
        "ci_low": value,
        "ci_high": value,
        "evidence": "too_few",
        "maturity": "final",
    }
    (told,) = figures_table(pd.DataFrame([row])).to_dict("records")
    assert told["value"] == shown
    assert told["95 % interval"] == (shown if value is None else f"{shown} to {shown}")
    if value is not None and unit in ("percent", "share"):
        written = percent(value) if unit == "share" else whole(abs(value))
        assert written in told["value"]
