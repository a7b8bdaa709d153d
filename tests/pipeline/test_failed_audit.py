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


ERRORED = (UNKNOWN_COLUMN, UNKNOWN_EXPECTATION)


def test_what_failed_what_errored_and_what_is_empty_are_told_apart(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = {
        "fct_status_figure": [IMPOSSIBLE],
        "fct_figure_evidence": ERRORED,
        "fct_incident_completeness": (),
    }
    answer = run_with(place, monkeypatch, spoilt)
    assert "Check expectations_fct_status_figure failed." in answer.told
    assert "every_figure_is_about_the_moon failed for 14 row(s)" in answer.told
    assert "this expectation cannot be met" in answer.told
    assert_is_unevaluated(answer, "fct_figure_evidence", ERRORED)
    assert_is_unevaluated(answer, "fct_incident_completeness", ())


# test_operation.py has one that fails alone, with the alert that follows
@pytest.mark.long
def test_a_failed_expectation_of_a_mart_stops_the_figures_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = IMPOSSIBLE | {"with": {"column": "library_id", "value_set": ["moon"]}}
    answer = run_with(place, monkeypatch, {"fct_library_half_year": [impossible]})
    assert "Check expectations_fct_library_half_year failed." in answer.told


@pytest.mark.long
@pytest.mark.parametrize("expectations", [ERRORED, ()], ids=["errored", "empty"])
def test_a_suite_that_errors_or_is_empty_stops_the_run_also_where_nothing_failed(
    place: Place, monkeypatch: pytest.MonkeyPatch, expectations: tuple[dict[str, Any], ...]
) -> None:
    answer = run_with(place, monkeypatch, {"fct_status_figure": expectations})
    assert_is_unevaluated(answer, "fct_status_figure", expectations)


def assert_is_unevaluated(
    answer: Answer, table: str, expectations: Sequence[dict[str, Any]]
) -> None:
    """It is said of the suite that it could not be carried out, and not that it failed."""
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
    told = [line.strip() for line in answer.error.splitlines()[1:]]
    assert all(line.startswith("Check ") for line in told), told


@pytest.mark.wide
def test_once_the_audit_passes_again_the_run_publishes(tmp_path: Path, place: Place) -> None:
    mended = copied(place, tmp_path / "place")
    before = mended.fingerprint()
    answer = mended.dataspor("run", "--as-of", NEXT_DAY)
    assert answer.exit_code == 0, answer.error
    assert mended.fingerprint() != before


def _note_of_an_incident_export(place: Place) -> Path:
    return sorted((place.settings.landing / "mainmanager").glob("*.json"))[0]
