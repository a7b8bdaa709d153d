"""A text is held to figures without a per cent, and to places that nobody has alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from orchestration.claims.check import check_text
from orchestration.claims.read_text import Sentence
from orchestration.config import load_config
from orchestration.figures import caveats
from orchestration.settings import PACKAGED_CONFIG

CONFIG = load_config(PACKAGED_CONFIG)
RISE = {
    "figure_id": "vesterbro_incidents_winter",
    "measure": "incidents",
    "scope_kind": "library",
    "scope_id": "vesterbro",
    "unit": "percent",
    "evidence": "clear",
    "half_year_from": "2022-10",
    "half_year_to": "2024-10",
    "value_from": 0.0,
    "value_to": 12.0,
    "value": None,
    "caveats": "",
    "statement_da": "",
}
RANK = RISE | {
    "figure_id": "noerrebro_district_rank_2024_10",
    "scope_kind": "district",
    "scope_id": "3",
    "unit": "rank",
    "half_year_from": None,
    "value_from": None,
    "value_to": 1.0,
    "value": 1.0,
}
FALL = RISE | {"value_from": 212.0, "value_to": 106.0, "value": -50.0}
SUMMER_FALL = RISE | {
    "figure_id": "vesterbro_incidents_summer",
    "half_year_from": "2023-04",
    "half_year_to": "2025-04",
    "value_from": 148.0,
    "value_to": 87.0,
    "value": -100 * 61 / 148,
}
UNSAFE_FALL = RISE | {
    "figure_id": "vesterbro_unsafe_behaviour_winter",
    "measure": "unsafe_behaviour_incidents",
    "value_from": 100.0,
    "value_to": 37.0,
    "value": -63.0,
    "statement_da": "Antallet er faldet i hvert skridt.",
}
SAFER = RISE | {
    "figure_id": "vesterbro_staff_safe",
    "measure": "tryg",
    "unit": "percentage_points",
    "value_from": 22 / 33,
    "value_to": 29 / 32,
    "value": 100 * (29 / 32 - 22 / 33),
    "caveats": "33 og 32 svar, blanke og »ved ikke« er ikke talt med",
}
LESS_SAFE = SAFER | {"value_from": 29 / 32, "value_to": 22 / 33, "value": -SAFER["value"]}
SKILLED = SAFER | {
    "figure_id": "vesterbro_staff_competent",
    "measure": "kompetence",
    "value_from": 17 / 33,
    "value_to": 27 / 32,
    "value": 100 * (27 / 32 - 17 / 33),
}
SAFE = SAFER | {"unit": "share", "half_year_from": None, "value_from": None}
SAFE_BLAAGAARDEN = SAFE | {
    "figure_id": "blaagaarden_staff_safe",
    "scope_id": "blaagaarden",
    "value_to": 21 / 27,
    "value": 21 / 27,
}
SAFE_NOERREBRO = SAFE | {
    "figure_id": "noerrebro_staff_safe",
    "scope_id": "noerrebro",
    "value_to": 20 / 24,
    "value": 20 / 24,
}
RANKS = [
    RANK
    | {
        "figure_id": f"noerrebro_district_rank_{half_year.replace('-', '_')}",
        "half_year_to": half_year,
        "statement_da": f"Nørrebro var bydelen med flest ({count} hændelser).",
    }
    for half_year, count in (("2023-10", 253), ("2024-10", 265))
]
FIGURES = [FALL, SUMMER_FALL, UNSAFE_FALL, SAFER, SKILLED, SAFE_BLAAGAARDEN, SAFE_NOERREBRO, *RANKS]
SHARED = caveats.shared_first(["Østerbro"], 40)


def wrong(text: str, *figures: dict[str, Any]) -> list[str]:
    """What is wrong with a text of one sentence, by some figures."""
    checked = check_text([Sentence(text, "")], pd.DataFrame(figures), CONFIG)
    assert checked.claims == 1
    return [finding.what for finding in checked.findings]


@pytest.mark.parametrize(
    ("verb", "told"),
    [("steget", []), ("faldet", ["it is said to go down; the figure changed by 12.0"])],
)
def test_a_rise_from_zero_is_a_rise_though_it_has_no_per_cent(verb: str, told: list[str]) -> None:
    text = f"Antallet af indmeldte hændelser på Vesterbro Bibliotek er {verb} fra 0 til 12."
    assert wrong(text, RISE) == told


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({}, []),
        ({"value": 2.0}, ["a rank in words is stated; the figure says number 2"]),
        ({"caveats": SHARED}, ["a rank in words is stated; the first place is shared"]),
        ({"value": None}, ["a rank in words is stated; the figure has none"]),
    ],
)
def test_a_district_has_most_only_where_the_first_place_is_its_own(
    figure: dict[str, Any], told: list[str]
) -> None:
    text = "Nørrebro var bydelen med flest indmeldte hændelser i vinterhalvåret 2024/2025."
    assert wrong(text, RANK | figure) == told


_WINTERS = "fra vinterhalvåret 2022/2023 til vinterhalvåret 2024/2025"


@pytest.mark.parametrize(
    ("borne_out", "told"),
    [
        (f"Hændelser på Vesterbro faldt {_WINTERS}.", f"Hændelser på Vesterbro steg {_WINTERS}."),
        ("Nedgangen i hændelser på Vesterbro er stor.", "Stigningen i hændelser på Vesterbro."),
        ("Hændelser på Vesterbro er ikke steget.", "Hændelser på Vesterbro er ikke faldet."),
        ("Hændelser på Vesterbro steg ikke.", "Hændelser på Vesterbro faldt ikke."),
        (
            "Hændelser på Vesterbro er ikke steget, men faldet.",
            "Hændelser på Vesterbro er hverken steget eller faldet.",
        ),
        (
            "Hændelser på Vesterbro er ikke faldet i hvert skridt.",
            "Utryghedsskabende adfærd på Vesterbro er ikke faldet i hvert skridt.",
        ),
        (
            "Nørrebro var den bydel med flest hændelser i vinterhalvåret 2024/2025.",
            "Nørrebro var ikke den bydel med flest hændelser i vinterhalvåret 2024/2025.",
        ),
    ],
)
def test_directions_and_denials_of_them_are_held_to_the_figure(borne_out: str, told: str) -> None:
    assert wrong(borne_out, *FIGURES) == []
    assert wrong(told, *FIGURES) != []


@pytest.mark.parametrize("verb", ["faldt", "er faldende", "er mindsket", "reduceredes"])
def test_a_plain_fall_is_told_where_it_may_be_chance(verb: str) -> None:
    (told,) = wrong(f"Antallet af hændelser på Vesterbro {verb}.", FALL | {"evidence": "uncertain"})
    assert "the evidence is uncertain" in told


def test_a_denied_fall_is_borne_out_where_the_fall_may_be_chance() -> None:
    uncertain = FALL | {"evidence": "uncertain"}
    assert wrong("Antallet af hændelser på Vesterbro er ikke faldet.", uncertain) == []


@pytest.mark.parametrize(
    ("borne_out", "told"),
    [
        ("steget fra 67 pct. i 2023 til 91 pct. i 2025", "steget fra 91 pct. i 2023 til 67 pct."),
        ("steget fra 67 til 91 pct. siden 2023", "steget fra 91 til 67 pct. siden 2023"),
        (
            "91 pct. i vinteren 2025 mod 67 pct. i 2023",
            "67 pct. i vinteren 2025 mod 91 pct. i 2023",
        ),
        ("67 pct. i 2023 mod 91 pct. i 2025", "91 pct. i 2023 mod 67 pct. i 2025"),
        ("91 pct. mod tidligere 67 pct.", "67 pct. mod 91 pct. tidligere"),
        ("steget til 91 pct.", "steget til 67 pct."),
        (
            "91 pct., 24 procentpoint højere end i 2023",
            "67 pct., 24 procentpoint højere end i 2023",
        ),
    ],
)
def test_shares_are_held_to_the_end_that_they_are_said_of(borne_out: str, told: str) -> None:
    assert wrong(f"Andelen af trygge på Vesterbro er {borne_out}.", SAFER) == []
    assert any("the figure says" in what for what in wrong(f"Trygge på Vesterbro: {told}.", SAFER))


@pytest.mark.parametrize(
    ("borne_out", "told"),
    [
        (
            "faldet fra 212 hændelser i vinterhalvåret 2022/2023 til 106 i 2024/2025",
            "faldet fra 106 hændelser i vinterhalvåret 2022/2023 til 212 i 2024/2025",
        ),
        (
            "106 indmeldte hændelser i vinterhalvåret 2024/2025",
            "212 indmeldte hændelser i vinterhalvåret 2024/2025",
        ),
        (
            "106 hændelser i vinterhalvåret 2024/2025, en halvering i forhold til 212 hændelser",
            "106 hændelser i vinterhalvåret 2024/2025, en halvering i forhold til 106 hændelser",
        ),
        (
            "87 hændelser i sommerhalvåret 2025 mod 148 i sommerhalvåret 2023",
            "148 hændelser i sommerhalvåret 2025 mod 87 i sommerhalvåret 2023",
        ),
    ],
)
def test_counts_are_held_to_the_half_year_that_they_are_said_of(borne_out: str, told: str) -> None:
    assert wrong(f"På Vesterbro er tallet {borne_out}.", FALL, SUMMER_FALL) == []
    assert wrong(f"På Vesterbro er tallet {told}.", FALL, SUMMER_FALL) != []


@pytest.mark.parametrize(
    ("figure", "text", "is_told"),
    [
        (SAFER, "95 % er trygge", True),
        (SAFER, "91 % er trygge (95 %-konfidensinterval)", False),
        (LESS_SAFE, "Trygheden er faldet med 24 procentpoint", False),
        (LESS_SAFE, "Trygheden er steget med 24 procentpoint", True),
        (FALL, "Antallet af hændelser er faldet med 50 procentpoint", True),
        (SUMMER_FALL, "Antallet af hændelser er faldet med 41 pct.", False),
        (SUMMER_FALL, "Antallet af hændelser er faldet med 41,2 pct.", False),
        (SUMMER_FALL, "Antallet af hændelser er faldet med 41,0 pct.", True),
        (FALL, "Ændringen i hændelser er -50 pct.", False),
        (FALL, "Ændringen i hændelser er −50,0 pct.", False),
        (FALL, "Ændringen i hændelser er +50 pct.", True),
        (FALL, "Hændelser er faldet til halvdelen", False),
        (FALL, "Hændelser er faldet med en tredjedel", True),
        (SAFER, "I 2023 var to tredjedele trygge", False),
        (SAFER, "91 pct. af 32 medarbejdere er trygge", False),
        (SAFER, "91 pct. af 31 medarbejdere er trygge", True),
    ],
)
def test_a_number_is_held_to_unit_sign_and_decimals(
    figure: dict[str, Any], text: str, is_told: bool
) -> None:
    assert bool(wrong(f"{text} på Vesterbro.", figure)) == is_told


@pytest.mark.parametrize(
    ("borne_out", "told"),
    [
        (
            "78 pct. er trygge på Blågården og 83 pct. på Nørrebro Bibliotek i vinteren 2025.",
            "83 pct. er trygge på Blågården og 78 pct. på Nørrebro Bibliotek i vinteren 2025.",
        ),
        (
            "Trygheden er højere på Nørrebro Bibliotek (83 pct.) end på Blågården (78 pct.).",
            "Trygheden er højere på Nørrebro Bibliotek (83 pct.) end på Blågården (79 pct.).",
        ),
        (
            "Henholdsvis 78 og 83 pct. er trygge på Blågården og Nørrebro Bibliotek.",
            "Henholdsvis 83 og 78 pct. er trygge på Blågården og Nørrebro Bibliotek.",
        ),
        (
            "På Vesterbro er trygheden steget fra 67 til 91 pct., på Blågården er den 78 pct.",
            "På Vesterbro er trygheden steget fra 91 til 67 pct., på Blågården er den 78 pct.",
        ),
        (
            "På Vesterbro er 91 pct. trygge, og 84 pct. har kompetencer.",
            "På Vesterbro er 84 pct. trygge, og 91 pct. har kompetencer.",
        ),
        (
            "På Vesterbro faldt hændelser med 50 pct., og utryghedsskabende adfærd med 63 pct.",
            "På Vesterbro steg hændelser med 50 pct., og utryghedsskabende adfærd med 63 pct.",
        ),
        (
            "Nørrebro var bydelen med flest hændelser i vinterhalvårene 2023/2024 og 2024/2025 "
            "(253 og 265 hændelser).",
            "Nørrebro var bydelen med flest hændelser i vinterhalvårene 2023/2024 og 2024/2025 "
            "(265 og 253 hændelser).",
        ),
        (
            "De fleste medarbejdere på Vesterbro er trygge: 91 pct.",
            "De fleste medarbejdere på Vesterbro er trygge: 92 pct.",
        ),
    ],
)
def test_each_number_is_held_to_the_figure_of_its_own_library_measure_or_half_year(
    borne_out: str, told: str
) -> None:
    assert wrong(borne_out, *FIGURES) == []
    assert wrong(told, *FIGURES) != []


def test_a_heading_that_says_who_has_most_is_a_claim() -> None:
    heading = "Nørrebro er den bydel med flest indmeldte hændelser"
    assert wrong(heading, *RANKS) == []
    checked = check_text(
        [Sentence(heading, heading)], pd.DataFrame([RANK | {"value": 2.0}]), CONFIG
    )
    assert [finding.what for finding in checked.findings] == [
        "a rank in words is stated; the figure says number 2"
    ]
