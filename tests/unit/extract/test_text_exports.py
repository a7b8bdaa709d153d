"""Text exports as Danish systems write them: exactly these rows, or a refusal."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import zipfile

import pytest

from orchestration.config.model import IncidentDrift
from orchestration.errors import UnreadableFileError
from orchestration.extract import mainmanager
from orchestration.extract.incident_sql import select
from tests.unit.extract.incident_exports import (
    CONFIG,
    HEADER,
    LONG_ROWS,
    Desk,
    at,
    csv_text,
    long_grid,
    with_corrections,
    with_incidents,
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
LINE = "1;01-02-2024 10:00;Vesterbro Bibliotek;Vold\n"
HEAD = ";".join(HEADER) + "\n"


def one(reported: str = "01-02-2024 10:00", count: str | None = None, number: str = "1") -> str:
    cells = [number, reported, "Vesterbro Bibliotek", "Vold"]
    header, row = (list(HEADER), cells) if count is None else ([*HEADER, "Antal"], [*cells, count])
    return csv_text([header, row])


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("cp1252", b""),
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-le", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-be", b""),
    ],
)
def test_every_encoding_and_delimiter_gives_the_same_rows(
    exports: Desk, encoding: str, mark: bytes, delimiter: str
) -> None:
    content = mark + csv_text(GRID, delimiter, "\r\n").encode(encoding)
    found = exports.read_text(content)
    assert found.brief == ROWS
    assert found.balances


def test_an_export_with_line_breaks_of_another_kind_in_cells_is_judged_once(
    exports: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []

    def noted(*told: object) -> str:
        judged.append(told)
        return select(*told)

    monkeypatch.setattr(mainmanager, "select", noted)
    grid = [[*HEADER, "Beskrivelse"], *([*row, "to\nlinjer"] for row in GRID[1:])]
    assert exports.read_text(csv_text(grid, line_end="\r\n").encode()).brief == ROWS
    assert len(judged) == 1


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("is_ended", [True, False])
def test_every_line_end_gives_the_same_rows(
    exports: Desk, line_end: str, quoting: int, is_ended: bool
) -> None:
    text = csv_text(GRID, ";", line_end, quoting)
    assert exports.read_text(text if is_ended else text.removesuffix(line_end)).brief == ROWS


def test_a_letter_beyond_the_looked_at_beginning_still_decides_the_encoding(exports: Desk) -> None:
    filling = "".join(f"{n};01-02-2024 10:00;Vesterbro Bibliotek;Vold\n" for n in range(9_000))
    content = (HEAD + filling + LINE.replace("Vesterbro", "Nørrebro")).encode("cp1252")
    assert len(content) > 262_144
    last = exports.read_text(content).rows[-1]
    assert (last.number, last.library_id) == (9_002, "noerrebro")


@pytest.mark.parametrize("is_whole", [[False], [False, True], [True]])
def test_every_row_has_its_number_in_a_text_that_is_read_in_several_parts_at_once(
    exports: Desk, is_whole: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[bool] = []

    def noted(table: object, file_id: object, meaning: object, *rest: object) -> str:
        ways.append(meaning.is_whole)
        return select(table, file_id, meaning, *rest)

    monkeypatch.setattr(mainmanager, "select", noted)
    monkeypatch.setattr(mainmanager, "SAMPLE_ROWS", 2_500)
    elsewhere = [name for name, library in CONFIG.place_to_library().items() if library is None]
    assert len(elsewhere) > 10
    places = ["Husum", *elsewhere]
    unknown = LONG_ROWS - LONG_ROWS % len(places)  # in Husum, and far below
    categories = {unknown: "Ukendt"} if is_whole == [False, True] else {}
    text = csv_text(long_grid(places, categories))
    assert len(text) > 4_000_000
    correction = (f"incident_id={unknown}", "category", "Vold", "Hærværk")
    config = with_corrections(correction) if is_whole == [True] else CONFIG
    for _ in range(5):  # they came out in another order nearly every time
        ways.clear()
        found = exports.read(exports.write("long.csv", text), config)
        assert ways == is_whole
        assert found.balances
        assert len(found.rows) == LONG_ROWS
        assert [row for row in found.rows if row.incident_id != str(row.number)] == []
        refused = [(unknown, "unknown_category")] if categories else []
        assert found.quarantined == refused
        if is_whole == [True]:
            assert [r.number for r in found.rows if r.category_id == "vandalism"] == [unknown]


@pytest.mark.parametrize("broken", ["Ã¸", "Ã¥", "Ã†", "\ufffd"])
@pytest.mark.parametrize("column", ["Sted", "Kategori", "Status"])
def test_letters_broken_before_are_refused(exports: Desk, broken: str, column: str) -> None:
    cells = {"Sted": "Vesterbro Bibliotek", "Kategori": "Vold", "Status": "Lukket"}
    cells[column] += broken
    grid = [["Nr.", "Oprettet", *cells], ["1", "01-02-2024", *cells.values()]]
    with pytest.raises(UnreadableFileError, match="Danish letters were broken before"):
        exports.read_text(csv_text(grid))


def test_letters_broken_above_the_header_are_refused_with_their_row(exports: Desk) -> None:
    with pytest.raises(UnreadableFileError, match="row 2 has letters"):
        exports.read_text("Udtræk\nHÃ¦ndelser\n" + HEAD + LINE)


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_a_sep_line_decides_the_delimiter_and_is_a_row_of_the_file(
    exports: Desk, delimiter: str
) -> None:
    text = f"sep={delimiter}\n" + csv_text([*GRID, ["3", "01-02-2024", "Husum", "a,b,c;d|e"]], "|")
    found = exports.read_text(text.replace("|", delimiter) if delimiter != "|" else text)
    assert [row[0] for row in found.brief] == [3, 4]


@pytest.mark.parametrize(
    ("text", "decimal_comma", "count"),
    [
        ("1.234", True, 1234),
        ("1.234", False, None),
        ("1,234", False, 1234),
        ("1,234", True, None),
        ("1.234,0", True, 1234),
        ("1\xa0234", True, 1234),
        ("1 234 567", True, 1234567),
        ("1\xa0234,00", True, 1234),
        ("3,0", True, 3),
        ("3.0", True, 3),
        ("3,00", False, 3),
        ("1.234,5", True, None),
        ("12 34", True, None),
        ("0", True, None),
        ("-3", True, None),
        ("to", True, None),
        ("", True, 1),
        ("  7 ", True, 7),
        ("99999999999", True, None),
        ("28719364", True, None),
        ("9.999.999", True, 9999999),
    ],
)
def test_a_number_is_read_by_the_configured_locale_or_not_at_all(
    exports: Desk, text: str, decimal_comma: bool, count: int | None
) -> None:
    found = exports.read(
        exports.write("export.csv", one(count=text)), with_incidents(decimal_comma=decimal_comma)
    )
    assert found.balances
    if count is None:
        assert found.quarantined == [(2, "bad_count")]
    else:
        assert [row.count for row in found.rows] == [count]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31-03-2024", "2024-03-31"),
        ("31-03-2024 14:30", "2024-03-31 14:30"),
        ("31-03-2024 14:30:59", "2024-03-31 14:30:59"),
        ("31.03.2024 14.30", "2024-03-31 14:30"),
        ("7/8-24", "2024-08-07"),
        ("31-03-2024 kl. 14:30", "2024-03-31 14:30"),
        ("31.03.2024 kl. 14.30", "2024-03-31 14:30"),
        ("31.03.2024, kl 14.30", "2024-03-31 14:30"),
        ("31-03-2024  14:30", "2024-03-31 14:30"),
        ("\xa031-03-2024\xa014:30 ", "2024-03-31 14:30"),
        ("2024-03-31T14:30:05", "2024-03-31 14:30:05"),
        ("2024-03-31 23:30:00+00:00", "2024-04-01 01:30"),
        ("2024-03-31T14:30:59.996", "2024-03-31 14:31"),
        ("45382,6041666667", "2024-03-31 14:30"),
        ("45382.6041666667", "2024-03-31 14:30"),
        ("45382", "2024-03-31"),
    ],
)
def test_a_date_is_read_in_each_form(exports: Desk, text: str, expected: str) -> None:
    assert [row.reported_at for row in exports.read_text(one(text)).rows] == [at(expected)]


@pytest.mark.parametrize(
    "text",
    ["03-31-2024", "31-02-2024", "24-03-31", "i går", "2024", "31-03-2024 25:00", "31-3", ""],
)
def test_a_text_that_is_no_date_in_a_configured_form_is_not_guessed(
    exports: Desk, text: str
) -> None:
    assert exports.read_text(one(text)).quarantined == [(2, "bad_reported_at")]


def test_a_column_that_fits_no_format_is_refused_naming_the_formats_tried(exports: Desk) -> None:
    formats = ["%d-%m-%Y", "%d.%m.%Y %H.%M"]
    path = exports.write("export.csv", HEAD + LINE.replace("01-02-2024 10:00", "1. februar") * 3)
    with pytest.raises(UnreadableFileError) as refused:
        exports.read(path, with_incidents(date_formats=formats))
    assert refused.value.status == "wrong_dates"
    assert all(form in str(refused.value) for form in ("'Oprettet'", *formats))
    assert "1. februar" not in str(refused.value)


def test_day_and_month_swapped_are_refused(exports: Desk) -> None:
    swapped = [f"{month:02}-{day:02}-2024 10:00" for month in (1, 2) for day in range(5, 17)]
    with pytest.raises(UnreadableFileError, match="day and month the other way round"):
        exports.read_text(HEAD + "".join(LINE.replace("01-02-2024 10:00", t) for t in swapped))


def test_a_column_of_dates_that_may_be_empty_is_refused_alike(exports: Desk) -> None:
    grid = [[*HEADER, "Senest ændret"]]
    grid += [[str(n), "01-02-2024", "Husum", "Vold", "02/14/2024 1 PM"] for n in range(3)]
    with pytest.raises(UnreadableFileError, match="under 'Senest ændret'"):
        exports.read_text(csv_text(grid))


@pytest.mark.parametrize("day", ["31-03-2024", "27-10-2024", "30-03-2025", "26-10-2025"])
@pytest.mark.parametrize("clock", ["02:00", "02:30", "02:59"])
def test_local_times_that_do_not_exist_or_exist_twice_stay_as_written(
    exports: Desk, day: str, clock: str
) -> None:
    (row,) = exports.read_text(one(f"{day} {clock}")).rows
    assert row.reported_at == dt.datetime.strptime(f"{day} {clock}", "%d-%m-%Y %H:%M")


def test_titles_filters_and_blank_rows_keep_the_numbers_that_a_person_sees(exports: Desk) -> None:
    text = (
        "Udtræk fra MainManager;;;\n\nFilter: Oprettet; alle\n;;;\n"
        + HEAD
        + "\n"
        + LINE
        + ";;;\n  ; ;\xa0;\n"
        + LINE
    )
    found = exports.read_text(text)
    assert [row[0] for row in found.brief] == [7, 10]
    assert found.not_data == 3
    assert found.balances


def test_a_header_over_two_rows_is_found(exports: Desk) -> None:
    text = "Nr.;Hændelse;;Kategori;Status\n;Oprettet;Sted;;\n" + LINE
    assert [row[:2] for row in exports.read_text(text).brief] == [(3, "1")]


def test_headers_may_have_line_breaks_case_and_spaces(exports: Desk) -> None:
    text = '" nr. ";"OPRETTET\r\n";sted ;"Kate-\ngori";"Hændelses\ntype"\n' + LINE.replace(
        "Vold", "x;Vold"
    )
    # a header in two lines is one row, as in a spreadsheet
    grid_header = text.replace('"Hændelses\ntype"', '"\nHændelsestype"')
    assert [row[:2] for row in exports.read_text(grid_header).brief] == [(2, "1")]


def test_blank_columns_and_columns_that_nobody_wants_are_no_matter(exports: Desk) -> None:
    grid = [
        ["", "Nr.", "", "Titel", "Oprettet", "Sted", "Kategori", "", "Melder"],
        ["", "1", "", "=cmd|' /C calc'!A0", "01-02-2024", "Husum", "Vold", "", "Navn Navnesen"],
    ]
    found = exports.read_text(csv_text(grid))
    assert found.brief == [(2, "1", at("2024-02-01"), "husum", "violence")]
    assert found.balances


def test_a_wanted_header_that_stands_twice_is_refused(exports: Desk) -> None:
    with pytest.raises(UnreadableFileError, match="'Sted' stands twice, in columns 3 and 5"):
        exports.read_text("Nr.;Oprettet;Sted;Kategori;Sted\n" + LINE)


def test_footers_group_rows_and_repeated_headers_are_no_data(exports: Desk) -> None:
    text = (
        HEAD
        + "Vesterbro Bibliotek (2)\n"
        + LINE
        + HEAD
        + LINE
        + "Vold\n;;;\n"
        + "I alt;;;2\nAntal: 123\nUdskrevet den 01-02-2024 10:00\n"
    )
    found = exports.read_text(text)
    assert [row[0] for row in found.brief] == [3, 5]
    assert (found.not_data, found.quarantined) == (7, [])
    assert found.balances


@pytest.mark.parametrize("footer", ["– I alt –", "I alt: (antal)", "[Sum]\\", "Σ\t1½ ☃"])
def test_a_footer_may_have_any_character(exports: Desk, footer: str) -> None:
    path = exports.write("export.csv", HEAD + LINE + f"{footer} 12;;;\n")
    found = exports.read(path, with_incidents(footers=[footer]))
    assert (len(found.rows), found.not_data, found.balances) == (1, 1, True)


def test_a_row_that_only_looks_like_a_footer_is_data(exports: Desk) -> None:
    text = HEAD + LINE.replace("1;", "Sum 1;", 1) + LINE.replace("1;", "Totalt 1;", 1)
    assert [row.number for row in exports.read_text(text).rows] == [2, 3]


@pytest.mark.parametrize(
    ("text", "incident_id"),
    [
        ("12345.0", "12345"),
        ("0012345", "0012345"),
        (" 12345 ", "12345"),
        ("12345.10", "12345.10"),
        ("MM-2024/001", "MM-2024/001"),
        ("Sag-A\u030a-1", "Sag-Å-1"),
        ("12345_x000D_", "12345"),
    ],
)
def test_a_number_of_a_report_stays_as_written(exports: Desk, text: str, incident_id: str) -> None:
    assert [row.incident_id for row in exports.read_text(one(number=text)).rows] == [incident_id]


@pytest.mark.parametrize(
    "text",
    ["Sag 311299-4321", "311299_4321", "311299-4321 7", "3112994321.0", "28-71-93-64"]
    + ["2871 9364", "tlf 28719364", "0045 28719364", "004528719364", "Synnøve Hansen 1"],
)
def test_a_number_that_may_be_that_of_a_person_is_never_landed(exports: Desk, text: str) -> None:
    found = exports.read_text(one(number=text))
    assert [(row.incident_id, row.reason) for row in found.rows] == [
        (None, "implausible_incident_id")
    ]


@pytest.mark.parametrize(
    "text", ["2024 0001", "2024-10-15-03", "INC2412310001", "24/10/0015", "000000012345"]
)
def test_a_number_of_many_digits_is_that_of_a_report(exports: Desk, text: str) -> None:
    assert [row.incident_id for row in exports.read_text(one(number=text)).rows] == [text]


@pytest.mark.parametrize("text", ["=1+1", "+45", "-5", "@SUM(A1)", "=HYPERLINK(1)", "\t=1"])
def test_a_number_that_a_spreadsheet_would_run_is_never_landed(exports: Desk, text: str) -> None:
    found = exports.read_text(csv_text([HEADER, [text, "01-02-2024", "Husum", "Vold"]], ";", "\n"))
    assert [(row.incident_id, row.reason) for row in found.rows] == [
        (None, "implausible_incident_id")
    ]


@pytest.mark.parametrize("sample_rows", [20_000, 1])
@pytest.mark.parametrize("number", ["Mette Hansen 010190-1234", "Mette Hansen", "tlf 28719364"])
def test_what_stands_for_the_number_of_an_excluded_row_is_landed_only_where_it_is_one(
    exports: Desk, number: str, sample_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mainmanager, "SAMPLE_ROWS", sample_rows)
    monkeypatch.setattr(mainmanager, "DATE_ROWS", sample_rows)
    rows = [[text, "01-02-2024 10:00", "Rådhuset", "Vold"] for text in ("7", number, "A-8")]
    found = exports.read_text(csv_text([HEADER, *rows]))
    assert [(row.incident_id, row.outcome) for row in found.rows] == [
        ("7", "excluded"),
        (None, "excluded"),
        ("A-8", "excluded"),
    ]


def test_of_a_row_with_shifted_or_cut_off_cells_nothing_is_landed_as_its_number(
    exports: Desk,
) -> None:
    text = (
        "Beskrivelse;Nr.;Oprettet;Sted;Kategori\n"
        "Slog; Vagten 2 gange;17;01-02-2024;Husum;Vold\n"
        "Slog ; 4 gange;18;01-02-2024;Husum;Vold\n"
        "Slog;19;01-02-2024;Husum;Vold\n"
        "Han slog; 3 gange;20"
    )
    assert [(row.incident_id, row.reason) for row in exports.read_text(text).rows] == [
        (None, "too_many_cells"),
        (None, "too_many_cells"),
        ("19", None),
        (None, "cut_off"),
    ]


@pytest.mark.parametrize("listed", [[], ["Ny"]])
def test_a_new_status_quarantines_only_where_statuses_are_listed(
    exports: Desk, listed: list[str]
) -> None:
    rows = [["1", "01-02-2024", "Husum", "Vold", status] for status in ("Ny", "Lukket", "Dublet")]
    config = with_incidents(statuses=listed, drift=IncidentDrift(new_status="quarantines"))
    path = exports.write("export.csv", csv_text([[*HEADER, "Status"], *rows]))
    found = exports.read(path, config)
    assert found.quarantined == ([(3, "unknown_status")] if listed else [])
    assert [row.is_void for row in found.rows] == [False, False, True]


@pytest.mark.parametrize("place", ["Blågårdens Bibliotek", "Bla\u030aga\u030ardens Bibliotek"])
def test_composed_and_decomposed_letters_are_one_place(exports: Desk, place: str) -> None:
    text = csv_text([HEADER, ["1", "01-02-2024", place, "Vold"]])
    assert [row.library_id for row in exports.read_text(text).rows] == ["blaagaarden"]


def test_exports_with_columns_reordered_give_the_same_rows(exports: Desk) -> None:
    reordered = [[row[position] for position in (3, 1, 0, 2)] for row in GRID]
    assert exports.read_text(csv_text(reordered)).brief == ROWS


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(exports: Desk) -> None:
    grid = [
        [*HEADER, "Beskrivelse", "Status"],
        ["1", "01-02-2024", "Husum", "Vold", 'Han sagde "nej"; og\r\ngik;\n\nsin vej', "Lukket"],
        ["2", "01-02-2024", "Husum", "Vold", "a_x000D_\nb", "Annulleret_x000D_"],
        ["3", "01-02-2024", "Husum", "Vold", '"";""', "Lukket"],
    ]
    found = exports.read_text(csv_text(grid, line_end="\r\n"))
    assert [(row.number, row.incident_id, row.is_void) for row in found.rows] == [
        (2, "1", False),
        (3, "2", True),
        (4, "3", False),
    ]
    assert found.rows[0].status == found.rows[2].status


def test_rows_with_too_many_cells_are_quarantined(exports: Desk) -> None:
    text = HEAD + LINE + LINE.replace("\n", ";uventet\n") + LINE.replace("\n", ";;\n") + LINE
    found = exports.read_text(text)
    assert found.quarantined == [(3, "too_many_cells")]
    assert [row[0] for row in found.brief] == [2, 4, 5]


def test_rows_with_too_few_cells_are_judged_by_what_they_have(exports: Desk) -> None:
    found = exports.read_text(HEAD + LINE + "2;01-02-2024;Husum\n" + LINE)
    assert found.quarantined == [(3, "missing_category")]


@pytest.mark.parametrize("filling", ["", 'x"\n"y'])
def test_a_file_cut_in_its_last_row_has_that_row_quarantined(exports: Desk, filling: str) -> None:
    header = [*HEADER, "Status", "Titel"]
    rows = [[str(n), "01-02-2024", "Husum", "Vold", "Annulleret", filling] for n in range(3)]
    whole = csv_text([header, *rows])
    cut = whole[: whole.rindex("eret")]
    found = exports.read_text(cut)
    assert found.quarantined == [(4, "cut_off")]
    assert [row[0] for row in found.brief] == [2, 3]


def test_a_last_row_without_line_end_is_whole_though_a_cell_has_a_line_break(exports: Desk) -> None:
    text = csv_text([[*HEADER, "Titel"], ["1", "01-02-2024", "Husum", "Vold", "a\nb"]])
    reordered = csv_text([["Titel", *HEADER], ["a\nb", "1", "01-02-2024", "Husum", "Vold"]])
    first_column_last = text.removesuffix("\n"), reordered.removesuffix("\n")
    assert [len(exports.read_text(each).brief) for each in first_column_last] == [1, 1]


@pytest.mark.parametrize("rest", ["", "2;01-02-2024;Husum;Vold\n" * 2])
def test_a_missing_closing_quotation_mark_is_refused_with_its_line(
    exports: Desk, rest: str
) -> None:
    with pytest.raises(UnreadableFileError, match="quotation mark"):
        exports.read_text(HEAD + LINE + '7;01-02-2024;Husum;"Vold\n' + rest)


def test_a_quotation_mark_closed_rows_later_is_refused_with_its_row(exports: Desk) -> None:
    text = HEAD + '7;01-02-2024;Husum;"Vold\n' + LINE + LINE.replace("Vold", 'Vold"')
    with pytest.raises(UnreadableFileError, match="row 1 below the header"):
        exports.read_text(text)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods", "a.zip", "a.gz"])
def test_a_text_is_read_by_its_bytes_whatever_its_name_says(exports: Desk, name: str) -> None:
    assert exports.read(exports.write(name, csv_text(GRID))).brief == ROWS


@pytest.mark.parametrize("mark", ['"', "\0"])
def test_a_separator_that_cannot_be_one_is_a_title(exports: Desk, mark: str) -> None:
    found = exports.read_text(f"sep={mark}\n{csv_text(GRID)}")
    assert [row[1:] for row in found.brief] == [row[1:] for row in ROWS]


def test_packed_exports_are_read_and_each_member_is_a_table(exports: Desk) -> None:
    content = csv_text(GRID)
    members = {
        "jan/første.csv": content.encode("cp1252"),
        "anden.tsv": csv_text(GRID, "\t").encode("utf-16"),
        "LÆSMIG.txt": b"Udtraek\n",
        "tom.csv": b"",
        ".DS_Store": b"\0\0",
        "__MACOSX/jan/._første.csv": b"\0\0",
    }
    found = exports.read(zipped(exports.folder / "pakke.zip", members))
    assert found.brief == ROWS * 2
    assert {row.sheet for row in found.rows} == {"første.csv", "anden.tsv"}
    assert found.landed.not_read == {"LÆSMIG.txt": 0}
    packed = exports.write("export.csv.gz", gzip.compress(content.encode()))
    assert exports.read(packed).brief == ROWS
    assert exports.read(exports.write("export.tsv", csv_text(GRID, "\t"))).brief == ROWS


def test_packed_exports_of_the_same_name_are_told_apart_in_the_order_they_lie_in(
    exports: Desk,
) -> None:
    text, other = csv_text(GRID).encode(), b"Udtraek\n"
    members = {
        "a/u.csv": text,
        "b/u.csv": other,
        "c/u.csv": text,
        "u (2).csv": text,
        "d/u.csv": other,
    }
    found = exports.read(zipped(exports.folder / "pakke.zip", members))
    assert found.brief == ROWS * 3
    assert [row.sheet for row in found.rows[::2]] == ["u.csv", "u.csv (3)", "u (2).csv"]
    assert found.landed.not_read == {"u.csv (2)": 0, "u.csv (4)": 0}


PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81\x8d\x8f\x90\x9d"


def test_packed_files_that_are_no_tables_are_noted_beside_those_that_are(exports: Desk) -> None:
    letter = zipped(exports.folder / "letter", {"[Content_Types].xml": b"<Types/>"}).read_bytes()
    members = {
        "data.csv": csv_text(GRID).encode(),
        "vejledning.pdf": b"%PDF-1.7",
        "logo.png": PICTURE,
        "brev.docx": letter,
        "afbrudt.docx": letter[: len(letter) // 2],
        "til Mette Hansen.html": b"<!doctype html>",
    }
    found = exports.read(zipped(exports.folder / "pakke.zip", members))
    assert found.brief == ROWS
    assert found.landed.not_read == {}
    assert {name: why.split()[0] for name, why in found.landed.unreadable.items()} == {
        "vejledning.pdf": "the",
        "logo.png": "the",
        "brev.docx": "not",
        "afbrudt.docx": "the",
        "til […].html": "the",
    }
    members["sub/vejledning.pdf"] = members.pop("vejledning.pdf")
    again = exports.read(zipped(exports.folder / "pakke.zip", members))
    assert again.landed.unreadable.keys() == found.landed.unreadable.keys()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("anden.csv", PICTURE, "anden.csv: the text is neither"),
        ("anden.csv", b"%PDF-1.7", "anden.csv: the file is a web page, XML or PDF"),
        ("anden.xlsx", b"PK\x03\x04", "anden.xlsx: the file is damaged"),
        ("anden.zip", b"PK\x03\x04", "anden.zip: the file is damaged"),
        ("Mette Hansen.xls", b"<html>", r"\[…\].xls: the file is a web page"),
        ("anden.txt", b"Nr.;Oprettet;Sted;Kategori;Nr.\n", "anden.txt: the header 'Nr.'"),
        ("anden.txt", ("HÃ¦ndelser\n" + HEAD).encode(), "anden.txt: row 1 has letters"),
    ],
)
def test_a_packed_table_that_cannot_be_read_refuses_all_and_is_named(
    exports: Desk, name: str, content: bytes, sentence: str
) -> None:
    members = {"data.csv": csv_text(GRID).encode(), name: content}
    with pytest.raises(UnreadableFileError, match=f"^{sentence}"):
        exports.read(zipped(exports.folder / "pakke.zip", members))


def test_a_packed_table_of_which_a_byte_is_damaged_is_named(exports: Desk) -> None:
    members = {"data.csv": csv_text(GRID).encode(), "anden.csv": b"A" * 30}
    with zipfile.ZipFile(exports.folder / "pakke.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    whole = (exports.folder / "pakke.zip").read_bytes()
    with pytest.raises(UnreadableFileError, match=r"^anden.csv: the file is damaged"):
        exports.read(exports.write("pakke.zip", whole.replace(b"A" * 30, b"B" * 30)))


@pytest.mark.parametrize(
    ("members", "status", "sentence"),
    [
        ({"a.pdf": b"%PDF-1.7"}, "unreadable", "a.pdf: the file is a web page, XML or PDF"),
        ({"a.pdf": b"%PDF-1.7", "b.txt": b"x"}, "wrong_columns", "no header row with"),
    ],
)
def test_a_zip_without_any_table_is_refused(
    exports: Desk, members: dict[str, bytes], status: str, sentence: str
) -> None:
    with pytest.raises(UnreadableFileError, match=f"^{sentence}") as refused:
        exports.read(zipped(exports.folder / "pakke.zip", members))
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("name", "content", "status", "sentence"),
    [
        ("a.csv", b"", "empty", "the file is empty"),
        ("a.csv", b"a;b\n1;2\n", "wrong_columns", "no header row with incident_id .Nr."),
        ("a.csv", b"\n\n\n", "wrong_columns", "no header row"),
        ("a.xls", b"<html><table><tr><td>Nr.", "unreadable", "a web page, XML or PDF"),
        ("a.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "unreadable", "a web page, XML or PDF"),
        ("a.xls", b"<?xml version='1.0'?><Workbook>", "unreadable", "a web page, XML or PDF"),
        ("a.csv", b"%PDF-1.7", "unreadable", "a web page, XML or PDF"),
        ("a.csv", b"Nr.;Oprettet\x81\n", "unreadable", "neither UTF-8, UTF-16 nor Windows-1252"),
    ],
)
def test_an_unusable_file_is_refused_in_a_sentence(
    exports: Desk, name: str, content: bytes, status: str, sentence: str
) -> None:
    with pytest.raises(UnreadableFileError, match=sentence) as refused:
        exports.read(exports.write(name, content))
    assert refused.value.status == status


@pytest.mark.parametrize(("length", "code"), [(40, None), (41, "implausible_incident_id")])
def test_a_number_of_a_report_has_forty_letters_at_most(
    exports: Desk, length: int, code: str | None
) -> None:
    number = "Sag-æ/".ljust(length, "1")
    found = exports.read_text(csv_text([HEADER, [number, "31-03-2024", "Husum", "Vold"]]))
    assert [row.reason for row in found.rows] == [code]


def test_of_several_corrections_of_one_cell_the_first_is_made_and_it_alone_has_met_the_row(
    exports: Desk,
) -> None:
    rows = [[n, "01-02-2024", "Husum", "Vold", count] for n, count in (("1", "5"), ("2", "5"))]
    path = exports.write("export.csv", csv_text([[*HEADER, "Antal"], *rows]))
    config = with_corrections(
        ("incident_id=1", "count", "5", "3"),
        ("location=Husum", "count", "5", "4"),
        ("incident_id=1", "category", "Vold", "Hærværk"),
        ("incident_id=2", "count", "5", "9"),
    )
    found = exports.read(path, config)
    assert [(row.count, row.category_id) for row in found.rows] == [
        (3, "vandalism"),
        (4, "violence"),
    ]
    assert found.landed.corrections == {"k1": 1, "k2": 1, "k3": 1}
