import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from orchestration.config import Config, load_config
from orchestration.config.model import Presence
from orchestration.errors import UnreadableFileError
from orchestration.extract import presence
from orchestration.extract.presence import parse_weekdays
from orchestration.extract.rows import Landed
from orchestration.settings import PACKAGED_CONFIG

CONFIG = load_config(PACKAGED_CONFIG)
HEADER = (
    "Bibliotek",
    "Funktion",
    "Fra",
    "Til",
    "Ugedage",
    "Fra kl.",
    "Til kl.",
    "Antal",
    "Status",
    "Kilde",
)
ROW = {
    "Bibliotek": "Blågårdens Bibliotek",
    "Funktion": "Natteværter",
    "Fra": "uge 43 2025",
    "Til": "31-03-2026",
    "Ugedage": "tor-lør",
    "Fra kl.": "19:00",
    "Til kl.": "01:00",
    "Antal": "2",
    "Status": "planlagt",
    "Kilde": "Vagtplan; ring til Synnøve Syntetisk",
}
SHORT_NAMES = ("man", "tir", "ons", "tor", "fre", "lør", "søn")
FULL_NAMES = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
WEEKDAYS = CONFIG.presence.weekday_numbers()


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    lines = [";".join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in rows]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[object]], **options: object) -> Path:
    """Numbers as numbers, dates as date cells, times as time cells."""
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet = book.add_worksheet("Register")
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, dt.time):
                    sheet.write_datetime(y, x, cell, clock)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(y, x, cell, day)
                else:
                    sheet.write(y, x, cell)
    return path


def landed(path: Path, config: Config = CONFIG) -> Landed:
    with TemporaryDirectory() as folder:
        return presence.extract(path, "the-file", config, Path(folder))


def rows_of(path: Path) -> list[dict[str, Any]]:
    table = landed(path).tables["presence"]
    return table.astype(object).where(table.notna(), None).to_dict("records")


def only_row(folder: Path, **changes: str) -> dict[str, Any]:
    cells = ROW | {name.replace("_", " "): text for name, text in changes.items()}
    (row,) = rows_of(write_csv(folder / "register.csv", [HEADER, [cells[name] for name in HEADER]]))
    return row


def changed(folder: Path, column: str, text: str) -> dict[str, Any]:
    cells = ROW | {column: text}
    (row,) = rows_of(write_csv(folder / "register.csv", [HEADER, [cells[name] for name in HEADER]]))
    return row


def test_a_row_is_read_in_all_its_parts(tmp_path: Path) -> None:
    row = only_row(tmp_path)
    assert row == {
        "source_file_id": "the-file",
        "sheet": "",
        "row_number": 2,
        "library_id": "blaagaarden",
        "presence_function": "night_host",
        "starts_on": dt.date(2025, 10, 20),
        "ends_on": dt.date(2026, 3, 31),
        "weekdays": "0001110",
        "start_minute": 19 * 60,
        "end_minute": 25 * 60,
        "presence_count": 2,
        "presence_status": "planned",
        "outcome": "usable",
        "reason_code": None,
        "reason": None,
    }


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("Vagt og Sikring", "guard"),
        ("natteværter", "night_host"),
        ("NATTEVAERTER", "night_host"),
        ("Relationsmedarbejder", "relation_worker"),
    ],
)
def test_a_function_is_known_by_its_configured_names(
    text: str, function: str, tmp_path: Path
) -> None:
    assert changed(tmp_path, "Funktion", text)["presence_function"] == function


@pytest.mark.parametrize(("text", "status"), [("planlagt", "planned"), ("Faktisk ", "actual")])
def test_a_row_is_planned_or_actual(text: str, status: str, tmp_path: Path) -> None:
    assert changed(tmp_path, "Status", text)["presence_status"] == status


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("10:00", "16:00", (600, 960)),
        ("20.00", "02.00", (1200, 1560)),
        ("kl. 18.30", "24:00", (1110, 1440)),
        ("18:30", "0:00", (1110, 1440)),
        ("0:00", "24:00", (0, 1440)),
        ("0,5", "0,75", (720, 1080)),
    ],
)
def test_a_span_that_passes_midnight_is_one_span(
    start: str, end: str, minutes: tuple[int, int], tmp_path: Path
) -> None:
    cells = ROW | {"Fra kl.": start, "Til kl.": end}
    path = write_csv(tmp_path / "register.csv", [HEADER, [cells[name] for name in HEADER]])
    (row,) = rows_of(path)
    assert (row["start_minute"], row["end_minute"]) == minutes


