"""Reading one day or one time of day; timestamps of whole columns are tested in test_dates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.config import load_config
from orchestration.extract.dates import parse_day, parse_minute
from orchestration.settings import PACKAGED_CONFIG

FORMATS = load_config(PACKAGED_CONFIG).presence.date_formats
DAYS = st.dates(dt.date(2000, 1, 3), dt.date(2049, 12, 26))
MINUTES = st.integers(0, 24 * 60)


@given(
    DAYS, st.sampled_from(["uge {} {}", "Uge {} {}", "UGE  {}, {}", "uge {}/{}", "uge {:02} {}"])
)
def test_an_iso_week_goes_from_its_monday_to_its_sunday(day: dt.date, written: str) -> None:
    year, week, weekday = day.isocalendar()
    text = written.format(week, year)
    monday = day - dt.timedelta(days=weekday - 1)
    assert parse_day(text, [], end=False) == monday
    assert parse_day(text, [], end=True) == monday + dt.timedelta(days=6)


@given(st.integers(2000, 2049))
def test_week_53_is_read_only_in_years_that_have_one(year: int) -> None:
    has_one = dt.date(year, 12, 28).isocalendar().week == 53
    assert (parse_day(f"uge 53 {year}", [], end=False) is not None) == has_one


@pytest.mark.parametrize(
    "text",
    ["uge 0 2025", "uge 54 2025", "uge 43", "uge 2025", "43/2025", "uge 43-44 2025", "uge 43 25"],
)
def test_what_is_no_single_week_of_a_year_is_refused(text: str) -> None:
    assert parse_day(text, FORMATS, end=False) is None


def test_week_43_of_2025_is_20_to_26_october() -> None:
    assert parse_day("uge 43 2025", FORMATS, end=False) == dt.date(2025, 10, 20)
    assert parse_day("uge 43 2025", FORMATS, end=True) == dt.date(2025, 10, 26)


@given(DAYS, st.sampled_from([text for text in FORMATS if text != "excel"]), st.booleans())
def test_a_day_is_read_back_from_every_configured_format(
    day: dt.date, written: str, end: bool
) -> None:
    assert parse_day(day.strftime(written), FORMATS, end=end) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3-4-2025", dt.date(2025, 4, 3)),
        ("03/4-2025", dt.date(2025, 4, 3)),
        ("3/4-25", dt.date(2025, 4, 3)),
        ("2025-04-03 00:00:00", dt.date(2025, 4, 3)),
        ("2025-04-03T00:00", dt.date(2025, 4, 3)),
        (" 03.04.2025 ", dt.date(2025, 4, 3)),
        ("45750", dt.date(2025, 4, 3)),
    ],
)
def test_a_day_may_lack_zeros_or_come_with_midnight(text: str, day: dt.date) -> None:
    assert parse_day(text, FORMATS, end=False) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30-02-2025",
        "04-13-2025",
        "2025-13-04",
        "03-04-2025 08:00",
        "3 april 2025",
        "snarest",
        "2025",
    ],
)
def test_what_is_no_day_in_a_configured_format_is_refused(text: str) -> None:
    assert parse_day(text, FORMATS, end=False) is None


def test_serial_numbers_are_days_only_where_configured() -> None:
    assert parse_day("45750", ["%d-%m-%Y"], end=False) is None


@given(
    MINUTES,
    st.sampled_from(
        [
            "{:02}:{:02}",
            "{}:{:02}",
            "{:02}.{:02}",
            "kl. {}.{:02}",
            "KL {:02}:{:02}",
            "{:02}:{:02}:00",
        ]
    ),
)
def test_a_time_is_read_back_however_it_is_written(minute: int, written: str) -> None:
    assert parse_minute(written.format(*divmod(minute, 60))) == minute


@given(st.integers(0, 24 * 60 - 1))
def test_a_spreadsheets_fraction_of_a_day_is_its_minute_or_refused(minute: int) -> None:
    text = repr(minute / 1440)
    if "e" in text:
        return
    # 0.25 may be 06:00 or 00:25; nothing else has two readings
    ambiguous = minute in (72, 216, 360, 504, 648, 792)
    assert parse_minute(text) == (None if ambiguous else minute)
    assert parse_minute(text.replace(".", ",")) == minute


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("0:00", 0),
        ("00.00", 0),
        ("0", 0),
        ("8", 480),
        ("kl. 14.30", 870),
        ("Kl.14", 840),
        ("24:00", 1440),
        ("24:00:00", 1440),
        ("24", 1440),
        ("1900-01-01", 1440),  # 24:00 in a cell formatted as a time of day
        ("14:29:59", 870),  # a spreadsheet's fraction, a second short
        ("14:30:15", 870),
        ("0.5", 720),
        ("0,75", 1080),
        ("0.6041666666666666", 870),
        ("0,6042", 870),
        ("0.30", 30),  # half past midnight: no spreadsheet writes a last 0
        ("kl. 0.25", 25),
        ("00.25", 25),
        ("0:25", 25),
        ("0.17", 17),
    ],
)
def test_a_time_of_day_is_minutes_since_midnight(text: str, minute: int) -> None:
    assert parse_minute(text) == minute


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aften",
        "24:01",
        "24:00:01",
        "25:00",
        "12:60",
        "12:30:60",
        "-1:00",
        "8-16",
        "0.25",
        "0.05",
        "0.123",
        "1.5",
        "2,5",
        "14,30",
        "1900-01-02",
        "14:30 ca.",
    ],
)
def test_what_is_no_time_of_day_or_two_is_refused(text: str) -> None:
    assert parse_minute(text) is None
