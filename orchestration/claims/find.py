"""Finding what a Danish sentence states: numbers, direction, periods, places and measures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from orchestration.config import Config
from orchestration.config.model import match_key

Kind = Literal["percent", "in_words", "points", "hours", "count", "week", "place"]
End = Literal["from", "to"]

# --- numbers and periods ------------------------------------------------------------------------

_NUMBER = r"((?:(?<![\w.,])[−–+-])?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?)"
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
    ("points", re.compile(rf"{_NUMBER}\s*(?:procent|pct\.?|%)[ -]?point")),
    ("percent", re.compile(rf"{_NUMBER} (?:til|og|mod) {_NUMBER}{_PERCENT}")),
    ("percent", re.compile(_NUMBER + _PERCENT)),
    ("hours", re.compile(rf"{_NUMBER}\s*timer")),
    ("count", re.compile(_NUMBER)),
)
# they state something whatever the sentence names; a bare number may be that of a house
_STATE_ALONE = ("percent", "points", "hours", "week", "place")
# what stands right before the later and the earlier of two numbers, and a period compared with
_TO = re.compile(r"(?<!svarende )(?<!forhold )\btil $", re.I)
_FROM = re.compile(r"\bfra $", re.I)
_AGAINST = re.compile(r"\b(?:mod|i forhold til|sammenlignet med) $", re.I)
_THAN = re.compile(r"\b(?:siden|end i|i forhold til|sammenlignet med)(?: \w+)? $", re.I)
_BY = re.compile(rf"\bmed {_NUMBER}", re.I)  # a change, whose direction stands before
_JOINT = re.compile(r"[,;]|\b(?:og|mens|men|mod|end)\b")


# --- words --------------------------------------------------------------------------------------

_BETWEEN = r"\b(?:(?!;|, (?:heraf|men|mens|og)\b).){1,60}?\b"  # within a clause


def _word_pattern(word: str) -> re.Pattern[str]:
    """A word as claims.yml writes it: ``*`` is any ending, ``…`` other words between."""
    parts = (re.escape(part.strip()).replace(r"\*", r"\w*") for part in word.split("…"))
    return re.compile(r"(?<!\w)" + _BETWEEN.join(parts) + r"(?!\w)", re.I)


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(_word_pattern(word).pattern for word in words.split(",")), re.I)


_CHANGES = {
    "down": _any_of(
        "fald, falder, faldt, faldet, faldende, nedgang*, reduktion*, reduceret, reducerede*, "
        "mindsket, mindskede*, dalet, dalede, færre, lavere"
    ),
    "up": _any_of(
        "stiger, steg, steget, stigende, stigning*, øget, øgede*, forøget, forøgede*, forøgelse*, "
        "vokser, voksede, vokset, voksende, fremgang, fremgangen, flere, højere"
    ),
}
# verbs that "ikke" may follow: "faldt ikke"
_FINITE = _any_of(
    "falder, faldt, reducerede*, mindskede*, dalede, "
    "stiger, steg, øgede*, forøgede*, vokser, voksede"
)
# they hold a word for a change and state none
_IDIOMS = _any_of(
    "flere perioder, flere gange, flere steder, flere biblioteker, flere uger, flere måneder, "
    "eller flere, hvert fald, så fald, modsat fald, bedste fald, værste fald, givet fald, "
    "øget fokus, øget opmærksomhed, øget indsats"
)
# one library beside another, which is no change of either
_COMPARED = re.compile(r"\b(?:højere|lavere|flere|færre)\b(?=.* end (?:på|hos)\b)", re.I)
_IN_WORDS: tuple[tuple[re.Pattern[str], int, str | None], ...] = (
    (_any_of("halver*"), -50, "down"),
    (_any_of("fordobl*"), 100, "up"),
    (_any_of("halvdelen"), 50, None),
    (_any_of("to tredjedele"), 67, None),
    (_any_of("en tredjedel"), 33, None),
    (_any_of("tre fjerdedele"), 75, None),
    (_any_of("en fjerdedel"), 25, None),
)
_SUPERLATIVES = {
    "most": _any_of("flest, bydel* med de fleste"),
    "least": _any_of("færrest, bydel* med de færreste"),
}
_EACH_STEP = _any_of(
    "hvert skridt, hvert halvår, alle tre vinter*, alle tre sommer*, alle tre halv*"
)
_EFFECT = _any_of("lod vente, det ventede")
# within a few words; "ikke kun" and the like deny nothing, and what follows "at" is said anew
_NOT = (
    r"\b(?:ikke|hverken|ingen|intet)\b"
    r"(?! (?:alene|bare|blot|desto|kun|mindst|overraskende|tvivl|uventet)\b)"
)
_WORD = r"(?:,(?= (?:der|hvor|som)\b))? (?!(?:at|end|men|og)\b)\w+"
_NOT_BEFORE = re.compile(rf"{_NOT}(?:{_WORD}){{0,5}} $", re.I)
_NOT_AFTER = re.compile(rf"(?:{_WORD}){{0,2}} {_NOT}", re.I)


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


@dataclass(frozen=True)
class Stated:
    """What a sentence states.

    Attributes:
        numbers: in order; dates, half-years and years left out.
        direction: ``down`` or ``up``, where one is said.
        is_each_step: whether it is said of every step.
        superlative: ``most`` or ``least``.
        denied: directions and superlatives of which it is said that it is not so.
        half_years: ids, in order; one that is named twice stands twice.
        years: years without a season.
        libraries: ids of libraries named.
        districts: ids of districts named.
        measures: what is counted, by the longest word for it first.
        is_effect: whether it speaks of an intervention.
    """

    numbers: tuple[Number, ...] = ()
    direction: str | None = None
    is_each_step: bool = False
    superlative: str | None = None
    denied: frozenset[str] = frozenset()
    half_years: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    libraries: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    measures: tuple[str, ...] = ()
    is_effect: bool = False

    @property
    def claims(self) -> bool:
        """Whether there is anything to hold against a figure."""
        if any(number.kind in _STATE_ALONE for number in self.numbers):
            return True
        if len([number for number in self.numbers if number.end]) > 1:
            return True
        said = self.numbers or self.direction or self.superlative or self.denied
        return bool(said and self.measures)


@dataclass(frozen=True)
class _Mention:
    """A library or a period that is named, and where."""

    start: int
    end: int
    id: str


@dataclass(frozen=True)
class Names:
    """How libraries, districts and measures are written."""

    libraries: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    districts: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    measures: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    @classmethod
    def of(cls, config: Config) -> Names:
        """Names and aliases of a configuration; only whole names, nothing is guessed."""
        libraries = {match_key(row.library_name): row.library_id for row in config.libraries}
        libraries |= {
            match_key(alias): library_id
            for alias, library_id in config.place_to_library().items()
            if library_id is not None
        }
        districts = {match_key(row.district_name): str(row.district_id) for row in config.districts}
        of_measures = {name: [text] for name, text in config.sentences.get("words", {}).items()}
        for name, words in config.claims.words.items():
            of_measures.setdefault(name, []).extend(words)
        measures = [
            (_word_pattern(word), name) for name, words in of_measures.items() for word in words
        ]
        return cls(_patterns(libraries), _patterns(districts), measures)


def find(sentence: str, names: Names) -> Stated:
    """What a sentence states."""
    mentions, districts = _places(sentence, names)
    libraries = frozenset(mention.id for mention in mentions)
    left = _blank(_DATES, sentence)
    weeks = _weeks(left)
    left = _blank(_WEEKS, left)
    periods = _periods(left)
    in_words, ways = _in_words(sentence)
    numbers = [*weeks, *in_words, *_numbers(_blank(_YEAR, left), periods)]
    said, denied = _said_and_denied(_CHANGES, _changes_alone(sentence, libraries))
    said |= ways
    superlatives, other_denied = _said_and_denied(_SUPERLATIVES, sentence)
    if superlatives or other_denied:
        said, denied = set(), other_denied
    return Stated(
        numbers=tuple(sorted(numbers, key=lambda number: number.at)),
        direction=said.pop() if len(said) == 1 else None,
        is_each_step=bool(_EACH_STEP.search(sentence)),
        superlative=next((name for name in _SUPERLATIVES if name in superlatives), None),
        denied=frozenset(denied),
        half_years=tuple(period.id for period in periods if "-" in period.id),
        years=tuple(int(period.id) for period in periods if "-" not in period.id),
        libraries=libraries,
        districts=districts,
        measures=_measures(sentence, names),
        is_effect=bool(_EFFECT.search(sentence)),
    )


def find_parts(sentence: str, names: Names) -> list[Stated]:
    """What a sentence states of each library, or each measure, that it tells a number of.

    One part, the whole, where it names one, or does not say plainly which number is of which.
    """
    whole = find(sentence, names)
    numbers = _leading(whole.numbers)
    text = _changes_alone(sentence, whole.libraries)
    libraries = _turns(_places(sentence, names)[0])
    for turns in (libraries, _turns(_measured(sentence, names))):
        parts = []
        for start, end in pairwise(_cuts(text, turns, numbers)):
            part = find(text[start:end], names)
            goes_on = part.direction is None and _BY.search(text, start, end)
            parts.append(replace(part, direction=whole.direction) if goes_on else part)
        if parts:
            return parts
    if len(libraries) != len(numbers) or len(numbers) < 2 or any(n.end for n in numbers):
        return [whole]
    if libraries[0].start < numbers[-1].at and numbers[0].at < libraries[-1].end:
        return [whole]
    return [  # "henholdsvis 78 og 83 pct. på … og …"
        replace(whole, libraries=frozenset([library.id]), numbers=(number,))
        for library, number in zip(libraries, numbers, strict=True)
    ]


def _turns(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Mentions that are of another thing than the one before."""
    return [*mentions[:1], *(new for old, new in pairwise(mentions) if new.id != old.id)]


