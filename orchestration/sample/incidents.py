"""The synthetic incident reports and how each changed over time; not how they are exported."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from orchestration.sample import plan
from orchestration.sample.names import LIBRARIES, NOT_LIBRARIES

VOID_STATUSES = ("Annulleret", "Fejloprettet", "Dublet")
_SEED = "dataspor incidents 2025-11-17"
_FIRST_NUMBER_OF_2025 = 1_000_000  # report numbers before 2025 have a leading zero
_HOURS = {hour: 4 if hour < 10 else 8 if hour < 15 else 12 for hour in range(7, 22)}
_HOURS |= {22: 3, 23: 1, 0: 1}
_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class State:
    """What a report said from one moment on; ``place`` is a library id or another place's name."""

    since: dt.datetime
    place: str
    category: str
    status: str


@dataclass(frozen=True)
class Report:
    """One report: its number, its times, how many incidents it stands for, and its states."""

    number: str
    reported_at: dt.datetime
    occurred_at: dt.datetime | None
    count: int
    states: tuple[State, ...]

    def at(self, moment: dt.datetime) -> State | None:
        """What the report said at a moment; None when it had not been made yet."""
        return next((state for state in reversed(self.states) if state.since <= moment), None)


def reports() -> list[Report]:
    """All reports, in the order in which they were made."""
    rng = random.Random(_SEED)
    drafts: list[Report] = []
    for column, starts_on in enumerate(plan.HALF_YEARS):
        for library, totals in plan.INCIDENTS.items():
            drafts += _counted(rng, column, library, totals[column])
            drafts += _void(rng, starts_on, library, totals[column])
        drafts += _elsewhere(rng, starts_on)
    drafts.sort(key=lambda report: report.reported_at)
    before_2025 = sum(report.reported_at.year < 2025 for report in drafts)
    return [
        replace(
            report,
            number=f"{_FIRST_NUMBER_OF_2025 + 4 * (i - before_2025) + rng.randrange(4):07d}",
        )
        for i, report in enumerate(drafts)
    ]


def _counted(rng: random.Random, column: int, library: str, total: int) -> list[Report]:
    """The reports that make up one library's incidents in one half-year."""
    starts_on = plan.HALF_YEARS[column]
    categories = _categories(rng, column, library, total)
    several = starts_on == plan.HALF_YEAR_WITH_COUNTS
    counted = _merged(rng, categories) if several else [(category, 1) for category in categories]
    at_the_bounds = _bounds(starts_on) if library in ("vesterbro", "blaagaarden") else []
    made = []
    for category, count in counted:
        bound = at_the_bounds.pop() if at_the_bounds and count == 1 else None
        reported_at, occurred_at = _times(rng, starts_on, bound, is_several=count > 1)
        if bound is None and rng.random() < plan.WITHOUT_OCCURRED_SHARE:
            made.append(
                _report(occurred_at, None, count, _history(rng, occurred_at, library, category))
            )
        else:
            history = _history(rng, reported_at, library, category)
            made.append(_report(reported_at, occurred_at, count, history))
    return made


def _void(rng: random.Random, starts_on: dt.date, library: str, total: int) -> list[Report]:
    made = []
    for _ in range(sum(rng.random() < plan.VOID_SHARE for _ in range(total))):
        reported_at, occurred_at = _times(rng, starts_on, None)
        category, status = _any_category(rng), rng.choice(VOID_STATUSES)
        withdrawn_at = _time_of_change(rng, reported_at)
        if withdrawn_at is None:
            states: tuple[State, ...] = (State(reported_at, library, category, status),)
        else:
            states = (
                State(reported_at, library, category, "Modtaget"),
                State(withdrawn_at, library, category, status),
            )
        made.append(_report(reported_at, occurred_at, 1, states))
    return made


def _elsewhere(rng: random.Random, starts_on: dt.date) -> list[Report]:
    made = []
    running = starts_on == plan.RUNNING
    for _ in range(plan.ELSEWHERE_RUNNING if running else plan.ELSEWHERE_PER_HALF_YEAR):
        reported_at, occurred_at = _times(rng, starts_on, None)
        state = State(reported_at, rng.choice(NOT_LIBRARIES), _any_category(rng), "Afsluttet")
        made.append(_report(reported_at, occurred_at, 1, (state,)))
    return made


def _report(
    reported_at: dt.datetime,
    occurred_at: dt.datetime | None,
    count: int,
    states: tuple[State, ...],
) -> Report:
    return Report("", reported_at, occurred_at, count, states)


def _categories(rng: random.Random, column: int, library: str, total: int) -> list[str]:
    if library != "vesterbro":
        return [_any_category(rng) for _ in range(total)]
    unsafe = plan.UNSAFE_AT_VESTERBRO[column]
    others = dict(plan.CATEGORY_WEIGHTS)
    del others["unsafe_behaviour"]
    drawn = rng.choices(list(others), list(others.values()), k=total - unsafe)
    categories = ["unsafe_behaviour"] * unsafe + drawn
    rng.shuffle(categories)
    return categories


