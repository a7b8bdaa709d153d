"""The libraries, districts and measures that a sentence names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from orchestration.claims.words import Mention, word_pattern
from orchestration.config import Config
from orchestration.config.model import match_key


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
            (word_pattern(word), name) for name, words in of_measures.items() for word in words
        ]
        return cls(_patterns(libraries), _patterns(districts), measures)


def measures(sentence: str, names: Names) -> tuple[str, ...]:
    """What a sentence counts: whatever is told by the longest words, first."""
    longest: dict[str, int] = {}
    for pattern, measure in names.measures:
        for found in pattern.finditer(sentence):
            longest[measure] = max(longest.get(measure, 0), len(found[0]))
    return tuple(sorted(longest, key=lambda measure: -longest[measure]))


def measured(sentence: str, names: Names) -> list[Mention]:
    """What a sentence counts, in order; a word within longer words for another is not there."""
    found = sorted(
        (
            Mention(found.start(), found.end(), measure)
            for pattern, measure in names.measures
            for found in pattern.finditer(sentence)
        ),
        key=lambda mention: mention.start - mention.end,
    )
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def places(sentence: str, names: Names) -> tuple[list[Mention], frozenset[str]]:
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
            mentions.append(Mention(words[first][0], words[last][1], library_id))
        left = pattern.sub(lambda found: "_" * len(found[0]), left)
    return sorted(mentions, key=lambda mention: mention.start), districts


def _patterns(names: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    longest_first = sorted(names, key=len, reverse=True)
    return [
        (re.compile(rf"(?<!\w){re.escape(name)}(?:s)?(?!\w)"), names[name])
        for name in longest_first
    ]
