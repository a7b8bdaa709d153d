"""Half-years as ids such as ``2024-10``: winter from 1 October, summer from 1 April."""

from __future__ import annotations

import datetime as dt


def half_year_of(day: dt.date) -> str:
    """The half-year that a date (or the date of a moment) lies in."""
    if day.month < 4:
        return f"{day.year - 1}-10"
    return f"{day.year}-04" if day.month < 10 else f"{day.year}-10"


def following(half_year_id: str) -> str:
    """The next half-year."""
    year, month = half_year_id.split("-")
    return f"{year}-10" if month == "04" else f"{int(year) + 1}-04"


def first_day(half_year_id: str) -> dt.date:
    """1 April or 1 October."""
    year, month = half_year_id.split("-")
    return dt.date(int(year), int(month), 1)


def last_day(half_year_id: str) -> dt.date:
    """30 September or 31 March."""
    return first_day(following(half_year_id)) - dt.timedelta(days=1)


def from_first_to_last(half_year_ids: set[str]) -> list[str]:
    """Every half-year from the first to the last of some; none if there are none."""
    if not half_year_ids:
        return []
    run = [min(half_year_ids)]
    while run[-1] < max(half_year_ids):
        run.append(following(run[-1]))
    return run
