"""What the ledger says of declared corrections, and when one has met nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from orchestration.errors import DatasporError
from orchestration.landing.corrections import applied
from tests.unit.landing.made_corrections import correction, met_by


def test_each_correction_has_a_row_for_each_file_that_it_met() -> None:
    files = [met_by("a", one=3), met_by("b", one=1), met_by("c", two=2), met_by("d")]
    found = applied([correction("one"), correction("two")], files)
    assert [(r["correction_id"], r["source_file_id"], r["rows_corrected"]) for r in found] == [
        *(("one", "a", 3), ("one", "b", 1), ("two", "c", 2)),
    ]
    assert found[0] == {
        "correction_id": "one",
        "source_file_id": "a",
        "corrected_column": "count",
        "reason": "Talt forkert",
        "decided_on": dt.date(2025, 1, 10),
        "rows_corrected": 3,
    }


def test_corrections_that_met_nothing_are_named_with_what_to_do() -> None:
    declared = [correction("one"), correction("two"), correction("three")]
    with pytest.raises(DatasporError) as told:
        applied(declared, [met_by("a", two=1)])
    assert str(told.value) == (
        "corrections.csv: one, three matched no row of the exports. Either the export was mended "
        "and the correction can go, or its incident_id, match or old_value is wrong, or a "
        "correction above it puts the same cells right."
    )


def test_a_file_that_is_not_used_corrects_nothing() -> None:
    stopped = replace(met_by("a", one=1), status="stopped")
    with pytest.raises(DatasporError, match="one matched no row"):
        applied([correction("one")], [stopped])
    assert len(applied([correction("one")], [stopped, met_by("b", one=1)])) == 1
