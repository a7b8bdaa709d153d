"""What a Danish sentence states is found as briefings write it."""

from __future__ import annotations

import pytest

from orchestration.claims.find import Names, find
from orchestration.config import load_config
from orchestration.settings import PACKAGED_CONFIG

NAMES = Names.of(load_config(PACKAGED_CONFIG))


def numbers(sentence: str) -> list[tuple[str, float]]:
    return [(number.kind, number.value) for number in find(sentence, NAMES).numbers]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("faldet med 41 pct. fra 2023 til 2025", [("percent", 41)]),
        ("steget fra 67 til 91 pct.", [("percent", 67), ("percent", 91)]),
        ("(fra 1.212 til 106)", [("count_from", 1212), ("count_to", 106)]),
        ("23,9 procentpoint", [("points", 23.9)]),
        ("256 timer (uge 47–50 2024)", [("week", 47), ("week", 50), ("hours", 256)]),
        ("fra 1. januar 2025 og i marts 2026", []),
        ("95 %-intervallet i vinterhalvåret 2022/2023", []),
        ("var nummer 3 blandt bydelene", [("place", 3)]),
    ],
)
def test_numbers_have_their_kind_and_dates_are_none(
    sentence: str, expected: list[tuple[str, float]]
) -> None:
    assert sorted(numbers(sentence)) == sorted(expected)


@pytest.mark.parametrize(
    ("sentence", "half_years", "years"),
    [
        ("vinterhalvåret 2022/2023 til 24/2025", ("2022-10", "2024-10"), ()),
        ("vinterhalvårene 2023/2024 og 2024/2025", ("2023-10", "2024-10"), ()),
        ("for sommerhalvåret er det faldet fra 2023 til 2025", ("2023-04", "2025-04"), ()),
        ("i vinteren 2025", ("2024-10",), ()),
        ("mod 67 pct. i 2023", (), (2023,)),
        ("uge 43 2025", (), ()),
    ],
)
def test_half_years_are_read_as_briefings_write_them(
    sentence: str, half_years: tuple[str, ...], years: tuple[int, ...]
) -> None:
    stated = find(sentence, NAMES)
    assert (stated.half_years, stated.years) == (half_years, years)


@pytest.mark.parametrize(
    ("sentence", "libraries", "districts"),
    [
        ("på Nørrebro Bibliotek", {"noerrebro"}, {"3"}),
        ("Blågårdens Bibliotek", {"blaagaarden"}, set()),
        ("Noerrebro var den bydel med flest", set(), {"3"}),
        ("Vesterbro Bibliotek og Kulturhus", {"vesterbro"}, set()),
        ("et helt andet sted", set(), set()),
    ],
)
def test_places_are_whole_names_and_never_guessed(
    sentence: str, libraries: set[str], districts: set[str]
) -> None:
    stated = find(sentence, NAMES)
    assert (set(stated.libraries), set(stated.districts)) == (libraries, districts)


def test_directions_and_words_for_shares_are_found() -> None:
    assert find("en halvering i antallet af hændelser", NAMES).change == -50
    assert find("en halvering i antallet af hændelser", NAMES).direction == "down"
    assert find("antallet er steget", NAMES).direction == "up"
    assert find("bydelen med flest hændelser", NAMES).superlative == "most"
    assert find("faldet i hvert skridt", NAMES).is_each_step
    assert not find("Der arbejdes på det samme sted.", NAMES).claims
