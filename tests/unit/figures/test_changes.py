"""A change is called a fall only where counts, hours, late reports and the series bear it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from orchestration.config.model import Break, EvidenceRules
from orchestration.evidence.counts import rate_ratio
from orchestration.figures.background import Background
from orchestration.figures.changes import judge_change
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import AS_OF, background, change_figure, made, packaged

FALL = {"vesterbro": {"2022-10": 212, "2023-10": 158, "2024-10": 106}}
ENDS = (("vesterbro", "2022-10"), ("vesterbro", "2024-10"))


def item(judged: Judged, name: str) -> float:
    (found,) = [item for item in judged.items if item.item == name]
    return found.value


def test_a_fall_to_half_is_clear_and_called_a_halving() -> None:
    judged = judge_change(change_figure(), background(FALL))
    assert (judged.evidence, judged.wording, judged.value) == ("clear", "clear_halving", -50)
    assert judged.interval is not None and judged.interval.high < 0
    assert item(judged, "rate_ratio") == 0.5


def test_a_fall_in_each_step_needs_steps_that_fall() -> None:
    figure = change_figure(steps=["2023-10"])
    assert judge_change(figure, background(FALL)).wording == "clear_fall_each_step"
    bumpy = {"vesterbro": FALL["vesterbro"] | {"2023-10": 213}}
    assert judge_change(figure, background(bumpy)).wording == "clear_halving"


def test_a_rise_is_told_as_a_rise() -> None:
    judged = judge_change(
        change_figure(), background({"vesterbro": {"2022-10": 50, "2024-10": 120}})
    )
    assert judged.wording == "clear_rise"


def test_a_rise_from_zero_is_told_without_a_per_cent() -> None:
    judged = judge_change(
        change_figure(), background({"vesterbro": {"2022-10": 0, "2024-10": 12}, "valby": {}})
    )
    assert (judged.evidence, judged.wording) == ("clear", "clear_rise_from_none")
    assert (judged.value, judged.value_from, judged.value_to) == (None, 0, 12)


@pytest.mark.parametrize(
    ("before", "after", "evidence"),
    [(20, 14, "uncertain"), (30, 30, "no_change"), (4, 1, "too_few"), (0, 0, "no_change")],
)
def test_small_differences_are_not_called_a_change(before: int, after: int, evidence: str) -> None:
    counts = {"vesterbro": {"2022-10": before, "2024-10": after}, "valby": {"2024-10": 3}}
    assert judge_change(change_figure(), background(counts)).evidence == evidence


def test_a_half_year_that_is_not_there_gives_no_change() -> None:
    judged = judge_change(change_figure(half_year_to="2024-04"), background(FALL))
    assert (judged.evidence, judged.value) == ("not_available", None)


def test_overdispersed_libraries_widen_the_interval_until_a_fall_is_uncertain() -> None:
    counts = {"vesterbro": {"2022-10": 60, "2024-10": 38}}
    assert judge_change(change_figure(), background(counts)).evidence == "clear"
    restless = {
        f"{name}": {
            half_year: 30 + 25 * (-1) ** (row + column)
            for column, half_year in enumerate(("2022-10", "2023-10", "2024-10"))
        }
        for row, name in enumerate(("valby", "husum", "sundby", "solvang", "tingbjerg", "oerestad"))
    }
    judged = judge_change(change_figure(), background(counts | restless))
    assert judged.evidence == "uncertain"
    assert item(judged, "overdispersion") > 5


def test_the_library_s_own_fall_and_those_of_other_interventions_are_no_overdispersion() -> None:
    steady = {
        name: {"2022-10": 30, "2023-10": 30, "2024-10": 30}
        for name in ("valby", "husum", "sundby", "solvang", "tingbjerg", "oerestad")
    }
    fallen = {"noerrebro": {"2022-10": 200, "2023-10": 20, "2024-10": 200}}
    judged = judge_change(change_figure(), background(FALL | fallen | steady))
    assert item(judged, "overdispersion") == 1


def test_a_fall_that_shorter_opening_hours_explain_is_not_called_a_fall() -> None:
    hours = dict(zip(ENDS, (2600.0, 2000.0), strict=True))
    counts = {"vesterbro": {"2022-10": 100, "2024-10": 70}}
    assert judge_change(change_figure(), background(counts)).evidence == "clear"
    judged = judge_change(change_figure(), background(counts, open_hours=hours))
    assert (judged.evidence, judged.wording) == ("uncertain", "uncertain_per_hour")
    assert item(judged, "rate_ratio_per_open_hour") == pytest.approx(0.7 * 1.3)


def test_opening_hours_cut_by_more_than_the_set_share_break_the_series() -> None:
    hours = dict(zip(ENDS, (2600.0, 1900.0), strict=True))
    judged = judge_change(change_figure(), background(FALL, open_hours=hours))
    assert judged.evidence == "not_comparable"
    assert any("åbningstiden er 27 pct. kortere" in note for note in judged.caveats)
    lenient = packaged(evidence=EvidenceRules(opening_hours_break_share=0.5))
    assert judge_change(change_figure(), background(FALL, lenient, open_hours=hours)).evidence == (
        "clear"
    )


@pytest.mark.parametrize(
    ("starts_on", "where", "category", "evidence"),
    [
        ("2023-07-01", "vesterbro", None, "not_comparable"),
        ("2023-07-01", None, None, "not_comparable"),
        ("2023-07-01", "valby", None, "clear"),
        ("2022-10-01", "vesterbro", None, "clear"),  # both half-years follow the new practice
        ("2025-04-01", "vesterbro", None, "clear"),
        ("2025-03-31", "vesterbro", None, "not_comparable"),
        ("2023-07-01", None, "threats", "not_comparable"),
    ],
)
def test_a_declared_break_makes_a_plain_sentence_impossible(
    starts_on: str, where: str | None, category: str | None, evidence: str
) -> None:
    row = Break(
        break_id="new_form",
        kind="reporting",
        library_id=where,
        category_id=category,
        starts_on=dt.date.fromisoformat(starts_on),
        label_da="Ny indmeldingsformular",
    )
    judged = judge_change(change_figure(), background(FALL, packaged(breaks=[row])))
    assert judged.evidence == evidence


def test_a_break_of_another_category_does_not_concern_a_figure_on_one() -> None:
    row = Break(
        break_id="b",
        kind="recode",
        category_id="threats",
        starts_on=dt.date(2023, 7, 1),
        label_da="Trusler deles",
    )
    counts = {"vesterbro": {"2022-10": (212, 100), "2024-10": (106, 37)}}
    figure = change_figure("unsafe_behaviour_incidents")
    assert judge_change(figure, background(counts, packaged(breaks=[row]))).evidence == "clear"


def test_a_category_that_comes_into_use_breaks_the_series_of_a_single_category() -> None:
    counts = {"vesterbro": {"2022-10": (212, 212), "2024-10": (106, 37)}}
    of_one = judge_change(change_figure("unsafe_behaviour_incidents"), background(counts))
    assert of_one.evidence == "not_comparable"
    assert any("»Andet« er ikke brugt i vinterhalvåret 2022/2023" in c for c in of_one.caveats)
    assert judge_change(change_figure(), background(counts)).evidence == "clear"


def test_reports_that_come_much_sooner_than_they_did_break_the_series() -> None:
    early = background(FALL, delays=(0, 1))
    facts = early.facts
    slow = facts.incident_days.half_year_id == "2022-10"
    facts.incident_days.loc[slow, "next_day_incidents"] = 0
    judged = judge_change(change_figure(), early)
    assert judged.evidence == "not_comparable"
    assert any("senest dagen efter" in note for note in judged.caveats)


def test_a_half_year_that_is_not_over_is_not_compared_with_a_whole_one() -> None:
    counts = {"vesterbro": {"2024-10": 100, "2025-10": 60}}
    figure = change_figure(half_year_from="2024-10", half_year_to="2025-10")
    judged = judge_change(figure, background(counts))
    assert judged.evidence == "not_comparable"
    assert any("er ikke slut" in note for note in judged.caveats)


@pytest.mark.parametrize(
    ("exported_on", "evidence"),
    [("2025-07-15", "not_comparable"), ("2025-09-30", "not_comparable"), ("2025-10-01", "clear")],
)
@pytest.mark.parametrize(("before", "after"), [(200, 139), (6, 0)])
def test_a_half_year_whose_end_no_export_reaches_is_not_compared(
    exported_on: str, evidence: str, before: int, after: int
) -> None:
    counts = {"vesterbro": {"2023-04": before, "2025-04": after}, "valby": {"2025-04": 300}}
    figure = change_figure(half_year_from="2023-04", half_year_to="2025-04")
    exported = background(counts, exported_on=dt.date.fromisoformat(exported_on))
    judged = judge_change(figure, exported)
    assert judged.evidence == evidence
    told = [note for note in judged.caveats if note.startswith("Den nyeste eksport er fra ")]
    assert len(told) == (evidence == "not_comparable")
    assert all("før sommerhalvåret 2025 var slut" in note for note in told)


def test_a_running_half_year_is_told_as_such_whenever_the_exports_were_made() -> None:
    counts = {"vesterbro": {"2024-10": 100, "2025-10": 60}}
    figure = change_figure(half_year_from="2024-10", half_year_to="2025-10")
    judged = judge_change(figure, background(counts, exported_on=dt.date(2025, 11, 17)))
    assert [note for note in judged.caveats if "kun en del af det" in note] == [
        "Vinterhalvåret 2025/2026 er ikke slut: kun en del af det er talt med"
    ]


def test_a_fall_that_late_reports_may_turn_into_a_rise_is_uncertain() -> None:
    counts = {"vesterbro": {"2023-04": 200, "2024-04": 200, "2025-04": 260}}
    figure = change_figure(half_year_from="2023-04", half_year_to="2025-04")
    # the latest report is of the middle of July, though the run is of November
    facts = dataclasses.replace(made(counts, as_of=dt.date(2025, 7, 15)), as_of=AS_OF)
    judged = judge_change(figure, Background(packaged(), facts))
    expected = {i.half_year_id: i for i in judged.items if i.item == "expected_count"}["2025-04"]
    assert judged.interval is not None and judged.interval.high < 0
    assert expected.interval is not None
    risen = rate_ratio(200, round(expected.interval.high))
    assert risen is not None and risen.low > 1
    assert judged.evidence == "uncertain"


def test_a_fall_that_late_reports_may_undo_is_uncertain_and_says_what_is_expected() -> None:
    counts = {"vesterbro": {"2023-04": 125, "2024-04": 125, "2025-04": 90}}
    figure = change_figure(half_year_from="2023-04", half_year_to="2025-04")
    slow = background(counts, as_of=dt.date(2025, 10, 2), delays=(0, 10, 40, 80))
    judged = judge_change(figure, slow)
    known = judged.value_to
    assert known is not None and known < 80
    assert judged.interval is not None and judged.interval.high < 0
    assert judged.evidence == "uncertain"
    assert any("ventes at ende mellem" in note for note in judged.caveats)
    expected = {i.half_year_id: i for i in judged.items if i.item == "expected_count"}["2025-04"]
    assert expected.interval is not None
    assert expected.interval.low <= 90 <= expected.interval.high


def test_evidence_rules_do_not_change_what_is_counted() -> None:
    strict = packaged(evidence=EvidenceRules(too_few_below=500))
    judged = judge_change(change_figure(), background(FALL, strict))
    assert (judged.evidence, judged.value_to) == ("too_few", 106)
