"""Files to tables below a header: csv, tsv, zip, gz, xlsx, xls, ods; knows no column's meaning.

Cells come out as text however the file typed them (a date as ISO, 12345.0 as it is), so that there
is one way to read a value. Rows keep the number that a person sees in the file or sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from orchestration.errors import UnreadableFileError
from orchestration.extract.delimited import Delimited, Row, clean, delimited
from orchestration.extract.text import as_utf8, broken_letters, broken_line
from orchestration.extract.unpack import Plain, unpack
from orchestration.extract.workbook import DELIMITER, Sheet, WorkbookError, read_sheets
from orchestration.personal import screened

HEAD_ROWS = 60
_DAYS = re.compile(r"(\d+) days?, (\d+):(\d\d:\d\d)(?:\.\d+)?")  # str() of a timedelta


@dataclass(frozen=True)
class Header:
    """Where a table's header is, and which column holds what.

    Attributes:
        row_number: the header's last row, 1 = first row of the file or sheet.
        columns: canonical column name to cell position, counted from 0.
        texts: the header's text at each position, both rows of a two-row header in one.
    """

    row_number: int
    columns: dict[str, int]
    texts: tuple[str, ...]


HeaderFinder = Callable[[list[Row]], "Header | None"]


@dataclass(frozen=True)
class Table:
    """A table below its header.

    Attributes:
        sheet: the sheet's or packed file's name, personal data screened, and a number where a table
            before it in the file has the same; empty for a plain text.
        source: the rows below the header.
        plain: the file it was found in.
        date1904: whether serial day numbers count from 1904 instead of 1900.
    """

    sheet: str
    header: Header
    source: Delimited
    plain: Plain
    date1904: bool = False

    @property
    def width(self) -> int:
        """Number of columns: the cells of the header row, named or not."""
        return len(self.header.texts)

    @property
    def first_row(self) -> int:
        """Number of the first row below the header."""
        return self.header.row_number + 1

    def relation(self) -> str:
        """The rows as a relation of DuckDB: c0, c1, … as text, and `flaw`."""
        return self.source.relation(self.width)

    def rewritten(self, folder: Path) -> Table:
        """The same table with every line a row; see `Delimited.rewritten`.

        Raises:
            UnreadableFileError: the text cannot be read in any way.
        """
        if self.plain.kind == "workbook":
            source = self.source
        else:
            source = replace(self.source, path=as_utf8(self.plain.path, folder, trusted=False))
        target = folder / f"{self.plain.path.name}.rewritten"
        return replace(self, source=source.rewritten(self.width, target))

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Pairs of row number and cleaned cells, blank rows left out."""
        cleaned = as_shown if self.plain.kind == "workbook" else clean
        for number, row in enumerate(self.source.rows(), start=self.first_row):
            cells = [cleaned(cell) for cell in row]
            if any(cells):
                yield number, cells


@dataclass(frozen=True)
class Contents:
    """What was found in a file.

    Attributes:
        tables: those with the wanted header.
        not_read: the sheets and packed files without it, with their rows.
        unreadable: the packed files that are no tables by their names, with why.
    """

    tables: list[Table]
    not_read: dict[str, int]
    unreadable: dict[str, str]


@dataclass(frozen=True)
class Workplace:
    """A private folder and a database with bounded memory, for reading one file after another."""

    folder: Path
    connection: duckdb.DuckDBPyConnection

    @contextmanager
    def cleared(self) -> Iterator[Workplace]:
        """The same with a folder of its own for one file, removed afterwards."""
        with TemporaryDirectory(dir=self.folder) as name:
            yield replace(self, folder=Path(name))


