"""What the ledger notes of a file that is used."""

from __future__ import annotations

from orchestration.extract.rows import Landed
from orchestration.landing.ledger import notes_on


def test_nothing_is_noted_of_a_file_of_which_every_row_was_used() -> None:
    assert notes_on(Landed(5)) == []


def test_rows_that_are_no_data_sheets_not_read_and_corrections_are_noted_in_this_order() -> None:
    landed = Landed(
        5,
        rows_not_data=2,
        not_read={"Pivot": 7, "Tom": 0},
        unreadable={"logo.png": "it is no text"},
        corrections={"second": 1, "first": 4},
    )
    assert notes_on(landed) == [
        "2 rows are no data (blank, headers, totals, groups)",
        "sheet 'Pivot' (7 rows) has no header and was not read",
        "sheet 'Tom' has no header and was not read",
        "'logo.png' was not read: it is no text",
        "correction first changed 4 rows",
        "correction second changed 1 rows",
    ]
