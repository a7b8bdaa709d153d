"""What a Danish sentence states is found as briefings write it."""

from __future__ import annotations

import pytest

from orchestration.claims.find import find, find_parts
from orchestration.claims.names import Names
from orchestration.config import load_config
from orchestration.settings import PACKAGED_CONFIG

NAMES = Names.of(load_config(PACKAGED_CONFIG))


def numbers(sentence: str) -> list[tuple[str, float]]:
    return [(number.kind, float(number.value)) for number in find(sentence, NAMES).numbers]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("faldet med 41 pct. fra 2023 til 2025", [("percent", 41)]),
        ("steget fra 67 til 91 pct.", [("percent", 67), ("percent", 91)]),
        ("(fra 1.212 til 106)", [("count", 1212), ("count", 106)]),
        ("23,9 procentpoint", [("points", 23.9)]),
        ("24 pct.-point og 24 pct.point", [("points", 24), ("points", 24)]),
        ("-50 pct., −50 pct. og +50 %", [("percent", -50), ("percent", -50), ("percent", 50)]),
        ("10-12 pct.", [("count", 10), ("percent", 12)]),
        ("en halvering, til halvdelen", [("in_words", -50), ("in_words", 50)]),
        ("åbent kl. 8-22 og fra kl. 10.30", []),
        (
            "i vinterhalvåret 2025/2026 (61 af 182 dage), i 8 uger af uge 3–6 2025",
            [("week", 3), ("week", 6)],
        ),
        ("256 timer (uge 47–50 2024)", [("week", 47), ("week", 50), ("hours", 256)]),
        ("fra 1. januar 2025 og i marts 2026", []),
        ("95 %-intervallet i vinterhalvåret 2022/2023", []),
        ("med 95 pct. sikkerhed og 95 % konfidens", []),
        ("95 % er trygge", [("percent", 95)]),
        ("var nummer 3 blandt bydelene", [("place", 3)]),
        ("EAN-nummer 5798009780515", [("count", 5798009780515)]),
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


@pytest.mark.parametrize(
    ("sentence", "ends", "periods"),
    [
        ("fra 67 pct. i 2023 til 91 pct. i 2025", ["from", "to"], [None, None]),
        ("steget fra 67 til 91 pct. siden 2023", ["from", "to"], [None, None]),
        ("91 pct. mod 67 pct. i 2023", ["to", "from"], [None, None]),
        ("67 pct. i 2023 mod 91 pct. i 2025", [None, None], ["2023", "2025"]),
        ("i 2023 var det 67 pct., og i 2025 91 pct.", [None, None], ["2023", "2025"]),
        ("fra 2023 til 2025 fra 67 pct. til 91 pct.", ["from", "to"], [None, None]),
        ("67 og 91 pct. i 2023 og 2025", [None, None], ["2023", "2025"]),
        ("67 pct. i 2023, nu 91 pct.", [None, None], ["2023", None]),
        ("91 pct., hvor det i 2023 var 67 pct.", [None, None], [None, "2023"]),
        ("91 pct., højere end i 2023", ["to"], [None]),
        ("svarende til 63 pct.", [None], [None]),
    ],
)
def test_a_number_is_of_the_end_or_the_period_that_the_words_beside_it_say(
    sentence: str, ends: list[str | None], periods: list[str | None]
) -> None:
    found = find(sentence, NAMES).numbers
    assert [number.end for number in found] == ends
    assert [number.period for number in found] == periods


