"""The numbers and periods that a sentence tells, and which is said of which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from orchestration.claims.words import JOINT, Mention, blank

Kind = Literal["percent", "in_words", "points", "hours", "count", "week", "place"]
End = Literal["from", "to"]

NUMBER = r"((?:(?<![\w.,])[−–+-])?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?)"
_PERCENT = r"\s*(?:pct\.?|procent\b|%)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
# what has digits and states nothing: dates, years of months, times of day, spans of time, levels of
# intervals
_DATES = re.compile(
    rf"\b\d{{1,2}}\. (?:{_MONTHS})(?: \d{{4}})?|\b(?:{_MONTHS}) \d{{4}}"
    r"|\bkl\. ?\d{1,2}(?:[.:]\d{2})?(?:[–-]\d{1,2}(?:[.:]\d{2})?)?"
    r"|\b\d+(?: af (?:de )?\d+)? (?:dage|uger|måneder|år)\b"
    r"|\b95[ \xa0-]?(?:%|pct\.?|procents?)(?:'?s)?[ \xa0-]?(?=interval|konfidens|sikkerhed)",
    re.I,
)
_WEEKS = re.compile(
    r"\buge(?:rne)? (\d{1,2}(?:[–-]\d{1,2})?(?:, \d{1,2}(?:[–-]\d{1,2})?)*) (\d{4})"
)
_SEASON = re.compile(r"\b(vinter|sommer)(en|halvår\w*)?\b", re.I)
_YEAR = re.compile(r"(?<![\d.,/])(?:(\d{4}|\d{2})/(\d{4}|\d{2})|(20\d{2}))(?![\d/])(?! pct| timer)")
# what a pattern finds is left to none below it
_NUMBERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("place", re.compile(r"(?<![\w-])(?:nummer |nr\. ?)(\d{1,2})(?!\d)")),
    ("points", re.compile(rf"{NUMBER}\s*(?:procent|pct\.?|%)[ -]?point")),
    ("percent", re.compile(rf"{NUMBER} (?:til|og|mod) {NUMBER}{_PERCENT}")),
    ("percent", re.compile(NUMBER + _PERCENT)),
    ("hours", re.compile(rf"{NUMBER}\s*timer")),
    ("count", re.compile(NUMBER)),
)
# what stands right before the later and the earlier of two numbers, and a period compared with
_TO = re.compile(r"(?<!svarende )(?<!forhold )\btil $", re.I)
_FROM = re.compile(r"\bfra $", re.I)
_AGAINST = re.compile(r"\b(?:mod|i forhold til|sammenlignet med) $", re.I)
_THAN = re.compile(r"\b(?:siden|end i|i forhold til|sammenlignet med)(?: \w+)? $", re.I)


@dataclass(frozen=True)
class Number:
    """A number with what it counts.

    Attributes:
        kind: ``in_words`` are per cent without digits, such as "en halvering".
        value: with the decimals that are written.
        text: as it is written.
        at: where in the sentence.
        is_signed: whether a sign, or the word, says which way it goes.
        end: whether it is the earlier or the later of two, where words say so.
        period: the half-year or year that it is said of, where several are named.
    """

    kind: Kind
    value: Decimal
    text: str
    at: int
    is_signed: bool = False
    end: End | None = None
    period: str | None = None


def numbers_and_periods(sentence: str) -> tuple[list[Number], list[Mention]]:
    """The numbers that a sentence tells, and the half-years and years that it names, in order."""
    left = blank(_DATES, sentence)
    weeks = _weeks(left)
    left = blank(_WEEKS, left)
    periods = _periods(left)
    return [*weeks, *_numbers(blank(_YEAR, left), periods)], periods


def leading(numbers: Sequence[Number]) -> list[Number]:
    """Those of the kind that a sentence tells first and foremost."""
    kinds = [number.kind for number in numbers]
    for kind in ("percent", "points", "hours", "place", "count"):
        if kind in kinds:
            return [number for number in numbers if number.kind == kind]
    return []


def _weeks(text: str) -> list[Number]:
    return [
        Number("week", Decimal(week), f"uge {week}", found.start())
        for found in _WEEKS.finditer(text)
        for week in re.findall(r"\d+", found[1])
    ]


def _numbers(text: str, periods: Sequence[Mention]) -> list[Number]:
    """The numbers of a text without its years, in order, with what says which is of when."""
    numbers: list[Number] = []
    left = text
    for kind, pattern in _NUMBERS:
        for found in pattern.finditer(left):
            for group in range(1, pattern.groups + 1):
                digits = found[group].replace(".", "").replace(",", ".")
                numbers.append(
                    Number(
                        kind,
                        Decimal(re.sub("[−–]", "-", digits)),
                        found[0].strip() if pattern.groups == 1 else found[group],
                        found.start(group),
                        is_signed=not digits[0].isdigit(),
                    )
                )
        left = blank(pattern, left)
    numbers.sort(key=lambda number: number.at)
    placed: list[Number] = []
    for kind in ("percent", "count"):
        of_kind = [number for number in numbers if number.kind == kind]
        placed += _placed(of_kind, periods, text)
    return placed + [number for number in numbers if number.kind not in ("percent", "count")]


def _placed(numbers: Sequence[Number], periods: Sequence[Mention], text: str) -> list[Number]:
    """Numbers of one kind with the end or the period that each is said of.

    "fra … til" is heeded first, then the period beside each, then "mod".
    """
    before = [text[: number.at] for number in numbers]
    ends: list[End | None] = [
        "to" if _TO.search(words) else "from" if _FROM.search(words) else None for words in before
    ]
    if len(numbers) == len(periods) == 1 and _THAN.search(text[: periods[0].start]):
        ends = ["to"]  # "91 pct., 24 procentpoint højere end i 2023"
    is_against = [bool(_AGAINST.search(words)) for words in before]
    own = _periods_of(numbers, periods, text, is_told=any(ends) or any(is_against))
    for index, against in enumerate(is_against):
        if against and ends[index] is None and own[index] is None:
            ends[index] = "from"
    if len(numbers) == 2 and ends.count(None) == 1:  # of two, the other one
        index = ends.index(None)
        if own[index] is None:
            ends[index] = "to" if "from" in ends else "from"
    return [
        replace(number, end=end, period=None if end else period)
        for number, end, period in zip(numbers, ends, own, strict=True)
    ]


def _periods_of(
    numbers: Sequence[Number], periods: Sequence[Mention], text: str, *, is_told: bool
) -> list[str | None]:
    """The period of each number: in order where there are as many; one between two is of either."""
    none: list[str | None] = [None] * len(numbers)
    if len(numbers) < 2 or not periods:
        return none
    if len(periods) == len(numbers):
        is_apart = periods[-1].end <= numbers[0].at or numbers[-1].at < periods[0].start
        return none if is_apart and is_told else [period.id for period in periods]
    if len(numbers) == 2 and len(periods) == 1:
        (first, second), (period,) = numbers, periods
        if first.at < period.start < second.at:
            is_of_first = JOINT.search(text, period.end, second.at)
            return [period.id, None] if is_of_first else [None, period.id]
    return none


def _periods(text: str) -> list[Mention]:
    """Half-years and plain years, in order; a year takes the season that was named before it."""
    periods = []
    seasons = [(found.start(), found[1].casefold()) for found in _SEASON.finditer(text)]
    for found in _YEAR.finditer(text):
        year = found[3]
        before = [season for at, season in seasons if at < found.start()]
        if year is None:
            first = found[1] if len(found[1]) == 4 else f"20{found[1]}"
            period = f"{first}-10"
        elif before and before[-1] == "sommer":
            period = f"{year}-04"
        elif before and re.search(r"vinteren\s*$", text[: found.start()], re.I):
            period = f"{int(year) - 1}-10"
        else:
            period = year
        periods.append(Mention(found.start(), found.end(), period))
    return periods
