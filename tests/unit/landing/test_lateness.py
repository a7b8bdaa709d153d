"""Whether a source's exports stay away."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from orchestration.config.model import SourceName
from orchestration.landing.lateness import lateness


@pytest.mark.parametrize(
    ("newest", "days", "is_late"),
    [
        ("2025-11-17 22:59:00", 0, False),
        ("2025-11-07 23:01:00", 9, False),
        ("2025-11-07 22:59:00", 10, True),
    ],
)
def test_a_weekly_export_that_stays_away_or_cannot_be_used_for_more_than_nine_days_is_late(
    newest: str, days: int, is_late: bool
) -> None:
    limits: dict[SourceName, int] = {"mainmanager": 9, "survey": 30}
    with duckdb.connect() as connection:
        connection.execute("create schema landing")
        connection.execute("create table landing.run as select date '2025-11-17' as as_of")
        connection.execute(
            "create table landing.source_file as select * from (values "
            "('mainmanager', timestamp '2025-10-01 00:00:00', 'landed'), "
            "('mainmanager', ?::timestamp, 'landed'), "
            "('mainmanager', timestamp '2025-11-17 12:00:00', 'wrong_dates'), "
            "('survey', timestamp '2025-11-17 12:00:00', 'stopped'), "
            "('presence', timestamp '2020-01-01 00:00:00', 'landed')) "
            "as t(source, exported_at, status)",
            [newest],
        )
        found = {s.source: s for s in lateness(connection, limits, "Europe/Copenhagen")}

    assert set(found) == {"mainmanager", "survey"}
    assert (found["mainmanager"].days, found["mainmanager"].is_late) == (days, is_late)
    local = dt.date(2025, 11, 17) - dt.timedelta(days=days)
    assert found["mainmanager"].newest == local
    assert str(found["mainmanager"]) == (
        f"mainmanager: the newest export is of {local}, {days} days old (late after 9 days)"
        f"{'. Ask for a new one' if is_late else ''}."
    )
    assert not found["survey"].is_late
    assert str(found["survey"]) == "survey: there are no usable exports."
