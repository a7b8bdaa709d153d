"""The changes and the highest and lowest places that a sentence tells, or denies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from orchestration.claims.numbers import Number
from orchestration.claims.words import any_of, blank

CHANGES = {
    "down": any_of(
        "fald, falder, faldt, faldet, faldende, nedgang*, reduktion*, reduceret, reducerede*, "
        "mindsket, mindskede*, dalet, dalede, færre, lavere"
    ),
    "up": any_of(
        "stiger, steg, steget, stigende, stigning*, øget, øgede*, forøget, forøgede*, forøgelse*, "
        "vokser, voksede, vokset, voksende, fremgang, fremgangen, flere, højere"
    ),
}
# verbs that "ikke" may follow: "faldt ikke"
_FINITE = any_of(
    "falder, faldt, reducerede*, mindskede*, dalede, "
    "stiger, steg, øgede*, forøgede*, vokser, voksede"
)
# they hold a word for a change and state none
_IDIOMS = any_of(
    "flere perioder, flere gange, flere steder, flere biblioteker, flere uger, flere måneder, "
    "eller flere, hvert fald, så fald, modsat fald, bedste fald, værste fald, givet fald, "
    "øget fokus, øget opmærksomhed, øget indsats"
)
# one library beside another, which is no change of either
_COMPARED = re.compile(r"\b(?:højere|lavere|flere|færre)\b(?=.* end (?:på|hos)\b)", re.I)
_IN_WORDS: tuple[tuple[re.Pattern[str], int, str | None], ...] = (
    (any_of("halver*"), -50, "down"),
    (any_of("fordobl*"), 100, "up"),
    (any_of("halvdelen"), 50, None),
    (any_of("to tredjedele"), 67, None),
    (any_of("en tredjedel"), 33, None),
    (any_of("tre fjerdedele"), 75, None),
    (any_of("en fjerdedel"), 25, None),
)
SUPERLATIVES = {
    "most": any_of("flest, bydel* med de fleste"),
    "least": any_of("færrest, bydel* med de færreste"),
}
# within a few words; "ikke kun" and the like deny nothing, and what follows "at" is said anew
_NOT = (
    r"\b(?:ikke|hverken|ingen|intet)\b"
    r"(?! (?:alene|bare|blot|desto|kun|mindst|overraskende|tvivl|uventet)\b)"
)
_WORD = r"(?:,(?= (?:der|hvor|som)\b))? (?!(?:at|end|men|og)\b)\w+"
_NOT_BEFORE = re.compile(rf"{_NOT}(?:{_WORD}){{0,5}} $", re.I)
_NOT_AFTER = re.compile(rf"(?:{_WORD}){{0,2}} {_NOT}", re.I)


def changes_alone(sentence: str, libraries: frozenset[str]) -> str:
    """A sentence whose words for a change tell one."""
    left = blank(_IDIOMS, sentence)
    return blank(_COMPARED, left) if len(libraries) > 1 else left


def said_and_denied(words: Mapping[str, re.Pattern[str]], text: str) -> tuple[set[str], set[str]]:
    """What a text says by these words, and what it says not to be so."""
    said: set[str] = set()
    denied: set[str] = set()
    for meaning, pattern in words.items():
        for found in pattern.finditer(text):
            is_denied = _NOT_BEFORE.search(text[: found.start()]) or (
                _FINITE.fullmatch(found[0]) and _NOT_AFTER.match(text, found.end())
            )
            (denied if is_denied else said).add(meaning)
    return said, denied


def in_words(sentence: str) -> tuple[list[Number], set[str]]:
    """Per cent in words, and the directions that they hold."""
    numbers, ways = [], set()
    for pattern, value, way in _IN_WORDS:
        found = pattern.search(sentence)
        if found is None or _NOT_BEFORE.search(sentence[: found.start()]):
            continue
        is_signed = way is not None
        numbers.append(Number("in_words", Decimal(value), found[0], found.start(), is_signed))
        if way is not None:
            ways.add(way)
    return numbers, ways
