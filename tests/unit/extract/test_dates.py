import datetime as dt

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.extract.dates import Moments, parse_day, parse_minute
from orchestration.settings import PACKAGED_CONFIG

CONFIG = load_config(PACKAGED_CONFIG)


def read(text: str) -> dt.datetime | None:
    moments = Moments(tuple(CONFIG.incidents.date_formats), "Europe/Copenhagen")
    sql = moments.sql("written")
    answer = duckdb.execute(f"select {sql} from (select ? as written)", [text]).fetchone()
    assert answer is not None
    return answer[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31-03-2024 23:59", dt.datetime(2024, 3, 31, 23, 59)),
        ("01-04-2024", dt.datetime(2024, 4, 1)),
        ("1.4.2024 00.05", dt.datetime(2024, 4, 1, 0, 5)),
        ("01-04-2024 kl. 14:30", dt.datetime(2024, 4, 1, 14, 30)),
        ("01.04.2024 kl. 14.30", dt.datetime(2024, 4, 1, 14, 30)),
        ("2024-04-01T14:30:15", dt.datetime(2024, 4, 1, 14, 30, 15)),
        ("2024-03-31T22:30:00Z", dt.datetime(2024, 4, 1, 0, 30)),
        ("45292,5208333333", dt.datetime(2024, 1, 1, 12, 30)),
        ("7/8-24", dt.datetime(2024, 8, 7)),
    ],
)
def test_a_time_is_read_by_the_configured_formats(text: str, expected: dt.datetime) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text", ["32-13-2024", "04-13-2024", "2024", "i går", "01-04-24 10:00", ""]
)
def test_a_text_that_fits_no_format_is_not_guessed(text: str) -> None:
    assert read(text) is None


def test_an_iso_week_is_its_monday_or_its_sunday() -> None:
    assert parse_day("uge 43 2025", [], end=False) == dt.date(2025, 10, 20)
    assert parse_day("Uge 43 2025", [], end=True) == dt.date(2025, 10, 26)
    assert parse_day("uge 53 2025", [], end=False) is None


@pytest.mark.parametrize(
    ("text", "minute"),
    [("14:30", 870), ("14.30", 870), ("kl. 8", 480), ("24:00", 1440), ("24:01", None), ("x", None)],
)
def test_a_time_of_day_is_minutes_since_midnight(text: str, minute: int | None) -> None:
    assert parse_minute(text) == minute
