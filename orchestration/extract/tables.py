"""Files to tables of text cells: csv, tsv and xlsx; nothing here knows what a column means.

Cells come out as text however the file typed them (a date as ISO, 12345.0 as 12345), so that
there is one way to read a value. Rows keep the number that a person sees in the file or sheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from orchestration.errors import UnreadableFileError
from orchestration.extract.tabular import Header, HeaderFinder

HEAD_ROWS = 60
MAX_UNPACKED_BYTES = 2_000_000_000
MAX_UNPACK_RATIO = 400
_DELIMITERS = (";", "\t", ",")
_MOJIBAKE = ("Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…", "\ufffd")

Row = list[str]


@dataclass(frozen=True)
class Table:
    """A table below its header: ``rows`` are pairs of row number and all cells as text."""

    sheet: str
    header: Header
    rows: list[tuple[int, Row]]


def read_tables(path: Path, find_header: HeaderFinder, *, what: str) -> list[Table]:
    """Every table of a file that has the wanted header; blank rows are left out.

    Args:
        path: a csv, tsv, txt or xlsx file.
        find_header: tells where in the first rows the header is, or None.
        what: what the header needs, for the error message.

    Raises:
        UnreadableFileError: empty, damaged, or no table with the wanted header.
    """
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", "the file is empty (0 bytes); export it again")
    sheets = read_workbook(path) if is_workbook(path) else None
    if sheets is None:
        text = decode(path.read_bytes())
        candidates = (("", rows) for rows in _split_candidates(text))
    else:
        candidates = iter(sheets.items())
    tables: list[Table] = []
    for sheet, rows in candidates:
        header = find_header(rows[:HEAD_ROWS])
        if header is None:
            continue
        numbered = enumerate(rows[header.row_number :], start=header.row_number + 1)
        tables.append(Table(sheet, header, [(n, row) for n, row in numbered if any(row)]))
        if sheets is None:
            break
    if not tables:
        raise UnreadableFileError(
            "wrong_columns",
            f"no header row with {what} among the first {HEAD_ROWS} rows; add the file's headers "
            "to the configuration, or export the missing columns",
        )
    return tables


def is_workbook(path: Path) -> bool:
    """Whether the file is read as a workbook (by its ending)."""
    return path.suffix.casefold() == ".xlsx"


def read_workbook(path: Path) -> dict[str, list[Row]]:
    """All visible sheets of a workbook, cells as text, from the first row and column on.

    Raises:
        UnreadableFileError: not a workbook, damaged, or unpacks to more than is sane.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        limit = min(MAX_UNPACKED_BYTES, 50_000_000 + MAX_UNPACK_RATIO * path.stat().st_size)
        if unpacked > limit:
            raise UnreadableFileError(
                "unreadable",
                f"the workbook unpacks to {unpacked:,} bytes, more than the {limit:,} allowed",
            )
        workbook = CalamineWorkbook.from_path(str(path))
        return {
            meta.name: [
                [_cell_text(cell) for cell in row]
                for row in workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            ]
            for meta in workbook.sheets_metadata
            if meta.visible == SheetVisibleEnum.Visible
        }
    except UnreadableFileError:
        raise
    except Exception as error:  # calamine raises a class of its own for each format
        raise UnreadableFileError(
            "unreadable", f"not a readable xlsx workbook ({error}); export it again"
        ) from error


def decode(content: bytes) -> str:
    """Text of a csv file: UTF-8 with or without BOM, UTF-16, or Windows-1252.

    Raises:
        UnreadableFileError: no encoding fits, or the text was decoded wrongly before (mojibake).
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:2] == b"\x00":
        encodings = ["utf-16-le"]
    elif content[:1] == b"\x00":
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        broken = next((mark for mark in _MOJIBAKE if mark in text), None)
        if broken is not None:
            line = text[: text.index(broken)].count("\n") + 1
            raise UnreadableFileError(
                "unreadable",
                f"line {line} has {broken!r}: Danish letters were broken before the file came "
                "here; export it again as UTF-8",
            )
        return text
    raise UnreadableFileError(
        "unreadable", "the text is neither UTF-8, UTF-16 nor Windows-1252; export it as UTF-8"
    )


def split_rows(text: str, delimiter: str) -> list[Row]:
    """All rows of a delimited text, blank ones included so that numbers match the file.

    Raises:
        UnreadableFileError: a quoted field never ends.
    """
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        return [[clean(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise UnreadableFileError("unreadable", f"not a readable csv file: {error}") from error


def delimiters_of(text: str) -> Iterable[str]:
    """Delimiters worth trying, the likeliest first; a ``sep=`` line decides alone."""
    first_line = text[:100].splitlines()[0] if text.strip() else ""
    if first_line.casefold().startswith("sep=") and len(first_line) >= 5:
        return first_line[4]
    head = text[:20_000]
    return sorted(_DELIMITERS, key=lambda delimiter: -head.count(delimiter))


def _split_candidates(text: str) -> Iterable[list[Row]]:
    for delimiter in delimiters_of(text):
        yield split_rows(text, delimiter)


def clean(text: str) -> str:
    """A cell's text without edge spaces, with composed letters and without Excel's escapes."""
    if text.isascii() and "_x" not in text:
        return text.strip()
    return unicodedata.normalize("NFC", text.replace("_x000D_", "").replace("\xa0", " ")).strip()


def _cell_text(cell: object) -> str:
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(" ")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, dt.time):
        return cell.replace(microsecond=0).isoformat()
    return str(cell)  # int and date
