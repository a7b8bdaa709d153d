"""Date and time formats of the configuration: the codes they may have, and which clash.

The codes are those of strftime (C89); ``excel`` stands for a spreadsheet's serial day number.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Sequence

EXCEL = "excel"
_PATTERNS = {
    "%d": r"\d{1,2}",
    "%m": r"\d{1,2}",
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%p": r"(?:am|pm|AM|PM)",
}
_Codes = dict[str, tuple[str, ...]]
_DAY: _Codes = {"day": ("%d",), "month": ("%m",), "year": ("%Y", "%y")}
_HOUR: _Codes = {"hour": ("%H", "%I")}
_CLOCK: _Codes = _HOUR | {"minute": ("%M",), "second": ("%S",), "am or pm": ("%p",)}


def pattern_of(date_format: str) -> str:
    """The regular expression that a whole text must match to be read by ``date_format``.

    Raises:
        ValueError: the format has a code that is not supported.
    """
    pattern = ""
    for part in re.findall(r"%.?|[^%]", date_format):
        if part.startswith("%") and part not in _PATTERNS:
            raise ValueError(f"{part} is not supported; these are: {' '.join(_PATTERNS)}")
        pattern += _PATTERNS.get(part) or re.escape(part)
    return pattern


def checked_date_format(date_format: str) -> str:
    """The format of a date, alone or with a time of day, as it came.

    Raises:
        ValueError: a code is not supported or there twice, or day, month or year is missing.
    """
    if date_format != EXCEL:
        _refuse(date_format, "a date", needed=_DAY, allowed=_DAY | _CLOCK)
    return date_format


def checked_time_format(time_format: str) -> str:
    """The format of a time of day, as it came.

    Raises:
        ValueError: a code is not supported, there twice or of a date, or the hour is missing.
    """
    _refuse(time_format, "a time of day", needed=_HOUR, allowed=_CLOCK)
    return time_format


def _refuse(date_format: str, what: str, *, needed: _Codes, allowed: _Codes) -> None:
    pattern_of(date_format)
    counts = Counter(re.findall("%.", date_format))
    for code in counts:
        if not any(code in codes for codes in allowed.values()):
            raise ValueError(f"{date_format!r} has {code}, which is no part of {what}")
    for part, codes in allowed.items():
        listed, count = " or ".join(codes), sum(counts[code] for code in codes)
        if count > 1:
            raise ValueError(f"{date_format!r} has the {part} twice; write {listed} once")
        if part in needed and not count:
            hint = "; %M is the minute" if part == "month" and counts["%M"] else ""
            raise ValueError(f"{date_format!r} has no {part}, which is written {listed}{hint}")


def ambiguous(formats: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of formats that read one text as two different dates, each pair once."""
    probe = dt.datetime(2009, 3, 11, 4, 5, 6)  # noqa: DTZ001
    clashes: set[tuple[str, str]] = set()
    for one, other in itertools.permutations([f for f in formats if f != EXCEL], 2):
        text = probe.strftime(one)
        if re.fullmatch(pattern_of(other), text):
            with contextlib.suppress(ValueError):
                read = dt.datetime.strptime(text, other)  # noqa: DTZ007
                if read != dt.datetime.strptime(text, one):  # noqa: DTZ007
                    clashes.add((min(one, other), max(one, other)))
    return sorted(clashes)
