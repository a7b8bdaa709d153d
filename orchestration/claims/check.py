"""Checking a text: each sentence's claims bound to figures, and what does not agree with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from orchestration.claims.directions import SUPERLATIVES
from orchestration.claims.find import Stated, find, find_parts
from orchestration.claims.names import Names
from orchestration.claims.numbers import Number
from orchestration.claims.read_text import Sentence
from orchestration.config import Config
from orchestration.figures.caveats import SHARED_FIRST
from orchestration.figures.numbers import rounded

# headings below which the documents of Dataspor list what they were made from
_APPARATUS = ("Alle tal", "Datagrundlag", "Metode", "Undersøgelser blandt", "Udsagn i tidligere")


@dataclass(frozen=True)
class Finding:
    """A claim that no figure bears out.

    Attributes:
        sentence: where it stands.
        what: what was found and what the figure says, or that there is none.
        figure_id: the figure it was bound to, if any.
    """

    sentence: str
    what: str
    figure_id: str | None


@dataclass(frozen=True)
class Checked:
    """What came of a text: sentences with claims, and what is wrong."""

    claims: int
    findings: list[Finding]


def check_text(sentences: Sequence[Sentence], figures: pd.DataFrame, config: Config) -> Checked:
    """Hold a text against figures.

    A sentence that names no place, measure or period has those of the sentence or heading before.

    Args:
        sentences: of the text, in order.
        figures: rows of fct_status_figure.
        config: names of libraries and districts, and the figures' definitions.
    """
    checker = _Checker(figures, config)
    findings, claims = [], 0
    context = Stated()
    heading = ""
    is_apparatus = False
    for sentence in sentences:
        if sentence.heading != heading:  # a heading below another may leave the place to it
            heading = sentence.heading
            named = replace(find(heading, checker.names), half_years=(), years=())
            context = _in_context(named, context)
            # it goes on below its own subheadings, until a place is named again
            begins = heading.startswith(_APPARATUS)
            is_apparatus = begins or (is_apparatus and not (named.libraries or named.districts))
        if is_apparatus:
            continue
        stated = find(sentence.text, checker.names)
        context = told = _in_context(stated, context)
        if sentence.text in checker.statements:
            claims += 1
        elif stated.claims and not checker.is_small_print(sentence.text):
            if sentence.text == heading and not stated.tells:
                continue  # it only names a measure
            claims += 1
            for part in find_parts(sentence.text, checker.names):
                findings += checker.check(sentence.text, _in_sentence(part, told))
    return Checked(claims, findings)


def _in_context(stated: Stated, context: Stated) -> Stated:
    """A sentence with what it leaves to those before it; periods are its own."""
    has_place = stated.libraries or stated.districts
    return replace(
        stated,
        libraries=stated.libraries if has_place else context.libraries,
        districts=stated.districts if has_place else context.districts,
        measures=stated.measures or context.measures,
    )


def _in_sentence(part: Stated, whole: Stated) -> Stated:
    """A part of a sentence, or the whole, with what it leaves to the whole."""
    of_when = part if part.half_years or part.years else whole
    return replace(
        _in_context(part, whole),
        half_years=of_when.half_years,
        years=of_when.years,
        is_effect=whole.is_effect,
    )


class _Checker:
    def __init__(self, figures: pd.DataFrame, config: Config) -> None:
        self.names = Names.of(config)
        self.rows = {row["figure_id"]: row for row in figures.to_dict("records")}
        self.definitions = {figure.figure_id: figure for figure in config.figures.figures}
        self.statements = {row["statement_da"] for row in self.rows.values()}

    def is_small_print(self, sentence: str) -> bool:
        """The line below a statement in documents of Dataspor, which repeats the figure itself."""
        return sentence.startswith(("Dataspor: ", "Sådan læses figuren"))

    def check(self, sentence: str, stated: Stated) -> list[Finding]:
        """What is wrong with a sentence; empty if all of it is borne out by a figure."""
        bound = self._candidates(stated)
        if not bound:
            return [Finding(sentence, "no figure speaks of this", None)]
        periods = self._by_period(stated, bound)
        if not periods:
            told = ", ".join(sorted({self._periods_of(name) for name in bound}))
            return [Finding(sentence, f"the period is none of the figures' ({told})", bound[0])]
        rows = [self.rows[name] for group in periods for name in group]
        # what is said of several places at once is borne out by any of them
        others = rows if len({row["scope_id"] for row in rows}) > 1 else []
        of_groups = []
        for group in periods:
            wrong = ((name, what) for name in group for what in self._wrong(stated, name, others))
            of_groups.append([Finding(sentence, what, name) for name, what in wrong])
        return min(of_groups, key=len)

    def _candidates(self, stated: Stated) -> list[str]:
        """Figures on a place and measure that the sentence names."""
        found = []
        for name, row in self.rows.items():
            kind = self.definitions[name].kind if name in self.definitions else ""
            places = stated.districts if row["scope_kind"] == "district" else stated.libraries
            if row["scope_id"] not in places or stated.is_effect != (kind == "intervention"):
                continue
            if _is_rank_said(stated) != (kind == "rank"):
                continue
            if row["measure"] in stated.measures[:1]:  # the longest word
                found.append(name)
        return found

    def _by_period(self, stated: Stated, names: Sequence[str]) -> list[list[str]]:
        """Groups of figures that a sentence may be about, judged by the periods it names."""
        if len(set(stated.half_years)) < len(stated.half_years):
            return []  # nothing is compared with itself
        if not stated.half_years and not stated.years:
            return [[name] for name in names]
        is_rank = all(self.rows[name]["unit"] == "rank" for name in names)
        if is_rank:  # each half-year named is a figure of its own
            by_half_year = {self.rows[name]["half_year_to"]: name for name in names}
            if stated.years or not set(stated.half_years) <= by_half_year.keys():
                return []
            return [[by_half_year[half_year] for half_year in stated.half_years]]
        return [[name] for name in names if self._has_periods(stated, name)]

    def _has_periods(self, stated: Stated, name: str) -> bool:
        """Whether all periods named are the figure's, and both where two are named."""
        ends = self._ends(name)
        named = [*stated.half_years, *map(str, stated.years)]
        matched = [[end for end in ends if _is_of(end, period)] for period in named]
        if not all(matched):
            return False
        hit = {end for of_period in matched for end in of_period}
        return len(hit) == len(named)

    def _ends(self, name: str) -> list[str]:
        row = self.rows[name]
        return [str(end) for end in (row["half_year_from"], row["half_year_to"]) if _is(end)]

    def _periods_of(self, name: str) -> str:
        return " – ".join(self._ends(name))

    def _wrong(self, stated: Stated, name: str, others: Sequence[dict[str, Any]]) -> Iterable[str]:
        """What of a sentence a figure does not bear out; its numbers may be those of others."""
        row = self.rows[name]
        if row["evidence"] in ("suppressed", "not_available"):
            yield f"the figure is {row['evidence'].replace('_', ' ')}"
            return
        for number in stated.numbers:
            if number.period and not any(_is_of(end, number.period) for end in self._ends(name)):
                continue  # it is said of another half-year's figure
            known = self._known(stated, number, row)
            free = replace(number, end=None)
            of_others = [value for other in others for value in self._known(stated, free, other)]
            if not any(_same(number.value, value) for value in (*known, *of_others)):
                told = ", ".join(sorted({f"{value:g}" for value in known})) or "no such number"
                yield f"{number.text!r} is stated; the figure says {told}"
        yield from _wrong_direction(stated, row)
        yield from _wrong_rank(stated, row)

    def _known(self, stated: Stated, number: Number, row: dict[str, Any]) -> list[float]:
        """The numbers of a figure that a number of a sentence may be, in the sentence's terms."""
        match number.kind, row["unit"]:
            case "percent" | "in_words", "share" | "percentage_points":
                return [share * 100 for share in _ends_meant(stated, number, row)]
            case "count", "percent":
                return _ends_meant(stated, number, row)
            case "count" | "week", unit:
                is_share = unit in ("share", "percentage_points")  # counts are those of answers
                text = row["caveats" if is_share else "statement_da"] or ""
                told = find(text, self.names).numbers
                return [float(known.value) for known in told if known.kind == number.kind]
            case (
                ("percent" | "in_words", "percent")
                | ("points", "percentage_points")
                | ("hours", "hours")
                | ("place", "rank")
            ) if _is(row["value"]):
                return [row["value"] if number.is_signed else abs(row["value"])]
        return []


