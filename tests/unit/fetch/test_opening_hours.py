from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.config import Config
from orchestration.errors import PermanentFetchError, TransientFetchError
from orchestration.extract.opening_hours import extract
from orchestration.fetch import opening_hours
from orchestration.fetch.http import Patience
from orchestration.fetch.opening_hours import windows
from orchestration.fetch.outcome import Kept
from orchestration.half_year import HalfYear
from orchestration.landing.inventory import take_inventory
from orchestration.settings import Settings
from tests.servers import (
    LONGEST_DAYS,
    NEW_PATH,
    OLDER_PATH,
    LibraryWebsite,
    cut_off,
    days_between,
    opening_item,
    other,
    send,
    serving,
    status,
)

TODAY = dt.date(2025, 11, 17)
FIRST, LAST = dt.date(2025, 9, 29), dt.date(2026, 1, 18)
EARLY, LATE = dt.date(2020, 1, 1), dt.date(2030, 1, 1)
ISO = dt.date.fromisoformat


@pytest.fixture
def website() -> Iterator[LibraryWebsite]:
    """A website that knows a day more at either end than is asked for."""
    day = dt.timedelta(days=1)
    items = [opening_item(date) for date in days_between(FIRST - day, LAST + day)]
    with serving(LibraryWebsite(items)) as server:
        yield server


class Client:
    """The client with everything but the day filled in."""

    def __init__(
        self, website: LibraryWebsite, settings: Settings, config: Config, patience: Patience
    ) -> None:
        self.website = website
        self.settings = Settings(
            sources=settings.sources,
            home=settings.home,
            config=settings.config,
            opening_hours_url=f"{website.base_url}/",
        )
        self.config = config
        self.patience = patience

    def fetch(self, today: dt.date = TODAY) -> Kept:
        return opening_hours.fetch(self.settings, self.config, today, self.patience)

    @property
    def folder(self) -> Path:
        return self.settings.archive / "fetched" / "opening_hours"

    def snapshots(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob("*"))}


@pytest.fixture
def client(
    website: LibraryWebsite, settings: Settings, config: Config, impatient: Patience
) -> Client:
    return Client(website, settings, config, impatient)


# --- which days ---------------------------------------------------------------------------------


def every_day(first: str, last: str) -> list[dt.date]:
    return days_between(ISO(first), ISO(last))


@pytest.mark.parametrize("today", every_day("2024-02-20", "2024-05-10") + [ISO("2025-10-01")])
def test_windows_have_no_gap_and_none_is_longer_than_a_half_year(today: dt.date) -> None:
    asked = windows(today, 14)
    for (_, last), (first, _) in zip(asked, asked[1:], strict=False):
        assert first == last + dt.timedelta(days=1)
    for first, last in asked:
        assert HalfYear.of(first) == HalfYear.of(last)
        assert 1 <= (last - first).days + 1 <= LONGEST_DAYS


@pytest.mark.parametrize("today", every_day("2024-02-20", "2024-05-10") + [ISO("2025-10-01")])
def test_windows_are_whole_weeks_of_the_half_year_not_yet_final_and_eight_weeks_more(
    today: dt.date,
) -> None:
    asked = windows(today, 14)
    first, last = asked[0][0], asked[-1][1]
    assert (first.weekday(), last.weekday()) == (0, 6)
    is_final = today > HalfYear(2023, 10).final_from(14) and today < ISO("2024-10-01")
    starts_on = ISO("2024-04-01") if is_final else HalfYear(2023, 10).starts_on
    if today.year == 2025:
        starts_on = HalfYear(2025, 4).starts_on
    assert first <= starts_on < first + dt.timedelta(days=7)
    assert last - dt.timedelta(days=7) < today + dt.timedelta(weeks=8) <= last


def test_the_first_and_the_last_day_are_asked_for_and_no_other(client: Client) -> None:
    assert client.fetch().status == "fetched"
    assert client.website.windows == [
        (FIRST, dt.date(2025, 9, 30)),
        (dt.date(2025, 10, 1), LAST),
    ]
    items = json.loads((client.folder / "2025-11-17.json").read_bytes())
    assert sorted(item["date"] for item in items) == [
        day.isoformat() for day in days_between(FIRST, LAST)
    ]


