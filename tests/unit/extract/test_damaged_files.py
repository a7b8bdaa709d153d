"""A few hundred damaged files; tests/wide/test_fuzzing.py has the other twenty thousand."""

from __future__ import annotations

import pytest

from tests.unit.extract.fuzzing import fuzz
from tests.unit.extract.incident_exports import Desk

FILES = {"text": 80, "packed": 30, "workbook": 30, "presence": 60, "snapshot": 80, "survey": 30}


@pytest.mark.parametrize("kind", FILES)
def test_damaged_files_end_in_rows_that_balance_or_in_a_refusal(
    shared_desk: Desk, kind: str
) -> None:
    counts = fuzz(shared_desk, kind, range(FILES[kind]))
    # damage that refused all files, or none, would try nothing
    assert len(counts) > 1, counts
