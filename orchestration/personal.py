"""Personal data in short texts that are shown: file names, sheet names, refused values.

It finds what can be told by form (CPR number, e-mail address, Danish phone number) or by list
(personal names); it is a net below the allow-list of columns, not a leave to show free text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

SCREEN = "[…]"

_EMAIL = re.compile(r"[\w.+%-]+@[^\W_][^\W_-]*(?:-[^\W_]+)*(?:\.[^\W_]+(?:-[^\W_]+)*)+")
_DASHES = r"\-‐-―−"  # and the hyphen that breaks no line, the en dash, the minus …
_BETWEEN = rf"[\s._/{_DASHES}]"
_CPR = re.compile(  # 010190-1234, and so on to 01-01-90 - 1234
    rf"(?<!\d)(\d\d)({_BETWEEN}?)(\d\d)\2(\d\d){_BETWEEN}{{0,3}}\d{{4}}(?!\d)"
)
_PHONE = re.compile(
    rf"(?:\+|(?<!\d)00)45{_BETWEEN}?(?:\d{_BETWEEN}?){{7}}\d(?!\d)"  # with the country's code
    r"|(?<!\d)[2-9]\d(?:[ \xa0]\d\d){3}(?!\d)"  # in pairs; no Danish number begins with 0 or 1
)
# also so written, where it is no date and no span of years
_PHONE_OR_DATE = re.compile(
    rf"(?<!\d)(?<!\d[._{_DASHES}])[2-9]\d([._{_DASHES}])\d\d(?:\1\d\d){{2}}(?!\d|[_{_DASHES}]\d)"
    rf"|(?<![\d{_DASHES}])(?!(?:19|20)\d\d.(?:19|20)\d\d)[2-9]\d{{3}}[_ \xa0{_DASHES}]\d{{4}}"
    rf"(?![\d{_DASHES}])"
)
_EIGHT_DIGITS = re.compile(r"(?<!\d)[2-9]\d{7}(?!\d)")

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zæøåéü])(?=[A-ZÆØÅ])")
_BETWEEN_WORDS = re.compile(r"[\s_.-]{0,3}")
_BETWEEN_SURNAME_AND_GIVEN_NAME = re.compile(r"[\s_.,-]{0,3}")
# most Danes' surnames end like one of these; the list of surnames is of the commonest only
_SURNAME_ENDINGS: tuple[str, ...] = (
    "sen",
    "gaard",
    "gård",
    "strup",
    "lund",
    "holm",
    "toft",
    "kjær",
    "quist",
)
_SURNAME_ENDINGS += ("qvist", "mann", "berg", "bjerg")
_PARTICLES = frozenset({"af", "al", "bin", "da", "de", "del", "den", "der", "di", "el", "van"})
_PARTICLES |= {"la", "le", "ten", "ter", "von"}
_MOST_STRANGERS = 3
# words of calendars, files and reports that the lists know as names
_NO_NAMES_TEXT = """
    januar februar marts april maj juni juli august september oktober november december
    january february march may june july october
    mandag tirsdag onsdag torsdag fredag lørdag søndag dag day uge year
    monday tuesday wednesday thursday friday saturday sunday
    sommer vinter summer winter spring autumn forår efterår
    per alle else en et page case park hall vest øst nord syd west east north south
    hændelsen klassen kassen bussen data rapport
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())


@dataclass(frozen=True)
class _Names:
    given: frozenset[str]
    surnames: frozenset[str]
    danish_surnames: frozenset[str]
    patronymics: frozenset[str]


def screened(text: str) -> str:
    """The text with personal data replaced by ``[…]``.

    Replaced are CPR numbers, e-mail addresses, Danish phone numbers, a given name beside another
    name, and capitalised words before a common surname in -sen, whatever they are. A given name
    alone stays: too many places and words are called like one.
    """
    clean = normal = unicodedata.normalize("NFC", text)
    clean = _EMAIL.sub(SCREEN, clean)
    clean = _CPR.sub(lambda m: SCREEN if _is_day(m[1] + m[3] + m[4], "%d%m%y") else m[0], clean)
    clean = _PHONE.sub(SCREEN, clean)
    clean = _PHONE_OR_DATE.sub(_unless_date, clean)
    clean = _EIGHT_DIGITS.sub(_unless_date, clean)
    clean = _without_names(clean)
    return text if clean == normal else clean


