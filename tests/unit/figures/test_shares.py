"""Shares are compared with Newcombe's interval and an exact test; small groups and breaks hedge."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from orchestration.claims.judge import WEIGHTLESS
from orchestration.config import Config
from orchestration.config.model import Break, EvidenceRules, Scope, ShareFigure, StaffCount
from orchestration.figures.background import Background
from orchestration.figures.shares import judge_share
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import made, packaged


def wave(wave_id: str, half_year_id: str, favourable: int, respondents: int) -> dict[str, object]:
    return {
        "half_year_id": half_year_id,
        "wave_id": wave_id,
        "library_id": "vesterbro",
        "question_id": "tryg",
        "respondents": respondents,
        "favourable": favourable,
        "suppressed": respondents < 5,
    }


def judge(
    *waves: dict[str, object], config: Config | None = None, wave_from: str | None = "2023"
) -> Judged:
    figure = ShareFigure(
        figure_id="safe",
        label_da="Trygge",
        kind="share",
        measure="tryg",
        scope=Scope(kind="library", id="vesterbro"),
        half_year_to="2024-10",
        wave_from=wave_from,
    )
    facts = made({"vesterbro": {"2024-10": 10}}, surveys=pd.DataFrame(list(waves)))
    return judge_share(figure, Background(config or packaged(), facts))


BEFORE, AFTER = wave("2023-03", "2022-10", 22, 33), wave("2025-02", "2024-10", 29, 32)


def test_a_rise_beyond_chance_is_clear_in_points() -> None:
    judged = judge(BEFORE, AFTER)
    assert (judged.evidence, judged.wording) == ("clear", "clear_rise")
    assert judged.value == pytest.approx((29 / 32 - 22 / 33) * 100)
    assert [i.value for i in judged.items if i.item == "respondents"] == [33, 32]


def test_a_small_group_needs_the_exact_test_too() -> None:
    # Newcombe's interval leaves out 0 here, Boschloo's p value is above 5 per cent
    pair = (wave("2023-03", "2022-10", 2, 7), wave("2025-02", "2024-10", 7, 9))
    judged = judge(*pair)
    (p_value,) = [item.value for item in judged.items if item.item == "exact_p"]
    assert judged.interval is not None and judged.interval.excludes(0) and p_value > 0.05
    assert judged.evidence == "uncertain"
    lenient = packaged(evidence=EvidenceRules(small_group_below=5))
    assert judge(*pair, config=lenient).evidence == "clear"


def test_a_wave_alone_is_described() -> None:
    judged = judge(AFTER, wave_from=None)
    assert (judged.evidence, judged.value) == ("descriptive", 29 / 32)


def test_a_staff_count_narrows_the_interval() -> None:
    plain = judge(AFTER, wave_from=None).interval
    staffed = packaged(staff=[StaffCount(library_id="vesterbro", wave_id="2025-02", staff=36)])
    known = judge(AFTER, wave_from=None, config=staffed).interval
    assert plain is not None and known is not None
    assert known.high - known.low < 0.6 * (plain.high - plain.low)


def test_a_suppressed_wave_shows_nothing() -> None:
    judged = judge(BEFORE, wave("2025-02", "2024-10", 4, 4))
    assert judged.evidence == "suppressed"
    assert (judged.value, judged.value_from, judged.value_to, judged.items) == (
        *(None, None, None),
        (),
    )


def test_a_new_question_between_two_waves_makes_them_incomparable() -> None:
    changed = Break(
        break_id="b",
        kind="survey",
        starts_on=dt.date(2024, 1, 1),
        label_da="Spørgsmålet er omformuleret",
    )
    judged = judge(BEFORE, AFTER, config=packaged(breaks=[changed]))
    assert judged.evidence == "not_comparable"
    assert any("omformuleret" in note for note in judged.caveats)


@pytest.mark.parametrize(
    ("starts_on", "evidence"), [("2025-02-03", "not_comparable"), ("2025-03-01", "clear")]
)
def test_a_break_within_the_month_of_the_later_wave_counts(starts_on: str, evidence: str) -> None:
    changed = Break(
        break_id="b",
        kind="survey",
        starts_on=dt.date.fromisoformat(starts_on),
        label_da="Spørgsmålet er omformuleret",
    )
    assert judge(BEFORE, AFTER, config=packaged(breaks=[changed])).evidence == evidence


def test_of_a_year_the_latest_wave_before_the_later_one_is_compared_with() -> None:
    first, second = wave("2024-02", "2023-10", 10, 20), wave("2024-11", "2024-10", 18, 20)
    judged = judge(first, second, wave_from="2024")
    assert (judged.half_year_from, judged.value_from, judged.value_to) == ("2023-10", 0.5, 0.9)
    alone = judge(second, wave_from="2024")
    assert (alone.evidence, alone.value_to) == ("not_available", 0.9)


def test_a_missing_wave_gives_no_change() -> None:
    assert judge(AFTER).evidence == "not_available"
    assert judge(BEFORE).evidence == "not_available"


@pytest.mark.parametrize(
    ("not_counted", "told"),
    [
        ([], "32 svar, blanke er ikke talt med"),
        (["Ved ikke"], "32 svar, blanke og »Ved ikke« er ikke talt med"),
        (["Ved ikke", "Nej"], "32 svar, blanke, »Ved ikke« og »Nej« er ikke talt med"),
    ],
)
def test_the_answers_that_are_left_out_are_told_as_configured(
    not_counted: list[str], told: str
) -> None:
    questions = [
        row.model_copy(update={"not_counted": not_counted}) for row in packaged().survey.questions
    ]
    survey = packaged().survey.model_copy(update={"questions": questions})
    judged = judge(AFTER, wave_from=None, config=packaged(survey=survey))
    assert judged.caveats == (told,)
    assert WEIGHTLESS.fullmatch(told)
