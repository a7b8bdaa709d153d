"""What is told of an incident export that differs from the one before it, change by change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from orchestration.config.model import IncidentDrift
from orchestration.landing.drift import STOPPED, Change, judged, layout_changes
from orchestration.landing.inventory import SourceFile
from orchestration.landing.ledger import LandedFile

GOES_ON = IncidentDrift()
HEADERS = {"incident_id": "Nr.", "location": "Ejendom", "category": "Kategori"}


def layout(**changed: Any) -> dict[str, Any]:
    """The layout of a table as landing notes it, with some things changed."""
    made = {"sheet": "Data", "header_row": 1, "headers": HEADERS} | changed
    return {"columns": list(made["headers"])} | made


def line(day: int, **told: Any) -> LandedFile:
    """The ledger line of the export of a day."""
    exported_at = dt.datetime(2025, 1, day, tzinfo=dt.UTC)
    file = SourceFile("mainmanager", f"id{day}", Path(f"{day}.csv"), f"{day}.csv", exported_at)
    usual = {"status": "landed", "reason": None, "rows_read": 9, "layouts": [layout()]}
    return LandedFile(file=file, **(usual | told))


def changes(after: dict[str, Any], policy: IncidentDrift = GOES_ON, **before: Any) -> list[Change]:
    return layout_changes([layout(**before)], [after], policy)


def test_an_export_like_the_one_before_it_has_no_change() -> None:
    assert changes(layout()) == []
    assert [told.notes for told in judged([line(1), line(2)], GOES_ON)] == [[], []]


@pytest.mark.parametrize(
    ("after", "kind", "text"),
    [
        (
            layout(headers={"incident_id": "Nr.", "category": "Kategori"}),
            "missing_column",
            "column location (Ejendom) is missing",
        ),
        (
            layout(headers=HEADERS | {"status": "Tilstand"}),
            "added_column",
            "column status (Tilstand) is new",
        ),
        (
            layout(headers=HEADERS | {"location": "Bygning"}),
            "renamed_column",
            "column location is called Bygning, before Ejendom",
        ),
        (
            layout(columns=[*HEADERS, "other a", "other b"]),
            "added_column",
            "2 columns that are not read are new",
        ),
        (
            layout(columns=["location", "incident_id", "category"]),
            "reordered_columns",
            "the columns stand in another order",
        ),
        (layout(header_row=4), "moved_header", "the header is in row 4, before in row 1"),
        (layout(sheet="Ark1"), "renamed_sheet", "the sheets have other names"),
    ],
)
def test_each_change_is_told_in_words_and_stops_where_the_policy_says_so(
    after: dict[str, Any], kind: str, text: str
) -> None:
    assert changes(after) == [Change(kind, text, stops=False)]
    assert changes(after, IncidentDrift(**{kind: "stops"})) == [Change(kind, text, stops=True)]


@pytest.mark.parametrize(
    "other",
    [
        layout(headers=HEADERS | {"location": "  EJENDOM "}),  # the same header to a reader
        layout(sheet=""),  # a plain text has no sheets to compare
    ],
    ids=["case and spaces", "csv and xlsx"],
)
def test_what_makes_no_difference_to_rows_is_no_change(other: dict[str, Any]) -> None:
    assert layout_changes([layout()], [other], GOES_ON) == []
    assert layout_changes([other], [layout()], GOES_ON) == []


def test_columns_that_are_not_read_may_stand_anywhere() -> None:
    other = layout(columns=["incident_id", "other a", "location", "category"])
    assert changes(other, columns=[*HEADERS, "other a"]) == []


def test_a_column_that_is_not_read_and_goes_is_no_change() -> None:
    assert changes(layout(), columns=[*HEADERS, "other a"]) == []


def test_a_column_declared_to_stop_does_so_whatever_is_said_of_missing_ones() -> None:
    policy = IncidentDrift(missing_columns_that_stop=["status"])
    before = HEADERS | {"count": "Antal", "status": "Status"}
    assert [(told.text, told.stops) for told in changes(layout(), policy, headers=before)] == [
        ("column count (Antal) is missing", False),
        ("column status (Status) is missing", True),
    ]


def test_the_headers_of_all_sheets_count_and_the_order_of_the_first() -> None:
    second = layout(sheet="Mere", headers={"status": "Status"})
    assert layout_changes([layout()], [layout(), second], GOES_ON) == [
        Change("added_column", "column status (Status) is new", stops=False),
        Change("renamed_sheet", "the sheets have other names", stops=False),
    ]
    assert layout_changes([layout(), second], [layout(), second | {"header_row": 9}], GOES_ON) == []


def test_columns_missing_and_new_do_not_make_another_order() -> None:
    after = layout(headers={"category": "Kategori", "status": "Status", "incident_id": "Nr."})
    assert [change.kind for change in changes(after)] == [
        *("missing_column", "added_column", "reordered_columns"),
    ]
    in_order = layout(headers={"incident_id": "Nr.", "status": "Status", "category": "Kategori"})
    assert [change.kind for change in changes(in_order)] == ["missing_column", "added_column"]


def test_an_export_is_held_to_the_one_exported_before_it_in_whatever_order_they_come() -> None:
    moved = line(2, layouts=[layout(header_row=4)], notes=["read"])
    told = judged([line(3, layouts=[layout(header_row=4)]), moved, line(1)], GOES_ON)
    assert [(one.file.file_name, one.notes) for one in told] == [
        ("1.csv", []),
        ("2.csv", ["read", "the header is in row 4, before in row 1"]),
        ("3.csv", []),
    ]
    assert {one.status for one in told} == {"landed"}


def test_a_stopped_export_keeps_its_place_in_the_ledger_without_rows_and_later_ones_go_on() -> None:
    stopped = line(
        2,
        layouts=[layout(header_row=4, sheet="Ark1")],
        rows_not_data=3,
        parquet={"mainmanager_incident": ["x.parquet"]},
    )
    policy = IncidentDrift(moved_header="stops")
    first, second, third = judged([line(1), stopped, line(3)], policy)
    assert (second.status, second.rows_read, second.rows_not_data) == (STOPPED, 0, 0)
    assert second.parquet == {}
    assert second.reason == (
        "the header is in row 4, before in row 1 (moved_header). The configuration stops such a "
        "file: look at it, then mend the export, or allow the change under drift in incidents.yml"
    )
    # the third is held to the first: what was stopped is no measure
    assert (first.notes, third.notes, third.status) == ([], [], "landed")


def test_all_reasons_to_stop_are_told_at_once() -> None:
    policy = IncidentDrift(moved_header="stops", renamed_sheet="stops")
    _, stopped = judged([line(1), line(2, layouts=[layout(header_row=4, sheet="B")])], policy)
    assert str(stopped.reason).startswith(
        "the header is in row 4, before in row 1 (moved_header); the sheets have other names "
        "(renamed_sheet). "
    )


def test_names_that_are_new_and_another_layout_are_told_together() -> None:
    policy = IncidentDrift(new_status="stops", moved_header="stops")
    after = line(2, layouts=[layout(header_row=4)], reasons={"new_status": 3})
    _, stopped = judged([line(1), after], policy)
    assert str(stopped.reason).startswith(
        "3 rows have a status that is not in incidents.yml (new_status); "
        "the header is in row 4, before in row 1 (moved_header). "
    )


def test_an_export_that_could_not_be_read_is_passed_on_and_is_no_measure() -> None:
    broken = line(2, status="unreadable", reason="no header", layouts=[])
    told = judged([line(1), broken, line(3, layouts=[layout(header_row=2)])], GOES_ON)
    assert told[1] == broken
    assert told[2].notes == ["the header is in row 2, before in row 1"]


@pytest.mark.parametrize(
    ("kind", "reasons", "text"),
    [
        ("new_location", {"unknown_location": 2}, "2 rows name places that are not in places.csv"),
        (
            "new_category",
            {"unknown_category": 1},
            "1 rows name categories that are not in category_aliases.csv",
        ),
        ("new_status", {"new_status": 3}, "3 rows have a status that is not in incidents.yml"),
        (
            "changed_unit",
            {"bad_count": 1, "bad_reported_at": 2, "bad_occurred_at": 4, "bad_updated_at": 8},
            "15 rows have dates or counts that cannot be read",
        ),
    ],
)
def test_names_and_units_that_are_new_stop_an_export_only_where_the_policy_says_so(
    kind: str, reasons: dict[str, int], text: str
) -> None:
    first = line(1, reasons=reasons)
    (used,) = judged([first], GOES_ON)
    assert (used.status, used.notes) == ("landed", [])
    (stopped,) = judged([first], IncidentDrift(**{kind: "stops"}))
    assert (stopped.status, str(stopped.reason).partition(". ")[0]) == (
        STOPPED,
        f"{text} ({kind})",
    )
    (other,) = judged([line(1, reasons={"other": 5})], IncidentDrift(**{kind: "stops"}))
    assert other.status == "landed"
