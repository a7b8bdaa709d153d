"""Sentences say what was judged, in Danish and in English, rounded as people round."""

from __future__ import annotations

import re

import pytest

from orchestration.errors import DatasporError
from orchestration.evidence.interval import Interval
from orchestration.figures.numbers import hours, percent, whole
from orchestration.figures.sentences import Sentences, describe_weeks
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import change_figure, packaged

FIGURES = {figure.kind: figure for figure in packaged().figures.figures}
UNITS = {
    "change": "percent",
    "share": "percentage_points",
    "rank": "rank",
    "hours": "hours",
    "intervention": "percent",
}


@pytest.mark.parametrize(
    ("kind", "wording"),
    [
        (kind, wording)
        for kind, templates in packaged().sentences.items()
        if kind != "words"
        for wording in templates
    ],
)
@pytest.mark.parametrize("language", ["danish", "english"])
def test_every_wording_becomes_a_whole_sentence(kind: str, wording: str, language: str) -> None:
    write = getattr(Sentences, language)(packaged()).write
    sentence = write(
        FIGURES[kind],
        Judged(
            UNITS[kind],
            "clear",
            wording,
            half_year_from="2022-10",
            value_from=0.5,
            value_to=0.6,
            value=-41.2,
            interval=Interval(-55, -20),
            said={"intervention": "Et team"},
        ),
    )
    assert re.fullmatch(r"[A-ZÆØÅ0-9][^{}]{20,}[^ ]\.", sentence), sentence
    assert "  " not in sentence


FROM_NONE = Judged("percent", "clear", "clear_rise_from_none", "2022-10", 0, 12)


def test_a_rise_from_zero_names_both_numbers_and_no_per_cent() -> None:
    assert Sentences.danish(packaged()).write(change_figure(), FROM_NONE) == (
        "Antallet af indmeldte hændelser på Vesterbro Bibliotek og Kulturhus er steget fra 0 i "
        "vinterhalvåret 2022/2023 til 12 i vinterhalvåret 2024/2025."
    )
    assert Sentences.english(packaged()).write(change_figure(), FROM_NONE) == (
        "The number of reported incidents at Vesterbro Bibliotek og Kulturhus rose from 0 in "
        "winter 2022/2023 to 12 in winter 2024/2025."
    )


RANK, INTERVENTION = FIGURES["rank"], FIGURES["intervention"]
SHARED = Judged("rank", "uncertain", "shared_first", value=1, said={"change": 1, "to": 40})
NOWHERE = Judged("rank", "too_few", "no_incidents", said={"change": 1, "to": 0})


def test_a_shared_first_place_and_a_half_year_without_incidents_have_no_most() -> None:
    write = Sentences.danish(packaged()).write
    assert write(RANK, SHARED) == (
        "Nørrebro deler førstepladsen blandt bydelene efter indmeldte hændelser i vinterhalvåret "
        "2024/2025 (40 hændelser) med mindst én anden bydel."
    )
    nowhere = "Ingen bydel havde indmeldte hændelser i vinterhalvåret 2024/2025."
    assert write(RANK, NOWHERE) == nowhere


def test_a_configuration_without_sentences_for_ties_has_no_most_either() -> None:
    rank = dict(packaged().sentences["rank"])
    del rank["shared_first"], rank["no_incidents"]
    write = Sentences.danish(packaged(sentences=packaged().sentences | {"rank": rank})).write
    assert "nummer 1 blandt bydelene" in write(RANK, SHARED)
    assert "0 indmeldte hændelser" in write(RANK, NOWHERE)
    assert "flest" not in write(RANK, SHARED) + write(RANK, NOWHERE)


@pytest.mark.parametrize(
    ("wording", "value", "danish", "english"),
    [
        ("none", 0, "var 0 timer i", "was 0 hours in"),
        ("descriptive", 0.5, "var 0,5 timer i", "was 0.5 hours in"),
        ("descriptive", 1, "var 1 time i", "was 1 hour in"),
        ("planned", 1, "er planlagt til 1 time i", "is planned to be 1 hour in"),
        ("planned", 21, "er planlagt til 21 timer i", "is planned to be 21 hours in"),
    ],
)
def test_hours_are_told_in_the_right_number(
    wording: str, value: float, danish: str, english: str
) -> None:
    figure = FIGURES["hours"].model_copy(
        update={"measure": "night_host_hours", "half_year_to": "2024-10"}
    )
    judged = Judged("hours", "descriptive", wording, value_to=value, value=value)
    place = "Blågårdens Bibliotek"
    assert Sentences.danish(packaged()).write(figure, judged) == (
        f"Tilstedeværelsen af Natteværter på {place} {danish} vinterhalvåret 2024/2025."
    )
    assert Sentences.english(packaged()).write(figure, judged) == (
        f"The presence of night hosts at {place} {english} winter 2024/2025."
    )


@pytest.mark.parametrize(
    "wording", ["uncertain_first", "shared_first", "descriptive", "not_comparable"]
)
def test_one_incident_is_not_told_as_many(wording: str) -> None:
    judged = Judged("rank", "uncertain", wording, value=1, said={"change": 1, "to": 1})
    danish = Sentences.danish(packaged()).write(RANK, judged)
    assert re.search(r"\b1 (indmeldt )?hændelse\b", danish)
    english = Sentences.english(packaged()).write(RANK, judged)
    assert re.search(r"\b1 (reported )?incident\b", english)


