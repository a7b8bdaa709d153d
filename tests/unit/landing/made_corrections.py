"""A correction, and a landed file that met some, for tests of both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from orchestration.config.model import Correction
from orchestration.landing.inventory import SourceFile
from orchestration.landing.ledger import LandedFile


def correction(correction_id: str) -> Correction:
    return Correction(
        correction_id=correction_id,
        incident_id="7",
        field="count",
        old_value="1",
        new_value="2",
        reason="Talt forkert",
        decided_by="fagkonsulent",
        decided_on=dt.date(2025, 1, 10),
    )


def met_by(source_file_id: str, **corrections: int) -> LandedFile:
    """A file's line of the ledger, with how many rows each correction met."""
    exported_at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    file = SourceFile("mainmanager", source_file_id, Path("a.csv"), "a.csv", exported_at)
    return LandedFile(file, "landed", None, corrections=corrections)
