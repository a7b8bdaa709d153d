"""Delimited text: its rows for Python, and as a relation for DuckDB, with the numbers of the file.

DuckDB reads a regular file as it lies. It skips blank lines and stumbles over much that exports
hold, so what is not regular is first written anew by Python's csv module, which is slower and
exact; `Delimited.regular` tells the two apart. Format: RFC 4180 with any delimiter.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from orchestration.errors import UnreadableFileError

DELIMITERS = (";", "\t", ",", "|")
FLAW_TOO_MANY, FLAW_CUT_OFF, FLAW_BLANK = "too_many_cells", "cut_off", "blank"
MIN_TELLING_WIDTH = 3
_HEAD_CHARACTERS = 262_144
_LINE_FEED, _RETURN = 10, 13

Row = list[str]


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 file of delimited rows.

    Attributes:
        path: the file.
        delimiter: between the cells of a row.
        skip_lines: lines before the first row wanted; more than rows where cells hold line breaks.
        regular: every line is a row, as far as one knows; False: written anew, with one more
            column, `flaw`, that is filled where a row had too many cells, was cut off or blank.
        known_rows: how many rows there are, where a program of ours wrote the file, all of the
            same width; None where it is to be found out.
    """

    path: Path
    delimiter: str
    skip_lines: int = 0
    regular: bool = True
    known_rows: int | None = None

    def head(self, rows: int) -> list[Row]:
        """The first rows with cleaned cells, blank rows included; fewer if quotes do not close."""
        return [row for row, _ in itertools.islice(self._parsed_head(), rows)]

    def below(self, row_number: int) -> Delimited:
        """The same file from the row after ``row_number`` on (1 = first row)."""
        lines = [line for _, line in itertools.islice(self._parsed_head(), row_number)]
        known = None if self.known_rows is None else self.known_rows - row_number
        return replace(self, skip_lines=lines[-1] if lines else 0, known_rows=known)

    def _parsed_head(self) -> Iterator[tuple[Row, int]]:
        with self.path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            lines = _bounded_lines(file.read(_HEAD_CHARACTERS))
        reader = csv.reader(lines, delimiter=self.delimiter)
        try:
            for row in reader:
                yield [clean(cell) for cell in row], reader.line_num
        except csv.Error:
            return

    def rows(self, *, strict: bool = True) -> Iterator[Row]:
        """All rows from `skip_lines` on, cells as they stand, blank rows as empty lists.

        Raises:
            UnreadableFileError: a quotation mark is not closed, or closes in the middle of a cell;
                the text is not UTF-8 to its end.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(
                itertools.islice(file, self.skip_lines, None),
                delimiter=self.delimiter,
                strict=strict,
            )
            try:
                yield from reader
            except UnicodeDecodeError:
                raise UnreadableFileError(
                    "unreadable",
                    "the file begins as UTF-8 and has other letters later, or ends within a "
                    "letter; export it again as UTF-8",
                ) from None
            except csv.Error:
                raise UnreadableFileError(
                    "unreadable",
                    f"line {reader.line_num + self.skip_lines}: a quotation mark is not closed, or "
                    "stands inside a quoted cell without being doubled; mend it there, or export "
                    "again",
                ) from None

    def relation(self, width: int) -> str:
        """The rows as a relation in DuckDB's SQL, columns c0, c1, … as text; also `flaw`.

        Args:
            width: number of columns, that of the header row.
        """
        names = [f"c{position}" for position in range(width)] + ([] if self.regular else ["flaw"])
        columns = ", ".join(f"'{name}': 'varchar'" for name in names)
        source = (
            f"read_csv({quoted(str(self.path))}, delim = {quoted(self.delimiter)}, "
            f"""quote = '"', escape = '"', header = false, skip = {self.skip_lines}, """
            f"auto_detect = false, null_padding = {str(self.known_rows is None).lower()}, "
            "max_line_size = 2000000, buffer_size = 8000000, compression = 'none', "
            f"columns = {{{columns}}})"
        )
        flaw = ", null::varchar as flaw" if self.regular else ""
        return f"(select *{flaw} from {source})"

    def expected_rows(self) -> int | None:
        """How many rows there are if each line is one; None where lines end in several ways."""
        if self.known_rows is not None:
            return self.known_rows
        if self.path.stat().st_size == 0:
            return 0
        lines = returns = last = 0
        buffer = np.empty(1 << 18, dtype=np.uint8)  # small enough to stay in the processor's cache
        with self.path.open("rb", buffering=0) as file:
            while size := file.readinto(buffer):  # type: ignore[arg-type]
                read = buffer[:size]
                lines += int(np.count_nonzero(read == _LINE_FEED))
                returns += int(np.count_nonzero(read == _RETURN))
                last = read[-1]
        return lines + (last != _LINE_FEED) - self.skip_lines if returns in (0, lines) else None

    def ends_within_row(self, width: int) -> bool:
        """Whether the file may stop in the middle of its last row: no line end, and cells missing.

        It need not where a cell holds a line break; `rewritten` knows.
        """
        with self.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 65_536))
            tail = file.read()
        last = re.split(rb"[\r\n]", tail)[-1]
        return 0 < last.count(self.delimiter.encode()) < width - 1

    def rewritten(self, width: int, target: Path) -> Delimited:
        """The rows written anew so that every line is a row of ``width`` cells and a flaw.

        Raises:
            UnreadableFileError: quotation marks that do not close, or close over whole rows.
        """
        may_be_cut_off = self.ends_within_row(width)
        with target.open("w", encoding="utf-8", newline="") as output:
            writer = csv.writer(output, lineterminator="\n")
            pending: Row | None = None
            number = cells = 0
            for number, row in enumerate(self.rows(), start=1):
                if pending is not None:
                    writer.writerow(pending)
                cells = len(row)
                pending = self._regular(row, width, number)
            if pending is not None:
                if may_be_cut_off and cells < width:
                    pending[-1] = FLAW_CUT_OFF
                writer.writerow(pending)
        return Delimited(target, ",", regular=False, known_rows=number)

    def _regular(self, row: Row, width: int, number: int) -> Row:
        for position, cell in enumerate(row):
            if "\n" in cell or "\r" in cell:
                # a quote opened by mistake swallows whole rows, which have many delimiters
                lines = cell.splitlines() if width > MIN_TELLING_WIDTH else []
                if any(line.count(self.delimiter) >= width - 1 for line in lines):
                    raise UnreadableFileError(
                        "unreadable",
                        f"row {number} below the header: a quoted cell goes over lines that look "
                        "like rows; a quotation mark seems to be missing there",
                    )
                row[position] = " ".join(cell.split())
        flaw = FLAW_TOO_MANY if any(cell.strip() for cell in row[width:]) else ""
        if not any(cell.strip() for cell in row):
            flaw = FLAW_BLANK
        return row[:width] + [""] * (width - len(row)) + [flaw]


def delimited(path: Path) -> Iterator[Delimited]:
    """The readings of a UTF-8 file worth trying, the likeliest first; a ``sep=`` line decides."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        head = file.read(20_000)
    first_line = head[:100].splitlines()[0] if head.strip() else ""
    named = first_line[4:5] if first_line.casefold().startswith("sep=") else ""
    if named and named not in '"\0':  # neither can stand between cells
        yield Delimited(path, named)
        return
    for delimiter in sorted(DELIMITERS, key=lambda delimiter: -head.count(delimiter)):
        yield Delimited(path, delimiter)


def clean(text: str) -> str:
    """A cell's text without edge spaces, with composed letters and without Excel's escapes."""
    if text.isascii() and "_x" not in text:
        return text.strip()
    return unicodedata.normalize("NFC", text.replace("_x000D_", "").replace("\xa0", " ")).strip()


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _bounded_lines(text: str) -> list[str]:
    """Whole lines of a head that was cut at some character."""
    lines = list(io.StringIO(text, newline=""))
    return lines[:-1] if len(text) == _HEAD_CHARACTERS and len(lines) > 1 else lines