def test_a_configuration_without_sentences_for_one_takes_those_for_many() -> None:
    rank = {k: v for k, v in packaged().sentences["rank"].items() if not k.endswith("_one")}
    write = Sentences.danish(packaged(sentences=packaged().sentences | {"rank": rank})).write
    assert "(1 hændelser)" in write(
        RANK, Judged("rank", "descriptive", "descriptive", said={"change": 9, "to": 1})
    )


def test_a_number_is_written_in_the_language_of_its_sentence() -> None:
    many = Judged("rank", "clear", "clear_first", value=1, said={"change": 1, "to": 1253})
    assert "(1.253 hændelser)" in Sentences.danish(packaged()).write(RANK, many)
    assert "(1,253 incidents)" in Sentences.english(packaged()).write(RANK, many)
    wide = Judged(
        *("percent", "uncertain", "uncertain"),
        interval=Interval(-40.4, 1234.5),
        said={"intervention": "Et team"},
    )
    assert "mellem −40 og 1.235 pct." in Sentences.danish(packaged()).write(INTERVENTION, wide)
    assert "between −40 and 1,235 per" in Sentences.english(packaged()).write(INTERVENTION, wide)


def test_a_configuration_without_a_sentence_for_a_rise_from_zero_tells_the_bare_numbers() -> None:
    change = dict(packaged().sentences["change"])
    del change["clear_rise_from_none"]
    config = packaged(sentences=packaged().sentences | {"change": change})
    assert Sentences.danish(config).write(change_figure(), FROM_NONE) == (
        "Indmeldte hændelser på Vesterbro Bibliotek og Kulturhus: 0 (vinterhalvåret 2022/2023), "
        "12 (vinterhalvåret 2024/2025)."
    )


@pytest.mark.parametrize(
    ("wording", "sign"), [("clear_fall_alone", "−"), ("clear_rise_alone", "+")]
)
def test_a_configuration_without_a_sentence_for_a_series_alone_tells_the_bare_number(
    wording: str, sign: str
) -> None:
    templates = dict(packaged().sentences["intervention"])
    del templates[wording]
    config = packaged(sentences=packaged().sentences | {"intervention": templates})
    judged = Judged("percent", "clear", wording, value=-49.2, said={"intervention": "Et team"})
    assert Sentences.danish(config).write(INTERVENTION, judged) == (
        f"Indmeldte hændelser på Nørrebro Bibliotek, »Et team«: {sign}49 %."
    )


@pytest.mark.parametrize("place", ["{change}", "{low}", "{intervention}"])
def test_a_sentence_with_a_hole_is_refused_and_said_where_to_mend(place: str) -> None:
    change = packaged().sentences["change"] | {"clear_rise_from_none": f"Steget {place} pct."}
    config = packaged(sentences=packaged().sentences | {"change": change})
    with pytest.raises(DatasporError, match="no value for") as refused:
        Sentences.danish(config).write(change_figure(), FROM_NONE)
    assert str(refused.value).startswith("sentences.yml: change.clear_rise_from_none: change has")
    assert place in str(refused.value)


def test_a_fall_is_told_in_the_briefing_s_words() -> None:
    judged = Judged("percent", "clear", "clear_fall", "2023-04", 148, 87, (87 / 148 - 1) * 100)
    assert Sentences.danish(packaged()).write(change_figure(half_year_to="2025-04"), judged) == (
        "Antallet af indmeldte hændelser på Vesterbro Bibliotek og Kulturhus er faldet med 41 pct. "
        "fra sommerhalvåret 2023 til sommerhalvåret 2025 (fra 148 til 87)."
    )


@pytest.mark.parametrize("wording", ["uncertain", "too_few", "not_comparable", "no_change"])
@pytest.mark.parametrize("kind", ["change", "share", "intervention"])
def test_no_hedged_wording_calls_it_a_fall_or_a_rise(kind: str, wording: str) -> None:
    for templates in (packaged().sentences, packaged().sentences_en):
        sentence = templates[kind].get(wording, "")
        assert not re.search(r"er (faldet|steget|halveret)|\b(fell|rose|halved)\b", sentence)


def test_a_municipality_without_english_templates_has_no_english_sentence() -> None:
    judged = Judged("percent", "clear", "clear_fall", "2023-04", 148, 87, -41)
    assert Sentences.english(packaged(sentences_en={})).write(change_figure(), judged) == ""


@pytest.mark.parametrize(
    ("value", "printed"),
    [(-62.5, "−63"), (-63.0, "−63"), (0.5, "1"), (1234.5, "1.235"), (-0.2, "0"), (2.4, "2")],
)
def test_halves_are_rounded_away_from_zero(value: float, printed: str) -> None:
    assert whole(value) == printed


def test_shares_and_hours_are_written_the_danish_way() -> None:
    assert percent(0.90625) == "91"
    assert (percent(23 / 40), percent(29 / 200)) == ("58", "15")  # halves, whatever floats say
    assert (hours(1234.54), hours(256.0), hours(1234.5, "en")) == ("1.234,5", "256", "1,234.5")


def test_runs_of_weeks_are_drawn_together() -> None:
    assert describe_weeks(("2024-47", "2024-48", "2024-50", "2025-03")) == (
        "uge 47–48, 50 2024 og uge 3 2025"
    )