@pytest.mark.parametrize(
    ("direction", "sentence"),
    [
        *(
            ("down", f"antallet {words}")
            for words in ("faldt", "er faldende", "er halveret", "er mindsket", "reduceredes")
        ),
        *(("down", f"{noun} i antallet") for noun in ("Faldet", "Nedgangen", "Reduktionen")),
        *(
            ("up", f"antallet {words}")
            for words in ("steg", "er stigende", "øgedes", "er forøget", "voksede", "fordobledes")
        ),
        *(("up", f"{noun} i antallet") for noun in ("Stigningen", "En forøgelse", "Fremgangen")),
        (None, "i alle tilfælde, i hvert fald og i så fald"),
        (None, "i flere perioder, flere gange og én eller flere biblioteker"),
        (None, "øget fokus på indsatsen"),
        (None, "antallet er faldet, og andelen er steget"),
        (None, "højere på Blågården end på Nørrebro Bibliotek"),
    ],
)
def test_a_direction_is_found_in_every_tense_and_not_in_idioms(
    direction: str | None, sentence: str
) -> None:
    assert find(sentence, NAMES).direction == direction


@pytest.mark.parametrize(
    ("sentence", "direction", "denied"),
    [
        ("antallet er ikke faldet", None, {"down"}),
        ("antallet faldt ikke", None, {"down"}),
        ("der var ingen stigning", None, {"up"}),
        ("det er hverken steget eller faldet", None, {"up", "down"}),
        ("det er ikke steget, men faldet", "down", {"up"}),
        ("det er ikke kun faldet om vinteren", "down", set()),
        ("det faldt, ikke mindst om vinteren", "down", set()),
        ("faldet skyldes ikke vejret", "down", set()),
        ("det har aldrig været lavere", "down", set()),
        ("Nørrebro var ikke den bydel med flest", None, {"most"}),
        ("Nørrebro er ikke den bydel, der har flest", None, {"most"}),
        ("forskellen er ikke større, end tilfældige udsving kan give", None, set()),
    ],
)
def test_what_is_denied_is_not_said(sentence: str, direction: str | None, denied: set[str]) -> None:
    stated = find(sentence, NAMES)
    assert (stated.direction, set(stated.denied)) == (direction, denied)
    assert stated.superlative is None


def test_superlatives_steps_and_claims_are_found() -> None:
    assert find("bydelen med flest hændelser", NAMES).superlative == "most"
    assert find("bydelen med de fleste hændelser", NAMES).superlative == "most"
    assert find("De fleste medarbejdere er trygge", NAMES).superlative is None
    assert find("faldet i hvert skridt", NAMES).is_each_step
    assert find("faldet over alle tre vinterhalvår", NAMES).is_each_step
    assert not find("på alle tre biblioteker", NAMES).is_each_step
    assert not find("Der arbejdes på det samme sted.", NAMES).claims
    assert not find("Personalet har besøgt Stengade 40.", NAMES).claims


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "78 pct. på Blågården i 2025 og 83 pct. på Nørrebro Bibliotek i 2025",
            [({"blaagaarden"}, (78,)), ({"noerrebro"}, (83,))],
        ),
        (
            "Nørrebro Bibliotek har 83 pct. mod 78 pct. på Blågården",
            [({"noerrebro"}, (83,)), ({"blaagaarden"}, (78,))],
        ),
        (
            "På Vesterbro steg det fra 67 til 91 pct., og på Blågården er det 78 pct.",
            [({"vesterbro"}, (67, 91)), ({"blaagaarden"}, (78,))],
        ),
        (
            "78 og 83 pct. på Blågården og Nørrebro Bibliotek",
            [({"blaagaarden"}, (78,)), ({"noerrebro"}, (83,))],
        ),
        (
            "Vesterbro steg fra 67 til 91 pct., mens Blågården er ny",
            [({"vesterbro", "blaagaarden"}, (67, 91))],
        ),
        ("91 pct. er trygge, og 84 pct. har kompetencer", [(set(), (91,)), (set(), (84,))]),
    ],
)
def test_numbers_of_several_libraries_or_measures_are_told_apart(
    sentence: str, parts: list[tuple[set[str], tuple[int, ...]]]
) -> None:
    assert [
        (set(part.libraries), tuple(number.value for number in part.numbers))
        for part in find_parts(sentence, NAMES)
    ] == parts
