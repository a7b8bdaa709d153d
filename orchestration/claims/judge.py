"""Judging declared claims by the figures: the rules stand here and nowhere else.

1. A figure without data, or hidden since few answered, makes a claim *not checkable*; so does a
   number, an end or a step that the figure does not have.
2. A number is compared as printed: the figure is rounded to the decimals of the claim, halves away
   from zero. Another number makes the claim *not supported*; so do another direction and words
   that the figure does not bear out.
3. A direction on a figure that cannot be compared, or is too small to compare, is *not checkable*.
4. What is left is *supported with caveat* where a direction or a first place may be chance, the
   half-year is not final, or the figure carries a caveat of weight: any but those of
   :data:`WEIGHTLESS`, which only say how it was counted.
5. Everything else is *supported*.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from babel.numbers import format_decimal

from orchestration.config.model import Claim
from orchestration.figures import caveats
from orchestration.figures.numbers import MINUS, rounded
from orchestration.figures.status_figure import StatusFigure
from orchestration.half_year import HalfYear

Judgement = Literal["supported", "supported_with_caveat", "not_supported", "not_checkable"]

_WEIGHTIEST_FIRST = ("not_supported", "not_checkable", "supported_with_caveat", "supported")
# caveats that tell how a figure was counted, and take nothing from what it says
WEIGHTLESS = re.compile(
    f"{re.escape(caveats.OVER_REPORTED)}|{re.escape(caveats.EXPOSURE_DAYS)}"
    r"|\d+( og \d+)? svar, blanke.* er ikke talt med|Næstflest: .*"
)
_PERCENT_OF = {"share": 100, "percentage_points": 100}  # units whose ends are shares 0–1
_EXPECTED = {"halving": -50, "doubling": 100}
_WORDS = {"halving": ("en halvering", "a halving"), "doubling": ("en fordobling", "a doubling")}
_WAYS = {
    "down": ("faldet", "fell"),
    "up": ("steget", "rose"),
    "level": ("uændret", "stayed the same"),
}


@dataclass(frozen=True)
class JudgedClaim:
    """One row of ``fct_claim``.

    ``stated_value`` is the number stated, or that of the later end where only ends are; then
    ``computed_value`` is the figure's in the same terms, unrounded: per cent for shares.
    """

    claim_id: str
    figure_id: str
    text_da: str
    stated_value: float | None
    stated_value_from: float | None
    direction: str | None
    wording: str | None
    computed_value: float | None
    computed_value_from: float | None
    judgement: Judgement
    reason_da: str
    reason_en: str
    as_of: dt.date


@dataclass(frozen=True)
class _Reason:
    """Why a claim is not plainly supported."""

    judgement: Judgement
    da: str
    en: str


def judge(
    claims: Sequence[Claim],
    figures: Sequence[StatusFigure],
    steps: Mapping[str, Sequence[float]],
) -> list[JudgedClaim]:
    """Every claim beside its figure, in the order of the configuration.

    Args:
        claims: those of claims.yml; each names a figure that there is.
        figures: all rows of ``fct_status_figure``.
        steps: figure to the ratios of its steps, for those of which all are known.
    """
    by_id = {figure.figure_id: figure for figure in figures}
    return [
        _judged(claim, by_id[claim.figure_id], steps.get(claim.figure_id, ())) for claim in claims
    ]


def _judged(claim: Claim, figure: StatusFigure, steps: Sequence[float]) -> JudgedClaim:
    reasons = _reasons(claim, figure, steps) or [
        _Reason("supported", "Tallene siger det.", "The numbers say so.")
    ]
    judgement = min((reason.judgement for reason in reasons), key=_WEIGHTIEST_FIRST.index)
    told = [reason for reason in reasons if reason.judgement == judgement]
    states_end = claim.value is None and claim.value_to is not None
    return JudgedClaim(
        claim_id=claim.claim_id,
        figure_id=claim.figure_id,
        text_da=claim.text_da,
        stated_value=claim.value_to if states_end else claim.value,
        stated_value_from=claim.value_from,
        direction=claim.direction,
        wording=claim.wording,
        computed_value=_ends(figure)[1] if states_end else _value(figure),
        computed_value_from=_ends(figure)[0],
        judgement=judgement,
        reason_da=" ".join(dict.fromkeys(reason.da for reason in told)),
        reason_en=" ".join(dict.fromkeys(reason.en for reason in told)),
        as_of=figure.as_of,
    )


def _reasons(claim: Claim, figure: StatusFigure, steps: Sequence[float]) -> list[_Reason]:
    """Why it is not plainly supported; empty if it is."""
    missing = _missing(figure)
    if missing:
        return [missing]
    return [
        *_numbers(claim, figure),
        *_direction(claim, figure),
        *_wording(claim, figure, steps),
        *_reserves(claim, figure),
    ]


def _missing(figure: StatusFigure) -> _Reason | None:
    if figure.evidence == "suppressed":
        return _Reason(
            "not_checkable",
            "Tallet vises ikke, fordi for få har svaret.",
            "The figure is not shown, since too few answered.",
        )
    if figure.evidence == "not_available":
        return _Reason(
            "not_checkable",
            "Der er ingen data, som tallet kan beregnes af.",
            "There are no data to compute the figure from.",
        )
    return None


def _numbers(claim: Claim, figure: StatusFigure) -> list[_Reason]:
    value_from, value_to = _ends(figure)
    pairs = (
        (claim.value, _value(figure)),
        (claim.value_from, value_from),
        (claim.value_to, value_to),
    )
    return [
        reason
        for stated, computed in pairs
        if stated is not None and (reason := _number(stated, computed))
    ]


def _number(stated: float, computed: float | None) -> _Reason | None:
    if computed is None:
        return _Reason(
            "not_checkable",
            f"Tallet {_shown(stated, 'da')} har intet modstykke.",
            f"There is nothing to compare {_shown(stated, 'en')} with.",
        )
    decimals = decimals_of(stated)
    if rounded(computed, decimals) == rounded(stated, decimals):
        return None
    return _Reason(
        "not_supported",
        f"Der står {_shown(stated, 'da')}; beregnet er {_shown(computed, 'da', decimals)}.",
        f"{_shown(stated, 'en')} is stated; computed is {_shown(computed, 'en', decimals)}.",
    )


def _direction(claim: Claim, figure: StatusFigure) -> list[_Reason]:
    if claim.direction is None:
        return []
    moved = figure.value
    if moved is None and figure.value_from is not None and figure.value_to is not None:
        moved = figure.value_to - figure.value_from  # from zero: no per cent
    if figure.unit not in ("percent", "percentage_points") or moved is None:
        return [
            _Reason(
                "not_checkable",
                "Tallet siger ikke noget om en udvikling.",
                "The figure says nothing about a change.",
            )
        ]
    if figure.evidence in ("not_comparable", "too_few"):
        return [
            _Reason(
                "not_checkable",
                "De to tal kan ikke sammenlignes."
                if figure.evidence == "not_comparable"
                else "Tallene er for små til at vise en udvikling.",
                "The two numbers cannot be compared."
                if figure.evidence == "not_comparable"
                else "The numbers are too small to show a development.",
            )
        ]
    went = "level" if moved == 0 else "down" if moved < 0 else "up"
    if claim.direction == "level" and figure.evidence == "uncertain":
        return []  # told with reserve
    if went != claim.direction:
        (said_da, said_en), (went_da, went_en) = _WAYS[claim.direction], _WAYS[went]
        return [
            _Reason(
                "not_supported",
                f"Der står {said_da}; tallet er {went_da}.",
                f"It is said that it {said_en}; it {went_en}.",
            )
        ]
    return []


def _wording(claim: Claim, figure: StatusFigure, steps: Sequence[float]) -> list[_Reason]:
    match claim.wording:
        case "halving" | "doubling":
            if figure.unit != "percent" or figure.value is None:
                return [_no_such(claim.wording)]
            if rounded(figure.value) != _EXPECTED[claim.wording]:
                (da, en), change = _WORDS[claim.wording], figure.value
                return [
                    _Reason(
                        "not_supported",
                        f"Ændringen er {_shown(change, 'da', 0)} pct., ikke {da}.",
                        f"The change is {_shown(change, 'en', 0)} per cent, not {en}.",
                    )
                ]
        case "each_step":
            if len(steps) < 2:
                return [_no_such(claim.wording)]
            if not all(step < 1 if claim.direction == "down" else step > 1 for step in steps):
                return [
                    _Reason(
                        "not_supported",
                        "Tallet er ikke gået samme vej i hvert skridt.",
                        "It did not move the same way in every step.",
                    )
                ]
        case "most":
            if figure.unit != "rank":
                return [_no_such(claim.wording)]
            if figure.value is None:
                return [
                    _Reason(
                        "not_supported",
                        "Ingen bydel har hændelser i halvåret.",
                        "No district has incidents in the half-year.",
                    )
                ]
            if caveats.SHARED_FIRST in figure.caveats:
                return [
                    _Reason(
                        "not_supported",
                        "Førstepladsen deles med en anden bydel.",
                        "The first place is shared with another district.",
                    )
                ]
            if figure.value != 1:
                return [
                    _Reason(
                        "not_supported",
                        f"Pladsen er nummer {_shown(figure.value, 'da', 0)}.",
                        f"The place is number {_shown(figure.value, 'en', 0)}.",
                    )
                ]
        case "some":
            if figure.unit != "hours":
                return [_no_such(claim.wording)]
            if not figure.value:
                return [
                    _Reason(
                        "not_supported",
                        "Der er ingen timer i halvåret.",
                        "There are no hours in the half-year.",
                    )
                ]
    return []


def _no_such(wording: str) -> _Reason:
    return _Reason(
        "not_checkable",
        "Tallet kan ikke vise, hvad der står.",
        f"The figure cannot show `{wording}`.",
    )


def _reserves(claim: Claim, figure: StatusFigure) -> list[_Reason]:
    """Why a claim that is right as such needs a caveat."""
    told = []
    compares = claim.direction or claim.wording in ("halving", "doubling", "each_step", "most")
    if figure.evidence == "uncertain" and compares:
        told.append(
            (
                "Forskellen er ikke større, end tilfældige udsving kan give.",
                "The difference is no larger than chance may give.",
            )
        )
    if figure.evidence == "not_comparable":
        told.append(("Tallene kan ikke sammenlignes.", "The numbers cannot be compared."))
    if figure.maturity != "final":
        is_over = figure.as_of > HalfYear.parse(figure.half_year_to).ends_on
        told.append(
            ("Tallet er foreløbigt: der kan komme flere.", "The figure is provisional.")
            if is_over
            else ("Halvåret er ikke slut.", "The half-year is not over.")
        )
    told += [
        (f"{caveat}.", f"Caveat: {caveat}.")
        for caveat in figure.caveats.split("; ")
        if caveat and caveat != caveats.PROVISIONAL and not WEIGHTLESS.fullmatch(caveat)
    ]
    return [_Reason("supported_with_caveat", da, en) for da, en in told]


def _value(figure: StatusFigure) -> float | None:
    """The figure's value in the terms of claims: shares in per cent."""
    if figure.value is None:
        return None
    return figure.value * 100 if figure.unit == "share" else figure.value


def _ends(figure: StatusFigure) -> tuple[float | None, float | None]:
    """The figure's ends in the terms of claims."""
    factor = _PERCENT_OF.get(figure.unit, 1)
    value_from, value_to = (
        None if value is None else value * factor for value in (figure.value_from, figure.value_to)
    )
    return value_from, value_to


def decimals_of(stated: float) -> int:
    """Decimals that a number was printed with: 63.5 has one, 63.0 none."""
    exponent = Decimal(repr(stated)).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _shown(value: float, locale: str, decimals: int | None = None) -> str:
    places = decimals_of(value) if decimals is None else decimals
    number = rounded(value, places)
    return format_decimal(number, locale=locale, decimal_quantization=False).replace("-", MINUS)