@pytest.mark.parametrize(
    ("text", "count"), [("", 1), ("1", 1), ("2,0", 2), ("2.0", 2), ("3,00", 3), ("12", 12)]
)
def test_a_number_of_people_may_be_blank_or_have_empty_decimals(
    text: str, count: int, tmp_path: Path
) -> None:
    assert changed(tmp_path, "Antal", text)["presence_count"] == count


REFUSED = [
    ("Bibliotek", "", "missing_library"),
    ("Bibliotek", "Synnøve Syntetisk", "unknown_library"),
    ("Funktion", "Synnøve Syntetisk", "unknown_function"),
    ("Funktion", "", "unknown_function"),
    ("Status", "Synnøve Syntetisk", "unknown_status"),
    ("Fra", "Synnøve Syntetisk", "bad_dates"),
    ("Fra", "uge 53 2025", "bad_dates"),
    ("Fra", "43/2025", "bad_dates"),
    ("Fra", "", "bad_dates"),
    ("Til", "Synnøve Syntetisk", "bad_dates"),
    ("Til", "30-02-2026", "bad_dates"),
    ("Til", "19-10-2025", "bad_dates"),
    ("Fra", "20-10-1987", "implausible_date"),
    ("Til", "31-03-2149", "implausible_date"),
    ("Ugedage", "Synnøve Syntetisk", "bad_weekdays"),
    ("Ugedage", "", "bad_weekdays"),
    ("Fra kl.", "Synnøve Syntetisk", "bad_times"),
    ("Fra kl.", "", "bad_times"),
    ("Fra kl.", "01:00", "bad_times"),
    ("Fra kl.", "24:00", "bad_times"),
    ("Fra kl.", "0.25", "bad_times"),
    ("Til kl.", "25:30", "bad_times"),
    ("Til kl.", "19.00", "bad_times"),
    ("Antal", "Synnøve Syntetisk", "bad_count"),
    ("Antal", "0", "bad_count"),
    ("Antal", "-2", "bad_count"),
    ("Antal", "1,5", "bad_count"),
    ("Antal", "1.000", "bad_count"),
    ("Antal", "99999999999999999999", "bad_count"),
]


@pytest.mark.parametrize(("column", "text", "code"), REFUSED)
def test_what_cannot_be_used_is_refused_by_its_column_and_not_kept(
    column: str, text: str, code: str, tmp_path: Path
) -> None:
    row = changed(tmp_path, column, text)
    assert (row["outcome"], row["reason_code"]) == ("quarantined", code)
    assert column in row["reason"]
    assert text not in row.values() or not text
    assert "Synnøve" not in repr(row)


def test_a_place_that_is_no_library_is_left_out_and_not_kept(tmp_path: Path) -> None:
    row = changed(tmp_path, "Bibliotek", "Rådhuset")
    assert (row["outcome"], row["reason_code"]) == ("excluded", "not_a_library")
    assert "Rådhuset" not in repr(row)


def test_columns_that_are_not_asked_for_never_come_out(tmp_path: Path) -> None:
    assert "Vagtplan" not in repr(only_row(tmp_path))


def test_footers_blank_rows_and_repeated_headers_are_no_rows(tmp_path: Path) -> None:
    row = [ROW[name] for name in HEADER]
    footers = [
        ["I alt", "", "", "", "", "", "", "4", "", ""],
        ["", "I alt:", "", "", "", "", "", "4", "", ""],
        ["Udskrevet den 14-11-2025 kl. 9.12"],
        ["Antal: 2"],
    ]
    path = write_csv(
        tmp_path / "register.csv",
        [["Register over tilstedeværelse"], HEADER, row, [""], HEADER, row, *footers],
    )
    assert [row["row_number"] for row in rows_of(path)] == [3, 6]
    assert landed(path).rows_read == 2


