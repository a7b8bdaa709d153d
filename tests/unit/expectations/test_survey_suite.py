"""The suite of survey answers: what it lets pass, and each number that it must not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.adapter import run_suite, suites

NUMBERS = ("respondents", "favourable", "favourable_share", "ci_low", "ci_high")
SHOWN = {
    "wave_id": "2025-02",
    "library_id": "vesterbro",
    "question_id": "tryg",
    "suppressed": False,
    **dict(zip(NUMBERS, (10, 7, 0.7, 0.4, 0.9), strict=True)),
}
SUPPRESSED = SHOWN | {"library_id": "valby", "suppressed": True} | dict.fromkeys(NUMBERS)


def failed(**changes: dict[str, Any]) -> list[str]:
    """The expectations that fail with changes to the shown or the suppressed row."""
    rows = [SHOWN | changes.get("shown", {}), SUPPRESSED | changes.get("suppressed", {})]
    result = run_suite(suites()["fct_survey_half_year"], pd.DataFrame(rows))
    return [outcome.name for outcome in result.outcomes if outcome.status != "passed"]


def test_an_answer_and_a_suppressed_group_are_as_expected() -> None:
    assert failed() == []


@pytest.mark.parametrize("column", NUMBERS)
def test_a_suppressed_group_may_show_none_of_its_numbers(column: str) -> None:
    (name,) = failed(suppressed={column: SHOWN[column]})
    assert name.startswith("suppressed_rows_show_no_")


@pytest.mark.parametrize(("end", "beyond"), [("ci_low", 0.8), ("ci_high", 0.6)])
def test_an_interval_may_not_leave_out_its_share_at_either_end(end: str, beyond: float) -> None:
    (name,) = failed(shown={end: beyond})
    assert name.startswith("the_interval_has_the_share")
