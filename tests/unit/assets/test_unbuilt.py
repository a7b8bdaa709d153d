"""What is told of results that are missing, and in sentences; a build is in tests/pipeline/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.assets.unbuilt import unbuilt


@pytest.mark.parametrize("written", [None, "", '{"results": [{"unique_id": "model.dataspor.dim'])
def test_of_a_build_that_left_no_whole_results_nothing_is_known(
    tmp_path: Path, written: str | None
) -> None:
    results = tmp_path / "run_results.json"
    if written is not None:
        results.write_text(written)
    assert unbuilt(results) == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            "Runtime Error in model dim_district (a.sql)\n  Conversion Error: no number\n  LINE 1",
            None,
        ),
        ("Conversion Error: no number.", None),
        ("Where is it?", "Where is it?"),
    ],
)
def test_what_its_database_says_of_a_model_becomes_a_sentence(
    tmp_path: Path, message: str, reason: str | None
) -> None:
    results = tmp_path / "run_results.json"
    told = {"unique_id": "model.dataspor.dim_district", "status": "error", "message": message}
    results.write_text(json.dumps({"results": [told]}))
    assert unbuilt(results) == [
        "Model dim_district (models/marts/dim_district.sql) could not be built: "
        + (reason or "Conversion Error: no number.")
    ]
