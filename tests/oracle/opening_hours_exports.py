"""Random snapshots of opening hours, as three generations of a library website answer them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

from tests.oracle.case import UNREADABLE, OpeningItem, SnapshotFile, Text
from tests.oracle.copenhagen import LIBRARIES, NORMAL_SELF_SERVICE, OPENING_TITLES, UNKNOWN_TITLES
from tests.oracle.dice import Dice
from tests.oracle.files import save

MOST_ITEMS: Final = 500
# Kind, first and last minute of the weekly patterns that libraries have.
PATTERNS: Final[tuple[tuple[tuple[str, str, str], ...], ...]] = (
    (("open", "08:00", "17:00"), ("ignored", "09:00", "12:00"), ("self_service", "06:00", "22:00")),
    (("open", "08:00", "16:00"), ("staffed", "12:00", "14:30")),
    (("staffed", "10:00", "18:00"), ("self_service", "07:00", "10:00"),
     ("self_service", "18:00", "23:59")),
    (("open", "09:30", "19:00"), ("staffed", "10:00", "13:00"), ("staffed", "12:00", "15:45"),
     ("ignored", "09:00", "12:00")),
    (("self_service", "00:00", "23:59"), ("staffed", "11:00", "16:00")),
)  # fmt: skip


def write_opening_hours(dice: Dice, folder: Path) -> tuple[SnapshotFile, ...]:
    """Write some snapshots and say what they hold."""
    libraries = dice.several(list(NORMAL_SELF_SERVICE), 1, 2)
    libraries += [name for name in dice.several(list(LIBRARIES), 1, 2) if name not in libraries]
    patterns = {library_id: dice.choice(PATTERNS) for library_id in libraries}
    observed_on: list[dt.date] = []
    for _ in range(dice.randint(1, 3)):
        day = _start(dice)
        observed_on.append(day)
        while dice.happens(0.55):
            day += dt.timedelta(days=dice.choice((1, 3, 7, 10)))
            observed_on.append(day)
    observed_on = sorted(set(observed_on))
    if len({day.isocalendar()[:2] for day in observed_on}) < len(observed_on):
        dice.note("several snapshots in a week")
    items_left = MOST_ITEMS
    files = []
    for day in observed_on:
        file = _write_snapshot(dice, folder, day, patterns, items_left)
        items_left -= len(file.items)
        if file.items:
            files.append(file)
    if dice.happens(0.1, "a truncated snapshot"):
        day = observed_on[-1] + dt.timedelta(days=1)
        name, modified = f"{day}.json", dice.export_time()
        digest = save(folder / name, b'[{"id": 1, "category": {"title"', modified)
        files.append(SnapshotFile(name=name, digest=digest, modified=modified, readable=False))
    if dice.happens(0.3, "two snapshots of a day"):
        day = dice.choice(observed_on)
        again = _write_snapshot(dice, folder, day, patterns, MOST_ITEMS, f"aften/{day}.json")
        if again.items:
            files.append(again)
    if dice.happens(0.3, "a week of ignored items only"):
        day = dice.choice(observed_on) + dt.timedelta(days=dice.choice((0, 1)))
        items = [OpeningItem(library, "ignored", day, "09:00", "12:00") for library in libraries]
        files.append(_saved(dice, folder, f"telefon/{day}.json", items))
    return tuple(files)


def _start(dice: Dice) -> dt.date:
    """A first day of observation, often before something special."""
    match dice.randrange(5):
        case 0 | 1:
            dice.note("opening hours across a half-year boundary")
            return dice.boundary() - dt.timedelta(days=dice.randint(1, 9))
        case 2:
            dice.note("opening hours around holidays")
            month, day = dice.choice(((12, 20), (4, 10), (4, 28), (5, 31)))
            return dt.date(dice.any_day().year, month, day)
        case 3 if dice.happens(0.4, "opening hours before normal hours are known"):
            return dt.date(2021, 12, dice.randint(15, 28))
        case _:
            return dice.any_day()


def _write_snapshot(
    dice: Dice,
    folder: Path,
    observed_on: dt.date,
    patterns: dict[str, tuple[tuple[str, str, str], ...]],
    most: int,
    name: str | None = None,
) -> SnapshotFile:
    items: list[OpeningItem] = []
    last = observed_on + dt.timedelta(days=dice.choice((6, 10, 20)))
    first = observed_on if dice.happens(0.7) else observed_on - dt.timedelta(days=3)
    for library_id, pattern in patterns.items():
        if dice.happens(0.1, "a library missing in a snapshot"):
            continue
        restricted_week = dice.choice((None, first.isocalendar().week, last.isocalendar().week))
        day = first
        while day <= last:
            if not dice.happens(0.08, "closed days"):
                restricted = day.isocalendar().week == restricted_week
                items += _items_of_day(dice, library_id, pattern, day, restricted)
            day += dt.timedelta(days=1)
    for item in list(items):
        if dice.happens(0.02, "equal items in one snapshot"):
            items.append(item)
        if dice.happens(0.02):
            items.append(_bad_item(dice, item))
    if dice.happens(0.7):
        dice.shuffle(items)
    items = items[:most]
    return _saved(dice, folder, name or f"{observed_on}.json", items)


def _saved(dice: Dice, folder: Path, name: str, items: list[OpeningItem]) -> SnapshotFile:
    modified = dice.export_time()
    digest = save(folder / name, _content(dice, items), modified) if items else ""
    return SnapshotFile(name=name, digest=digest, modified=modified, items=tuple(items))


def _items_of_day(
    dice: Dice,
    library_id: str,
    pattern: tuple[tuple[str, str, str], ...],
    day: dt.date,
    restricted: bool,
) -> list[OpeningItem]:
    items = []
    for kind, start, end in pattern:
        if kind == "self_service" and restricted:
            dice.note("restricted weeks")
            if dice.happens(0.5):
                continue
            start, end = max(start, "08:00"), min(end, "20:00")
            if end <= start:
                continue
        if kind == "ignored":
            dice.note("ignored categories")
        if end == "23:59":
            dice.note("closing at 23:59")
        if kind == "staffed" and dice.happens(0.1, "days without staff"):
            continue
        items.append(OpeningItem(library_id, kind, day, start, end))
    return items


def _bad_item(dice: Dice, item: OpeningItem) -> OpeningItem:
    """Something that cannot be used, sometimes for more than one reason."""
    place: Text = item.place
    kind: Text = item.kind
    start, end = item.start, item.end
    if dice.happens(0.4, "unknown branch"):
        place = UNREADABLE
    if dice.happens(0.4, "unknown opening-hours category"):
        kind = UNREADABLE
    if (place is not UNREADABLE and kind is not UNREADABLE) or dice.happens(0.2):
        dice.note("end before start")
        start, end = end, start
    return OpeningItem(place, kind, item.day, start, end)


def _content(dice: Dice, items: list[OpeningItem]) -> bytes:
    generation = dice.choice(("2024-03", "2026-03", "2026-05"))
    dice.note(f"opening hours of generation {generation}")
    answers = [_answer(dice, generation, number, item) for number, item in enumerate(items)]
    text = json.dumps(
        answers, ensure_ascii=dice.happens(0.5), indent=2 if dice.happens(0.3) else None
    )
    return text.encode()


def _answer(dice: Dice, generation: str, number: int, item: OpeningItem) -> dict[str, Any]:
    library = LIBRARIES[item.place] if isinstance(item.place, str) else None
    titles = UNKNOWN_TITLES if item.kind is UNREADABLE else OPENING_TITLES[str(item.kind)]
    title = dice.choice(titles)
    if dice.happens(0.2, "titles with a colon, blanks or other case"):
        title = dice.choice((f"{title}:", f" {title} ", title.upper(), f"{title}: "))
    weekly = dice.happens(0.5)
    repetition: dict[str, Any] = {"id": 500 + number, "type": "weekly" if weekly else "none"}
    if weekly:
        repetition["weekly_data"] = {"end_date": "2030-01-01"}
    answer: dict[str, Any] = {
        "id": 9000 + number,
        "category": {"title": title, "color": "#ffd500"},
        "date": item.day.isoformat(),
        "start_time": item.start,
        "end_time": item.end,
        "branch_id": library.node_id if library else 999,
        "repetition": repetition,
    }
    if generation != "2024-03" and (library is None or dice.happens(0.8)):
        answer["branch_isil_id"] = library.isil if library else "DK-999999"
        if library and dice.happens(0.1, "an ISIL id against the node id"):
            answer["branch_id"] = dice.choice((999, 104))
    if generation == "2026-05":
        answer["branch_name"] = library.names[0] if library else "Bogbussen"
    if dice.happens(0.05, "new fields in an answer"):
        answer["notice"] = "Bemærk"
    return answer
