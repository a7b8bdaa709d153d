"""Texts that should be dates: their shape, and the format that they are written in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator

from orchestration.config.date_formats import ambiguous, pattern_of

_MAX_SHAPE = 40
_MOMENT = re.compile(
    r"(?P<one>\d{1,4})(?P<sep1>[-/. ])(?P<two>\d{1,2})(?P<sep2>[-/. ])(?P<three>\d{2,4})"
    r"(?:(?P<gap>,? )(?P<clock>.+))?"
)
_CLOCK = re.compile(
    r"\d{1,2}(?P<sep>[:.])\d{2}(?P<seconds>(?P=sep)\d{2})?(?:(?P<gap> ?)(?P<half>[AaPp][Mm]))?"
)


def shape_of(text: str) -> str:
    """A text's shape without what it says: ``3/14/2024 2:05 PM`` is ``99/99/9999 99:99 PM``.

    One or two digits are 99, more keep their number; letters are ``a``, but for AM and PM.
    """
    shape = re.sub(r"(?<![^\W\d_])[AaPp]\.?[Mm]\.?(?![^\W\d_])", "\0", " ".join(text.split()))
    shape = re.sub(r"[^\W\d_]+", "a", shape)
    shape = re.sub(r"\d+", lambda digits: "9" * max(2, len(digits[0])), shape).replace("\0", "PM")
    return shape if len(shape) <= _MAX_SHAPE else shape[: _MAX_SHAPE - 1] + "…"


def fitting_formats(texts: Collection[str]) -> list[str]:
    """The formats that read every one of the texts; more than one where the texts do not tell."""
    cleaned = [" ".join(text.split()) for text in texts]
    if not cleaned:
        return []
    return [name for name in _candidates(cleaned[0]) if all(_reads(name, t) for t in cleaned)]


def suggestion(texts: Collection[str], configured: list[str]) -> str:
    """What to do about texts that fit no configured format; empty where nobody can tell."""
    formats = fitting_formats(texts)
    if len(formats) > 1:
        return "the texts do not tell which: " + " or ".join(f'"{name}"' for name in formats)
    if not formats:
        return ""
    clashes = [other for pair in ambiguous([*configured, *formats]) for other in pair]
    instead = [f'"{name}"' for name in configured if name in clashes and name not in formats]
    return f'"{formats[0]}"' + (f" instead of {', '.join(instead)}" if instead else "")


def _candidates(text: str) -> Iterator[str]:
    clock = _CLOCK.fullmatch(text)
    if clock:
        yield _clock_format(clock)
    moment = _MOMENT.fullmatch(text)
    if not moment:
        return
    time = ""
    if moment["clock"]:
        clock = _CLOCK.fullmatch(moment["clock"])
        if not clock:
            return
        time = moment["gap"] + _clock_format(clock)
    last_year = "%Y" if len(moment["three"]) == 4 else "%y"
    first_year = "%Y" if len(moment["one"]) == 4 else "%y"
    orders = [("%d", "%m", last_year), ("%m", "%d", last_year)]
    if len(moment["three"]) == 2:
        orders = [] if first_year == "%Y" else orders
        orders += [(first_year, "%m", "%d")]
    for one, two, three in orders:
        yield f"{one}{moment['sep1']}{two}{moment['sep2']}{three}{time}"


def _clock_format(clock: re.Match[str]) -> str:
    hour = "%I" if clock["half"] else "%H"
    seconds = f"{clock['sep']}%S" if clock["seconds"] else ""
    half = f"{clock['gap']}%p" if clock["half"] else ""
    return f"{hour}{clock['sep']}%M{seconds}{half}"


def _reads(date_format: str, text: str) -> bool:
    if not re.fullmatch(pattern_of(date_format), text):
        return False
    try:
        dt.datetime.strptime(text, date_format)  # noqa: DTZ007  only whether it can be read
    except ValueError:
        return False
    return True
