"""Workbook exports as Danish systems write them: exactly these rows, or a refusal."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from orchestration.errors import UnreadableFileError
from orchestration.extract.workbook import DELIMITER, _write_rows, read_sheets
from tests.unit.extract.incident_exports import (
    HEADER,
    LONG_ROWS,
    Desk,
    Grid,
    at,
    edited_xlsx,
    long_grid,
    ods,
    patched,
    with_corrections,
    xls,
    xlsx,
    zipped,
)

GRID = [
    HEADER,
    ["0007", "31-03-2024 14:30", "Blågårdens Bibliotek", "Vold"],
    ["A-12", "01-10-2024 08:05", "Ørestad Bibliotek", "Hærværk"],
]
ROWS = [
    (2, "0007", at("2024-03-31 14:30"), "blaagaarden", "violence"),
    (3, "A-12", at("2024-10-01 08:05"), "oerestad", "vandalism"),
]
WRITERS: dict[str, Callable[[Path, dict[str, Grid]], Path]] = {".xlsx": xlsx, ".xls": xls}
WRITERS[".ods"] = ods


def rows_of(times: list[object]) -> list[list[object]]:
    return [[str(n), time, "Husum", "Vold"] for n, time in enumerate(times, start=1)]


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_kind_of_workbook_gives_the_same_rows(exports: Desk, suffix: str) -> None:
    found = exports.read(WRITERS[suffix](exports.folder / f"a{suffix}", {"Data": GRID}))
    assert found.brief == ROWS
    assert found.balances


@pytest.mark.parametrize("suffix", WRITERS)
def test_numbers_dates_and_texts_in_one_column_are_all_read(exports: Desk, suffix: str) -> None:
    times = [at("2024-03-31 02:30"), "31-03-2024 02:59", at("2024-10-27 02:00:29"), 45382.625]
    grid = [[*HEADER, "Antal"]] + [[*row, 3.0] for row in rows_of(times)]
    for row in grid[1:]:
        row[0] = float(row[0])
    found = exports.read(WRITERS[suffix](exports.folder / f"typed{suffix}", {"Data": grid}))
    assert [(row.incident_id, row.reported_at, row.count) for row in found.rows] == [
        ("1", at("2024-03-31 02:30"), 3),
        ("2", at("2024-03-31 02:59"), 3),
        ("3", at("2024-10-27 02:00:29"), 3),
        ("4", at("2024-03-31 15:00"), 3),
    ]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.xlsx", lambda path, grid: xlsx(path, {"Data": grid}, date_1904=True)),
        ("a.xls", lambda path, grid: xls(path, {"Data": grid}, date1904=True)),
    ],
)
def test_serial_numbers_count_from_1904_where_the_workbook_says_so(
    exports: Desk, name: str, write: Callable[[Path, Grid], Path]
) -> None:
    days_between = 1462
    grid = [HEADER, *rows_of([at("2024-03-31 14:30"), 45382.625 - days_between])]
    found = exports.read(write(exports.folder / name, grid))
    assert [row.reported_at for row in found.rows] == [
        at("2024-03-31 14:30"),
        at("2024-03-31 15:00"),
    ]


def test_every_minute_of_a_day_comes_back_from_its_serial_number(exports: Desk) -> None:
    start = at("2024-03-31 00:00")
    minutes = [start + dt.timedelta(minutes=minute) for minute in range(0, 1440, 7)]
    epoch = dt.datetime(1899, 12, 30)
    serials = [(minute - epoch) / dt.timedelta(days=1) for minute in minutes]
    grid = [HEADER, *rows_of([*minutes, *serials])]
    found = exports.read(xlsx(exports.folder / "minutes.xlsx", {"Data": grid}))
    assert [row.reported_at for row in found.rows] == minutes * 2


def test_merged_titles_and_headers_over_two_rows_are_understood(exports: Desk) -> None:
    def edit(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Udtræk")
        sheet.merge_range(0, 0, 0, 4, "Hændelser 2024")
        sheet.merge_range(2, 1, 3, 1, "Nr.")
        sheet.merge_range(2, 2, 2, 3, "Hændelse")
        sheet.write_row(3, 2, ["Oprettet", "Sted"])
        sheet.merge_range(2, 4, 3, 4, "Kate\ngori".replace("\n", ""))
        sheet.write_row(4, 1, ["17", "01-02-2024 10:00", "Husum", "Vold"])

    found = exports.read(edited_xlsx(exports.folder / "merged.xlsx", edit))
    assert found.brief == [(5, "17", at("2024-02-01 10:00"), "husum", "violence")]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_hidden_sheets_are_left_out_and_several_sheets_are_read(exports: Desk, suffix: str) -> None:
    sheets = {"Vinter": GRID, "-Skjult": GRID, "Note": [["Kun en note"]], "Sommer": GRID}
    found = exports.read(WRITERS[suffix](exports.folder / f"sheets{suffix}", sheets))
    assert found.brief == ROWS * 2
    assert [row.sheet for row in found.rows] == ["Vinter", "Vinter", "Sommer", "Sommer"]
    assert found.landed.not_read == {"Note": 1}


def test_sheets_whose_screened_names_are_the_same_stay_different_tables(exports: Desk) -> None:
    sheets = {"Mette Hansen": GRID, "Ole Jensen": GRID, "Bo Nielsen": [["Note"]], "Vinter": GRID}
    found = exports.read(xlsx(exports.folder / "guards.xlsx", sheets))
    assert found.brief == ROWS * 3
    assert [row.sheet for row in found.rows[::2]] == ["[…]", "[…] (2)", "Vinter"]
    assert found.landed.not_read == {"[…] (3)": 1}
    assert [layout["sheet"] for layout in found.landed.layouts] == ["[…]", "[…] (2)", "Vinter"]


@pytest.mark.parametrize("suffix", WRITERS)
def test_blank_rows_and_columns_keep_the_numbers_that_a_person_sees(
    exports: Desk, suffix: str
) -> None:
    blank: list[object] = []
    grid = [blank, ["", "Udtræk"], blank, *(["", "", *row] for row in GRID[:2]), blank, blank]
    grid += [["", "", *GRID[2]], blank, ["", "", "I alt", "", "", 2], ["", "", "Antal: 2"]]
    found = exports.read(WRITERS[suffix](exports.folder / f"blank{suffix}", {"Data": grid}))
    assert [row[0] for row in found.brief] == [5, 8]
    assert found.quarantined == []
    assert found.balances


def test_a_header_with_line_breaks_is_found_and_a_repeated_one_is_no_data(exports: Desk) -> None:
    header = ["Nr.\n", "\nOprettet", " STED ", "Kategori"]
    grid = [header, *GRID[1:2], header, *GRID[2:]]
    found = exports.read(xlsx(exports.folder / "broken.xlsx", {"Data": grid}))
    assert [row[0] for row in found.brief] == [2, 4]
    assert (found.not_data, found.quarantined) == (1, [])


def test_a_wanted_header_that_stands_twice_is_refused(exports: Desk) -> None:
    path = xlsx(exports.folder / "twice.xlsx", {"Data": [[*HEADER, "Nr."], ["1"]]})
    with pytest.raises(UnreadableFileError, match="'Nr.' stands twice, in columns 1 and 5"):
        exports.read(path)


@pytest.mark.parametrize("lie", [b'<dimension ref="A1:B2"/>', b'<dimension ref="A1"/>', b""])
def test_all_rows_are_read_though_the_dimension_tag_lies(exports: Desk, lie: bytes) -> None:
    path = xlsx(exports.folder / "lying.xlsx", {"Data": GRID})
    patched(path, "xl/worksheets/sheet1.xml", lambda part: re.sub(rb"<dimension[^>]*>", lie, part))
    assert exports.read(path).brief == ROWS


def test_cells_that_begin_like_formulas_are_texts_and_escapes_go(exports: Desk) -> None:
    grid = [
        [*HEADER, "Status", "Titel"],
        ["=1+1", "01-02-2024", "Husum", "Vold", "Lukket", "@x"],
        ["2", "01-02-2024", "Husum_x000D_", "Vold\r\n", "Annulleret_x000D_\n", "=2+5"],
    ]
    found = exports.read(xlsx(exports.folder / "formulas.xlsx", {"Data": grid}))
    assert found.quarantined == [(2, "implausible_incident_id")]
    assert [(row.number, row.library_id, row.is_void) for row in found.rows[1:]] == [
        (3, "husum", True)
    ]


def test_a_cell_with_line_breaks_stays_one_row(exports: Desk) -> None:
    grid = [["Titel", *HEADER], *(['a;b\n"c"\n\nd', *row] for row in GRID[1:])]
    assert exports.read(xlsx(exports.folder / "breaks.xlsx", {"Data": grid})).brief == ROWS


@pytest.mark.parametrize(
    ("suffix", "name"), [(".xlsx", "a.xls"), (".xls", "b.xlsx"), (".ods", "c.xlsx")]
)
def test_a_workbook_is_read_by_its_bytes_whatever_its_name_says(
    exports: Desk, suffix: str, name: str
) -> None:
    written = WRITERS[suffix](exports.folder / f"named{suffix}", {"Data": GRID})
    path = exports.folder / name
    shutil.move(written, path)
    assert exports.read(path).brief == ROWS


def test_workbooks_inside_a_zip_are_read(exports: Desk) -> None:
    book = xlsx(exports.folder / "inner.xlsx", {"Data": GRID}).read_bytes()
    old = xls(exports.folder / "inner.xls", {"Data": GRID}).read_bytes()
    found = exports.read(zipped(exports.folder / "books.zip", {"a.xlsx": book, "b.xls": old}))
    assert found.brief == ROWS * 2
    assert [row.sheet for row in found.rows] == ["a.xlsx Data"] * 2 + ["b.xls Data"] * 2


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_damaged_workbook_is_refused_in_a_sentence(exports: Desk, suffix: str) -> None:
    path = WRITERS[suffix](exports.folder / f"whole{suffix}", {"Data": GRID})
    content = path.read_bytes()
    for keep in (16, len(content) // 2, len(content) - 30):
        with pytest.raises(UnreadableFileError, match="export it again") as refused:
            exports.read(exports.write(f"cut{suffix}", content[:keep]))
        assert refused.value.status == "unreadable"


def test_a_workbook_without_the_wanted_header_is_refused(exports: Desk) -> None:
    path = xlsx(exports.folder / "other.xlsx", {"Data": [["a", "b"], [1, 2]]})
    with pytest.raises(UnreadableFileError, match="no header row with incident_id"):
        exports.read(path)


def test_a_sheet_is_written_cell_by_cell_as_it_stands(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Nr.", '"citat" og mere', ""],
        ["", "", ""],
        ["to\nlinjer", "", "a, b; c"],
        ["", "vogn\rretur", ""],
        ["", "", "tab\ttab"],
        [1.0, True, dt.datetime(2024, 3, 31, 14, 30)],  # noqa: DTZ001
        [dt.timedelta(days=1, hours=12), dt.time(8, 5), ' "'],
    ]
    narrow: list[list[object]] = [["x"], [""], ["y\tz"]]
    for number, grid in enumerate((rows, narrow)):
        path = tmp_path / f"{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as output:
            _write_rows(output, grid)
        with path.open(encoding="utf-8", newline="") as written:
            assert list(csv.reader(written, delimiter=DELIMITER)) == [
                [str(cell) for cell in row] for row in grid
            ]
        # no row is an empty line, which DuckDB would skip
        assert b"\r\n\r\n" not in path.read_bytes()


def test_a_long_sheet_which_two_processes_write_keeps_every_row_in_its_order(
    tmp_path: Path,
) -> None:
    grid = [[str(n), "to\nlinjer" if n % 1000 == 0 else f"række {n}"] for n in range(20_001)]
    book, target = tmp_path / "long.xlsx", tmp_path / "sheets"
    with xlsxwriter.Workbook(str(book), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(grid):
            sheet.write_row(number, 0, row)
    target.mkdir()
    (found,) = read_sheets(book, target)
    with found.path.open(encoding="utf-8", newline="") as written:
        assert list(csv.reader(written, delimiter=DELIMITER)) == grid
    assert found.rows == len(grid)
    assert [path.name for path in target.iterdir()] == [found.path.name]


def test_every_row_has_its_number_in_a_sheet_that_is_read_in_several_parts_at_once(
    exports: Desk,
) -> None:
    unknown = LONG_ROWS - 6
    path = xlsx(exports.folder / "long.xlsx", {"Data": long_grid(["Husum"], {unknown: "Ukendt"})})
    for _ in range(4):  # they came out in another order every second time
        found = exports.read(path)
        assert found.balances
        assert len(found.rows) == LONG_ROWS
        assert [row for row in found.rows if row.incident_id != str(row.number)] == []
        assert found.quarantined == [(unknown, "unknown_category")]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("old", ["300", "300.0"])
def test_a_number_in_a_sheet_is_corrected_as_it_is_shown(
    exports: Desk, suffix: str, old: str
) -> None:
    grid = [[*HEADER, "Antal"], [7.0, "01-02-2024", "Husum", "Vold", 300.0]]
    path = WRITERS[suffix](exports.folder / f"numbers{suffix}", {"Data": grid})
    found = exports.read(path, with_corrections(("incident_id=7 & count=300", "count", old, "3")))
    assert [row.count for row in found.rows] == [3]
    assert found.landed.corrections == {"k1": 1}


@pytest.mark.parametrize(
    ("cell", "old"),
    [
        (at("2024-02-01 14:30"), "2024-02-01 14:30:00"),
        (at("2024-02-01"), "2024-02-01"),
        ("01-02-2024 14:30", "01-02-2024 14:30"),
        (45323.0, "45323"),
    ],
)
def test_a_date_in_a_sheet_is_corrected_as_the_reference_says_it_is_written(
    exports: Desk, cell: object, old: str
) -> None:
    path = xlsx(exports.folder / "dates.xlsx", {"Data": [HEADER, ["7", cell, "Husum", "Vold"]]})
    found = exports.read(
        path, with_corrections(("incident_id=7", "reported_at", old, "03-02-2024"))
    )
    assert [row.reported_at for row in found.rows] == [at("2024-02-03")]


def test_a_time_of_day_in_a_sheet_is_corrected_as_the_reference_says_it_is_written(
    exports: Desk,
) -> None:
    def edit(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, [*HEADER, "Hændelsesdato", "Klokkeslæt"])
        sheet.write_row(1, 0, ["7", "01-02-2024", "Husum", "Vold", "01-02-2024"])
        form = book.add_format({"num_format": "hh:mm"})
        sheet.write_datetime(1, 5, dt.time(14, 30), form)

    path = edited_xlsx(exports.folder / "times.xlsx", edit)
    found = exports.read(
        path, with_corrections(("incident_id=7", "occurred_time", "14:30:00", "15:30"))
    )
    assert [row.occurred_at for row in found.rows] == [at("2024-02-01 15:30")]