def _ends_meant(stated: Stated, number: Number, row: dict[str, Any]) -> list[float]:
    """The ends of a figure that a number may be: by the words about it, or by its half-year."""
    named = [*stated.half_years, *map(str, stated.years)]
    is_alone = len([other for other in stated.numbers if other.kind == number.kind]) == 1
    period = number.period or (named[0] if is_alone and len(named) == 1 else None)
    ends = []
    for end in ("from", "to"):
        half_year, value = row[f"half_year_{end}"], row[f"value_{end}"]
        is_meant = end == number.end if number.end else not period or _is_of(half_year, period)
        if is_meant and _is(value):
            ends.append(value)
    return ends


def _wrong_direction(stated: Stated, row: dict[str, Any]) -> Iterable[str]:
    denied = stated.denied - SUPERLATIVES.keys()
    is_each_step = "hvert skridt" in row["statement_da"]
    if stated.is_each_step and denied:
        denied = frozenset()
        if is_each_step:
            yield "it is denied of each step; the figure says so of each"
    elif stated.is_each_step and not is_each_step:
        yield "it is said of each step; the figure does not say so"
    if stated.direction is None and not denied:
        return
    moved = row["value"]
    if not _is(moved) and _is(row["value_from"]) and _is(row["value_to"]):
        moved = row["value_to"] - row["value_from"]  # from zero: no per cent
    if row["unit"] not in ("percent", "percentage_points") or not _is(moved):
        yield "a direction is stated; the figure has none"
        return
    went = "down" if moved < 0 else "up" if moved > 0 else "level"
    if stated.direction not in (None, went):
        yield f"it is said to go {stated.direction}; the figure changed by {moved:.1f}"
    elif stated.direction and row["evidence"] != "clear":
        yield f"a change is stated plainly; the evidence is {row['evidence']}"
    if went in denied and row["evidence"] == "clear":
        yield f"it is said not to go {went}; the figure changed by {moved:.1f}"