def _cuts(text: str, turns: Sequence[_Mention], numbers: Sequence[Number]) -> list[int]:
    """Where a text goes on to the next, from its start to its end; none where it is not plain."""
    starts = [turn.start for turn in turns[1:]]
    of_turns = [
        [number.at for number in numbers if turn.start < number.at < next_start]
        for turn, next_start in zip(turns, [*starts, len(text)], strict=False)
    ]
    if len(turns) > 1 and all(of_turns) and sum(map(len, of_turns)) == len(numbers):
        spans = [
            (turn.start, max(turn.end, at[-1])) for turn, at in zip(turns, of_turns, strict=True)
        ]
    elif len(turns) == len(numbers) > 1:
        spans = [
            (min(turn.start, number.at), max(turn.end, number.at))
            for turn, number in zip(turns, numbers, strict=True)
        ]
    else:
        return []
    cuts = [0]
    for (_, end), (start, _) in pairwise(spans):
        joints = list(_JOINT.finditer(text, end, start))
        if not joints:
            return []
        cuts.append(joints[-1].end())
    return [*cuts, len(text)]


def _leading(numbers: Sequence[Number]) -> list[Number]:
    """Those of the kind that a sentence tells first and foremost."""
    kinds = [number.kind for number in numbers]
    for kind in ("percent", "points", "hours", "place", "count"):
        if kind in kinds:
            return [number for number in numbers if number.kind == kind]
    return []


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """A text without what a pattern finds; all else keeps its place."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _changes_alone(sentence: str, libraries: frozenset[str]) -> str:
    """A sentence whose words for a change tell one."""
    left = _blank(_IDIOMS, sentence)
    return _blank(_COMPARED, left) if len(libraries) > 1 else left


def _said_and_denied(words: Mapping[str, re.Pattern[str]], text: str) -> tuple[set[str], set[str]]:
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


def _in_words(sentence: str) -> tuple[list[Number], set[str]]:
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


def _weeks(text: str) -> list[Number]:
    return [
        Number("week", Decimal(week), f"uge {week}", found.start())
        for found in _WEEKS.finditer(text)
        for week in re.findall(r"\d+", found[1])
    ]


def _numbers(text: str, periods: Sequence[_Mention]) -> list[Number]:
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
        left = _blank(pattern, left)
    numbers.sort(key=lambda number: number.at)
    placed: list[Number] = []
    for kind in ("percent", "count"):
        of_kind = [number for number in numbers if number.kind == kind]
        placed += _placed(of_kind, periods, text)
    return placed + [number for number in numbers if number.kind not in ("percent", "count")]


def _placed(numbers: Sequence[Number], periods: Sequence[_Mention], text: str) -> list[Number]:
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
    numbers: Sequence[Number], periods: Sequence[_Mention], text: str, *, is_told: bool
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
            is_of_first = _JOINT.search(text, period.end, second.at)
            return [period.id, None] if is_of_first else [None, period.id]
    return none


def _measures(sentence: str, names: Names) -> tuple[str, ...]:
    """What a sentence counts: whatever is told by the longest words, first."""
    longest: dict[str, int] = {}
    for pattern, measure in names.measures:
        for found in pattern.finditer(sentence):
            longest[measure] = max(longest.get(measure, 0), len(found[0]))
    return tuple(sorted(longest, key=lambda measure: -longest[measure]))


def _measured(sentence: str, names: Names) -> list[_Mention]:
    """What a sentence counts, in order; a word within longer words for another is not there."""
    found = sorted(
        (
            _Mention(found.start(), found.end(), measure)
            for pattern, measure in names.measures
            for found in pattern.finditer(sentence)
        ),
        key=lambda mention: mention.start - mention.end,
    )
    kept: list[_Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _places(sentence: str, names: Names) -> tuple[list[_Mention], frozenset[str]]:
    """Libraries and districts named; a name within a longer one is not there."""
    # the words of the text compared are those of the sentence, though not letter by letter
    words = [(found.start(), found.end()) for found in re.finditer(r"\S+", sentence)]
    text = match_key(re.sub(r"»[^«]*«", lambda quoted: re.sub(r"\S", "_", quoted[0]), sentence))
    districts = frozenset(id_ for pattern, id_ in names.districts if pattern.search(text))
    if "bydel" in text:
        return [], districts
    mentions = []
    left = text
    for pattern, library_id in names.libraries:
        for found in pattern.finditer(left):
            first, last = (text.count(" ", 0, at) for at in found.span())
            mentions.append(_Mention(words[first][0], words[last][1], library_id))
        left = pattern.sub(lambda found: "_" * len(found[0]), left)
    return sorted(mentions, key=lambda mention: mention.start), districts


def _periods(text: str) -> list[_Mention]:
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
        periods.append(_Mention(found.start(), found.end(), period))
    return periods


def _patterns(names: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    longest_first = sorted(names, key=len, reverse=True)
    return [
        (re.compile(rf"(?<!\w){re.escape(name)}(?:s)?(?!\w)"), names[name])
        for name in longest_first
    ]
