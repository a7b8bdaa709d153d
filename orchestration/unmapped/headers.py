"""Tables of exports with their headers noted: what is not mapped, and where none is found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration.config.model import match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.delimited import Row
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.tabular import Header, Table, read_tables
from orchestration.personal import screened
from orchestration.unmapped.findings import Tally

# of the row with most texts; a title has fewer, and rows below the header are no header
_SHARE_OF_WIDEST = 0.6
_MAX_CELL = 40


def tables_of(
    path: Path,
    accepted: Mapping[str, Sequence[str]],
    required: Sequence[str],
    folder: Path,
    tally: Tally,
) -> list[Table]:
    """The tables of a file; its headers are noted, or why there are no tables."""
    finder = header_finder(accepted, required)
    heads: list[list[Row]] = []

    def find(head: list[Row]) -> Header | None:
        heads.append(head)
        return finder(head)

    try:
        what = describe(accepted, required)
        tables = read_tables(path, find, what=what, folder=folder).tables
    except UnreadableFileError as error:
        likeliest = _likeliest_header(heads)
        if error.status == "wrong_columns" and likeliest is not None:
            number, cells = likeliest
            shown = " | ".join(screened(cell)[:_MAX_CELL] for cell in cells)
            tally.add("no_header", shown, shown, rows=0, row_number=number, paste="")
        else:
            tally.add("unreadable", f"{tally.file}{error}", str(error), rows=0, paste="")
        return []
    for table in tables:
        mapped = set(table.header.columns.values())
        for position, text in enumerate(table.header.texts):
            if text and position not in mapped:
                number = table.header.row_number
                tally.add("column", match_key(text), text, rows=0, row_number=number)
        for name in accepted:
            if name not in table.header.columns:
                tally.add("without", name, name, rows=0, paste="")
    return tables


def _likeliest_header(heads: list[list[Row]]) -> tuple[int, list[str]] | None:
    """Number and texts of the row that is a header if any is; never one that looks like data."""
    found: tuple[int, list[str]] | None = None
    for head in heads:
        rows = [
            (number, texts)
            for number, row in enumerate(head, start=1)
            if len(texts := [cell for cell in row if cell]) > 1
            and len(set(texts)) == len(texts)
            and not any(map(_is_value, texts))
        ]
        widest = max((len(texts) for _, texts in rows), default=0)
        first = next((row for row in rows if len(row[1]) >= _SHARE_OF_WIDEST * widest), None)
        if first is not None and (found is None or len(first[1]) > len(found[1])):
            found = first
    return found


def _is_value(text: str) -> bool:
    """Whether a cell holds a number, a date or a time: headers do not."""
    return len(re.findall(r"\d", text)) * 2 >= len(text) or bool(re.search(r"\d[-/.:]\d", text))
