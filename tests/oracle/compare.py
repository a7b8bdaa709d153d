"""Differences between an expected table and rows that were read from somewhere."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from tests.oracle.expected import LANDED, Table

TOLERANCE = 1e-9


def compare(expected_table: Table, rows: list[dict[str, Any]]) -> list[str]:
    """Readable differences, none if the rows are as expected.

    Columns that the expected table does not have are not looked at. Of a status, only whether it
    is ``landed`` counts; of a file name, only the part after the last slash. Floats may be off by
    1e-9 (relative to the larger one above 1), and NaN is taken for null.
    """
    differences: list[str] = []
    actual: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        absent = [column for column in expected_table.key_columns if column not in row]
        if absent:
            return [f"rows have no column {', '.join(absent)}"]
        key = tuple(row[column] for column in expected_table.key_columns)
        if key in actual:
            differences.append(f"{_named(expected_table, key)}: more than one row")
        actual[key] = row
    for key, wanted in expected_table.items():
        where = _named(expected_table, key)
        if key not in actual:
            differences.append(f"{where}: no such row; expected {wanted}")
            continue
        for column, value in wanted.items():
            if column not in actual[key]:
                differences.append(f"{where}: no column {column}")
            elif not _same(column, value, actual[key][column]):
                found = actual[key][column]
                differences.append(f"{where}: {column} is {found!r}, expected {value!r}")
    differences.extend(
        f"{_named(expected_table, key)}: row not expected: {row}"
        for key, row in actual.items()
        if key not in expected_table
    )
    return differences


def _named(table: Table, key: tuple[Any, ...]) -> str:
    pairs = zip(table.key_columns, key, strict=True)
    return ", ".join(f"{column}={value}" for column, value in pairs)


def _same(column: str, wanted: Any, found: Any) -> bool:
    if _is_number(found) and math.isnan(found):
        found = None
    if column == "status":
        return (wanted == LANDED) == (found == LANDED)
    if column == "file_name":
        return str(found).replace("\\", "/").split("/")[-1] == wanted.split("/")[-1]
    if wanted is None or found is None:
        return wanted is found
    if _is_number(wanted) and _is_number(found):
        return math.isclose(wanted, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(wanted == found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
