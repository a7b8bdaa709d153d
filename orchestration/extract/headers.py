"""Finding a table's header by the configured names; knows no source system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from orchestration.config.model import match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.delimited import Row
from orchestration.extract.tabular import Header, HeaderFinder


def header_finder(accepted: Mapping[str, Sequence[str]], required: Sequence[str]) -> HeaderFinder:
    """A function that finds the first row, or two rows, with a header for all required columns.

    Where several columns of a file carry accepted headers of one canonical column, the header
    that the configuration lists first is taken. In a header of two rows a column's name stands in
    either row (cells merged downwards) or begins in the upper one (cells merged sideways).
    """
    keys = {name: [match_key(header) for header in headers] for name, headers in accepted.items()}
    known = {key for wanted in keys.values() for key in wanted}

    def columns_of(texts: Sequence[Sequence[str]]) -> dict[str, list[int]]:
        """Canonical column to the positions of the accepted header that was taken for it."""
        present: dict[str, list[int]] = {}
        for position, variants in enumerate(texts):
            for variant in variants:
                if match_key(variant) in known:
                    present.setdefault(match_key(variant), []).append(position)
        taken = {
            name: next((present[key] for key in wanted if key in present), None)
            for name, wanted in keys.items()
        }
        return {name: positions for name, positions in taken.items() if positions}

    def complete(columns: Mapping[str, object]) -> bool:
        return all(name in columns for name in required)

    def find(head: list[Row]) -> Header | None:
        for number, row in enumerate(head, start=1):
            below = head[number] if number < len(head) else []
            single, both = columns_of([[cell] for cell in row]), _two_rows(row, below)
            double = columns_of(both)
            alone = columns_of([[cell] for cell in below])
            if complete(double) and len(double) > max(len(single), len(alone)):
                return _header(number + 1, double, [names[-1] for names in both])
            if complete(single):
                return _header(number, single, row)
        return None

    return find


def _header(row_number: int, columns: dict[str, list[int]], texts: list[str]) -> Header:
    """The header found.

    Raises:
        UnreadableFileError: two columns have the header of one that is wanted.
    """
    for positions in columns.values():
        if len(positions) > 1:
            raise UnreadableFileError(
                "wrong_columns",
                f"the header {texts[positions[0]]!r} stands twice, in columns "
                f"{' and '.join(str(position + 1) for position in positions)}; rename the one that "
                "is not meant",
            )
    first_of = {name: positions[0] for name, positions in columns.items()}
    return Header(row_number, first_of, tuple(texts))


def _two_rows(upper: Row, lower: Row) -> list[list[str]]:
    """The names that each column of a two-row header may have; none where a row is empty."""
    if not any(upper) or not any(lower):
        return []
    names = []
    span = ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        span = above or (span if below else "")
        names.append([below, f"{span} {below}".strip()] if below else [above])
    return names


def describe(accepted: Mapping[str, Sequence[str]], required: Sequence[str]) -> str:
    """The required columns and what they may be called, for an error message."""
    return "; ".join(f"{name} ({', '.join(accepted[name])})" for name in required)
