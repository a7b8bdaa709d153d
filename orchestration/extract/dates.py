"""Dates and times as exports write them: SQL and Python built from the configured formats.

The order of day and month is never guessed: a text is read by the formats listed, or not at all.
"""

from __future__ import annotations

import datetime as dt
import re

from orchestration.errors import ConfigError

EXCEL = "excel"
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  Excel's day 0; local, as all times here
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
_EXCEL_NUMBER = r"\d{5}(?:[.,]\d+)?"
_ISO_WEEK = re.compile(r"uge\s+(\d{1,2})[\s,/]+(\d{4})")
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?(?:[.:](\d{2}))?")
_FRACTION = re.compile(r"0[.,]\d+")
_FRACTION_TOLERANCE = 0.1  # minutes; four decimals of a day are within it
_EXCEL_24_HOURS = "1900-01-01"  # day 1, as 24:00 comes out of a cell formatted as a time of day


def pattern_of(date_format: str) -> str:
    """The regular expression that a whole text must match to be read by ``date_format``.

    Raises:
        ConfigError: the format has a code other than %d %m %Y %y %H %I %M %S %p.
    """
    pattern = ""
    for part in re.findall(r"%.|[^%]", date_format):
        if part.startswith("%") and part not in _PATTERNS:
            raise ConfigError([f"date format {date_format!r}: {part} is not supported"])
        pattern += _PATTERNS.get(part) or re.escape(part)
    return pattern


def timestamp_sql(column: str, formats: list[str], timezone: str) -> str:
    """SQL (DuckDB) that reads a text column as a local timestamp, null where no format fits."""
    text = (
        f"regexp_replace(regexp_replace(trim({column}), '(?i)[ ,]*\\bkl\\b\\.? *|  +', ' ', 'g'), "
        f"'^(\\d{{4}}-\\d{{2}}-\\d{{2}})T', '\\1 ')"
    )
    branches = []
    for fmt in formats:
        if fmt == EXCEL:
            branches.append(
                f"when regexp_full_match(x, '{_EXCEL_NUMBER}') then timestamp '{_EXCEL_EPOCH}' + "
                "to_seconds(round(replace(x, ',', '.')::double * 86400)::bigint)"
            )
        else:
            branches.append(
                f"when regexp_full_match(x, '{pattern_of(fmt)}') then try_strptime(x, '{fmt}')"
            )
    zoned = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})"
    branches.append(
        f"when regexp_full_match(x, '{zoned}') "
        f"then date_trunc('second', try_cast(x as timestamptz) at time zone '{timezone}')"
    )
    # A list of one value gives the cleaned text a name without a subquery.
    return f"list_transform([{text}], lambda x: case {' '.join(branches)} end)[1]"


def parse_day(text: str, formats: list[str], *, end: bool) -> dt.date | None:
    """A day written by one of the formats or as an ISO week (``uge 43 2025``); None if neither.

    A week stands for its Monday, or for its Sunday where ``end`` is set.
    """
    folded = text.casefold().strip()
    week = _ISO_WEEK.fullmatch(folded)
    if week:
        try:
            return dt.date.fromisocalendar(int(week[2]), int(week[1]), 7 if end else 1)
        except ValueError:
            return None
    folded = re.sub(r"[ t]00:00(:00)?$", "", folded)
    for date_format in formats:
        if date_format == EXCEL:
            if re.fullmatch(_EXCEL_NUMBER, folded):
                return (_EXCEL_EPOCH + dt.timedelta(days=float(folded.replace(",", ".")))).date()
        elif re.fullmatch(pattern_of(date_format), folded):
            try:
                return dt.datetime.strptime(folded, date_format).date()  # noqa: DTZ007
            except ValueError:
                continue
    return None


def parse_minute(text: str) -> int | None:
    """Minutes since midnight of ``14:30``, ``kl. 14.30``, ``14`` or ``24:00``; None if no time.

    Spreadsheets' times are read too: seconds round to the minute, ``0,5`` is half a day. A text
    such as ``0.25``, which may be a quarter past midnight or a quarter of a day, is not guessed.
    """
    folded = text.casefold().strip()
    if folded == _EXCEL_24_HOURS:
        return 24 * 60
    clock, fraction = _clock_minute(folded), _fraction_minute(folded)
    if clock is None or fraction is None:
        return fraction if clock is None else clock
    # a spreadsheet writes no number with a last 0 after the point: 0.30 is half past midnight
    return clock if folded.endswith("0") or clock == fraction else None


def _clock_minute(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    minutes = hour * 60 + minute + (second >= 30)
    is_time = minute < 60 and second < 60 and hour * 3600 + minute * 60 + second <= 24 * 3600
    return minutes if is_time else None


def _fraction_minute(text: str) -> int | None:
    """Minutes of a fraction of a day that comes down to whole minutes; None for any other text."""
    if not _FRACTION.fullmatch(text):
        return None
    minutes = float(text.replace(",", ".")) * 24 * 60
    return round(minutes) if abs(minutes - round(minutes)) < _FRACTION_TOLERANCE else None
