"""Twenty thousand damaged files, most of them texts: a workbook costs a process each."""

from __future__ import annotations

import os

import pytest

from tests.budget import SHARE
from tests.proofs import Proof
from tests.unit.extract.fuzzing import fuzz
from tests.unit.extract.incident_exports import Desk

pytestmark = pytest.mark.wide

# where seeds start, for other files
START = int(os.environ.get("LONG_SEED", "1000"))
FILES = {
    "text": 8_000,
    "packed": 1_500,
    "workbook": 1_500,
    "presence": 3_000,
    "snapshot": 4_500,
    "survey": 1_500,
}


PART = 500
LEAST = 100  # of fewer, all may end the same way
PARTS = [(kind, first) for kind, files in FILES.items() for first in range(0, files, PART)]


@pytest.mark.parametrize(("kind", "first"), PARTS)
def test_thousands_of_damaged_files_end_in_rows_that_balance_or_in_a_refusal(
    shared_desk: Desk, kind: str, first: int, proof: Proof
) -> None:
    seed, files = START + first, max(LEAST, int(PART * SHARE))
    counts = fuzz(shared_desk, kind, range(seed, seed + files))
    proof("damaged files: balanced, or refused with a reason", "20,000", sum(counts.values()))
    assert len(counts) > 1


def test_it_is_twenty_thousand_files() -> None:
    assert PART * len(PARTS) == sum(FILES.values()) >= 20_000
