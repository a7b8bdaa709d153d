"""The ledger at landing: one line a source file, and what is noted about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from orchestration.extract.rows import Landed
from orchestration.landing.inventory import SourceFile


@dataclass(frozen=True)
class LandedFile:
    """A source file's line of the ledger at landing.

    Attributes:
        status: ``landed``, or why the file could not be used as a whole.
        reason: a sentence, where it could not.
        rows_read: data rows in the file.
        description_rows: those of them that only describe other rows.
        rows_not_data: blank rows, repeated headers, footers and group rows.
        parquet: landed table to the paths of its rows.
        reasons: reason code to the number of rows refused for it.
        corrections: correction id to the number of rows it changed.
        layouts: what a later export can differ in, one a table of the file.
        notes: what is worth knowing of a file that is used.
        is_new: landed by this call, not before.
    """

    file: SourceFile
    status: str
    reason: str | None
    rows_read: int = 0
    description_rows: int = 0
    rows_not_data: int = 0
    parquet: dict[str, list[str]] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    corrections: dict[str, int] = field(default_factory=dict)
    layouts: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_new: bool = False


def notes_on(result: Landed) -> list[str]:
    """What was left out of a file without being a row of data, and what was corrected in it."""
    notes = []
    if result.rows_not_data:
        notes.append(f"{result.rows_not_data} rows are no data (blank, headers, totals, groups)")
    for sheet, rows in result.not_read.items():
        size = f" ({rows} rows)" if rows else ""
        notes.append(f"sheet {sheet!r}{size} has no header and was not read")
    notes += [f"{name!r} was not read: {why}" for name, why in result.unreadable.items()]
    for correction_id, rows in sorted(result.corrections.items()):
        notes.append(f"correction {correction_id} changed {rows} rows")
    return notes
