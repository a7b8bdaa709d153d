"""Finding what a Danish sentence states: numbers, direction, periods, places and measures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from orchestration.claims.directions import (
    CHANGES,
    SUPERLATIVES,
    changes_alone,
    in_words,
    said_and_denied,
)
from orchestration.claims.names import Names, measured, measures, places
from orchestration.claims.numbers import NUMBER, Number, leading, numbers_and_periods
from orchestration.claims.words import JOINT, Mention, any_of

_EACH_STEP = any_of(
    "hvert skridt, hvert halvår, alle tre vinter*, alle tre sommer*, alle tre halv*"
)
_EFFECT = any_of("lod vente, det ventede")
_BY = re.compile(rf"\bmed {NUMBER}", re.I)  # a change, whose direction stands before

# they state something whatever the sentence names; a bare number may be that of a house
_STATE_ALONE = ("percent", "points", "hours", "week", "place")


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
    def tells(self) -> bool:
        """Whether it says anything of what it names."""
        return bool(self.numbers or self.direction or self.superlative or self.denied)

    @property
    def claims(self) -> bool:
        """Whether there is anything to hold against a figure."""
        if any(number.kind in _STATE_ALONE for number in self.numbers):
            return True
        if len([number for number in self.numbers if number.end]) > 1:
            return True
        return self.tells and bool(self.measures)


def find(sentence: str, names: Names) -> Stated:
    """What a sentence states."""
    mentions, districts = places(sentence, names)
    libraries = frozenset(mention.id for mention in mentions)
    numbers, periods = numbers_and_periods(sentence)
    more_numbers, ways = in_words(sentence)
    said, denied = said_and_denied(CHANGES, changes_alone(sentence, libraries))
    said |= ways
    superlatives, other_denied = said_and_denied(SUPERLATIVES, sentence)
    if superlatives or other_denied:
        said, denied = set(), other_denied
    return Stated(
        numbers=tuple(sorted([*numbers, *more_numbers], key=lambda number: number.at)),
        direction=said.pop() if len(said) == 1 else None,
        is_each_step=bool(_EACH_STEP.search(sentence)),
        superlative=next((name for name in SUPERLATIVES if name in superlatives), None),
        denied=frozenset(denied),
        half_years=tuple(period.id for period in periods if "-" in period.id),
        years=tuple(int(period.id) for period in periods if "-" not in period.id),
        libraries=libraries,
        districts=districts,
        measures=measures(sentence, names),
        is_effect=bool(_EFFECT.search(sentence)),
    )


def find_parts(sentence: str, names: Names) -> list[Stated]:
    """What a sentence states of each library, or each measure, that it tells a number of.

    One part, the whole, where it names one, or does not say plainly which number is of which.
    """
    whole = find(sentence, names)
    numbers = leading(whole.numbers)
    text = changes_alone(sentence, whole.libraries)
    libraries = _turns(places(sentence, names)[0])
    for turns in (libraries, _turns(measured(sentence, names))):
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


def _turns(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions that are of another thing than the one before."""
    return [*mentions[:1], *(new for old, new in pairwise(mentions) if new.id != old.id)]


def _cuts(text: str, turns: Sequence[Mention], numbers: Sequence[Number]) -> list[int]:
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
        joints = list(JOINT.finditer(text, end, start))
        if not joints:
            return []
        cuts.append(joints[-1].end())
    return [*cuts, len(text)]
