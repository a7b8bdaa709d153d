"""The days on which the synthetic libraries are closed or shorten their hours."""

from __future__ import annotations

import datetime as dt
from functools import cache

_EASTER = {2023: dt.date(2023, 4, 9), 2024: dt.date(2024, 3, 31), 2025: dt.date(2025, 4, 20)}
# Days from Easter Sunday: Skærtorsdag to 2. påskedag, Kristi himmelfart, pinse.
_FROM_EASTER = (-3, -2, 0, 1, 39, 49, 50)
_STORE_BEDEDAG, _LAST_STORE_BEDEDAG = 26, 2023
_EVERY_YEAR = ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))


@cache
def _closed_in(year: int) -> frozenset[dt.date]:
    closed = {dt.date(year, month, day) for month, day in _EVERY_YEAR}
    if easter := _EASTER.get(year):
        offsets = _FROM_EASTER + ((_STORE_BEDEDAG,) if year <= _LAST_STORE_BEDEDAG else ())
        closed |= {easter + dt.timedelta(days=offset) for offset in offsets}
    return frozenset(closed)


def is_closed(day: dt.date) -> bool:
    """Public holidays, and 5 June, 24 and 31 December."""
    return day in _closed_in(day.year)


def is_shortened(day: dt.date) -> bool:
    """1 May, when there is nobody but the staff from 10 to 14."""
    return (day.month, day.day) == (5, 1) and not is_closed(day)
