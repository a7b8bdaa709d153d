"""Reads the opening-hours snapshots and the presence register back by hand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

NODE = {101: "vesterbro", 102: "blaagaarden", 103: "noerrebro", 104: "hoved", 116: "valby"}
IGNORED = {"Borgerservice", "Telefontid"}
STAFFED = {"Med betjening", "Personlig betjening"}
OPEN = {"Åbent"}
SELF_SERVICE = {"Selvbetjening", "Selvbetjening & læsesale"}
CLOSED = {
    dt.date.fromisoformat(day)
    for day in (
        *("2022-12-24", "2022-12-25", "2022-12-26", "2022-12-31", "2023-01-01", "2023-04-06"),
        *("2023-04-07", "2023-04-09", "2023-04-10", "2023-05-05", "2023-05-18", "2023-05-28"),
        *("2023-05-29", "2023-06-05", "2023-12-24", "2023-12-25", "2023-12-26", "2023-12-31"),
        *("2024-01-01", "2024-03-28", "2024-03-29", "2024-03-31", "2024-04-01", "2024-05-09"),
        *("2024-05-19", "2024-05-20", "2024-06-05", "2024-12-24", "2024-12-25", "2024-12-26"),
        *("2024-12-31", "2025-01-01", "2025-04-17", "2025-04-18", "2025-04-20", "2025-04-21"),
        *("2025-05-29", "2025-06-05", "2025-06-08", "2025-06-09"),
    )
}
FIRST, LAST = dt.date(2022, 10, 3), dt.date(2025, 11, 30)
Items = dict[dt.date, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def snapshots(sample: Path) -> Items:
    return {
        dt.date.fromisoformat(path.stem): json.loads(path.read_bytes())
        for path in sorted((sample / "opening_hours").iterdir())
    }


def hours_of(text: str) -> float:
    hour, minute = map(int, text.split(":"))
    return 24.0 if text == "23:59" else hour + minute / 60


def quarters(slots: list[tuple[str, float, float]], titles: set[str]) -> set[int]:
    """The quarter hours of a day covered by slots with one of the titles."""
    return {
        q
        for title, start, end in slots
        if title in titles
        for q in range(round(start * 4), round(end * 4))
    }


@pytest.fixture(scope="module")
def self_service(snapshots: Items) -> dict[tuple[str, dt.date], float]:
    """Hours open without staff, of the newest snapshot that has the library in that week."""
    newest: dict[tuple[str, tuple[int, int]], dt.date] = {}
    for observed_on, items in sorted(snapshots.items()):
        for item in items:
            week = dt.date.fromisoformat(item["date"]).isocalendar()[:2]
            newest[NODE[item["branch_id"]], week] = observed_on
    slots = defaultdict(list)
    for observed_on, items in snapshots.items():
        for item in items:
            day = dt.date.fromisoformat(item["date"])
            library = NODE[item["branch_id"]]
            if newest[library, day.isocalendar()[:2]] == observed_on:
                title = item["category"]["title"].strip().rstrip(":")
                assert title in IGNORED | STAFFED | OPEN | SELF_SERVICE
                times = hours_of(item["start_time"]), hours_of(item["end_time"])
                slots[library, day].append((title, *times))
    result = {}
    for library in NODE.values():
        for offset in range((LAST - FIRST).days + 1):
            key = library, FIRST + dt.timedelta(days=offset)
            is_open = quarters(slots[key], OPEN | STAFFED | SELF_SERVICE)
            staffed = quarters(slots[key], STAFFED) or quarters(slots[key], OPEN)
            result[key] = len(is_open - staffed) / 4
    return result


def normal(day: dt.date) -> int:
    return 9 if day.weekday() >= 5 else 7


def test_snapshots_cover_the_whole_time(snapshots: Items) -> None:
    assert len(snapshots) == 37
    days = {dt.date.fromisoformat(i["date"]) for items in snapshots.values() for i in items}
    every_day = {FIRST + dt.timedelta(days=i) for i in range((LAST - FIRST).days + 1)}
    assert every_day - days == CLOSED
    assert days <= every_day
    winter = [d for d in snapshots if dt.date(2024, 10, 1) <= d < dt.date(2025, 3, 31)]
    assert len(winter) == 25, "one a week"


def test_all_three_generations_of_the_schema(snapshots: Items) -> None:
    fields = {
        observed_on: {
            "name" if "branch_name" in item else "isil" if "branch_isil_id" in item else "none"
            for item in items
            if item["branch_id"] != 116
        }
        for observed_on, items in snapshots.items()
    }
    assert all(len(kinds) == 1 for kinds in fields.values())
    assert {kind for kinds in fields.values() for kind in kinds} == {"none", "isil", "name"}
    for items in snapshots.values():
        assert all(item.get("branch_isil_id", "-") is not None for item in items)
        assert len({item["id"] for item in items}) == len(items)
        assert [i["date"] for i in items] != sorted(i["date"] for i in items), "no order"
    titles = {i["category"]["title"] for items in snapshots.values() for i in items}
    assert "Personlig betjening:" in titles
    assert "Selvbetjening: " in titles
    assert any(i["end_time"] == "23:59" for items in snapshots.values() for i in items)


@pytest.mark.parametrize("library", ["vesterbro", "noerrebro"])
def test_normal_self_service_hours(
    library: str, self_service: dict[tuple[str, dt.date], float]
) -> None:
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + dt.timedelta(days=offset)
        if (day.month, day.day) == (5, 1):
            continue
        expected = 0 if day in CLOSED else normal(day)
        assert self_service[library, day] == expected, day


def test_blaagaarden_was_restricted_in_eight_weeks(
    self_service: dict[tuple[str, dt.date], float],
) -> None:
    restricted: dict[tuple[int, int], float] = defaultdict(float)
    for (library, day), hours in self_service.items():
        if library == "blaagaarden" and day not in CLOSED and (day.month, day.day) != (5, 1):
            restricted[day.isocalendar()[:2]] += normal(day) - hours
    found = {week: hours for week, hours in restricted.items() if hours}
    # Weekdays lose 18-22 (4 hours); at weekends 18-21 (3), and in 2025 all 9.
    assert found == {
        **{(2024, week): 5 * 4 + 2 * 3 for week in (47, 48, 49, 50)},
        **{(2025, week): 5 * 4 + 2 * 9 for week in (3, 4, 5, 6)},
    }
    assert sum(found.values()) == 256


def test_restrictions_stand_only_in_the_snapshot_of_their_week(snapshots: Items) -> None:
    for monday in (dt.date(2024, 11, 25), dt.date(2025, 1, 20)):
        ends = {
            observed_on: max(
                item["end_time"]
                for item in items
                if item["branch_id"] == 102 and item["date"] == monday.isoformat()
            )
            for observed_on, items in snapshots.items()
            if any(i["branch_id"] == 102 and i["date"] == monday.isoformat() for i in items)
        }
        assert len(ends) == 3
        assert ends.pop(monday) == "18:00"
        assert set(ends.values()) == {"22:00"}
        assert max(ends) < monday


def day_of(text: str, *, end: bool) -> dt.date:
    if text.startswith("uge"):
        _, week, year = text.split()
        return dt.date.fromisocalendar(int(year), int(week), 7 if end else 1)
    return dt.datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007


def weekdays_of(text: str) -> set[int]:
    days = ["man", "tir", "ons", "tor", "fre", "lør", "søn"]
    if "-" in text:
        first, last = text.split("-")
        return set(range(days.index(first), days.index(last) + 1))
    return {days.index(day) for day in text.split(",")}


@pytest.fixture(scope="module")
def register(sample: Path) -> list[dict[str, str]]:
    content = (sample / "presence" / "tilstedevaerelse.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def presence_hours(
    register: list[dict[str, str]], library: str, function: str, first: dt.date, last: dt.date
) -> int:
    """Clock hours with somebody there, by the day a span starts on."""
    minutes: dict[tuple[dt.date, str], set[int]] = defaultdict(set)
    for row in register:
        if (row["Bibliotek"], row["Funktion"]) != (library, function):
            continue
        start, end = int(row["Fra kl."][:2]), int(row["Til kl."][:2])
        day, until = day_of(row["Fra"], end=False), day_of(row["Til"], end=True)
        while day <= until:
            if day.weekday() in weekdays_of(row["Ugedage"]) and first <= day <= last:
                hours = range(start, end if end > start else end + 24)
                minutes[day, row["Status"]].update(hours)
            day += dt.timedelta(days=1)
    return sum(
        len(hours)
        for (day, status), hours in minutes.items()
        if status == "faktisk" or (day, "faktisk") not in minutes
    )


def test_register_has_the_headers_and_labels(register: list[dict[str, str]]) -> None:
    header = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde"
    assert list(register[0]) == header.split(";")
    assert {row["Kilde"] for row in register} == {"SYNTETISK register"}
    assert {row["Status"] for row in register} == {"planlagt", "faktisk"}


def test_guards_and_night_hosts_at_blaagaarden(register: list[dict[str, str]]) -> None:
    winter = dt.date(2024, 10, 1), dt.date(2025, 3, 31)
    place = "Blågårdens Bibliotek"
    # Week 46 as planned 5 x 5; weeks 47-50 done 20 x 6, and one hour more on four days;
    # January: Fridays of weeks 3-5 as planned 3 x 6, week 6 as planned 5 x 6, done 12 x 6.
    guards = presence_hours(register, place, "Vagt og Sikring", *winter)
    assert guards == 25 + 120 + 4 + 18 + 30 + 72 == 269
    # Week 47 as planned 3 x 6; weeks 48-50 done 9 x 6; February 12 x 6.
    assert presence_hours(register, place, "Natteværter", *winter) == 18 + 54 + 72 == 144


def test_night_hosts_planned_from_week_43(register: list[dict[str, str]]) -> None:
    running = [row for row in register if row["Fra"] == "uge 43 2025"]
    assert [row["Status"] for row in running] == ["planlagt"]
    winter = dt.date(2025, 10, 1), dt.date(2026, 3, 31)
    # Weeks 43-52 and 1-13: 23 weeks of three nights of six hours.
    assert presence_hours(register, "Blågårdens Bibliotek", "Natteværter", *winter) == 23 * 3 * 6


def test_relation_workers(register: list[dict[str, str]]) -> None:
    def hours(place: str, first: str, last: str) -> int:
        days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        return presence_hours(register, place, "Relationsmedarbejder", *days)

    vesterbro = "Vesterbro Bibliotek og Kulturhus"
    assert hours(vesterbro, "2022-10-01", "2023-01-01") == 0
    assert hours(vesterbro, "2023-01-02", "2023-01-08") == 30
    for place in ("Blågårdens Bibliotek", "Nørrebro Bibliotek"):
        assert hours(place, "2022-10-01", "2024-12-31") == 0
        assert hours(place, "2025-01-06", "2025-01-12") == 30