def _any_category(rng: random.Random) -> str:
    return rng.choices(list(plan.CATEGORY_WEIGHTS), list(plan.CATEGORY_WEIGHTS.values()))[0]


def _merged(rng: random.Random, categories: list[str]) -> list[tuple[str, int]]:
    """The same incidents, some of them several in one report of their category."""
    left = {category: categories.count(category) for category in dict.fromkeys(categories)}
    merged = []
    for category, number in left.items():
        while number:
            several = rng.random() < plan.SEVERAL_IN_ONE_ROW_SHARE
            count = min(number, rng.choice((2, 2, 3))) if several else 1
            merged.append((category, count))
            number -= count
    rng.shuffle(merged)
    return merged


def _bounds(starts_on: dt.date) -> list[dt.datetime]:
    """The first minute of a half-year and, once it has ended, the last one."""
    first = dt.datetime.combine(starts_on, dt.time())
    if starts_on == plan.RUNNING:
        return [first]
    return [first, dt.datetime.combine(_last_day(starts_on), dt.time(23, 59))]


def _last_day(starts_on: dt.date) -> dt.date:
    if starts_on == plan.RUNNING:
        return plan.LAST_DAY
    return plan.HALF_YEARS[plan.HALF_YEARS.index(starts_on) + 1] - _DAY


def _times(
    rng: random.Random,
    starts_on: dt.date,
    occurred_at: dt.datetime | None,
    *,
    is_several: bool = False,
) -> tuple[dt.datetime, dt.datetime]:
    """When it was reported and when it occurred; no local time that a clock change skips."""
    last_day = _last_day(starts_on)
    reported_by = plan.LAST_DAY if not is_several else last_day
    while True:
        at = occurred_at or dt.datetime.combine(
            starts_on + rng.randrange((last_day - starts_on).days + 1) * _DAY,
            dt.time(rng.choices(list(_HOURS), list(_HOURS.values()))[0], rng.randrange(60)),
        )
        reported_at = _reported_at(rng, at)
        if reported_at.date() <= reported_by:
            return reported_at, at


def _reported_at(rng: random.Random, occurred_at: dt.datetime) -> dt.datetime:
    """Mostly the same day, sometimes days later, seldom weeks; always while somebody is there."""
    kind = rng.random()
    if kind < 0.8:
        at = occurred_at + rng.randint(10, 240) * _MINUTE
    elif kind < 0.95:
        at = occurred_at + rng.randint(240, 3 * 1440) * _MINUTE
    elif kind < 0.99:
        at = occurred_at + rng.randint(3 * 1440, 12 * 1440) * _MINUTE
    else:
        at = occurred_at + rng.randint(15 * 1440, 40 * 1440) * _MINUTE
    if 7 <= at.hour < 22:
        return at
    day = at.date() + _DAY if at.hour >= 22 else at.date()
    return dt.datetime.combine(day, dt.time(rng.randint(7, 9), rng.randrange(60)))


def _history(
    rng: random.Random, reported_at: dt.datetime, library: str, category: str
) -> tuple[State, ...]:
    """The states of a report that ends as what it is counted as."""
    first = State(reported_at, library, category, "Modtaget")
    changes: dict[dt.datetime, dict[str, str]] = {}
    kind = rng.random()
    if kind < plan.RECODED_SHARE + plan.MOVED_SHARE:
        corrected_at = _time_of_change(rng, reported_at)
        if corrected_at and kind < plan.RECODED_SHARE:
            wrong = rng.choice([key for key in plan.CATEGORY_WEIGHTS if key != category])
            first = replace(first, category=wrong)
            changes[corrected_at] = {"category": category}
        elif corrected_at:
            first = replace(first, place=rng.choice([key for key in LIBRARIES if key != library]))
            changes[corrected_at] = {"place": library}
    taken_up_at = _office_time(rng, reported_at.date() + rng.randint(1, 5) * _DAY)
    closed_at = _office_time(rng, taken_up_at.date() + rng.randint(1, 40) * _DAY)
    changes.setdefault(taken_up_at, {})["status"] = "Under behandling"
    changes.setdefault(closed_at, {})["status"] = "Afsluttet"
    states = [first]
    for since in sorted(changes):
        states.append(replace(states[-1], since=since, **changes[since]))
    return tuple(states)


def _time_of_change(rng: random.Random, reported_at: dt.datetime) -> dt.datetime | None:
    """A moment between the first and the last export that has the report, so that both are seen.

    None where no day lies between; with one export only, any day before it.
    """
    seen = [window.data_as_of for window in plan.WINDOWS if window.covers(reported_at)]
    seen = [moment for moment in seen if moment > reported_at]
    after = min(seen) if min(seen) < max(seen) else reported_at
    days = (max(seen).date() - after.date()).days - 1
    if days < 1:
        return None
    return _office_time(rng, after.date() + rng.randint(1, days) * _DAY)


def _office_time(rng: random.Random, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(rng.randint(8, 15), rng.randrange(60)))
