"""What must hold of every export that can be written: the check of the property tests."""

from __future__ import annotations

from collections import Counter

import pytest

from orchestration.errors import UnreadableFileError
from orchestration.extract import mainmanager
from orchestration.extract.delimited import Delimited
from tests.unit.extract.incident_exports import CONFIG, Desk, Row, with_incidents
from tests.unit.extract.incident_strategies import Flavour, Incident, may_be_refused, write

# of a row that is no library's, the cells are not wanted, and the quick way leaves some unread
NOT_COMPARED = {
    "excluded": ("status", "is_void", "count", "reported_at", "occurred_at", "updated_at")
}
met: Counter[str] = Counter()


def check(desk: Desk, incidents: list[Incident], flavour: Flavour, sample_rows: int) -> None:
    """Write, extract, and compare row by row; a refusal must be one that the text deserves."""
    path, expected, grids = write(desk.folder, incidents, flavour)
    # most examples with the formats that the file needs, which is quicker
    formats = [flavour.date_format, "excel"]
    config = with_incidents(date_formats=formats) if flavour.spelling % 4 else CONFIG
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mainmanager, "SAMPLE_ROWS", sample_rows)
        # dates are looked at in fewer rows than the sample has, never in more
        patch.setattr(mainmanager, "DATE_ROWS", min(mainmanager.DATE_ROWS, sample_rows))
        try:
            found = desk.read(path, config)
        except UnreadableFileError as refused:
            assert may_be_refused(grids, flavour), refused
            met[f"{flavour.kind}, refused"] += 1
            return
    assert found.balances, found.landed
    differences = [
        (name, row.number, getattr(row, name), getattr(wanted, name))
        for row, wanted in zip(found.rows, expected, strict=False)
        for name in row.__dataclass_fields__
        if name not in NOT_COMPARED.get(row.outcome, ("status",))
        and getattr(row, name) != getattr(wanted, name)
    ]
    assert not differences, differences
    assert len(found.rows) == len(expected), (len(found.rows), len(expected))
    assert _partition(found.rows) == _partition(expected)
    met[flavour.kind] += 1
    met["rows"] += len(expected)


def _partition(every: list[Row]) -> list[int]:
    """Which rows have the same status, whatever it is called: the first such row of each."""
    first: dict[str | None, int] = {None: -1}
    rows = [row for row in every if row.outcome != "excluded"]
    return [first.setdefault(row.status, number) for number, row in enumerate(rows)]


def check_both_ways(desk: Desk, incidents: list[Incident], flavour: Flavour) -> None:
    """A text read as it lies, in two steps, and one written anew give the same Parquet."""
    path, _, grids = write(desk.folder, incidents, flavour)
    config = with_incidents(date_formats=[flavour.date_format, "excel"])
    stored = []
    try:
        for is_rewritten in (False, True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(mainmanager, "SAMPLE_ROWS", 1)
                patch.setattr(mainmanager, "DATE_ROWS", 1)
                if is_rewritten:
                    # how many rows there should be is not known: the text is not trusted
                    patch.setattr(Delimited, "expected_rows", lambda text: text.known_rows)
                found = desk.read(path, config)
                usable = [cells for cells in found.stored if "excluded" not in cells]
                outcomes = [(row.number, row.incident_id, row.outcome) for row in found.rows]
                stored.append((usable, outcomes))
    except UnreadableFileError as refused:
        assert may_be_refused(grids, flavour), refused
    else:
        assert stored[0] == stored[1]
