"""Finding a table's header row by the configured names; knows no source system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestration.config.model import match_key
from orchestration.extract.tables import Header, HeaderFinder, Row


def header_finder(accepted: Mapping[str, Sequence[str]], required: Sequence[str]) -> HeaderFinder:
    """A function that finds the first row holding an accepted header for all required columns.

    Where several columns of a file carry accepted headers of one canonical column, the header
    that the configuration lists first is taken, then the leftmost.
    """
    keys = {name: [match_key(header) for header in headers] for name, headers in accepted.items()}

    def find(head: list[Row]) -> Header | None:
        for number, row in enumerate(head, start=1):
            present: dict[str, int] = {}
            for position, cell in enumerate(row):
                present.setdefault(match_key(cell), position)
            columns = {}
            for name, wanted in keys.items():
                position = next((present[key] for key in wanted if key in present), None)
                if position is not None:
                    columns[name] = position
            if all(name in columns for name in required):
                return Header(number, columns)
        return None

    return find


def describe(accepted: Mapping[str, Sequence[str]], required: Sequence[str]) -> str:
    """The required columns and what they may be called, for an error message."""
    return "; ".join(f"{name} ({', '.join(accepted[name])})" for name in required)
