"""The synthetic opening hours, as snapshots of the answers of the library website's API."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.sample import days, names
from orchestration.sample.files import SampleFile
from orchestration.sample.notice import LABEL

# (title, first hour, last hour); titles stand as people wrote them on the website.
Slot = tuple[str, str, str]


@dataclass(frozen=True)
class Branch:
    """A library on the website: node id, ISIL id if it has one there, and its usual week."""

    library: str
    node: int
    isil: str | None
    weekday: tuple[Slot, ...]
    saturday: tuple[Slot, ...]
    sunday: tuple[Slot, ...]
    extra: tuple[tuple[int, Slot], ...] = ()  # (weekday, slot) that is no opening of the house

    def usual(self, weekday: int) -> tuple[Slot, ...]:
        """The slots of a weekday, Monday being 0."""
        slots = self.saturday if weekday == 5 else self.sunday if weekday == 6 else self.weekday
        return slots + tuple(slot for day, slot in self.extra if day == weekday)


_VESTERBRO_WEEKEND = (("Selvbetjening", "08:00", "21:00"), ("Åbent", "10:00", "14:00"))
_BLAAGAARDEN_WEEKEND = (
    ("Selvbetjening: ", "08:00", "21:00"),
    ("Personlig betjening:", "10:00", "14:00"),
)
_NOERREBRO_WEEKEND = (("Åbent", "08:00", "21:00"), ("Med betjening", "10:00", "14:00"))
_HOVEDBIBLIOTEKET_WEEKEND = (
    ("Selvbetjening & læsesale", "09:00", "23:59"),
    ("Åbent", "10:00", "16:00"),
)
BRANCHES = (
    Branch(
        "vesterbro",
        101,
        "DK-710119",
        (("Selvbetjening", "07:00", "22:00"), ("Åbent", "10:00", "18:00")),
        _VESTERBRO_WEEKEND,
        _VESTERBRO_WEEKEND,
        ((1, ("Borgerservice", "10:00", "14:00")),),
    ),
    Branch(
        "blaagaarden",
        102,
        "DK-710104",
        (
            ("Selvbetjening: ", "07:00", "22:00"),
            ("Personlig betjening:", "10:00", "18:00"),
        ),
        _BLAAGAARDEN_WEEKEND,
        _BLAAGAARDEN_WEEKEND,
    ),
    Branch(
        "noerrebro",
        103,
        "DK-710111",
        (("Åbent", "07:00", "22:00"), ("Med betjening", "10:00", "18:00")),
        _NOERREBRO_WEEKEND,
        _NOERREBRO_WEEKEND,
        ((3, ("Borgerservice", "12:00", "16:00")),),
    ),
    Branch(
        "hovedbiblioteket",
        104,
        "DK-710100",
        (
            ("Selvbetjening & læsesale", "08:00", "23:59"),
            ("Åbent", "08:00", "21:00"),
            ("Med betjening", "09:00", "20:00"),
        ),
        _HOVEDBIBLIOTEKET_WEEKEND,
        _HOVEDBIBLIOTEKET_WEEKEND,
        ((0, ("Telefontid ", "10:00", "14:00")), (2, ("Telefontid ", "10:00", "14:00"))),
    ),
    Branch(
        "valby",
        116,
        None,
        (("Selvbetjening", "07:00", "22:00"), ("Med betjening", "10:00", "17:00")),
        (("Selvbetjening", "07:00", "22:00"), ("Med betjening", "10:00", "14:00")),
        (("Selvbetjening", "07:00", "22:00"),),
    ),
)

# Blågården, winter 2024/2025: no self-service in the evening; from January on, none at weekends.
_EVENINGS_CLOSED = (
    ("Selvbetjening: ", "07:00", "18:00"),
    ("Personlig betjening:", "10:00", "18:00"),
)
_WEEKEND_EVENINGS_CLOSED = (
    ("Selvbetjening: ", "08:00", "18:00"),
    ("Personlig betjening:", "10:00", "14:00"),
)
_WEEKEND_STAFFED_ONLY = (("Personlig betjening:", "10:00", "14:00"),)
RESTRICTED: dict[tuple[int, int], tuple[tuple[Slot, ...], tuple[Slot, ...]]] = {
    **{(2024, week): (_EVENINGS_CLOSED, _WEEKEND_EVENINGS_CLOSED) for week in range(47, 51)},
    **{(2025, week): (_EVENINGS_CLOSED, _WEEKEND_STAFFED_ONLY) for week in range(3, 7)},
}

LAST_DAY = dt.date(2025, 11, 30)
_WEEK = dt.timedelta(days=7)
_QUARTERS = tuple(dt.date(2022, 10, 3) + i * 13 * _WEEK for i in range(13))
_EXTRA = tuple(dt.date(2024, 10, 7) + i * _WEEK for i in range(25))
_COLOURS = {"S": "#b9d7ee", "Å": "#d7eeb9", "M": "#eee0b9", "P": "#eee0b9"}


def files() -> list[SampleFile]:
    """One file for each day on which the website is pretended to have been asked."""
    return [
        SampleFile(
            f"opening_hours/{observed_on.isoformat()}.json",
            _answer(number, observed_on, until),
            dt.datetime.combine(observed_on, dt.time(5)),
        )
        for number, (observed_on, until) in enumerate(_snapshots())
    ]


def _snapshots() -> Iterator[tuple[dt.date, dt.date]]:
    """Day of observation and last day asked for: a quarter of a year, or two weeks."""
    spans = {first: min(first + 13 * _WEEK - dt.timedelta(days=1), LAST_DAY) for first in _QUARTERS}
    for first in _EXTRA:
        spans.setdefault(first, first + 2 * _WEEK - dt.timedelta(days=1))
    yield from sorted(spans.items())


def _generation(observed_on: dt.date) -> int:
    """Which fields the answer has: none of the later ones, ISIL id, or ISIL id and name."""
    return 1 if observed_on.year < 2024 else 2 if observed_on < dt.date(2024, 12, 1) else 3


def _answer(number: int, observed_on: dt.date, until: dt.date) -> bytes:
    rng = random.Random(f"opening hours {observed_on.isoformat()}")
    items: list[dict[str, Any]] = []
    for offset in range((until - observed_on).days + 1):
        day = observed_on + dt.timedelta(days=offset)
        for branch in BRANCHES:
            is_restricted, slots = _slots(branch, day, observed_on)
            for title, start, end in slots:
                item: dict[str, Any] = {
                    "id": 10_000 * (number + 1) + len(items),
                    "category": {"title": title, "color": _COLOURS.get(title[0], "#dddddd")},
                    "date": day.isoformat(),
                    "start_time": start,
                    "end_time": end,
                    "branch_id": branch.node,
                }
                if _generation(observed_on) >= 2 and branch.isil:
                    item["branch_isil_id"] = branch.isil
                if _generation(observed_on) >= 3:
                    item["branch_name"] = names.LIBRARIES[branch.library][0]
                item["repetition"] = (
                    {"id": 900 + branch.node, "type": "none"}
                    if is_restricted
                    else {
                        "id": branch.node,
                        "type": "weekly",
                        "weekly_data": {"end_date": until.isoformat()},
                    }
                )
                item["note"] = LABEL
                items.append(item)
    rng.shuffle(items)  # the API promises no order
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()


def _slots(branch: Branch, day: dt.date, observed_on: dt.date) -> tuple[bool, tuple[Slot, ...]]:
    """The slots of a day as the website shows them, and whether they are restricted.

    A restriction stands on the website only once its week has begun.
    """
    if days.is_closed(day):
        return False, ()
    if days.is_shortened(day):
        return False, (("Åbent", "10:00", "14:00"),)
    week = day.isocalendar()[:2]
    has_begun = week == observed_on.isocalendar()[:2]
    if branch.library == "blaagaarden" and week in RESTRICTED and has_begun:
        on_weekdays, at_weekends = RESTRICTED[week]
        return True, at_weekends if day.weekday() >= 5 else on_weekdays
    return False, branch.usual(day.weekday())
