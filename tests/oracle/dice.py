"""Chance: one seeded source of it for each part of a case, and a note of what it brought about."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Sequence
from typing import Final

FIRST_DAY: Final = dt.date(2022, 4, 1)
LAST_DAY: Final = dt.date(2025, 9, 30)
# 1 September 2025: modification times lie in the twenty days after it.
_FIRST_EXPORT: Final = 1_756_684_800


class Dice(random.Random):
    """Random choices that write down which features of exports they led to."""

    def __init__(self, seed: str, features: set[str]):
        super().__init__(seed)
        self._features = features

    def note(self, feature: str) -> None:
        """Write down that a feature occurs."""
        self._features.add(feature)

    def happens(self, probability: float, feature: str | None = None) -> bool:
        """True with this probability; the feature then counts as occurring."""
        happened = self.random() < probability
        if happened and feature:
            self.note(feature)
        return happened

    def any_day(self) -> dt.date:
        """A day of the years that cases are about."""
        return FIRST_DAY + dt.timedelta(days=self.randrange((LAST_DAY - FIRST_DAY).days + 1))

    def boundary(self) -> dt.date:
        """The first day of some half-year."""
        first = self.any_day()
        return dt.date(first.year, self.choice((4, 10)), 1)

    def export_time(self) -> int:
        """A modification time; two exports may well have the same one."""
        return _FIRST_EXPORT + self.randrange(20) * 86_400 + self.choice((0, 0, 0, 1))

    def spelling(self, name: str, encoding: str) -> str:
        """A name as some export might spell it."""
        if self.happens(0.85):
            return name
        match self.randrange(5):
            case 0:
                self.note("names in other case")
                return self.choice((name.upper(), name.lower()))
            case 1:
                self.note("names in blanks")
                return f" {name}  "
            case 2:
                self.note("names with ae, oe, aa")
                for letter, pair in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
                    name = name.replace(letter, pair)
                    name = name.replace(letter.upper(), pair.capitalize())
                return name
            case 3 if encoding != "cp1252":
                self.note("names with decomposed letters")
                return unicodedata.normalize("NFD", name)
            case _:
                return name.replace(" ", "  ")

    def several(self, options: Sequence[str], least: int, most: int) -> list[str]:
        """Some of the options, each at most once."""
        return self.sample(options, self.randint(least, min(most, len(options))))
