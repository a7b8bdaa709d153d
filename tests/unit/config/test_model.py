"""What a configuration answers beyond what it says: the day where the libraries are."""

import datetime as dt

import pytest

from orchestration.config import load_config
from orchestration.settings import PACKAGED_CONFIG

COPENHAGEN = load_config(PACKAGED_CONFIG).municipality


@pytest.mark.parametrize(
    ("now", "today"),
    [
        ("2025-03-31T21:59:59+00:00", dt.date(2025, 3, 31)),
        ("2025-03-31T22:00:00+00:00", dt.date(2025, 4, 1)),  # summer time: the summer half-year
        ("2025-12-31T22:59:59+00:00", dt.date(2025, 12, 31)),
        ("2025-12-31T23:00:00+00:00", dt.date(2026, 1, 1)),
        ("2025-10-01T00:30:00+02:00", dt.date(2025, 10, 1)),
        ("2025-09-30T14:00:00-10:00", dt.date(2025, 10, 1)),
    ],
)
def test_a_day_begins_where_the_libraries_are(now: str, today: dt.date) -> None:
    assert COPENHAGEN.today(dt.datetime.fromisoformat(now)) == today


def test_today_is_that_of_the_libraries_not_of_the_machine() -> None:
    """In these two places it is never the same day."""
    east = COPENHAGEN.model_copy(update={"timezone": "Pacific/Kiritimati"})
    west = COPENHAGEN.model_copy(update={"timezone": "Pacific/Pago_Pago"})
    assert east.today() > west.today()
