"""Twenty thousand damaged files, most of them texts: a workbook costs a process each."""

from __future__ import annotations

import os

import pytest

from tests.unit.extract.fuzzing import fuzz
from tests.unit.extract.incident_exports import Desk

pytestmark = pytest.mark.long

# a share of the files, for a machine with less time; and where seeds start, for other files
SHARE = float(os.environ.get("LONG_SHARE", "1"))
START = int(os.environ.get("LONG_SEED", "1000"))
FILES = {
    "text": 8_000,
    "packed": 1_500,
    "workbook": 1_500,
    "presence": 3_000,
    "snapshot": 4_500,
    "survey": 1_500,
}


@pytest.mark.parametrize("kind", FILES)
def test_thousands_of_damaged_files_end_in_rows_that_balance_or_in_a_refusal(
    shared_desk: Desk, kind: str
) -> None:
    counts = fuzz(shared_desk, kind, range(START, START + int(FILES[kind] * SHARE)))
    print(dict(counts))
    assert len(counts) > 1
