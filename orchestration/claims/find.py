"""Finding what a Danish sentence states: numbers, direction, periods, places and measures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from orchestration.config import Config
from orchestration.config.model import match_key

Kind = Literal["percent", "points", "hours", "count_from", "count_to", "week", "number", "place"]

_NUMBER = r"[−-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?|[−-]?\d+(?:,\d+)?"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
# what has digits and states nothing: dates, years of months, versions of intervals, numbered places
_DATES = re.compile(
    rf"\b\d{{1,2}}\. (?:{_MONTHS})(?: \d{{4}})?|\b(?:{_MONTHS}) \d{{4}}|95[ \xa0]?%", re.I
)
_WEEKS = re.compile(
    r"\buge(?:rne)? (\d{1,2}(?:[–-]\d{1,2})?(?:, \d{1,2}(?:[–-]\d{1,2})?)*) (\d{4})"
)
_SEASON = re.compile(r"\b(vinter|sommer)(en|halvår\w*)?\b", re.I)
_YEAR = re.compile(r"(?<![\d.,/])(?:(\d{4}|\d{2})/(\d{4}|\d{2})|(20\d{2}))(?![\d/])(?! pct| timer)")
_PERCENT_PAIR = re.compile(rf"({_NUMBER}) (?:til|og|mod) ({_NUMBER})\s*(?:pct\.?|procent\b|%)")
_PERCENT = re.compile(rf"({_NUMBER})\s*(?:pct\.?|procent\b|%)")
_POINTS = re.compile(rf"({_NUMBER})\s*procentpoint")
_HOURS = re.compile(rf"({_NUMBER})\s*timer")
_COUNTS = re.compile(rf"fra ({_NUMBER}) til ({_NUMBER})(?!\s*(?:pct|procent|%))")
_PLAIN = re.compile(_NUMBER)
_PLACE_NUMBER = re.compile(r"\bnummer (\d+)|\bnr\. ?(\d+)")

SHARES_IN_WORDS = {
    r"halver\w*|halvdelen": -50,
    r"fordobl\w*": 100,
    r"to tredjedele": -67,
    r"(?:en|med en) tredjedel": -33,
    r"(?:en|med en) fjerdedel": -25,
}
_DOWN = re.compile(r"\b(?:fald|faldet|falder|færre|lavere|reduceret|nedgang)\b", re.I)
_UP = re.compile(r"\b(?:steget|stigning|stiger|flere|højere|øget|vokset|fremgang)\b", re.I)
_EACH_STEP = re.compile(r"hvert skridt|alle tre|hvert halvår", re.I)


@dataclass(frozen=True)
class Number:
    """A number with what it counts."""

    kind: Kind
    value: float
    text: str


@dataclass(frozen=True)
class Stated:
    """What a sentence states.

    Attributes:
        numbers: dates, half-years and years left out.
        change: a change said in words, in per cent.
        direction: ``down`` or ``up``, where one is said.
        is_each_step: whether it is said of every step.
        superlative: ``most`` or ``least``.
        half_years: ids, in order; one that is named twice stands twice.
        years: years without a season.
        libraries: ids of libraries named.
        districts: ids of districts named.
        measures: what is counted, by the longest word for it first.
        is_effect: whether it speaks of an intervention.
    """

    numbers: tuple[Number, ...] = ()
    change: float | None = None
    direction: str | None = None
    is_each_step: bool = False
    superlative: str | None = None
    half_years: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    libraries: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    measures: tuple[str, ...] = ()
    is_effect: bool = False

    @property
    def claims(self) -> bool:
        """Whether there is anything to hold against a figure."""
        said = self.direction or self.superlative or self.change is not None
        return bool(self.numbers) or bool(said and self.measures)


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
    libraries, districts = _places(sentence, names)
    left = _DATES.sub(" ", sentence)
    numbers: list[Number] = []
    for weeks, _ in _WEEKS.findall(left):
        numbers += [Number("week", float(n), f"uge {n}") for n in re.findall(r"\d+", weeks)]
    left = _WEEKS.sub(" ", left)
    half_years, years = _periods(left)
    # years and half-years are no numbers; what stands between them keeps its place
    left = _YEAR.sub(lambda found: " " * len(found[0]), left)
    for found in _PLACE_NUMBER.finditer(left):
        numbers.append(Number("place", _value(found[1] or found[2]), found[0]))
    left = _PLACE_NUMBER.sub(" ", left)
    for pattern, kinds in (
        (_POINTS, ("points",)),
        (_PERCENT_PAIR, ("percent", "percent")),
        (_PERCENT, ("percent",)),
        (_HOURS, ("hours",)),
        (_COUNTS, ("count_from", "count_to")),
        (_PLAIN, ("number",)),
    ):
        for found in pattern.finditer(left):
            for kind, text in zip(kinds, found.groups() or (found[0],), strict=False):
                numbers.append(Number(kind, _value(text), found[0].strip()))  # type: ignore[arg-type]
        left = pattern.sub(" ", left)
    lowered = sentence.casefold()
    change = next((n for word, n in SHARES_IN_WORDS.items() if re.search(word, lowered)), None)
    superlative = "most" if "flest" in lowered else "least" if "færrest" in lowered else None
    down, up = _DOWN.search(sentence), _UP.search(sentence)
    direction = None
    if superlative is None and bool(down) != bool(up):
        direction = "down" if down else "up"
    elif change is not None and not down and not up:
        direction = "down" if change < 0 else "up"
    return Stated(
        numbers=tuple(numbers),
        change=change,
        direction=direction,
        is_each_step=bool(_EACH_STEP.search(sentence)),
        superlative=superlative,
        half_years=tuple(half_years),
        years=tuple(years),
        libraries=libraries,
        districts=districts,
        measures=_measures(sentence, names),
        is_effect="lod vente" in lowered or "det ventede" in lowered,
    )


def _measures(sentence: str, names: Names) -> tuple[str, ...]:
    """What a sentence counts: whatever is told by the longest words, first."""
    longest: dict[str, int] = {}
    for pattern, measure in names.measures:
        for found in pattern.finditer(sentence):
            longest[measure] = max(longest.get(measure, 0), len(found[0]))
    return tuple(sorted(longest, key=lambda measure: -longest[measure]))


def _places(sentence: str, names: Names) -> tuple[frozenset[str], frozenset[str]]:
    """Libraries and districts named; a name within a longer one is not there."""
    text = match_key(re.sub(r"»[^«]*«", " ", sentence))
    districts = {district_id for pattern, district_id in names.districts if pattern.search(text)}
    libraries = set()
    for pattern, library_id in names.libraries:
        if pattern.search(text):
            libraries.add(library_id)
            text = pattern.sub(" ", text)
    if "bydel" in text:
        libraries = set()
    return frozenset(libraries), frozenset(districts)


def _periods(text: str) -> tuple[list[str], list[int]]:
    """Half-years and plain years, in order; a year takes the season that was named before it."""
    half_years, years = [], []
    seasons = [(found.start(), found[1].casefold(), found[2]) for found in _SEASON.finditer(text)]
    for found in _YEAR.finditer(text):
        if found[3] is None:
            first = found[1] if len(found[1]) == 4 else f"20{found[1]}"
            half_years.append(f"{first}-10")
            continue
        year = int(found[3])
        before = [season for season in seasons if season[0] < found.start()]
        if before and before[-1][1] == "sommer":
            half_years.append(f"{year}-04")
        elif before and re.search(r"vinteren\s*$", text[: found.start()], re.I):
            half_years.append(f"{year - 1}-10")
        else:
            years.append(year)
    return half_years, years


def _patterns(names: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    longest_first = sorted(names, key=len, reverse=True)
    return [
        (re.compile(rf"(?<!\w){re.escape(name)}(?:s)?(?!\w)"), names[name])
        for name in longest_first
    ]


def _word_pattern(word: str) -> re.Pattern[str]:
    """A word of claims.yml: ``*`` is any ending, ``…`` other words between."""
    parts = (re.escape(part.strip()).replace(r"\*", r"\w*") for part in word.split("…"))
    return re.compile(r"(?<!\w)" + r"\b.{1,60}?\b".join(parts) + r"(?!\w)", re.I)


def _value(text: str) -> float:
    return float(text.replace(".", "").replace(",", ".").replace("−", "-"))
