"""What a terminal shows of the figures is rounded as their sentences are."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from orchestration.figures.numbers import percent, whole
from orchestration.present import figures_table, print_frame


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


def test_json_and_csv_have_the_same_whole_numbers_and_days(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = (87 / 148 - 1) * 100
    table = pd.DataFrame(
        {
            "figure": ["Blågården 1/2", None],
            "value": [value, None],
            "share": [1 / 3, 1e-12],
            "count": [3, 4],
            "is_planned": [True, False],
            "as_of": pd.to_datetime(["2025-11-17", None]),
            "at": pd.to_datetime(["2025-11-17 05:30:00", None]),
        }
    )
    print_frame(table, "json")
    told = capsys.readouterr().out
    assert "Blågården 1/2" in told
    first, second = json.loads(told)
    assert first == {
        "figure": "Blågården 1/2",
        "value": value,
        "share": 1 / 3,
        "count": 3,
        "is_planned": True,
        "as_of": "2025-11-17",
        "at": "2025-11-17 05:30:00",
    }
    assert second["figure"] is second["value"] is second["as_of"] is None
    assert second["share"] == 1e-12
    print_frame(table, "csv")
    row, _ = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (float(row["value"]), row["as_of"], row["at"]) == (
        first["value"],
        first["as_of"],
        first["at"],
    )


def test_without_rows_there_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    print_frame(pd.DataFrame({"value": []}), "json")
    assert json.loads(capsys.readouterr().out) == []
