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
SHARED = caveats.shared_first(["Østerbro"], 40)


def wrong(text: str, figure: dict[str, Any]) -> list[str]:
    """What is wrong with a text of one sentence, by one figure."""
    checked = check_text([Sentence(text, "")], pd.DataFrame([figure]), CONFIG)
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
