from pathlib import Path

import pytest
import xlsxwriter

from orchestration.errors import UnreadableFileError
from orchestration.extract.headers import header_finder
from orchestration.extract.tables import Table, decode, read_tables

ACCEPTED = {"id": ["Nr.", "ID"], "place": ["Sted", "Ejendom"]}
FIND = header_finder(ACCEPTED, ["id", "place"])


def read(path: Path) -> Table:
    (table,) = read_tables(path, FIND, what="id and place")
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_found_from_the_bytes(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(f"Nr.{delimiter}Sted\n007{delimiter}Blågården\n".encode(encoding))
    assert read(path).rows == [(2, ["007", "Blågården"])]


def test_row_numbers_are_those_of_the_file_below_titles_and_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text('Udtræk; hændelser\n\n nr. ;"Sted\n"\n\n1;A\n;;\n2;B\n', encoding="utf-8")
    table = read(path)
    assert table.header.row_number == 3
    assert [number for number, _ in table.rows] == [5, 7]


def test_the_header_listed_first_is_taken_where_two_fit(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Ejendom;Nr.;Sted\nhus;1;rum\n", encoding="utf-8")
    assert read(path).header.columns == {"id": 1, "place": 2}


def test_a_sep_line_decides_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("sep=|\nNr.|Sted\n1|a;b;c\n", encoding="utf-8")
    assert read(path).rows == [(3, ["1", "a;b;c"])]


def test_hidden_sheets_are_left_out_and_numbers_become_text(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("Data", "Skjult"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Nr.", "Sted"])
            sheet.write_row(1, 0, [12345, name])
        sheet.hide()
    assert read(path).rows == [(2, ["12345", "Data"])]


def test_letters_broken_before_are_refused_with_their_line() -> None:
    with pytest.raises(UnreadableFileError, match="line 2"):
        decode("Sted\nBlÃ¥gÃ¥rden\n".encode())


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"", "a.csv", "empty"),
        (b"a;b\n1;2\n", "a.csv", "wrong_columns"),
        (b"PK\x03\x04 cut off", "a.xlsx", "unreadable"),
    ],
)
def test_an_unusable_file_is_refused_with_a_status(
    tmp_path: Path, content: bytes, name: str, status: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refused:
        read_tables(path, FIND, what="id and place")
    assert refused.value.status == status
