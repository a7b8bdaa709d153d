"""Writes grids of cells as csv or xlsx files, byte for byte the same every time."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

Cell = str | int | float | dt.datetime | dt.date | dt.time | None
Grid = Sequence[Sequence[Cell]]

_DAY_ZERO: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - local times have no zone here
_FORMATS: Final = {
    dt.datetime: "dd-mm-yyyy hh:mm",
    dt.date: "dd-mm-yyyy",
    dt.time: "hh:mm",
}


def serial_number(moment: dt.datetime) -> float:
    """Days since the beginning of spreadsheet time."""
    return (moment - _DAY_ZERO) / dt.timedelta(days=1)


def csv_bytes(
    grid: Grid,
    *,
    encoding: str,
    delimiter: str,
    quote_all: bool = False,
    newline: str = "\r\n",
    first_line: str = "",
) -> bytes:
    """A grid of texts as csv; ``utf-16`` has a byte order mark and is little-endian."""
    buffer = io.StringIO(newline="")
    buffer.write(first_line)
    writer = csv.writer(
        buffer,
        delimiter=delimiter,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    for row in grid:
        writer.writerow(["" if cell is None else str(cell) for cell in row])
    text = buffer.getvalue()
    if encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(encoding)


def xlsx_bytes(sheets: dict[str, Grid], *, hidden: Sequence[str] = ()) -> bytes:
    """Grids as the sheets of a workbook; texts stay texts, whatever they look like."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2025, 1, 1)})  # noqa: DTZ001
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    for name, grid in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for row_number, row in enumerate(grid):
            for column, cell in enumerate(row):
                _write_cell(sheet, row_number, column, cell, formats)
    book.close()
    return buffer.getvalue()


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.date | dt.time):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    elif cell is not None:
        sheet.write_number(row, column, cell)


def with_false_dimension(workbook: bytes) -> bytes:
    """The same workbook, whose sheets claim to have a single cell."""
    source = zipfile.ZipFile(io.BytesIO(workbook))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', content)
            target.writestr(info, content)
    return buffer.getvalue()


def save(path: Path, content: bytes, modified: int) -> str:
    """Write a file with a modification time; its sha256 is returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (modified, modified))
    return hashlib.sha256(content).hexdigest()
