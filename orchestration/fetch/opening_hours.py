"""Opening hours: answers of the Danish library CMS, kept as the snapshot of the day.

The interface, of module dpl_opening_hours: ``GET /api/v1/opening_hours`` with both dates inclusive,
no pages, no order, no history, and fields that may be added at any time. Sites that do not have it
yet answer 404 and are asked at the older address for apps.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from orchestration.config import Config
from orchestration.errors import PermanentFetchError, TransientFetchError
from orchestration.fetch.http import Answer, Patience, Server
from orchestration.fetch.outcome import Kept, keep_note
from orchestration.half_year import HalfYear
from orchestration.landing.archive import write_atomically
from orchestration.landing.inventory import take_inventory
from orchestration.settings import Settings

PATH = "/api/v1/opening_hours"
OLDER_PATH = "/opening_hours/instances"
WEEKS_AHEAD = 8
_HINT = "Check DATASPOR_OPENING_HOURS_URL."

Window = tuple[dt.date, dt.date]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Part(BaseModel):
    """Fields that are not named here are left alone, whatever they hold."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Category(_Part):
    title: str
    color: str | None = None


class _WeeklyData(_Part):
    end_date: str | None = None


class _Repetition(_Part):
    id: int | None = None
    type: str
    weekly_data: _WeeklyData | None = None


class Item(_Part):
    """An item of all three generations: 2024-03, 2026-03 with ISIL id, 2026-05 with name."""

    id: int
    category: _Category
    date: _Day
    start_time: str
    end_time: str
    branch_id: int
    branch_isil_id: str | None = None
    branch_name: str | None = None
    repetition: _Repetition | None = None


class OlderItem(_Part):
    """An item of the older address; its numbers may be written as text."""

    nid: Annotated[int, Field(strict=False)]
    category_tid: Annotated[int, Field(strict=False)]
    date: _Day
    start_time: str
    end_time: str
    notice: str


_ITEMS: dict[str, TypeAdapter[Any]] = {
    PATH: TypeAdapter(list[Item]),
    OLDER_PATH: TypeAdapter(list[OlderItem]),
}
_EXPECTED = {
    "list_type": "a list",
    "model_type": "an object",
    "string_type": "text",
    "string_pattern_mismatch": "a date such as 2025-01-13",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
}


def windows(today: dt.date, maturity_days: int) -> list[Window]:
    """The days to ask for, first and last inclusive, in order and without a gap.

    They begin with the half-year that is not final yet, so that corrections still come in, and end
    eight weeks ahead, so that a restriction is seen as planned before it is seen as it was. They
    are whole ISO weeks, because the newest snapshot with a row of a library's week replaces that
    week as a whole: half a week would delete the other half. Each lies in one half-year.

    Args:
        today: the local day.
        maturity_days: days after its end until a half-year is final.
    """
    first = HalfYear.of(today - dt.timedelta(days=maturity_days)).starts_on
    start = first - dt.timedelta(days=first.weekday())
    end = today + dt.timedelta(weeks=WEEKS_AHEAD)
    end += dt.timedelta(days=6 - end.weekday())
    found = []
    while start <= end:
        last = min(HalfYear.of(start).ends_on, end)
        found.append((start, last))
        start = last + dt.timedelta(days=1)
    return found


def fetch(settings: Settings, config: Config, today: dt.date, patience: Patience) -> Kept:
    """Ask for all windows and keep the items as the snapshot of ``today``.

    Nothing is written where the items are those of the newest snapshot, and nothing where anything
    is wrong: earlier snapshots stay as they are.

    Args:
        settings: where things are; the base URL is theirs.
        config: the municipality's configuration; the older address needs its branches.
        today: the local day of observation.
        patience: time-outs and bounds of each window's answer.

    Raises:
        TransientFetchError: no whole answer came; later it may.
        PermanentFetchError: the answer cannot be used, and earlier snapshots had better be kept.
    """
    server = Server(str(settings.opening_hours_url), patience)
    asked = windows(today, config.municipality.maturity_days)
    path, items = _ask(server, config, asked)
    span = f"{asked[0][0]} to {asked[-1][1]}"
    earlier = _earlier(settings)
    if not items and any(_items_of(snapshot) for snapshot in earlier):
        raise PermanentFetchError(
            f"{server.host} sent an empty list for {span}, although earlier snapshots have opening "
            "hours. It was not kept; see whether the website still has them."
        )
    told = f"{len(items)} items for {span} from {server.host}"
    if earlier and _canonical(_items_of(earlier[0])) == _canonical(items):
        return Kept("unchanged", f"{told}, the same as in {earlier[0].name}")
    content = json.dumps(items, separators=(",", ":")).encode()
    snapshot = settings.fetched / "opening_hours" / f"{today.isoformat()}.json"
    snapshot.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(snapshot, content)
    keep_note(
        snapshot,
        {
            "url": server.address + path,
            "windows": [[first.isoformat(), last.isoformat()] for first, last in asked],
            "items": len(items),
        },
    )
    return Kept("fetched", f"{told}, kept as {snapshot.name}")


