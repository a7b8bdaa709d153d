"""Checking a text: each sentence's claims bound to figures, and what does not agree with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from orchestration.claims.find import Names, Number, Stated, find
from orchestration.claims.read_text import Sentence
from orchestration.config import Config
from orchestration.figures.caveats import SHARED_FIRST
from orchestration.figures.numbers import rounded

_COUNTED = ("incidents", "unsafe_behaviour_incidents")
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
            if sentence.text == heading and not (stated.direction or stated.numbers):
                continue  # it only names a measure
            claims += 1
            findings += checker.check(sentence.text, told)
    return Checked(claims, findings)


def _in_context(stated: Stated, context: Stated) -> Stated:
    """A sentence with what it leaves to those before it."""
    has_place = stated.libraries or stated.districts
    has_period = stated.half_years or stated.years
    return replace(
        stated,
        libraries=stated.libraries if has_place else context.libraries,
        districts=stated.districts if has_place else context.districts,
        measures=stated.measures or context.measures,
        half_years=stated.half_years if has_period else (),
        years=stated.years if has_period else (),
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
        best: list[Finding] | None = None
        for group in periods:
            wrong = ((name, what) for name in group for what in self._wrong(stated, name))
            findings = [Finding(sentence, what, name) for name, what in wrong]
            if not findings:
                return []
            if best is None or len(findings) < len(best):
                best = findings
        return best or []

    def _candidates(self, stated: Stated) -> list[str]:
        """Figures on a place and measure that the sentence names."""
        found = []
        for name, row in self.rows.items():
            kind = self.definitions[name].kind if name in self.definitions else ""
            places = stated.districts if row["scope_kind"] == "district" else stated.libraries
            if row["scope_id"] not in places or stated.is_effect != (kind == "intervention"):
                continue
            is_rank_said = stated.superlative or any(n.kind == "place" for n in stated.numbers)
            if bool(is_rank_said) != (kind == "rank"):
                continue
            if row["measure"] == _leading(stated.measures):
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
        matched = [
            [end for end in ends if end == period or _year_of(end) == period] for period in named
        ]
        if not all(matched):
            return False
        hit = {end for of_period in matched for end in of_period}
        return len(hit) == len(named)

    def _ends(self, name: str) -> list[str]:
        row = self.rows[name]
        return [str(end) for end in (row["half_year_from"], row["half_year_to"]) if _is(end)]

    def _periods_of(self, name: str) -> str:
        return " – ".join(self._ends(name))

    def _wrong(self, stated: Stated, name: str) -> Iterable[str]:
        row = self.rows[name]
        value = row["value"]
        if row["evidence"] in ("suppressed", "not_available"):
            yield f"the figure is {row['evidence'].replace('_', ' ')}"
            return
        for number in stated.numbers:
            expected = self._expected(stated, number, row)
            if not any(_same(number.value, known) for known in expected):
                told = ", ".join(sorted({f"{known:g}" for known in expected})) or "no such number"
                yield f"{number.text!r} is stated; the figure says {told}"
        if stated.change is not None and _is(value) and rounded(value) != stated.change:
            yield f"{stated.change:g} pct. is stated in words; the figure says {rounded(value)}"
        if stated.direction is not None:
            moved = value
            if not _is(value) and _is(row["value_from"]) and _is(row["value_to"]):
                moved = row["value_to"] - row["value_from"]  # from zero: no per cent
            if row["unit"] not in ("percent", "percentage_points") or not _is(moved):
                yield "a direction is stated; the figure has none"
            elif (moved < 0) != (stated.direction == "down") or moved == 0:
                yield f"it is said to go {stated.direction}; the figure changed by {moved:.1f}"
            elif row["evidence"] not in ("clear",):
                yield f"a change is stated plainly; the evidence is {row['evidence']}"
        if stated.superlative is not None:
            if not _is(value):
                yield "a rank in words is stated; the figure has none"
            elif stated.superlative == "least" or value != 1:
                yield f"a rank in words is stated; the figure says number {value:g}"
            elif SHARED_FIRST in (row["caveats"] or ""):
                yield "a rank in words is stated; the first place is shared"
        if stated.is_each_step and "hvert skridt" not in row["statement_da"]:
            yield "it is said of each step; the figure does not say so"

    def _expected(self, stated: Stated, number: Number, row: dict[str, Any]) -> list[float]:
        """The numbers that a figure has of a kind."""
        scale = 100 if row["unit"] in ("share", "percentage_points") else 1
        before, after, value = (
            row[name] * scale if _is(row[name]) else None
            for name in ("value_from", "value_to", "value")
        )
        match number.kind:
            case "percent" if row["unit"] == "percent":
                found = [abs(value) if value is not None else None]
            case "percent":
                # a share of the half-year that is named, where one is
                ends = {row["half_year_from"]: before, row["half_year_to"]: after}
                years = set(map(str, stated.years))
                only = [
                    share
                    for half_year, share in ends.items()
                    if _is(half_year)
                    and (half_year in stated.half_years or _year_of(half_year) in years)
                ]
                has_both = len([n for n in stated.numbers if n.kind == "percent"]) > 1
                found = only if only and not has_both else [before, after]
            case "points":
                found = [row["value"]]
            case "hours":
                found = [value]
            case "count_from":
                found = [before] if row["unit"] == "percent" else []
            case "count_to":
                found = [after] if row["unit"] == "percent" else []
            case "place":
                found = [value]
            case _:
                told = find(row["statement_da"], self.names).numbers
                found = [known.value for known in told if known.kind == number.kind]
        return [known for known in found if known is not None]


def _leading(measures: Sequence[str]) -> str | None:
    """What a sentence counts: the first that is named, skills and safety before behaviour."""
    return measures[0] if measures else None


def _same(stated: float, known: float) -> bool:
    decimals = len(re.sub(r"^[^.]*\.?", "", f"{stated:g}"))
    return rounded(stated, decimals) == rounded(known, decimals)


def _year_of(half_year_id: str) -> str:
    """The year that people mean: a winter's second."""
    year, month = half_year_id.split("-")
    return str(int(year) + (month == "10"))


def _is(value: object) -> bool:
    return value is not None and not pd.isna(value)
