from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.unit.briefing.briefing_warehouse import AS_OF, HOSTILE


@pytest.fixture(scope="module")
def book(written: Path) -> Workbook:
    return openpyxl.load_workbook(written / "briefing.xlsx")


def _records(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    header, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_one_table_a_sheet_and_the_notes(book: Workbook) -> None:
    assert book.sheetnames == [
        "Dataspor",
        "Halvår",
        "Undersøgelser",
        "Bydele",
        "Indsatser",
        "Regnskab",
        "Noter",
    ]
    for name in book.sheetnames[:-1]:
        (table,) = book[name].tables.values()
        assert table.ref == book[name].dimensions
    assert not book["Noter"].tables


def test_every_figure_is_a_row_with_typed_cells(
    book: Workbook, figures: list[dict[str, Any]]
) -> None:
    rows = {row["Dataspor"]: row for row in _records(book, "Dataspor")}
    assert list(rows) == [figure["figure_id"] for figure in figures]
    for figure in figures:
        row = rows[figure["figure_id"]]
        assert row["Sætning"] == figure["statement_da"]
        assert row["Opgjort"] == dt.datetime.combine(AS_OF, dt.time())
    winter = rows["vesterbro_incidents_winter"]
    assert (winter["Værdi fra"], winter["Værdi til"], winter["Værdi"]) == (124, 62, -50)
    assert winter["Evidens"] == "tydelig"
    assert winter["Status"] == "endelig"
    assert rows["vesterbro_incidents_summer"]["95 %-interval, til"] == "ubegrænset"


def test_suppressed_figures_and_groups_have_no_numbers(book: Workbook) -> None:
    (figure,) = (r for r in _records(book, "Dataspor") if r["Dataspor"] == "noerrebro_staff_safe")
    assert figure["Værdi"] == "vises ikke (for få svar)"
    assert figure["Værdi til"] is figure["95 %-interval, fra"] is None
    (group,) = (
        r for r in _records(book, "Undersøgelser") if r["Bibliotek"] == "Nørrebro Bibliotek"
    )
    assert group["Vises ikke (for få svar)"] == "ja"
    assert group["Spørgsmål"] == "Hvor tryg føler du dig, når du går på arbejde?"
    assert group["Svar"] is group["Positive svar"] is group["Andel positive"] is None


def test_unknown_measures_are_empty_and_zero_is_zero(book: Workbook) -> None:
    rows = {(r["Bibliotek"], r["Halvår"]): r for r in _records(book, "Halvår")}
    first = rows["Blågårdens Bibliotek", "vinterhalvåret 2022/2023"]
    assert first["Åbningstid i alt (timer)"] is None
    assert first["Dage med kendt åbningstid"] is None
    assert first["Hændelser pr. 1.000 åbningstimer"] is None
    assert rows["Blågårdens Bibliotek", "sommerhalvåret 2025"]["Dage med kendt åbningstid"] == 183
    assert rows["Blågårdens Bibliotek", "sommerhalvåret 2025"]["Natteværter (timer)"] == 0
    assert not any(library == "Valby Bibliotek" for library, _ in rows)


def test_ledger_has_the_totals_of_each_source(book: Workbook) -> None:
    row = _records(book, "Regnskab")[0]
    assert row["Kilde"] == "Hændelser (MainManager)"
    assert (row["Filer"], row["Heraf ubrugelige"]) == (3, 1)
    assert row["Læst (rækker)"] == 2012


def test_no_text_becomes_a_formula_or_a_link(hostile: Path) -> None:
    book = openpyxl.load_workbook(hostile / "briefing.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert sum(text.startswith(HOSTILE) for text in texts) >= 4


def test_created_is_the_release_date_and_notes_carry_the_banner(book: Workbook) -> None:
    assert book.properties.created.date() == AS_OF
    notes = [cell.value for cell in book["Noter"]["A"]]
    assert notes[:2] == ["Dataspor", "Syntetiske data"]
    assert "Åbningstid og tilstedeværelse" in notes