def _wrong_rank(stated: Stated, row: dict[str, Any]) -> Iterable[str]:
    value = row["value"]
    is_shared = SHARED_FIRST in (row["caveats"] or "")
    if "most" in stated.denied and value == 1 and not is_shared:
        yield "it is said not to have most; the figure says number 1"
    if stated.superlative is None:
        return
    if not _is(value):
        yield "a rank in words is stated; the figure has none"
    elif stated.superlative == "least" or value != 1:
        yield f"a rank in words is stated; the figure says number {value:g}"
    elif is_shared:
        yield "a rank in words is stated; the first place is shared"


def _is_rank_said(stated: Stated) -> bool:
    return bool(
        stated.superlative
        or stated.denied & SUPERLATIVES.keys()
        or any(number.kind == "place" for number in stated.numbers)
    )


def _same(stated: Decimal, known: float) -> bool:
    """Whether a number is the figure's, rounded to the decimals that are written."""
    decimals = -int(stated.as_tuple().exponent)
    return rounded(known, decimals) == stated


def _is_of(half_year_id: object, period: str) -> bool:
    """Whether a period, a half-year or the year that people mean, is that half-year."""
    return _is(half_year_id) and period in (half_year_id, _year_of(str(half_year_id)))


def _year_of(half_year_id: str) -> str:
    """The year that people mean: a winter's second."""
    year, month = half_year_id.split("-")
    return str(int(year) + (month == "10"))


def _is(value: object) -> bool:
    return value is not None and not pd.isna(value)
