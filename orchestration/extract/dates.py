"""Dates and times as exports write them: SQL and Python built from the configured formats.

The order of day and month is never guessed: a text is read by the formats listed, or not at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from orchestration.config.date_formats import EXCEL, pattern_of
from orchestration.extract.delimited import clean, quoted

# day 0 of the two systems of serial numbers (ECMA-376 18.17.4.1); local, as all times here
_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_EXCEL_NUMBER = r"\d{5}(?:[.,]\d+)?"
_ISO_WEEK = r"\s+(\d{1,2})[\s,/]+(\d{4})"
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?(?:[.:](\d{2}))?")
_FRACTION = re.compile(r"0[.,]\d+")
_FRACTION_TOLERANCE = 0.1  # minutes; four decimals of a day are within it
# day 1 of either system, as 24:00 comes out of a cell formatted as a time of day
_EXCEL_24_HOURS = ("1900-01-01", "1904-01-02")


@dataclass(frozen=True)
class Moments:
    """How the texts of a column are read as local timestamps.

    Attributes:
        formats: formats tried on a whole text, in this order; `excel` for serial day numbers.
        timezone: that of texts with an offset; all other texts are local already.
        date1904: whether serial numbers count from 1904.
    """

    formats: tuple[str, ...]
    timezone: str
    date1904: bool = False

    def fitting(self, texts: Iterable[str]) -> Moments:
        """The same with the formats that some of the texts are written in, the commonest first.

        Patterns cost time to set up, so that fewer of them make small files quick.
        """
        patterns = {
            name: re.compile(_EXCEL_NUMBER if name == EXCEL else pattern_of(name))
            for name in self.formats
        }
        seen: Counter[str] = Counter()
        for shape, count in Counter(_shape(text) for text in texts).items():
            for name, pattern in patterns.items():
                seen[name] += count if pattern.fullmatch(shape) else 0
        return replace(self, formats=tuple(name for name, n in seen.most_common() if n))

    def then(self, formats: Iterable[str]) -> Moments:
        """The same with further formats, tried after its own."""
        return replace(self, formats=tuple(dict.fromkeys((*self.formats, *formats))))

    def sql(self, column: str) -> str:
        """SQL (DuckDB) of the timestamp, null where no format fits; spaces and `kl.` are no matter.

        Fractions of a second round to the second: spreadsheets count in fractions of days.
        """
        spaced = f"regexp_replace(trim({column}), '(?i)[ ,]*\\bkl\\b\\.? *|  +', ' ', 'g')"
        text = f"regexp_replace({spaced}, '^(\\d{{4}}-\\d{{2}}-\\d{{2}})T', '\\1 ')"
        epoch = _EPOCH_1904 if self.date1904 else _EPOCH_1900
        branches = []
        for name in self.formats:
            if name == EXCEL:
                # from 1 March 1900 on, so that the leap day that Excel invented does not matter
                branches.append(
                    f"when regexp_full_match(x, '{_EXCEL_NUMBER}') then timestamp '{epoch}' + "
                    "to_seconds(round(replace(x, ',', '.')::double * 86400)::bigint)"
                )
            else:
                branches.append(_strptime("x", name))
        branches.append(
            "when regexp_full_match(x, '\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{1,9}') "
            "then date_trunc('second', try_cast(x as timestamp) + interval 500 millisecond)"
        )
        zoned = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})"
        branches.append(
            f"when regexp_full_match(x, '{zoned}') "
            "then date_trunc('second', "
            f"try_cast(x as timestamptz) at time zone {quoted(self.timezone)})"
        )
        # A list of one value gives the cleaned text a name without a subquery.
        thorough = f"list_transform([{text}], lambda x: case {' '.join(branches)} end)[1]"
        return f"coalesce({self.plain_sql(column)}, {thorough})"

    def plain_sql(self, column: str) -> str:
        """SQL of the timestamp of texts that need no cleaning, `excel` left out.

        The first format is tried by the length of its texts, which is quicker than a pattern.
        """
        formats = [name for name in self.formats if name != EXCEL]
        if not formats:
            return "null::timestamp"
        branches = " ".join(_strptime(column, name) for name in formats)
        length = len(dt.datetime(2000, 1, 1).strftime(formats[0]))  # noqa: DTZ001
        first = f"try_strptime({column}, {quoted(formats[0])})"
        return (
            f"coalesce(case when strlen({column}) = {length} then {first} end, case {branches} end)"
        )

    def swapped_sql(self, column: str) -> str:
        """SQL: whether a text is no date in its format, but one with day and month swapped."""
        swapped = [
            f"(regexp_full_match({column}, {quoted(pattern_of(name))}) "
            f"and try_strptime({column}, {quoted(name)}) is null "
            f"and try_strptime({column}, {quoted(_swap(name))}) is not null)"
            for name in self.formats
            if name != EXCEL and "%d" in name and "%m" in name
        ]
        return f"({' or '.join(swapped)})" if swapped else "false"


def _strptime(text: str, name: str) -> str:
    pattern = quoted(pattern_of(name))
    return f"when regexp_full_match({text}, {pattern}) then try_strptime({text}, {quoted(name)})"


def _shape(text: str) -> str:
    """A text with every digit as 0, spaced as `Moments.sql` spaces it."""
    return _spaced(re.sub(r"\d", "0", clean(text)))


@lru_cache(maxsize=1_000)  # dates are many, their shapes are few
def _spaced(shape: str) -> str:
    spaced = re.sub(r"(?i)[ ,]*\bkl\b\.? *|  +", " ", shape)
    return re.sub(r"^(0{4}-00-00)T", r"\1 ", spaced)


def _swap(name: str) -> str:
    return name.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def parse_day(
    text: str,
    formats: list[str],
    *,
    end: bool,
    week: Collection[str] = ("uge",),
    date1904: bool = False,
) -> dt.date | None:
    """A day written by one of the formats or as an ISO week (``uge 43 2025``); None if neither.

    A week, which begins with one of the words of ``week``, stands for its Monday, or for its Sunday
    where ``end`` is set; serial numbers count from 1904 where ``date1904`` is.
    """
    folded = text.casefold().strip()
    words = "|".join(re.escape(word.casefold()) for word in week)
    iso_week = re.fullmatch(f"(?:{words}){_ISO_WEEK}", folded)
    if iso_week:
        try:
            return dt.date.fromisocalendar(int(iso_week[2]), int(iso_week[1]), 7 if end else 1)
        except ValueError:
            return None
    folded = re.sub(r"[ t]00:00(:00)?$", "", folded)
    for date_format in formats:
        if date_format == EXCEL:
            if re.fullmatch(_EXCEL_NUMBER, folded):
                epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
                return (epoch + dt.timedelta(days=float(folded.replace(",", ".")))).date()
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
    if folded in _EXCEL_24_HOURS:
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