def _ask(server: Server, config: Config, asked: list[Window]) -> tuple[str, list[Any]]:
    """The path that answered, and the items of all windows."""
    path, items = PATH, []
    for number, window in enumerate(asked):
        answer = server.get(path, _parameters(path, config, window), hint=_HINT)
        if answer.status == 404 and number == 0:
            if not config.opening_hours.branches:
                raise PermanentFetchError(
                    f"{server.host} has no {PATH} (status 404), and its older {OLDER_PATH} cannot "
                    "be asked without branches in opening_hours.yml. Name them there."
                )
            path = OLDER_PATH
            answer = server.get(path, _parameters(path, config, window), hint=_HINT)
        if answer.status != 200:
            raise server.refuse(answer, _HINT)
        items += _checked(server, path, window, answer)
    return path, items


def _parameters(path: str, config: Config, window: Window) -> dict[str, str]:
    days = {"from_date": window[0].isoformat(), "to_date": window[1].isoformat()}
    if path == PATH:
        return {"_format": "json"} | days
    return days | {"nid": ",".join(str(node) for node in sorted(config.opening_hours.branches))}


def _checked(server: Server, path: str, window: Window, answer: Answer) -> list[Any]:
    """The items as they came, known to be what extract reads; one that is not refuses all."""
    if not answer.content_type.endswith(("/json", "+json")):
        raise PermanentFetchError(
            f"{server.host} answered with {answer.content_type} where JSON was expected. {_HINT}"
        )
    try:
        items: list[Any] = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise TransientFetchError(
            f"{server.host} sent {len(answer.body)} bytes that are no whole JSON text."
        ) from None
    days = f"{window[0]} to {window[1]}"
    try:
        _ITEMS[path].validate_python(items)
    except ValidationError as error:
        raise PermanentFetchError(
            f"{server.host} sent opening hours for {days} that do not fit what is known of them: "
            f"{_mismatch(error)}. The answer was not kept; ask the website's supplier what changed."
        ) from None
    first, last = (day.isoformat() for day in window)
    for number, item in enumerate(items, start=1):
        if not first <= item["date"] <= last:
            raise PermanentFetchError(
                f"{server.host} sent opening hours that were not asked for: item {number} lies "
                f"outside {days}. The answer was not kept."
            )
    return items


def _mismatch(error: ValidationError) -> str:
    """The first thing that does not fit, by its place and type; never by its value."""
    problem = error.errors(include_url=False, include_context=False)[0]
    found = _type_in_words(problem["input"])
    if not problem["loc"]:
        return f"expected a list of items, found {found}"
    number, *fields = problem["loc"]
    more = error.error_count() - 1
    others = f" (and {more} more)" if more else ""
    where = f"item {int(number) + 1}"
    if fields:
        where += f", field {'.'.join(map(str, fields))}"
    if problem["type"] == "missing":
        return f"{where} is missing{others}"
    expected = _EXPECTED.get(problem["type"], "something else")
    return f"{where}: expected {expected}, found {found}{others}"


def _type_in_words(value: Any) -> str:
    kinds = (
        (bool, "true or false"),
        (int | float, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "null")


def _earlier(settings: Settings) -> list[Path]:
    """All snapshots there are, the newest first, wherever they came from."""
    found = []
    for file in take_inventory(settings):
        if file.source == "opening_hours":
            try:
                found.append((dt.date.fromisoformat(file.path.stem), file.path))
            except ValueError:
                continue  # landing says what is wrong with its name
    return [path for _, path in sorted(found, reverse=True)]


def _items_of(snapshot: Path) -> list[Any]:
    try:
        items = json.loads(snapshot.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []  # landing says what is wrong with it
    return items if isinstance(items, list) else []


def _canonical(items: list[Any]) -> str:
    """A hash of the items in no order, since the interface promises none."""
    texts = sorted(json.dumps(item, sort_keys=True) for item in items)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