# --- what is kept -------------------------------------------------------------------------------


def test_the_snapshot_is_a_source_file_and_the_note_beside_it_is_none(client: Client) -> None:
    client.fetch()
    (file,) = take_inventory(client.settings)
    assert (file.source, file.file_name) == ("opening_hours", "2025-11-17.json")
    assert sorted(client.snapshots()) == ["2025-11-17.json", "2025-11-17.json.txt"]
    rows = extract(file.path, file.source_file_id, client.config).tables["opening_hours"]
    assert len(rows) == len(days_between(FIRST, LAST))
    assert set(rows.outcome) == {"usable"} and set(rows.library_id) == {"vesterbro"}


def test_the_note_says_what_was_asked_and_came_and_no_password(client: Client) -> None:
    website = client.website
    client.settings = Settings(
        **{
            **{name: getattr(client.settings, name) for name in ("sources", "home", "config")},
            "opening_hours_url": website.base_url.replace("//", "//anna:kodeord@"),
        }
    )
    kept = client.fetch()
    text = (client.folder / "2025-11-17.json.txt").read_text(encoding="utf-8")
    note = json.loads(text)
    content = (client.folder / "2025-11-17.json").read_bytes()
    assert note["url"] == website.base_url + NEW_PATH
    assert note["windows"] == [["2025-09-29", "2025-09-30"], ["2025-10-01", "2026-01-18"]]
    assert note["items"] == len(json.loads(content))
    assert note["sha256"] == hashlib.sha256(content).hexdigest()
    age = dt.datetime.now(tz=dt.UTC) - dt.datetime.fromisoformat(note["fetched_at"])
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=1)
    assert "kodeord" not in text + kept.told + repr(client.settings)


def test_what_is_kept_is_for_its_owner_only(client: Client) -> None:
    before = os.umask(0)
    try:
        client.fetch()
    finally:
        os.umask(before)
    for path in client.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(client.folder.stat().st_mode) == 0o700


def test_the_same_content_is_kept_once_whatever_its_order(client: Client) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.items.reverse()
    kept = client.fetch(dt.date(2025, 11, 18))
    assert kept.status == "unchanged"
    assert "2025-11-17.json" in kept.told
    assert client.snapshots() == before


def test_other_content_is_another_snapshot_and_the_earlier_one_stays(client: Client) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.items[10]["end_time"] = "16:00"
    assert client.fetch(dt.date(2025, 11, 18)).status == "fetched"
    after = client.snapshots()
    assert {name: after[name] for name in before} == before
    assert sorted(set(after) - set(before)) == ["2025-11-18.json", "2025-11-18.json.txt"]


def test_other_content_on_the_same_day_replaces_the_snapshot_of_the_day(client: Client) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.items[10]["end_time"] = "16:00"
    assert client.fetch().status == "fetched"
    after = client.snapshots()
    assert list(after) == list(before)
    assert after["2025-11-17.json"] != before["2025-11-17.json"]


def test_a_snapshot_that_somebody_laid_among_the_sources_counts_as_the_newest(
    client: Client,
) -> None:
    client.fetch()
    laid = client.settings.sources / "opening_hours" / "2025-11-18.json"
    laid.parent.mkdir()
    laid.write_text(json.dumps([opening_item(TODAY, times=("10:00", "11:00"))]))
    kept = client.fetch(dt.date(2025, 11, 19))
    assert kept.status == "fetched"
    assert (client.folder / "2025-11-19.json").is_file()


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_all_three_generations_are_kept_and_can_be_read(client: Client, generation: int) -> None:
    for item, day in zip(client.website.items, days_between(FIRST, LAST), strict=False):
        item.clear()
        item |= opening_item(day, generation=generation)
    client.fetch()
    (file,) = take_inventory(client.settings)
    landed = extract(file.path, file.source_file_id, client.config)
    assert set(landed.tables["opening_hours"].library_id) == {"vesterbro"}


