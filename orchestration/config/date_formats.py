"""Date and time formats of the configuration: the codes they may have, and which clash.

The codes are those of strftime (C89); ``excel`` stands for a spreadsheet's serial day number.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
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


def pattern_of(date_format: str) -> str:
    """The regular expression that a whole text must match to be read by ``date_format``.

    Raises:
        ValueError: the format has a code that is not supported.
    """
    pattern = ""
    for part in re.findall(r"%.|[^%]", date_format):
        if part.startswith("%") and part not in _PATTERNS:
            raise ValueError(f"{part} is not supported; these are: {' '.join(_PATTERNS)}")
        pattern += _PATTERNS.get(part) or re.escape(part)
    return pattern


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
