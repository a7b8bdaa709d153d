"""Rows of cells to the bytes of a csv file or a workbook; knows no column's meaning."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | float | dt.datetime | None
_CREATED = dt.datetime(2025, 11, 17, 6)  # noqa: DTZ001  fixed: the same bytes at every call


def csv_bytes(
    rows: Iterable[Sequence[Cell]], *, encoding: str, delimiter: str = ";", newline: str = "\r\n"
) -> bytes:
    """A delimited text; fields are quoted only where they must be."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(
    rows: Iterable[Sequence[Cell]], *, sheet: str, title: str, date_format: str
) -> bytes:
    """A workbook of one sheet; datetimes become real date cells."""
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False})
    workbook.set_properties(
        {"title": title, "author": "Syntetiske data", "comments": title, "created": _CREATED}
    )
    dates = workbook.add_format({"num_format": date_format})
    page = workbook.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, cell)
            elif isinstance(cell, dt.datetime):
                page.write_datetime(number, column, cell, dates)
            elif cell is not None:
                page.write_number(number, column, cell)
    workbook.close()
    return content.getvalue()