def test_unknown_fields_and_absent_ones_that_nobody_needs_do_no_harm(client: Client) -> None:
    for item in client.website.items:
        item |= {"special": {"deep": [1, None]}, "branch_isil_id": None}
        item["category"] = {"title": "Åbent", "icon": 7}
        del item["repetition"]
    assert client.fetch().status == "fetched"
    items = json.loads((client.folder / "2025-11-17.json").read_bytes())
    assert items[0]["special"] == {"deep": [1, None]}


# --- the older address --------------------------------------------------------------------------


def test_where_the_address_is_missing_the_older_one_is_asked(client: Client) -> None:
    client.website.paths = (OLDER_PATH,)
    assert client.fetch().status == "fetched"
    assert [r.path for r in client.website.requests] == [NEW_PATH, OLDER_PATH, OLDER_PATH]
    assert "101" in client.website.requests[1].query["nid"].split(",")
    (file,) = take_inventory(client.settings)
    rows = extract(file.path, file.source_file_id, client.config).tables["opening_hours"]
    assert len(rows) == len(days_between(FIRST, LAST))
    assert set(rows.outcome) == {"usable"} and set(rows.library_id) == {"vesterbro"}
    note = json.loads((client.folder / "2025-11-17.json.txt").read_text(encoding="utf-8"))
    assert note["url"].endswith(OLDER_PATH)


def test_numbers_of_the_older_address_may_be_text(client: Client) -> None:
    client.website.paths = (OLDER_PATH,)
    item = {
        "nid": "101",
        "category_tid": "12",
        "date": FIRST.isoformat(),
        "start_time": "08:00",
        "end_time": "17:00",
        "notice": "Åbent",
    }
    client.website.faults = [None, other(body=json.dumps([item]).encode()), other(body=b"[]")]
    assert client.fetch().status == "fetched"


def test_a_website_with_neither_address_is_a_permanent_error(client: Client) -> None:
    client.website.paths = ()
    with pytest.raises(PermanentFetchError, match="status 404"):
        client.fetch()
    assert not client.folder.exists()


def test_the_older_address_cannot_be_asked_without_branches(client: Client) -> None:
    client.website.paths = (OLDER_PATH,)
    bare = client.config.opening_hours.model_copy(update={"branches": {}})
    client.config = client.config.model_copy(update={"opening_hours": bare})
    with pytest.raises(PermanentFetchError, match="branches in opening_hours.yml"):
        client.fetch()


# --- answers that are refused -------------------------------------------------------------------


def changed(**fields: Any) -> bytes:
    """Three items, the second changed; a field that is None is left out."""
    items = [opening_item(FIRST) for _ in range(3)]
    for name, value in fields.items():
        if value is None:
            del items[1][name]
        else:
            items[1][name] = value
    return json.dumps(items).encode()


WRONG = [
    (changed(date=20250929), "item 2, field date: expected text, found a number"),
    (changed(date="29-09-2025"), "item 2, field date: expected a date such as 2025-01-13, found"),
    (changed(start_time=8), "item 2, field start_time: expected text, found a number"),
    (changed(end_time=[]), "item 2, field end_time: expected text, found a list"),
    (changed(branch_id="SECRET"), "item 2, field branch_id: expected a whole number, found text"),
    (changed(branch_id=True), "branch_id: expected a whole number, found true or false"),
    (changed(id=1.5), "item 2, field id: expected a whole number, found a number"),
    (changed(category="SECRET"), "item 2, field category: expected an object, found text"),
    (changed(category={}), "item 2, field category.title is missing"),
    (changed(category={"title": 5}), "category.title: expected text, found a number"),
    (changed(branch_isil_id=710119), "branch_isil_id: expected text, found a number"),
    (changed(branch_name={"a": "SECRET"}), "branch_name: expected text, found an object"),
    (changed(repetition=[]), "repetition: expected an object, found a list"),
    (changed(end_time=None), "item 2, field end_time is missing"),
    (changed(date=7, start_time=8, end_time=9), "field date: expected text, found a number (and 2"),
    (b'{"message": "SECRET"}', "expected a list of items, found an object"),
    (b"null", "expected a list of items, found null"),
    (b'[["SECRET"]]', "item 1: expected an object, found a list"),
    (b'["SECRET"]', "item 1: expected an object, found text"),
    (b"[null]", "item 1: expected an object, found null"),
    (changed(date="2025-10-01"), "item 2 lies outside 2025-09-29 to 2025-09-30"),
]


