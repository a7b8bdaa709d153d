"""Corrections declared in corrections.csv: which rows they met, and that each met some."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.config.model import Correction
from orchestration.errors import DatasporError
from orchestration.landing.ledger import LandedFile


def applied(
    corrections: Sequence[Correction], files: Sequence[LandedFile]
) -> list[dict[str, object]]:
    """What each correction changed. Grain: correction × source file.

    Old and new values are not in it: they could be anything. They stand in corrections.csv.

    Raises:
        DatasporError: a correction changed no row of the files present.
    """
    rows = [
        {
            "correction_id": correction.correction_id,
            "source_file_id": file.file.source_file_id,
            "corrected_column": correction.field,
            "reason": correction.reason,
            "decided_on": correction.decided_on,
            "rows_corrected": file.corrections[correction.correction_id],
        }
        for correction in corrections
        for file in files
        if file.status == "landed" and correction.correction_id in file.corrections
    ]
    met = {row["correction_id"] for row in rows}
    missed = [c.correction_id for c in corrections if c.correction_id not in met]
    if missed:
        raise DatasporError(
            f"corrections.csv: {', '.join(missed)} matched no row of the exports. Either the "
            "export was mended and the correction can go, or its incident_id, match or old_value "
            "is wrong, or a correction above it puts the same cells right."
        )
    return rows
