"""What was left out of the public tables and why, without any count; for the owner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from orchestration.errors import DatasporError
from orchestration.settings import Settings

NAME = "disclosure.json"
COLUMNS = ("table", "half_year_id", "what", "reason")

REASONS = {
    "primary": "a small count, or a small group of answers",
    "complement": "nearly all of a group answered alike",
    "secondary": "a small count could be computed from it",
    "earlier": "beside an earlier publication it would tell a small count or change",
    "held_back": "shown as it was published earlier; it has changed too little since to be shown",
    "provisional": "not public before the half-year is final",
}
# reasons for which a number is empty; the others say that it is older, or not there yet
SUPPRESSED = ("primary", "complement", "secondary", "earlier")


@dataclass(frozen=True)
class LeftOut:
    """Something that the public does not see.

    Attributes:
        table: the public table.
        half_year_id: the half-year that it speaks of.
        what: the cell, group or figure.
        reason: one of :data:`REASONS`.
    """

    table: str
    half_year_id: str
    what: str
    reason: str


def write_report(folder: Path, left_out: list[LeftOut]) -> None:
    """Write the report into a version's folder."""
    rows = [list(vars(one).values()) for one in left_out]
    text = json.dumps(rows, ensure_ascii=False, indent=0)
    (folder / NAME).write_text(text, encoding="utf-8")


def read_report(settings: Settings) -> pd.DataFrame:
    """What is left out of the published public tables; columns as in :class:`LeftOut`.

    Raises:
        DatasporError: nothing is published, or by a version that had no public tables.
    """
    path = settings.published / "current" / NAME
    if not path.exists():
        raise DatasporError(
            f"No public tables are published in {settings.published}. Run `dataspor run` first."
        )
    rows = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