@pytest.mark.parametrize("text", ["I alt", "Totalkredit Bibliotek"])
def test_a_row_with_facts_is_no_footer_whatever_it_is_called(text: str, tmp_path: Path) -> None:
    assert changed(tmp_path, "Bibliotek", text)["reason_code"] == "unknown_library"


def test_a_row_that_only_begins_with_letters_of_a_footer_is_a_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "register.csv", [HEADER, ["Totalen", *[""] * 9]])
    assert landed(path).rows_read == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding_gives_the_same_row(encoding: str, tmp_path: Path) -> None:
    row = [ROW[name] for name in HEADER]
    (read,) = rows_of(write_csv(tmp_path / "register.csv", [HEADER, row], encoding))
    assert (read["library_id"], read["presence_function"]) == ("blaagaarden", "night_host")


def test_cells_of_a_workbook_may_be_dates_times_numbers_and_texts(tmp_path: Path) -> None:
    start, end = dt.date(2025, 2, 6), dt.date(2025, 3, 1)
    common = ["Blågårdens Bibliotek", "Vagt og Sikring"]
    rows: list[list[object]] = [
        [*common, start, end, "man-fre", dt.time(15), dt.time(21, 30), 2, "faktisk", ""],
        [*common, "06-02-2025", end, "man-fre", "kl. 15.00", 0.895833333333333, 2.0, "faktisk"],
        [*common, 45694, "1.3.2025", "man-fre", 0.625, "21:30:00", "2,0", "faktisk", None],
        [*common, dt.datetime(2025, 2, 6), "01/03-25", "man-fre", 15, "21.30", 2, "faktisk"],
    ]
    read = rows_of(write_xlsx(tmp_path / "register.xlsx", [list(HEADER), *rows]))
    wanted = ("starts_on", "ends_on", "start_minute", "end_minute", "presence_count", "outcome")
    assert [tuple(row[name] for name in wanted) for row in read] == [
        (start, end, 900, 1290, 2, "usable")
    ] * 4
    assert {row["sheet"] for row in read} == {"Register"}


@pytest.mark.parametrize("date_1904", [False, True])
def test_serial_days_count_from_the_day_that_the_workbook_says(
    date_1904: bool, tmp_path: Path
) -> None:
    start, end = dt.date(2024, 10, 1), dt.date(2025, 3, 31)
    epoch = dt.date(1904, 1, 1) if date_1904 else dt.date(1899, 12, 30)
    common = ["Blågårdens Bibliotek", "Vagt og Sikring"]
    times = ["man-fre", dt.time(14), dt.time(20), 1, "faktisk", ""]
    rows: list[list[object]] = [
        [*common, (start - epoch).days, (end - epoch).days, *times],
        [*common, start, end, *times],
    ]
    path = tmp_path / "register.xlsx"
    read = rows_of(write_xlsx(path, [list(HEADER), *rows], date_1904=date_1904))
    wanted = ("starts_on", "ends_on", "start_minute", "end_minute")
    assert [tuple(row[name] for name in wanted) for row in read] == [(start, end, 840, 1200)] * 2


def test_date_cells_are_read_whatever_formats_texts_are_in(tmp_path: Path) -> None:
    config = CONFIG.model_copy(
        update={"presence": CONFIG.presence.model_copy(update={"date_formats": ["%d-%m-%Y"]})}
    )
    cells = [ROW[name] for name in HEADER]
    cells[2], cells[3] = dt.date(2025, 2, 6), dt.date(2025, 3, 1)  # type: ignore[call-overload]
    path = write_xlsx(tmp_path / "register.xlsx", [HEADER, cells])
    table = landed(path, config).tables["presence"]
    assert list(table["starts_on"]) == [dt.date(2025, 2, 6)]


