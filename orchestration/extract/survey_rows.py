"""The bytes of a survey file to numbered rows of text; nothing here knows what a row means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.extract.delimited import Row
from orchestration.extract.tabular import readings

NumberedRows = list[tuple[int, Row]]


def rows_of(
    path: Path, folder: Path, fits: Callable[[NumberedRows], bool]
) -> dict[str, NumberedRows]:
    """The rows of each sheet that are not blank, with their number in the file or sheet.

    Args:
        path: a workbook, or a delimited text (its only sheet is then called "").
        folder: private, for unpacked copies.
        fits: whether rows look right; decides between the delimiters of a text, since texts of
            questions may hold more commas than the file has columns.

    Raises:
        UnreadableFileError: the file is empty or cannot be read.
    """
    sheets = {}
    for sheet, grids in readings(path, folder).items():
        candidates = [_numbered(rows) for rows in grids]
        sheets[sheet] = next((rows for rows in candidates if fits(rows)), candidates[0])
    return sheets


def _numbered(rows: list[Row]) -> NumberedRows:
    """Rows that say something; a spreadsheet's ``sep=`` line does not."""
    return [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(row) and not (number == 1 and row[0].casefold().startswith("sep="))
    ]
