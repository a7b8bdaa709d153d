"""Words in a text: how they are written, where they stand, and blanking those that are spent."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BETWEEN = r"\b(?:(?!;|, (?:heraf|men|mens|og)\b).){1,60}?\b"  # within a clause
# what joins the parts of a sentence
JOINT = re.compile(r"[,;]|\b(?:og|mens|men|mod|end)\b")


def word_pattern(word: str) -> re.Pattern[str]:
    """A word as claims.yml writes it: ``*`` is any ending, ``…`` other words between."""
    parts = (re.escape(part.strip()).replace(r"\*", r"\w*") for part in word.split("…"))
    return re.compile(r"(?<!\w)" + _BETWEEN.join(parts) + r"(?!\w)", re.I)


def any_of(words: str) -> re.Pattern[str]:
    """Any of these words, with commas between them."""
    return re.compile("|".join(word_pattern(word).pattern for word in words.split(",")), re.I)


def blank(pattern: re.Pattern[str], text: str) -> str:
    """A text without what a pattern finds; all else keeps its place."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


@dataclass(frozen=True)
class Mention:
    """What is named, such as a library or a period, and where."""

    start: int
    end: int
    id: str
