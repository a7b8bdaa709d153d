"""The bytes of a survey file to numbered rows of text; nothing here knows what a row means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.errors import UnreadableFileError
from orchestration.extract.tables import (
    Row,
    decode,
    delimiters_of,
    is_workbook,
    read_workbook,
    split_rows,
)

NumberedRows = list[tuple[int, Row]]


def rows_of(path: Path, name: str, fits: Callable[[NumberedRows], bool]) -> dict[str, NumberedRows]:
    """The rows of each sheet that are not blank, with their number in the file or sheet.

    Args:
        path: a workbook, or a delimited text (its only sheet is then called "").
        name: what the file is called in an error; its bytes may lie under another name.
        fits: whether rows look right; decides between the delimiters of a text, since texts of
            questions may hold more commas than the file has columns.

    Raises:
        UnreadableFileError: the file is empty or cannot be read.
    """
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", f"{name} is empty (0 bytes); export it again")
    if is_workbook(path):
        return {sheet: _numbered(rows) for sheet, rows in read_workbook(path).items()}
    text = decode(path.read_bytes())
    candidates = [_numbered(split_rows(text, delimiter)) for delimiter in delimiters_of(text)]
    return {"": next((rows for rows in candidates if fits(rows)), candidates[0])}


def _numbered(rows: list[Row]) -> NumberedRows:
    """Rows that say something; a spreadsheet's ``sep=`` line does not."""
    return [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(row) and not (number == 1 and row[0].casefold().startswith("sep="))
    ]
