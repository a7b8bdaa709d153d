"""What Dagster shows beside the figures: the picture of incidents, and the late reports."""

from __future__ import annotations

import base64
import datetime as dt
from xml.etree import ElementTree

import duckdb
import pandas as pd

from orchestration.assets.figures import incidents_chart, late_reports
from orchestration.figures.completeness import CompletenessRow

_SVG = "{http://www.w3.org/2000/svg}"


def _library_half_years(*rows: tuple[str, str, int | None]) -> pd.DataFrame:
    """As facts are read: half-year, library and incidents, null where no export tells of them."""
    values = ", ".join(
        f"('{h}', '{name}', {n if n is not None else 'null'})" for h, name, n in rows
    )
    return duckdb.sql(
        f"select half_year_id, library_id, incidents::bigint as incidents "
        f"from (values {values}) as t (half_year_id, library_id, incidents)"
    ).df()


def _drawn(rows: pd.DataFrame) -> tuple[list[str], list[float]]:
    """The texts of the picture and the heights of its bars, left to right."""
    encoded = (incidents_chart(rows).value or "").partition("base64,")[2].rstrip(")")
    picture = ElementTree.fromstring(base64.b64decode(encoded))
    texts = [element.text or "" for element in picture.iter(f"{_SVG}text")]
    return texts, [float(element.get("height", "")) for element in picture.iter(f"{_SVG}rect")]


def test_the_picture_has_a_bar_for_the_incidents_of_all_libraries() -> None:
    rows = _library_half_years(
        ("2024-10", "valby", 7), ("2024-10", "sundby", 3), ("2025-04", "valby", 5),
        ("2025-04", "sundby", 0),
    )  # fmt: skip
    texts, heights = _drawn(rows)
    assert texts == ["10", "2024-10", "5", "2025-04"]
    assert heights == [90, 45]


def test_a_half_year_that_no_export_speaks_of_has_a_dash_and_no_bar() -> None:
    rows = _library_half_years(
        ("2024-04", "valby", None), ("2024-10", "valby", 4), ("2025-04", "valby", 0)
    )
    texts, heights = _drawn(rows)
    assert texts == ["–", "2024-04", "4", "2024-10", "0", "2025-04"]
    assert heights == [0, 90, 0]
    assert _drawn(rows[:1]) == (["–", "2024-04"], [0])


def test_late_reports_are_those_of_all_libraries_together() -> None:
    def row(half_year_id: str, library_id: str, now: int) -> CompletenessRow:
        return CompletenessRow(
            half_year_id, library_id, now - 2, now - 1, now, now + 0.5, now, now + 3, 0.9,
            dt.date(2025, 5, 1),
        )  # fmt: skip

    table = late_reports(
        [row("2024-10", "valby", 12), row("2024-10", "sundby", 5), row("2025-04", "valby", 9)]
    )
    assert table.to_dict("records") == [
        {"half_year_id": "2024-10", "incidents_at_end": 13, "incidents_at_maturity": 15,
         "incidents": 17, "incidents_expected": 18.0},
        {"half_year_id": "2025-04", "incidents_at_end": 7, "incidents_at_maturity": 8,
         "incidents": 9, "incidents_expected": 9.5},
    ]  # fmt: skip
    assert late_reports([]).empty
