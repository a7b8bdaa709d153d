"""An intervention's series stands beside libraries without one, in whole months."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration.config import Config
from orchestration.config.model import Break, Intervention, InterventionFigure, Scope
from orchestration.figures.background import Background
from orchestration.figures.interventions import judge_intervention
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import made, packaged

HALF_YEARS = ("2022-10", "2023-04", "2023-10", "2024-04", "2024-10", "2025-04")
FALLEN = dict(zip(HALF_YEARS, (120, 120, 120, 120, 60, 60), strict=True))
STEADY = dict.fromkeys(HALF_YEARS, 90)


def begun(starts_on: str) -> Config:
    return packaged(
        interventions=[
            Intervention(
                intervention_id="team",
                library_id="noerrebro",
                starts_on=dt.date.fromisoformat(starts_on),
                label_da="Et team",
            )
        ]
    )


def judge(
    counts: dict[str, dict[str, int]], config: Config, until: str = "2025-04", **options: object
) -> Judged:
    figure = InterventionFigure(
        figure_id="effect",
        label_da="Virkning",
        kind="intervention",
        measure="incidents",
        intervention_id="team",
        scope=Scope(kind="library", id="noerrebro"),
        half_year_to=until,
    )
    return judge_intervention(figure, Background(config, made(counts, **options)))  # type: ignore[arg-type]


def test_a_fall_that_the_others_have_not_had_is_clear() -> None:
    judged = judge({"noerrebro": FALLEN, "valby": STEADY}, begun("2024-10-01"))
    assert (judged.evidence, judged.wording) == ("clear", "clear_fall")
    assert judged.value == pytest.approx(-50, abs=8)
    assert {item.item: item.value for item in judged.items}["months_after"] == 12


def test_a_fall_that_the_others_have_had_too_is_no_effect() -> None:
    judged = judge({"noerrebro": FALLEN, "valby": FALLEN}, begun("2024-10-01"))
    assert judged.evidence == "uncertain"
    assert judged.value == pytest.approx(0, abs=8)
    assert judged.said == {"intervention": "Et team"}  # the ends of the interval are numbers


def test_a_month_in_which_it_began_late_counts_as_before() -> None:
    on_first = judge({"noerrebro": FALLEN, "valby": STEADY}, begun("2024-10-01"))
    later = judge({"noerrebro": FALLEN, "valby": STEADY}, begun("2024-10-20"))
    months = [
        {item.item: item.value for item in judged.items}["months_before"]
        for judged in (on_first, later)
    ]
    assert months == [24, 25]


def test_too_few_months_after_tell_nothing() -> None:
    judged = judge({"noerrebro": FALLEN, "valby": STEADY}, begun("2025-07-01"))
    assert (judged.evidence, judged.value) == ("too_few", None)


def test_a_declared_break_in_the_series_leaves_it_untold() -> None:
    config = begun("2024-10-01").model_copy(
        update={
            "breaks": [
                Break(
                    break_id="b",
                    kind="reporting",
                    starts_on=dt.date(2023, 7, 1),
                    label_da="Ny formular",
                )
            ]
        }
    )
    judged = judge({"noerrebro": FALLEN, "valby": STEADY}, config)
    assert (judged.evidence, judged.value) == ("not_comparable", None)


def test_without_incidents_there_is_nothing_to_tell() -> None:
    assert judge({"valby": STEADY}, begun("2024-10-01")).evidence in ("not_available", "too_few")
