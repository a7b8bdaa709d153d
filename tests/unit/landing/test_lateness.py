"""Whether a source's exports stay away."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from orchestration.landing.lateness import lateness


@pytest.mark.parametrize(
    ("newest", "days", "is_late"),
    [
        ("2025-11-17 23:59:00", 0, False),
        ("2025-11-08 00:01:00", 9, False),
        ("2025-11-07 23:59:00", 10, True),
    ],
)
def test_a_weekly_export_that_stays_away_for_more_than_nine_days_is_late(
    newest: str, days: int, is_late: bool
) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema landing")
        connection.execute("create table landing.run as select date '2025-11-17' as as_of")
        connection.execute(
            "create table landing.source_file as select * from (values "
            "('mainmanager', timestamp '2025-10-01 00:00:00'), ('mainmanager', ?::timestamp), "
            "('presence', timestamp '2020-01-01 00:00:00')) as t(source, exported_at)",
            [newest],
        )
        found = {s.source: s for s in lateness(connection, {"mainmanager": 9, "survey": 30})}

    assert set(found) == {"mainmanager", "survey"}
    assert (found["mainmanager"].days, found["mainmanager"].is_late) == (days, is_late)
    assert found["mainmanager"].newest == dt.datetime.fromisoformat(newest)
    assert str(found["mainmanager"]) == (
        f"mainmanager: the newest export is of {newest[:10]}, {days} days old (late after 9 days)"
        f"{'. Ask for a new one' if is_late else ''}."
    )
    assert not found["survey"].is_late
    assert str(found["survey"]) == "survey: there are no exports."
