"""What is told of dbt's results where there are none; real ones are in tests/pipeline/."""

from __future__ import annotations

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
