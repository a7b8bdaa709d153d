"""Rows that Python has, stored: declared types decide, also where first rows say nothing."""

from __future__ import annotations

import datetime as dt
import math

import duckdb
import pytest

from orchestration.stored_rows import store_rows

COLUMNS = {
    "id": "varchar",
    "day": "date",
    "moment": "timestamp",
    "part": "double",
    "number": "integer",
    "is_so": "boolean",
}
MOMENT = dt.datetime(2025, 3, 30, 2, 30)
ROW = {
    "id": "0101",
    "day": MOMENT.date(),
    "moment": MOMENT,
    "part": 1,
    "number": 7,
    "is_so": True,
}
EMPTY = dict.fromkeys(COLUMNS)


def stored(rows: list[dict[str, object]]) -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    store_rows(connection, "main.told", COLUMNS, rows)
    return connection.table("told")


@pytest.mark.parametrize("rows", [[], [EMPTY], [EMPTY, ROW], [ROW, EMPTY], [ROW] * 3])
def test_rows_come_back_as_they_were_in_the_declared_types(rows: list[dict[str, object]]) -> None:
    found = stored(rows)
    assert found.fetchall() == [tuple(row.values()) for row in rows]
    assert dict(zip(found.columns, map(str.lower, map(str, found.types)), strict=True)) == COLUMNS


def test_whole_and_broken_numbers_of_a_column_are_both_kept() -> None:
    rows = [ROW | {"part": part} for part in (1, 0.5, None, math.inf)]
    assert [row[3] for row in stored(rows).fetchall()] == [1.0, 0.5, None, math.inf]


def test_a_text_that_looks_like_a_number_or_a_formula_stays_a_text() -> None:
    texts = ["007", "=1+1", "true", "2025-01-01", "'; drop table told; --", "æøå", ""]
    assert [row[0] for row in stored([ROW | {"id": text} for text in texts]).fetchall()] == texts


def test_a_table_of_the_same_name_is_replaced() -> None:
    connection = duckdb.connect()
    for number in (1, 2):
        store_rows(connection, "main.told", COLUMNS, [ROW | {"number": number}])
    assert connection.execute("select number from told").fetchall() == [(2,)]


@pytest.mark.parametrize("row", [{"id": "1", "day": None}, ROW | {"name": "Anna"}])
def test_a_row_of_other_columns_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"main\.told: a row has other columns than id, day"):
        stored([row])