@contextmanager
def workplace(parent: Path, memory_limit: str = "4GB") -> Iterator[Workplace]:
    """A workplace below ``parent`` that leaves nothing behind."""
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent, prefix=".work-") as name:
        folder = Path(name)
        settings: dict[str, Any] = {
            "memory_limit": memory_limit,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": True,  # a row's place is its number
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            # rows in Python come as text, and the landed table's types decide, not their first ones
            connection.execute("set pandas_analyze_sample = 0")
            yield Workplace(folder, connection)


def read_tables(path: Path, find_header: HeaderFinder, *, what: str, folder: Path) -> Contents:
    """Every table of a file that has the wanted header.

    Args:
        path: a csv, tsv, txt, zip, gz or workbook file.
        find_header: tells where in the first rows the header is, or None.
        what: what the header needs, for the error message.
        folder: private, for unpacked and rewritten copies; must outlive the tables.

    Raises:
        UnreadableFileError: empty, damaged, too large, or no table with the wanted header; a packed
            file that is to blame is named.
    """
    found = Contents([], {}, {})
    taken: set[str] = set()
    for plain in unpack(path, folder):
        try:
            _add_tables(plain, find_header, folder, found, taken)
        except UnreadableFileError as error:
            raise _named(error, screened(plain.name)) from None
    if not found.tables:
        if not found.not_read:
            for name, why in found.unreadable.items():
                raise UnreadableFileError("unreadable", f"{name}: {why}")
        raise UnreadableFileError(
            "wrong_columns",
            f"no header row with {what} among the first {HEAD_ROWS} rows; add the file's headers "
            "to the configuration, or export the missing columns",
        )
    return found


def readings(path: Path, folder: Path) -> dict[str, list[list[Row]]]:
    """All rows of each sheet of a small file, cleaned, blank rows included so that numbers match.

    A sheet has one reading; a text has one for each delimiter worth trying, the likeliest first.

    Raises:
        UnreadableFileError: empty, damaged, too large, or with broken letters.
    """
    found: list[tuple[str, list[list[Row]]]] = []
    for plain in unpack(path, folder):
        if plain.kind == "unreadable":
            raise UnreadableFileError("unreadable", plain.why)
        if plain.kind == "workbook":
            for sheet in _sheets(plain, folder):
                rows = Delimited(sheet.path, DELIMITER, known_rows=sheet.rows).rows()
                found.append((sheet.name, [[[as_shown(cell) for cell in row] for row in rows]]))
        else:
            text = as_utf8(plain.path, folder, trusted=False)
            grids = [
                [[clean(cell) for cell in row] for row in source.rows(strict=False)]
                for source in delimited(text)
            ]
            found.append((plain.name, grids))
    sheets = dict(found)
    if len(sheets) < len(found):
        raise UnreadableFileError(
            "unreadable",
            "two of the sheets or packed files in it have the same name, so that one would hide "
            "the other; keep the one that counts",
        )
    for grids in sheets.values():
        for number, row in enumerate(grids[0], start=1):
            if any(broken_line(cell) for cell in row):
                raise broken_letters(f"row {number}")
    return sheets


def as_shown(cell: str) -> str:
    """A workbook's cell as a person sees it: 3.0 as 3, and a day and a half as 36:00:00."""
    text = clean(cell)
    if text.endswith(".0"):
        return text.removesuffix(".0")
    days = _DAYS.fullmatch(text)
    return f"{int(days[1]) * 24 + int(days[2])}:{days[3]}" if days else text


def _shown_name(name: str, taken: set[str]) -> str:
    """A table's name with personal data screened, and a number where another has the same.

    A row is known by its file, table and number: two tables of one name would be one.
    """
    screened_name = shown = screened(name)
    number = 1
    while shown in taken:
        number += 1
        shown = f"{screened_name} ({number})".strip()
    taken.add(shown)
    return shown


def _named(error: UnreadableFileError, name: str) -> UnreadableFileError:
    return UnreadableFileError(error.status, f"{name}: {error}") if name else error


def _add_tables(
    plain: Plain, find_header: HeaderFinder, folder: Path, found: Contents, taken: set[str]
) -> None:
    """Add a plain file's tables; what cannot be opened, and need not be, is added with why."""
    try:
        if plain.kind == "unreadable":
            raise UnreadableFileError("unreadable", plain.why)
        sheets = _sheets(plain, folder) if plain.kind == "workbook" else []
        text = as_utf8(plain.path, folder, trusted=True) if plain.kind == "text" else None
    except UnreadableFileError as error:
        if plain.is_needed:
            raise
        found.unreadable[_shown_name(plain.name, taken)] = str(error)
        return
    for sheet in sheets:
        name = _shown_name(f"{plain.name} {sheet.name}".strip(), taken)
        source = Delimited(sheet.path, DELIMITER, known_rows=sheet.rows)
        header = find_header(source.head(HEAD_ROWS))
        if header is not None:
            below = source.below(header.row_number)
            found.tables.append(Table(name, header, below, plain, sheet.date1904))
        elif sheet.rows:
            found.not_read[name] = sheet.rows
    if text is not None:
        name = _shown_name(plain.name, taken)
        table = _text_table(plain, text, name, find_header)
        if table is not None:
            found.tables.append(table)
        else:
            found.not_read[name] = 0


def _sheets(plain: Plain, folder: Path) -> list[Sheet]:
    target = folder / f"{plain.path.name}.sheets"
    target.mkdir()
    try:
        return read_sheets(plain.path, target)
    except WorkbookError as error:
        raise UnreadableFileError("unreadable", str(error)) from None


def _text_table(plain: Plain, text: Path, name: str, find_header: HeaderFinder) -> Table | None:
    for source in delimited(text):
        head = source.head(HEAD_ROWS)
        header = find_header(head)
        if header is not None:
            for number, row in enumerate(head[: header.row_number], start=1):
                if any(broken_line(cell) for cell in row):
                    raise broken_letters(f"row {number}")
            return Table(name, header, source.below(header.row_number), plain)
    return None
