"""A public figure rests on what is public; one that has no data rests on nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orchestration.config.model import Disclosure
from orchestration.disclosure.figures import Basis, Seen, release_figure
from orchestration.disclosure.history import ShownFigure
from orchestration.figures import caveats


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
    row = {"evidence": "clear", "unit": unit, "caveats": ""} | dict.fromkeys(NUMBERS)
    row["value"] = value
    public, reason = release_figure(row, Basis(), SEEN, None, Disclosure())
    assert public is not None and reason is None
    assert public["value"] == shown


LIBRARY = ("2024-10", "library:valby/incidents")
HELD_BACK = Seen(
    is_final=lambda _: True,
    publications={"2024-10": 1},
    cells={"2024-10": {LIBRARY[1]}},
    answers=set(),
    held_back={"2024-10"},
)
ROW: dict[str, Any] = dict.fromkeys(NUMBERS) | {
    "label_da": "Nyt navn",
    "measure": "incidents",
    "scope_kind": "library",
    "scope_id": "valby",
    "half_year_from": None,
    "half_year_to": "2024-10",
    "unit": "percent",
    "statement_da": "Faldet 30 pct.",
    "statement_en": "",
    "evidence": "clear",
    "caveats": "",
    "value": -30.0,
}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"label_da": "Gammelt navn"}, "held_back"),
        ({"scope_id": "vesterbro"}, "earlier"),
        ({"scope_kind": "district"}, "earlier"),
        ({"measure": "unsafe_behaviour_incidents"}, "earlier"),
        ({"half_year_from": "2022-10"}, "earlier"),
        ({"half_year_to": "2023-10"}, "earlier"),
        ({"unit": "rank"}, "earlier"),
    ],
)
def test_a_figure_that_is_held_back_is_shown_with_its_new_name_and_not_at_all_if_it_is_another(
    changed: dict[str, Any], reason: str
) -> None:
    before = ShownFigure(rests_on={"2024-10": 1}, row=ROW | {"value": -40.0} | changed)
    basis = Basis(cells=frozenset({LIBRARY}), half_years=frozenset({"2024-10"}))
    public, told = release_figure(ROW, basis, HELD_BACK, before, Disclosure())
    assert public is not None and told == reason
    assert public["label_da"] == "Nyt navn"
    assert public["value"] == (-40 if reason == "held_back" else None)


def test_breaks_that_the_data_show_are_told_to_the_public_without_shares_and_category() -> None:
    breaks = (
        caveats.reporting_break(0.8, 0.1),
        caveats.recode_break("Hærværk", "2024-10"),
        caveats.recode_break("Tyveri", "2024-10"),
    )
    kept = (caveats.SMALL_COUNT, caveats.opening_hours_break(0.25), caveats.PROVISIONAL)
    row = ROW | {"caveats": "; ".join([*kept[:2], *breaks, kept[2]])}
    shown, _ = release_figure(row, Basis(), SEEN, None, Disclosure())
    basis = Basis(cells=frozenset({LIBRARY}), half_years=frozenset({"2024-10"}))
    before = ShownFigure(rests_on={"2024-10": 1}, row=row)
    held_back, _ = release_figure(row, basis, HELD_BACK, before, Disclosure())
    for public in (shown, held_back):
        assert public is not None
        assert public["caveats"].split("; ") == [
            *kept[:2],
            "Brud i tidsserien: der indmeldes hurtigere eller langsommere end før",
            "Brud i tidsserien: en kategori er ikke brugt i begge halvår",
            kept[2],
        ]
