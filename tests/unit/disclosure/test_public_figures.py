"""A public figure rests on what is public; one that has no data rests on nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orchestration.config.model import Disclosure
from orchestration.disclosure.figures import Basis, Seen, release_figure


def test_what_was_never_published_is_nothing_that_a_figure_rests_on() -> None:
    seen = Seen(
        is_final=lambda _: True,
        publications={"2024-10": 2},
        cells={"2024-10": {"library:valby/incidents"}},
        answers=set(),
    )
    basis = Basis(
        cells=frozenset({("2024-10", "library:valby/incidents")}),
        answers=frozenset({"2025-02/vesterbro/tryg"}),
    )
    assert seen.rests_on(basis) == {"2024-10": 2}
    assert not seen.shows(basis)


NUMBERS = ("value_from", "value_to", "value", "ci_low", "ci_high")
SEEN = Seen(is_final=lambda _: True, publications={}, cells={}, answers=set())


@pytest.mark.parametrize("seen", [SEEN, dataclasses.replace(SEEN, is_final=lambda _: False)])
@pytest.mark.parametrize(
    "told",
    [
        {"unit": "percent", "value_from": 2.0, "half_year_from": "2023-10"},
        {"unit": "percent", "value_to": 2.0, "half_year_from": "2023-10"},
        {"unit": "percentage_points", "value_to": 1.0, "caveats": "6 svar"},
    ],
)
def test_a_figure_of_which_one_end_has_no_data_tells_no_number_of_the_other(
    told: dict[str, Any], seen: Seen
) -> None:
    row = dict.fromkeys((*NUMBERS, "half_year_from")) | {
        "half_year_to": "2025-10",
        "statement_da": "Der er ikke data for begge halvår.",
        "evidence": "not_available",
        "caveats": "",
    }
    basis = Basis(
        cells=frozenset({("2023-10", "library:vesterbro/incidents")}),
        answers=frozenset({"2025-02/vesterbro/tryg"}),
        half_years=frozenset({"2023-10", "2025-10"}),
    )
    public, reason = release_figure(row | told, basis, seen, None, Disclosure())
    assert reason is None and public is not None
    assert {public[name] for name in NUMBERS} == {None} and public["caveats"] == ""
    kept = ("statement_da", "evidence", "half_year_to")
    assert {name: public[name] for name in kept} == {name: row[name] for name in kept}
    assert not public["suppressed"]


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("percent", (15 / 40 - 1) * 100, -63.0),
        ("percent", 12.5, 13.0),
        ("percentage_points", 2.5, 3.0),
        ("share", 5 / 8, 0.63),
        ("share", 23 / 200, 0.12),
        ("hours", 0.25, 0.3),
    ],
)
def test_a_public_value_is_the_one_that_the_sentence_prints(
    unit: str, value: float, shown: float
) -> None:
    row = {"evidence": "clear", "unit": unit} | dict.fromkeys(NUMBERS) | {"value": value}
    public, reason = release_figure(row, Basis(), SEEN, None, Disclosure())
    assert public is not None and reason is None
    assert public["value"] == shown
