"""A blocking check that fails, or cannot be carried out, publishes nothing and says why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from expectations.adapter import Suite, suites
from orchestration.assets import audit
from tests.pipeline.installation import Answer, Place, copied

NEXT_DAY = "2025-11-18"  # a day later than what is published, so that there is something to do
IMPOSSIBLE = {
    "name": "every_figure_is_about_the_moon",
    "because": "this expectation cannot be met",
    "expect": "expect_column_values_to_be_in_set",
    "with": {"column": "scope_kind", "value_set": ["moon"]},
}
UNKNOWN_COLUMN = {
    "name": "the_weight_is_known",
    "because": "there is no such column",
    "expect": "expect_column_values_to_not_be_null",
    "with": {"column": "weight"},
}
UNKNOWN_EXPECTATION = {
    "name": "nobody_knows_this_one",
    "because": "the library has no such expectation",
    "expect": "expect_the_unexpected",
    "with": {},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sample_run: Place) -> Place:
    """A copy of the sample's installation; every test here leaves what it published as it is."""
    return copied(sample_run, tmp_path_factory.mktemp("audit") / "place")


def run_with(
    place: Place, monkeypatch: pytest.MonkeyPatch, spoilt: Mapping[str, Sequence[dict[str, Any]]]
) -> Answer:
    """Run with suites, by table, that have these expectations and no others."""
    changed: dict[str, Suite] = dict(suites())
    for table, expectations in spoilt.items():
        changed[table] = replace(changed[table], expectations=list(expectations))
    monkeypatch.setattr(audit, "suites", lambda: changed)
    return refused_run(place)


def refused_run(place: Place) -> Answer:
    before = place.fingerprint()
    answer = place.dataspor("run", "--as-of", NEXT_DAY)
    assert place.fingerprint() == before, "what was published has changed"
    assert answer.exit_code == 1
    assert "what was published before is untouched" in answer.told
    for trace_of_a_stack in ("Traceback", "Stack Trace", 'File "', "DagsterExecution"):
        assert trace_of_a_stack not in answer.told
    return answer


def test_a_failed_expectation_is_named_with_its_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = run_with(place, monkeypatch, {"fct_status_figure": [IMPOSSIBLE]})
    assert "Check expectations_fct_status_figure failed." in answer.told
    assert "every_figure_is_about_the_moon failed for 14 row(s)" in answer.told
    assert "this expectation cannot be met" in answer.told


# test_operation.py has one that fails alone, with the alert that follows
@pytest.mark.long
def test_a_failed_expectation_of_a_mart_stops_the_figures_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = IMPOSSIBLE | {"with": {"column": "library_id", "value_set": ["moon"]}}
    answer = run_with(place, monkeypatch, {"fct_library_half_year": [impossible]})
    assert "Check expectations_fct_library_half_year failed." in answer.told


ERRORED = (UNKNOWN_COLUMN, UNKNOWN_EXPECTATION)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"fct_status_figure": ERRORED, "fct_figure_evidence": ()},
        pytest.param({"fct_status_figure": ERRORED}, marks=pytest.mark.long),
        pytest.param({"fct_status_figure": ()}, marks=pytest.mark.long),
    ],
    ids=["both", "errored", "empty"],
)
def test_a_suite_that_errors_or_is_empty_is_said_to_be_unevaluated_and_not_failed(
    place: Place, monkeypatch: pytest.MonkeyPatch, spoilt: dict[str, tuple[dict[str, Any], ...]]
) -> None:
    answer = run_with(place, monkeypatch, spoilt)
    for table, expectations in spoilt.items():
        assert f"Check expectations_{table} failed" not in answer.told
        for expectation in expectations:
            assert f"{expectation['name']} could not be evaluated" in answer.told
            assert f"{expectation['name']} failed" not in answer.told
        if not expectations:
            assert "the suite evaluated no expectation" in answer.told


def test_a_row_lost_between_file_and_warehouse_fails_the_ledger_check_of_dbt(place: Place) -> None:
    note = _note_of_an_incident_export(place)
    landed = json.loads(note.read_text(encoding="utf-8"))
    spoilt = {**landed, "file": {**landed["file"], "rows_read": landed["file"]["rows_read"] + 1}}
    note.write_text(json.dumps(spoilt), encoding="utf-8")
    try:
        answer = refused_run(place)
    finally:
        note.write_text(json.dumps(landed), encoding="utf-8")
    assert "rows_unaccounted" in answer.told


@pytest.mark.wide
def test_once_the_audit_passes_again_the_run_publishes(tmp_path: Path, place: Place) -> None:
    mended = copied(place, tmp_path / "place")
    before = mended.fingerprint()
    answer = mended.dataspor("run", "--as-of", NEXT_DAY)
    assert answer.exit_code == 0, answer.error
    assert mended.fingerprint() != before


def _note_of_an_incident_export(place: Place) -> Path:
    return sorted((place.settings.landing / "mainmanager").glob("*.json"))[0]
