"""Status figures for the public: what each rests on, and whether that may be seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.config.model import Disclosure, Figure
from orchestration.disclosure.cells import ALL, cell
from orchestration.disclosure.history import ShownFigure
from orchestration.figures import caveats
from orchestration.figures.numbers import rounded

# decimals of a value and its interval: with all of them, what was pooled over all libraries would
# be an equation on counts that are left out
_DECIMALS = {"percent": 0, "percentage_points": 0, "share": 2, "rank": 0, "hours": 1}
_DECIMALS_OF_ENDS = _DECIMALS | {"percentage_points": 2}
_ENDS, _VALUES = ("value_from", "value_to"), ("value", "ci_low", "ci_high")
# what a figure is of; its label may be worded anew
_DEFINED_BY = ("measure", "scope_kind", "scope_id", "half_year_from", "half_year_to", "unit")


@dataclass(frozen=True)
class Basis:
    """What a figure tells of: cells of half-years, groups of answers, their half-years."""

    cells: frozenset[tuple[str, str]] = frozenset()
    answers: frozenset[str] = frozenset()
    half_years: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What the public sees of incidents and answers.

    Attributes:
        is_final: whether a half-year is.
        publications: half-year or group of answers to the publication that its numbers are from.
        cells: those shown, by half-year.
        answers: groups shown.
        held_back: half-years and groups that have changed since they were shown.
    """

    is_final: Callable[[str], bool]
    publications: Mapping[str, int]
    cells: Mapping[str, Collection[str]]
    answers: Collection[str]
    held_back: Collection[str] = frozenset()

    def shows(self, basis: Basis) -> bool:
        """Whether everything that a figure rests on can be seen."""
        cells = (name in self.cells.get(half_year, ()) for half_year, name in basis.cells)
        return all(cells) and all(group in self.answers for group in basis.answers)

    def rests_on(self, basis: Basis) -> dict[str, int]:
        """Which publications a figure is computed from; one without data may rest on none."""
        named = {half_year for half_year, _ in basis.cells} | basis.answers
        return {name: self.publications[name] for name in sorted(named & self.publications.keys())}


def basis_of(
    figure: Figure, row: Mapping[str, Any], groups: Mapping[str, str], districts: Collection[int]
) -> Basis:
    """What a figure rests on.

    Args:
        figure: its definition.
        row: its row of fct_status_figure.
        groups: group of answers, ``wave/library/question``, to its half-year.
        districts: all districts, each of which a rank tells something of.
    """
    ends = [row[end] for end in ("half_year_from", "half_year_to") if row[end]]
    library = f"library:{figure.scope.id}"
    if figure.kind == "change":
        half_years = {*ends, *figure.steps}
        cells = {(half_year, cell(library, figure.measure)) for half_year in half_years}
    elif figure.kind == "intervention":
        cells = {(figure.half_year_to, cell(library, figure.measure))}
    elif figure.kind == "rank":
        cells = {(figure.half_year_to, cell(f"district:{number}", ALL)) for number in districts}
    elif figure.kind == "share":
        answers = frozenset(
            group
            for group, half_year in groups.items()
            if half_year in ends and group.endswith(f"/{figure.scope.id}/{figure.measure}")
        )
        return Basis(answers=answers, half_years=frozenset(ends))
    else:
        return Basis()
    return Basis(frozenset(cells), half_years=frozenset(half_year for half_year, _ in cells))


def release_figure(
    row: Mapping[str, Any], basis: Basis, seen: Seen, before: ShownFigure | None, rule: Disclosure
) -> tuple[dict[str, Any] | None, str | None]:
    """The public row of a figure, and why it is left out if it is.

    Returns:
        The row, if there is one yet, and the reason if it is not this run's: ``provisional``,
        ``secondary`` (what it rests on is left out), ``held_back`` (it is shown as it was, and so
        is what it rests on), ``earlier`` (so is what it rests on, but it was not shown with that,
        or was another figure then).
    """
    if row["evidence"] == "not_available":
        # one end may be known, and small or not final yet: no number of it is shown
        nothing = dict.fromkeys((*_ENDS, *_VALUES))
        return {**row, **nothing, "caveats": "", "suppressed": False}, None
    if not all(map(seen.is_final, basis.half_years)):
        return None, "provisional"
    if row["evidence"] == "suppressed" or not seen.shows(basis):
        return _left_out(row, rule), "secondary"
    if not seen.rests_on(basis).keys() & set(seen.held_back):
        return _public(row), None
    if (
        before is not None
        and before.rests_on == seen.rests_on(basis)
        and all(before.row[name] == row[name] for name in _DEFINED_BY)
    ):
        told = {"label_da": row["label_da"], "caveats": _public_caveats(before.row["caveats"])}
        return {**before.row, **told}, "held_back"
    return _left_out(row, rule), "earlier"


def _public(row: Mapping[str, Any]) -> dict[str, Any]:
    decimals = {
        **dict.fromkeys(_ENDS, _DECIMALS_OF_ENDS[row["unit"]]),
        **dict.fromkeys(_VALUES, _DECIMALS[row["unit"]]),
    }
    numbers = {
        name: None if row[name] is None else float(rounded(row[name], places)) + 0.0  # no −0
        for name, places in decimals.items()
    }
    return {
        **row,
        **numbers,
        "caveats": _public_caveats(row["caveats"]),
        "suppressed": False,
    }


def _public_caveats(told: str) -> str:
    """Caveats without what would tell of few incidents: shares of a count, a hidden category."""
    shown = dict.fromkeys(told.split("; "))
    for beginning, instead in caveats.INSTEAD_IN_PUBLIC.items():
        shown = dict.fromkeys(instead if one.startswith(beginning) else one for one in shown)
    return "; ".join(shown)


def _left_out(row: Mapping[str, Any], rule: Disclosure) -> dict[str, Any]:
    nothing = dict.fromkeys((*_ENDS, *_VALUES))
    return {
        **row,
        **nothing,
        "statement_da": rule.suppressed_da,
        "statement_en": rule.suppressed_en if row["statement_en"] else "",
        "evidence": "suppressed",
        "caveats": "",
        "suppressed": True,
    }