def _unless_date(match: re.Match[str]) -> str:
    return match[0] if _is_date(re.sub(r"\D", "", match[0])) else SCREEN


def _is_date(digits: str) -> bool:
    return _is_day(digits, "%Y%m%d") or _is_day(digits, "%d%m%Y")


def _is_day(digits: str, form: str) -> bool:
    try:
        return 1900 <= dt.datetime.strptime(digits, form).year <= 2100  # noqa: DTZ007  a day only
    except ValueError:
        return False


def _without_names(text: str) -> str:
    words = _words(text)
    if len(words) < 2:
        return text
    kept, position, index = [], 0, 0
    while index < len(words):
        end = _end_of_name(text, words, index)
        if end is None:
            index += 1
            continue
        kept += [text[position : words[index][0]], SCREEN]
        position = words[end][1]
        index = end + 1
    return "".join(kept) + text[position:]


def _words(text: str) -> list[tuple[int, int]]:
    """Start and end of each word; MetteHansen is two."""
    found = []
    for match in _WORD.finditer(text):
        cuts = [match.start() + hump.start() for hump in _HUMP.finditer(match[0])]
        found += list(
            zip([match.start(), *cuts], [*cuts, match.end()], strict=True),
        )
    return found


def _end_of_name(text: str, words: list[tuple[int, int]], first: int) -> int | None:
    """Index of the last word of the personal name that begins at a word; None where none does."""

    def word(index: int) -> str:
        return text[slice(*words[index])].casefold()

    def follows(index: int, between: re.Pattern[str] = _BETWEEN_WORDS) -> bool:
        """Whether a word stands right behind the one before it."""
        if index >= len(words):
            return False
        return between.fullmatch(text, words[index - 1][1], words[index][0]) is not None

    if not follows(first + 1, _BETWEEN_SURNAME_AND_GIVEN_NAME):
        return None
    names = _names()
    last = None
    if word(first) in names.given and follows(first + 1):
        index, strangers = first + 1, 0
        while follows(index):
            if word(index) in _PARTICLES or len(word(index)) == 1:
                pass  # part of a name only where a name comes behind it
            elif _is_name(word(index), names) or word(index - 1) in _PARTICLES:
                last = index
            else:
                strangers += 1  # a middle name that no list knows
                if strangers > 1 or last is not None or not text[words[index][0]].isupper():
                    break
            index += 1
    elif _is_danish_surname(word(first), names) and word(first + 1) in names.given:
        last = first + 1
        while follows(last + 1) and _is_name(word(last + 1), names):
            last += 1
    if last is not None:
        return last

    def is_capitalised(index: int) -> bool:
        return text[words[index][0]].isupper() and word(index) not in _NO_NAMES

    # names that no list knows, told by the surname behind or, with a comma, before them
    index = first
    while is_capitalised(index) and index - first < _MOST_STRANGERS and follows(index + 1):
        index += 1
        if word(index) in names.patronymics:
            last = index
    surname_first = last is None and word(first) in names.patronymics
    if surname_first and "," in text[words[first][1] : words[first + 1][0]]:
        index = first
        while index - first < _MOST_STRANGERS and is_capitalised(index + 1):
            last = index = index + 1
            if not follows(index + 1):
                break
    return last


def _is_name(word: str, names: _Names) -> bool:
    return word in names.given or word in names.surnames or _is_danish_surname(word, names)


def _is_danish_surname(word: str, names: _Names) -> bool:
    if word in _NO_NAMES:
        return False
    return word in names.danish_surnames or (len(word) > 5 and word.endswith(_SURNAME_ENDINGS))


@cache
def _names() -> _Names:
    """The lists of the ``faker`` package: Danish and English given names and surnames."""
    from faker.providers.person import da_DK, en

    danish, english = da_DK.Provider, en.Provider

    def folded(*lists: tuple[str, ...]) -> frozenset[str]:
        every = (unicodedata.normalize("NFC", name).casefold() for names in lists for name in names)
        return frozenset(name for name in every if len(name) > 1 and name not in _NO_NAMES)

    surnames = folded(tuple(danish.last_names))
    return _Names(
        given=folded(tuple(danish.first_names), tuple(english.first_names)),
        surnames=folded(tuple(danish.last_names), tuple(english.last_names)),
        danish_surnames=surnames,
        patronymics=frozenset(name for name in surnames if name.endswith("sen")),
    )
