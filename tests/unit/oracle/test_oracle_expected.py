"""The oracle against cases small enough to count on paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.oracle import Case, Table, compare, expected
from tests.oracle.case import (
    NOT_A_LIBRARY,
    UNREADABLE,
    IncidentFile,
    IncidentRow,
    OpeningItem,
    PresenceFile,
    PresenceRow,
    Respondent,
    SnapshotFile,
    SurveyFile,
)
from tests.oracle.half_years import from_first_to_last, half_year_of, last_day

AS_OF = dt.date(2025, 10, 1)
SPRING = dt.datetime.fromisoformat("2024-03-31 23:59")
APRIL = dt.datetime.fromisoformat("2024-04-01 00:00")


def incident(incident_id: str | None = "1", **changes: Any) -> IncidentRow:
    values = {"reported_at": APRIL, "place": "vesterbro", "category": "threats", **changes}
    return IncidentRow(incident_id=incident_id, **values)


def incident_file(digest: str, *rows: IncidentRow, modified: int = 0) -> IncidentFile:
    return IncidentFile(f"{digest}.csv", digest, modified, rows=rows)


def case(**files: Any) -> Case:
    return Case(as_of=AS_OF, **files)


def ledger_of(case: Case, source: str, digest: str) -> dict[str, int]:
    """The rows of a ledger line that are not zero."""
    line = expected(case).meta_source_file[source, digest]
    return {k: v for k, v in line.items() if k.startswith("rows_") and v}


@pytest.mark.parametrize(
    ("day", "half_year_id"),
    [
        ("2024-03-31", "2023-10"),
        ("2024-04-01", "2024-04"),
        ("2024-09-30", "2024-04"),
        ("2024-10-01", "2024-10"),
        ("2025-01-01", "2024-10"),
    ],
)
def test_half_year_of_a_day(day, half_year_id):
    assert half_year_of(dt.date.fromisoformat(day)) == half_year_id


def test_half_years_in_between():
    assert from_first_to_last({"2023-10", "2025-04"}) == [
        "2023-10",
        "2024-04",
        "2024-10",
        "2025-04",
    ]
    assert from_first_to_last(set()) == []
    assert last_day("2023-10") == dt.date(2024, 3, 31)


class TestIncidents:
    def test_nothing(self):
        everything = expected(case())
        assert not everything.fct_incident_half_year
        assert not everything.fct_library_half_year
        assert not everything.fct_survey_half_year
        assert not everything.meta_source_file

    def test_occurred_decides_reported_is_counted_beside_it(self):
        file = incident_file(
            "a",
            incident("1", occurred_at=SPRING, count=3),
            incident("2"),
            incident("3", reported_at=dt.datetime.fromisoformat("2024-11-01"), occurred_at=APRIL),
        )
        table = expected(case(incident_files=(file,))).fct_incident_half_year
        assert len(table) == 2 * 20 * 13
        assert table["2023-10", "vesterbro", "threats"]["incidents"] == 3
        assert table["2023-10", "vesterbro", "threats"]["incidents_by_reported_date"] == 0
        assert table["2024-04", "vesterbro", "threats"]["incidents"] == 2
        assert table["2024-04", "vesterbro", "threats"]["incidents_by_reported_date"] == 4
        assert table["2024-04", "valby", "other"]["incidents"] == 0

    def test_updated_at_beats_export_order_and_null_is_lowest(self):
        early, late = (dt.datetime(2024, 5, day) for day in (1, 2))  # noqa: DTZ001
        files = (
            incident_file("a", incident(updated_at=late, category="violence"), modified=1),
            incident_file("b", incident(updated_at=early), modified=2),
            incident_file("c", incident(category="other"), modified=3),
        )
        table = expected(case(incident_files=files)).fct_incident_half_year
        assert table["2024-04", "vesterbro", "violence"]["incidents"] == 1
        assert table["2024-04", "vesterbro", "threats"]["incidents"] == 0
        assert table["2024-04", "vesterbro", "other"]["incidents"] == 0

    def test_without_updated_at_the_last_row_of_a_version_decides(self):
        # The report goes from threats to violence and back: its first row counts.
        files = (
            incident_file("a", incident(), modified=1),
            incident_file("b", incident(category="violence"), modified=2),
            incident_file("c", incident(), modified=3),
        )
        a_case = case(incident_files=files)
        assert ledger_of(a_case, "mainmanager", "a") == {"rows_read": 1, "rows_loaded": 1}
        assert ledger_of(a_case, "mainmanager", "b") == {"rows_read": 1, "rows_superseded": 1}
        assert ledger_of(a_case, "mainmanager", "c") == {"rows_read": 1, "rows_duplicate": 1}

    def test_same_export_time_goes_by_name(self):
        files = (incident_file("b", incident(category="violence")), incident_file("a", incident()))
        assert ledger_of(case(incident_files=files), "mainmanager", "b")["rows_loaded"] == 1

    def test_status_is_compared_trimmed_and_without_case(self):
        file = incident_file("a", incident(status="Afsluttet"), incident(status=" AFSLUTTET "))
        assert ledger_of(case(incident_files=(file,)), "mainmanager", "a") == {
            "rows_read": 2,
            "rows_loaded": 1,
            "rows_duplicate": 1,
        }

    def test_void_and_no_library(self):
        file = incident_file(
            "a",
            incident("1"),
            incident("1", status="dublet"),
            incident("2", place=NOT_A_LIBRARY, category=UNREADABLE, reported_at=UNREADABLE),
            incident(None, place=NOT_A_LIBRARY),
            incident(None, place=NOT_A_LIBRARY),
            incident("3"),
            incident("3", place=NOT_A_LIBRARY),
        )
        assert ledger_of(case(incident_files=(file,)), "mainmanager", "a") == {
            "rows_read": 7,
            "rows_superseded": 2,
            "rows_void": 1,
            "rows_excluded": 4,
        }

    @pytest.mark.parametrize(
        "bad",
        [
            incident(None),
            incident(reported_at=None),
            incident(reported_at=UNREADABLE),
            incident(place=None),
            incident(place=UNREADABLE),
            incident(category=None),
            incident(category=UNREADABLE),
            incident(occurred_at=UNREADABLE),
            incident(updated_at=UNREADABLE),
            incident(count=UNREADABLE),
            incident(count=0),
        ],
    )
    def test_quarantined_rows_take_no_part(self, bad):
        file = incident_file("a", incident("1"), bad)
        assert ledger_of(case(incident_files=(file,)), "mainmanager", "a") == {
            "rows_read": 2,
            "rows_loaded": 1,
            "rows_quarantined": 1,
        }

    def test_copies_are_one_file_with_the_latest_time_and_name(self):
        rows = (incident(),)
        files = (
            IncidentFile("z.csv", "same", 1, rows=rows),
            IncidentFile("a.csv", "same", 3, rows=rows),
            incident_file("between", incident(category="violence"), modified=2),
        )
        ledger = expected(case(incident_files=files)).meta_source_file
        assert ledger["mainmanager", "same"]["file_name"] == "a.csv"
        assert ledger["mainmanager", "same"]["rows_loaded"] == 1
        assert ledger["mainmanager", "between"]["rows_superseded"] == 1

    def test_unreadable_file(self):
        file = IncidentFile("a.csv", "a", readable=False)
        line = expected(case(incident_files=(file,))).meta_source_file["mainmanager", "a"]
        assert line["status"] != "landed"
        assert line["rows_read"] == 0


class TestSurvey:
    def wave(self, *respondents: Respondent) -> Case:
        return case(
            survey_files=(
                SurveyFile("2025-02/dataset.csv", "d", 0, True, "2025-02", True, respondents),
                SurveyFile("2025-02/labels.csv", "l", 0, True, "2025-02", codebook_rows=7),
            )
        )

    def test_shares(self):
        def answer(tryg, kompetence=None, completed=True, library="noerrebro"):
            return Respondent(completed, library, {"tryg": tryg, "kompetence": kompetence})

        a_case = self.wave(
            *[answer("Meget tryg")] * 3,
            *[answer("Tryg", "I høj grad")] * 4,
            *[answer("Utryg", "Ved ikke")] * 3,
            answer("Ved ikke"),
            answer(None),
            answer("Tryg", completed=False),
            answer("Tryg", library=None),
            answer("Tryg", library=UNREADABLE),
        )
        table = expected(a_case).fct_survey_half_year
        assert len(table) == 2
        safe = table["2025-02", "noerrebro", "tryg"]
        assert (safe["half_year_id"], safe["respondents"], safe["favourable"]) == ("2024-10", 10, 7)
        assert safe["favourable_share"] == 0.7
        # Wilson's interval for 7 of 10, from published tables.
        assert safe["ci_low"] == pytest.approx(0.3968, abs=5e-5)
        assert safe["ci_high"] == pytest.approx(0.8922, abs=5e-5)
        competent = table["2025-02", "noerrebro", "kompetence"]
        assert competent["suppressed"] is True
        assert competent["respondents"] is None
        assert competent["ci_low"] is None
        assert ledger_of(a_case, "survey", "d") == {
            "rows_read": 15,
            "rows_loaded": 12,
            "rows_excluded": 1,
            "rows_quarantined": 2,
        }
        assert ledger_of(a_case, "survey", "l") == {"rows_read": 7, "rows_loaded": 7}

    def test_a_wave_makes_its_half_year(self):
        table = expected(self.wave(Respondent(False, None, {}))).fct_library_half_year
        assert len(table) == 20
        row = table["2024-10", "noerrebro"]
        assert row["incidents"] is None
        assert row["open_hours"] is None
        assert row["guard_hours"] is None
        assert row["maturity"] == "final"


def item(kind: Any, day: str, start: str, end: str, place: Any = "vesterbro") -> OpeningItem:
    return OpeningItem(place, kind, dt.date.fromisoformat(day), start, end)


class TestOpeningHours:
    def hours(self, half_year_id: str, *items: OpeningItem) -> list[float | None]:
        file = SnapshotFile("2024-01-01.json", "s", items=items)
        row = expected(case(snapshot_files=(file,))).fct_library_half_year[
            half_year_id, "vesterbro"
        ]
        measures = ("open", "staffed", "self_service", "restricted_self_service")
        return [row[f"{measure}_hours"] for measure in measures]

    def test_union_staff_and_self_service(self):
        # Open 06-22, staff 10-13 and 12-15; normal self-service of the other six days is missing.
        hours = self.hours(
            "2024-10",
            item("open", "2025-01-13", "08:00", "17:00"),
            item("self_service", "2025-01-13", "06:00", "22:00"),
            item("staffed", "2025-01-13", "10:00", "13:00"),
            item("staffed", "2025-01-13", "12:00", "15:00"),
        )
        assert hours == [16, 5, 11, 4 * 7 + 2 * 9]

    def test_open_counts_as_staffed_where_no_staff_is_named_and_2359_is_midnight(self):
        hours = self.hours(
            "2024-10",
            item("open", "2025-01-13", "09:00", "17:00"),
            item("self_service", "2025-01-13", "17:00", "23:59"),
        )
        assert hours == [15, 8, 7, 46]

    def test_restriction_leaves_out_holidays_and_the_other_half_year(self):
        # Week 14 of 2024: Monday 1 April is Easter Monday; one hour of seven on Tuesday.
        assert self.hours("2024-04", item("self_service", "2024-04-02", "06:00", "07:00")) == [
            1, 0, 1, 6 + 3 * 7 + 2 * 9,
        ]  # fmt: skip
        # Week 40 of 2024: only Monday lies in the summer.
        items = (
            item("self_service", "2024-09-30", "06:00", "11:00"),
            item("self_service", "2024-10-01", "06:00", "22:00"),
        )
        assert self.hours("2024-04", *items) == [5, 0, 5, 2]
        assert self.hours("2024-10", *items) == [16, 0, 16, 3 * 7 + 2 * 9]

    def test_restriction_before_normal_hours_and_without_them(self):
        assert self.hours("2021-10", item("open", "2021-12-20", "10:00", "12:00"))[3] == 0
        # Week 52 of 2021 ends on 2 January 2022: 1 January is a holiday, Sunday is not.
        assert self.hours("2021-10", item("open", "2021-12-27", "10:00", "12:00"))[3] == 9
        file = SnapshotFile(
            "2024-01-01.json", "s", items=(item("open", "2024-05-06", "10:00", "12:00", "valby"),)
        )
        table = expected(case(snapshot_files=(file,))).fct_library_half_year
        assert table["2024-04", "valby"]["open_hours"] == 2
        assert table["2024-04", "valby"]["restricted_self_service_hours"] is None
        assert table["2024-04", "vesterbro"]["restricted_self_service_hours"] is None

    def test_newest_snapshot_of_the_library_week(self):
        files = (
            SnapshotFile(
                "2025-01-13.json",
                "old",
                items=(
                    item("open", "2025-01-14", "10:00", "12:00"),
                    item("open", "2025-01-21", "10:00", "12:00"),
                    item("open", "2025-01-14", "10:00", "12:00"),
                    item("ignored", "2025-01-14", "12:00", "10:00"),
                    item("open", "2025-01-14", "12:00", "10:00"),
                    item(UNREADABLE, "2025-01-14", "10:00", "12:00"),
                    item("ignored", "2025-01-14", "10:00", "12:00", UNREADABLE),
                ),
            ),
            SnapshotFile(
                "2025-01-15.json",
                "new",
                items=(
                    item("open", "2025-01-16", "10:00", "13:00"),
                    item("ignored", "2025-01-21", "10:00", "12:00"),
                ),
            ),
        )
        a_case = case(snapshot_files=files)
        assert ledger_of(a_case, "opening_hours", "old") == {
            "rows_read": 7,
            "rows_superseded": 2,
            "rows_duplicate": 1,
            "rows_excluded": 1,
            "rows_quarantined": 3,
        }
        assert ledger_of(a_case, "opening_hours", "new") == {
            "rows_read": 2,
            "rows_loaded": 1,
            "rows_excluded": 1,
        }
        row = expected(a_case).fct_library_half_year["2024-10", "vesterbro"]
        assert row["open_hours"] == 3
        # the week of which only an ignored item speaks is known, and closed
        assert row["opening_days_known"] == 14
        assert row["restricted_self_service_hours"] == 2 * (5 * 7 + 2 * 9)

    def test_of_two_snapshots_of_a_day_the_one_exported_last_counts(self):
        short = (item("open", "2025-01-14", "10:00", "12:00"),)
        long = (item("open", "2025-01-14", "10:00", "15:00"),)
        files = (
            SnapshotFile("2025-01-13.json", "long", modified=2, items=long),
            SnapshotFile("z/2025-01-13.json", "short", modified=1, items=short),
        )
        table = expected(case(snapshot_files=files)).fct_library_half_year
        assert table["2024-10", "vesterbro"]["open_hours"] == 5

    def test_a_content_that_comes_again_is_the_newest_whenever_its_file_was_written(self):
        short = (item("open", "2025-01-28", "10:00", "12:00"),)
        long = (item("open", "2025-01-28", "10:00", "15:00"),)
        files = (
            SnapshotFile("2025-01-13.json", "short", modified=3, items=short),
            SnapshotFile("2025-01-20.json", "long", modified=2, items=long),
            SnapshotFile("2025-01-27.json", "short", modified=1, items=short),
        )
        table = expected(case(snapshot_files=files)).fct_library_half_year
        assert table["2024-10", "vesterbro"]["open_hours"] == 2

    def test_incidents_per_open_hours(self):
        file = SnapshotFile(
            "2024-01-01.json", "s", items=(item("open", "2024-04-02", "10:00", "14:00"),)
        )
        incidents = incident_file("a", incident("1"), incident("2", category="unsafe_behaviour"))
        table = expected(
            case(snapshot_files=(file,), incident_files=(incidents,))
        ).fct_library_half_year
        row = table["2024-04", "vesterbro"]
        assert (row["incidents"], row["unsafe_behaviour_incidents"]) == (2, 1)
        assert row["incidents_per_1000_open_hours"] == 500
        assert table["2024-04", "valby"]["incidents"] == 0
        assert table["2024-04", "valby"]["incidents_per_1000_open_hours"] is None


def stay(first: str, last: str, start: int, end: int, **changes: Any) -> PresenceRow:
    values = {
        "place": "blaagaarden",
        "function": "guard",
        "weekdays": frozenset(range(7)),
        "count": None,
        "status": "planned",
        **changes,
    }
    return PresenceRow(
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
        start=start * 60,
        end=end * 60,
        **values,
    )


class TestPresence:
    def guard_hours(self, *rows: PresenceRow, half_year_id: str = "2024-10") -> float | None:
        a_case = case(presence_files=(PresenceFile("p.csv", "p", rows=rows),))
        table = expected(a_case).fct_library_half_year
        return table[half_year_id, "blaagaarden"]["guard_hours"]

    def test_weekdays_in_a_range(self):
        # 1 to 14 January 2025 has two Thursdays and two Fridays.
        row = stay("2025-01-01", "2025-01-14", 10, 12, weekdays=frozenset({3, 4}), count=3)
        assert self.guard_hours(row) == 8

    def test_overlaps_count_once_whether_by_day_or_past_midnight(self):
        assert self.guard_hours(
            stay("2025-01-01", "2025-01-01", 10, 14), stay("2025-01-01", "2025-01-01", 12, 15)
        ) == 5  # fmt: skip
        assert self.guard_hours(
            stay("2025-01-01", "2025-01-01", 20, 4), stay("2025-01-02", "2025-01-02", 2, 6)
        ) == 10  # fmt: skip
        assert self.guard_hours(stay("2025-01-01", "2025-01-01", 18, 24)) == 6

    def test_the_night_belongs_to_the_half_year_in_which_it_began(self):
        rows = (
            stay("2025-03-31", "2025-03-31", 22, 6),
            stay("2025-04-01", "2025-04-01", 4, 8),
        )
        assert self.guard_hours(*rows, half_year_id="2024-10") == 8
        assert self.guard_hours(*rows, half_year_id="2025-04") == 2

    def test_actual_stays_displace_planned_ones_of_the_day(self):
        rows = (
            stay("2025-01-01", "2025-01-02", 10, 16),
            stay("2025-01-01", "2025-01-01", 20, 21, status="actual"),
            stay("2025-01-01", "2025-01-01", 10, 12, function="night_host"),
        )
        assert self.guard_hours(*rows) == 1 + 6

    def test_null_where_the_register_is_silent_else_zero(self):
        rows = (
            stay("2023-12-01", "2023-12-01", 10, 12),
            stay("2025-01-01", "2025-01-01", 10, 12, function="night_host"),
        )
        assert self.guard_hours(*rows, half_year_id="2023-10") == 2
        assert self.guard_hours(*rows, half_year_id="2024-04") is None
        assert self.guard_hours(*rows, half_year_id="2024-10") == 0

    def test_ledger(self):
        good = stay("2025-01-01", "2025-01-02", 10, 16)
        first = PresenceFile(
            "a.csv",
            "a",
            rows=(
                good,
                stay("2025-01-01", "2025-01-02", 10, 16, count=1),
                stay("2025-01-01", "2025-01-02", 10, 16, count=2),
                stay("2025-01-01", "2025-01-02", 10, 10),
                stay("2025-01-02", "2025-01-01", 10, 16),
                stay("2025-01-01", "2025-01-02", 10, 16, function=UNREADABLE),
                stay("2025-01-01", "2025-01-02", 10, 16, place=UNREADABLE),
                stay("2025-01-01", "2025-01-02", 10, 16, place=NOT_A_LIBRARY),
            ),
        )
        second = PresenceFile("b.csv", "b", rows=(good,))
        a_case = case(presence_files=(second, first))
        assert ledger_of(a_case, "presence", "a") == {
            "rows_read": 8,
            "rows_loaded": 2,
            "rows_duplicate": 1,
            "rows_excluded": 1,
            "rows_quarantined": 4,
        }
        assert ledger_of(a_case, "presence", "b") == {"rows_read": 1, "rows_duplicate": 1}


@pytest.mark.parametrize(
    ("as_of", "maturity"), [("2024-10-13", "provisional"), ("2024-10-14", "final")]
)
def test_final_two_weeks_after_the_end(as_of, maturity):
    a_case = Case(
        as_of=dt.date.fromisoformat(as_of), incident_files=(incident_file("a", incident()),)
    )
    assert expected(a_case).fct_library_half_year["2024-04", "valby"]["maturity"] == maturity


class TestCompare:
    def table(self) -> Table:
        table = Table("library_id")
        table.put(library_id="valby", incidents=2, hours=1.5, share=None)
        table.put(library_id="husum", incidents=0, hours=0.1 + 0.2, share=1.0)
        return table

    def test_equal(self):
        rows = [
            {"library_id": "husum", "incidents": 0, "hours": 0.3, "share": 1, "more": "x"},
            {"library_id": "valby", "incidents": 2, "hours": 1.5, "share": float("nan")},
        ]
        assert compare(self.table(), rows) == []

    def test_different(self):
        rows = [
            {"library_id": "valby", "incidents": 3, "hours": 1.5 + 1e-6},
            {"library_id": "solvang", "incidents": 0, "hours": 0.0, "share": 0.0},
        ]
        text = "\n".join(compare(self.table(), rows))
        assert "library_id=valby: incidents is 3, expected 2" in text
        assert "library_id=valby: hours is" in text
        assert "library_id=valby: no column share" in text
        assert "library_id=husum: no such row" in text
        assert "library_id=solvang: row not expected" in text

    def test_rows_twice(self):
        row = {"library_id": "valby", "incidents": 2, "hours": 1.5, "share": None}
        husum = {"library_id": "husum", "incidents": 0, "hours": 0.3, "share": 1.0}
        assert compare(self.table(), [row, husum, row]) == ["library_id=valby: more than one row"]
        # A false zero is not null, and null is not zero.
        assert len(compare(self.table(), [{**row, "share": 0.0}, {**husum, "share": None}])) == 2

    def test_status_and_file_name_of_the_ledger(self):
        table = Table("source_file_id")
        table.put(source_file_id="a", status="not landed", file_name="2025-02/labels.csv")
        row = {"source_file_id": "a", "status": "unreadable", "file_name": "x/2025-02/labels.csv"}
        assert compare(table, [row]) == []
        assert len(compare(table, [{**row, "status": "landed"}])) == 1
