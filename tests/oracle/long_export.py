"""An export of several megabytes in which each incident stands twice: the later row counts.

Row order decides every figure of it, and it is longer than what is read of a text in one go.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from tests.oracle.case import Case, IncidentFile, IncidentRow
from tests.oracle.files import csv_bytes, save

INCIDENTS: Final = 3_000
TEXT: Final = "Beskrivelse, som er lang. " * 40
HEADER: Final = ("Nr.", "Oprettet", "Ejendom", "Kategori", "Beskrivelse")
KINDS: Final = {"threats": "Trusler", "violence": "Vold"}
MODIFIED: Final = 1_756_684_800


def write_long_case(directory: Path) -> Case:
    """Write the export, first what was thought of each incident and then what it was."""
    reported_at = dt.datetime.fromisoformat("2024-11-05 10:00")
    rows = [
        IncidentRow(str(number), reported_at, "vesterbro", category)
        for category in KINDS
        for number in range(INCIDENTS)
    ]
    grid = [
        [row.incident_id, "05-11-2024 10:00", "Vesterbro", KINDS[str(row.category)], TEXT]
        for row in rows
    ]
    content = csv_bytes([HEADER, *grid], encoding="utf-8", delimiter=";")
    digest = save(directory / "mainmanager" / "long.csv", content, MODIFIED)
    file = IncidentFile("long.csv", digest, MODIFIED, rows=tuple(rows))
    return Case(as_of=dt.date(2025, 5, 1), directory=directory, incident_files=(file,))