@pytest.mark.parametrize(("body", "told"), WRONG, ids=[told[:50] for _, told in WRONG])
def test_an_answer_that_does_not_fit_is_refused_whole_and_says_where(
    client: Client, body: bytes, told: str
) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.faults = [other(body=body)]
    with pytest.raises(PermanentFetchError) as refused:
        client.fetch(dt.date(2025, 11, 18))
    assert told in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert client.website.base_url.removeprefix("http://") in str(refused.value)
    assert client.snapshots() == before


@pytest.mark.parametrize(
    ("fault", "error", "told"),
    [
        (status(400), PermanentFetchError, "answered with status 400 (text/html)"),
        (status(500), TransientFetchError, "answered with status 500 (text/html); asked 4 times"),
        (cut_off, TransientFetchError, "sent an answer that was cut off; asked 4 times"),
        (other("text/html"), PermanentFetchError, "answered with text/html where JSON"),
        (other(body=b'[{"id": 1'), TransientFetchError, "sent 9 bytes that are no whole JSON"),
        (other(body=b"[" * 200_000), TransientFetchError, "no whole JSON text"),
        (other(body=b"\xff\xfe[]"), TransientFetchError, "no whole JSON text"),
    ],
    ids=["400", "500", "cut off", "html", "half", "deep", "no text"],
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_failure_in_any_window_leaves_earlier_snapshots_as_they_are(
    client: Client, number: int, fault: Any, error: type[Exception], told: str
) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.items[10]["end_time"] = "16:00"
    client.website.faults = [None] * (number - 1)
    client.website.always = fault
    with pytest.raises(error) as refused:
        client.fetch(dt.date(2025, 11, 18))
    assert told in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert client.snapshots() == before


def test_two_errors_of_the_server_and_then_a_good_answer_is_a_good_answer(client: Client) -> None:
    client.website.faults = [status(500), status(500)]
    assert client.fetch().status == "fetched"


def test_an_empty_answer_after_a_full_one_is_refused_and_not_kept(client: Client) -> None:
    client.fetch()
    before = client.snapshots()
    client.website.items.clear()
    with pytest.raises(PermanentFetchError, match="sent an empty list .* was not kept"):
        client.fetch(dt.date(2025, 11, 18))
    assert client.snapshots() == before


def test_an_empty_answer_is_also_refused_after_a_snapshot_among_the_sources(
    client: Client,
) -> None:
    laid = client.settings.sources / "opening_hours" / "2025-01-13.json"
    laid.parent.mkdir()
    laid.write_text(json.dumps([opening_item(dt.date(2025, 1, 13))]))
    client.website.items.clear()
    with pytest.raises(PermanentFetchError, match="empty list"):
        client.fetch()


def test_an_empty_answer_of_a_website_that_never_had_hours_is_kept(client: Client) -> None:
    client.website.items.clear()
    assert client.fetch().status == "fetched"
    assert (client.folder / "2025-11-17.json").read_bytes() == b"[]"


def test_a_half_year_without_rows_beside_one_with_rows_is_no_reason_to_refuse(
    client: Client,
) -> None:
    client.fetch()
    items = client.website.items
    items[:] = [item for item in items if item["date"] >= "2025-10-01"]
    assert client.fetch(dt.date(2025, 11, 18)).status == "fetched"


def test_letters_that_are_none_are_kept_as_they_were_written(client: Client) -> None:
    body = changed(branch_name="odd").replace(b"odd", b"\\ud800")
    client.website.faults = [other(body=body), lambda handler, reply: send(handler, reply)]
    assert client.fetch().status == "fetched"