@pytest.mark.parametrize("date_1904", [False, True])
def test_midnight_at_the_end_of_the_day_may_be_a_time_cell(date_1904: bool, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        sheet = book.add_worksheet("Register")
        sheet.write_row(0, 0, HEADER)
        for y, shown in enumerate(("hh:mm", "[h]:mm"), start=1):
            sheet.write_row(y, 0, [ROW[name] for name in HEADER])
            sheet.write_number(
                y, HEADER.index("Til kl."), 1.0, book.add_format({"num_format": shown})
            )
    assert [row["end_minute"] for row in rows_of(path)] == [1440, 1440]


def test_a_file_without_the_columns_is_refused_without_its_cells(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "register.csv", [["Synnøve Syntetisk", "Fra", "Til"], ["a", "b", "c"]]
    )
    with pytest.raises(UnreadableFileError) as refused:
        landed(path)
    assert refused.value.status == "wrong_columns"
    assert "Ugedage" in str(refused.value)
    assert "Synnøve" not in str(refused.value)


DAY_NAMES = st.sampled_from((SHORT_NAMES, FULL_NAMES))


@given(st.sets(st.integers(0, 6), min_size=1), DAY_NAMES, st.sampled_from([",", ", ", " , ", ";"]))
def test_a_list_of_weekdays_is_those_days(
    days: set[int], names: tuple[str, ...], comma: str
) -> None:
    text = comma.join(names[day] for day in sorted(days, reverse=True))
    assert parse_weekdays(text, WEEKDAYS) == "".join(
        "1" if day in days else "0" for day in range(7)
    )


@given(st.integers(0, 6), st.integers(0, 6), DAY_NAMES, st.sampled_from(["-", " - ", "–", ".-"]))
def test_a_range_goes_forward_from_its_first_day_to_its_last(
    first: int, last: int, names: tuple[str, ...], dash: str
) -> None:
    weekdays = parse_weekdays(f"{names[first].capitalize()}{dash}{names[last]}", WEEKDAYS)
    assert weekdays is not None
    day = first
    passed = {day}
    while day != last:
        day = (day + 1) % 7
        passed.add(day)
    assert {day for day in range(7) if weekdays[day] == "1"} == passed


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("fre-man", "1000111"),
        ("tor,fre,lør", "0001110"),
        ("man-ons,lør", "1110010"),
        ("loer", "0000010"),
        ("SØN", "0000001"),
        ("fre.", "0000100"),
    ],
)
def test_weekdays_may_be_lists_and_ranges(text: str, weekdays: str) -> None:
    assert parse_weekdays(text, WEEKDAYS) == weekdays


@pytest.mark.parametrize(
    "text",
    ["", "hverdage", "man-xyz", "man,", "man-tir-ons", "-fre", "man tir", "1-5", "m", "alle"],
)
def test_what_is_no_list_or_range_of_weekdays_is_refused(text: str) -> None:
    assert parse_weekdays(text, WEEKDAYS) is None


ENGLISH = CONFIG.model_copy(
    update={
        "presence": Presence.model_validate(
            CONFIG.presence.model_dump(by_alias=True)
            | {
                "weekdays": [["mon"], ["tue"], ["wed"], ["thu"], ["fri"], ["sat"], ["sun"]],
                "week": ["week", "wk."],
            }
        )
    }
)


def test_weekdays_and_weeks_are_read_in_the_words_of_the_configuration(tmp_path: Path) -> None:
    told = {"Fra": "Week 43 2025", "Til": "wk. 44, 2025", "Ugedage": "Thu-Sat, mon"}
    path = write_csv(tmp_path / "register.csv", [HEADER, [(ROW | told)[name] for name in HEADER]])
    (row,) = landed(path, ENGLISH).tables["presence"].to_dict("records")
    assert (row["starts_on"], row["ends_on"], row["weekdays"]) == (
        dt.date(2025, 10, 20),
        dt.date(2025, 11, 2),
        "1001110",
    )


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"Fra": "uge 43 2025", "Ugedage": "mon"}, "no ISO week such as week 43 2025"),
        (
            {"Fra": "week 43 2025", "Ugedage": "man-fre"},
            "Ugedage is no list or range of weekdays such as mon,wed or thu-sat",
        ),
    ],
)
def test_what_is_not_in_those_words_is_refused_with_them(
    tmp_path: Path, told: dict[str, str], reason: str
) -> None:
    path = write_csv(tmp_path / "register.csv", [HEADER, [(ROW | told)[name] for name in HEADER]])
    (row,) = landed(path, ENGLISH).tables["presence"].to_dict("records")
    assert row["outcome"] == "quarantined"
    assert reason in row["reason"]
