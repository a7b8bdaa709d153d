"""Claims are judged as printed: number, direction, wording, and how sure the figure is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from orchestration.claims.judge import JudgedClaim, judge
from orchestration.config.model import Claim
from orchestration.figures import caveats
from orchestration.figures.status_figure import StatusFigure

FIGURE = StatusFigure(
    figure_id="f",
    label_da="Hændelser",
    statement_da="Antallet er faldet med 41 pct.",
    statement_en="",
    measure="incidents",
    scope_kind="library",
    scope_id="vesterbro",
    half_year_from="2023-04",
    half_year_to="2025-04",
    value_from=148.0,
    value_to=87.0,
    value=(87 / 148 - 1) * 100,
    unit="percent",
    ci_low=-55.0,
    ci_high=-23.0,
    evidence="clear",
    maturity="final",
    caveats=caveats.OVER_REPORTED,
    weeks=None,
    as_of=dt.date(2025, 11, 17),
)


def judged(
    steps: tuple[float, ...] = (), figure: dict[str, Any] | None = None, **claim: Any
) -> JudgedClaim:
    told = {"claim_id": "c", "figure_id": "f", "text_da": "faldet med 41 pct."} | claim
    row = StatusFigure(**(FIGURE.__dict__ | (figure or {})))
    (found,) = judge([Claim.model_validate(told)], [row], {"f": steps})
    return found


@pytest.mark.parametrize(
    ("claim", "judgement"),
    [
        ({"value": -41, "direction": "down"}, "supported"),
        ({"value": -41.2, "direction": "down"}, "supported"),
        ({"value": -42, "direction": "down"}, "not_supported"),
        ({"value": -41.3}, "not_supported"),
        ({"direction": "up"}, "not_supported"),
        ({"value_from": 148, "value_to": 87}, "supported"),
        ({"value_from": 148, "value_to": 88}, "not_supported"),
        ({"direction": "down", "wording": "halving"}, "not_supported"),
        ({"wording": "most"}, "not_checkable"),
        ({"direction": "down", "wording": "each_step"}, "not_checkable"),
    ],
)
def test_a_claim_is_held_to_its_figure(claim: dict[str, Any], judgement: str) -> None:
    found = judged(**claim)
    assert found.judgement == judgement
    assert len(found.reason_da) > 10 and len(found.reason_en) > 10


@pytest.mark.parametrize(
    ("figure", "judgement"),
    [
        ({"evidence": "uncertain"}, "supported_with_caveat"),
        ({"maturity": "provisional"}, "supported_with_caveat"),
        ({"caveats": caveats.SMALL_COUNT}, "supported_with_caveat"),
        ({"evidence": "not_comparable"}, "not_checkable"),
        ({"evidence": "too_few"}, "not_checkable"),
        ({"evidence": "not_available", "value": None}, "not_checkable"),
        ({"evidence": "suppressed", "value": None}, "not_checkable"),
    ],
)
def test_a_right_number_is_only_as_good_as_the_evidence(
    figure: dict[str, Any], judgement: str
) -> None:
    assert judged(figure=figure, value=-41, direction="down").judgement == judgement


def test_a_fall_in_each_step_needs_every_step() -> None:
    claim = {"direction": "down", "wording": "each_step"}
    assert judged((0.7, 0.8), **claim).judgement == "supported"
    assert judged((0.7, 1.1), **claim).judgement == "not_supported"


def test_a_halving_is_what_rounds_to_one() -> None:
    half = {"value": -49.6, "value_from": 250.0, "value_to": 126.0}
    claim = {"direction": "down", "wording": "halving"}
    assert judged(figure=half, **claim).judgement == "supported"
    assert judged(figure={"value": -49.4}, **claim).judgement == "not_supported"


def test_shares_are_stated_in_per_cent_and_first_places_in_words() -> None:
    share = {"unit": "share", "value": 0.7778, "value_to": 0.7778, "evidence": "descriptive"}
    assert judged(figure=share, value_to=78).judgement == "supported"
    assert judged(figure=share, value_to=79).judgement == "not_supported"
    rank = {"unit": "rank", "value": 1.0, "value_to": 1.0}
    assert judged(figure=rank, wording="most").judgement == "supported"
    assert judged(figure=rank | {"value": 2.0}, wording="most").judgement == "not_supported"


@pytest.mark.parametrize("evidence", ["uncertain", "not_comparable"])
def test_a_shared_first_place_does_not_bear_out_that_it_has_most(evidence: str) -> None:
    shared = f"{caveats.OVER_REPORTED}; {caveats.shared_first(['Valby'], 40)}"
    rank = {"unit": "rank", "value": 1.0, "evidence": evidence, "caveats": shared}
    found = judged(figure=rank, wording="most")
    assert found.judgement == "not_supported"
    assert found.reason_da == "Førstepladsen deles med en anden bydel."
    nothing = {"unit": "rank", "value": None, "value_to": None, "evidence": "too_few"}
    assert judged(figure=nothing, wording="most").judgement == "not_supported"


def test_a_rise_from_zero_is_a_rise_though_it_has_no_per_cent() -> None:
    rise = {"value_from": 0.0, "value_to": 12.0, "value": None, "ci_low": None, "ci_high": None}
    assert judged(figure=rise, value_from=0, value_to=12, direction="up").judgement == "supported"
    assert judged(figure=rise, value_to=12, direction="down").judgement == "not_supported"


def test_the_reason_says_what_is_stated_and_what_is_computed() -> None:
    assert judged(value=-45).reason_da == "Der står −45; beregnet er −41."
    assert judged(direction="up").reason_en == "It is said that it rose; it fell."
