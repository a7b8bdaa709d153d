"""Hours say how much of them is planned, and of how many days they are known."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from orchestration.config.model import HoursFigure, Scope
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.hours import judge_hours
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import made, packaged

HALF_YEAR = "2024-10"
PRESENT = ["blaagaarden", "night_host", HALF_YEAR]


def judge(measure: str, *, planned: tuple[bool, ...] = (), days_known: int = 182) -> Judged:
    """Forty hours of a measure on Blågården in a winter."""
    told = {"library_id": "blaagaarden", "half_year_id": HALF_YEAR}
    days = [(*PRESENT, f"2024-{45 + n}", is_planned) for n, is_planned in enumerate(planned)]
    facts = dataclasses.replace(
        made({"blaagaarden": {HALF_YEAR: 1}}),
        library_half_year=pd.DataFrame([told | {measure: 40.0}]),
        open_months=pd.DataFrame([told | {"month": "2024-10", "days": days_known}]),
        presence_days=pd.DataFrame(
            days,
            columns=[
                *("library_id", "presence_function", "half_year_id", "iso_week_id", "is_planned")
            ],
        ),
    )
    figure = HoursFigure(
        figure_id="hours",
        label_da="Timer",
        kind="hours",
        measure=measure,  # type: ignore[arg-type]
        scope=Scope(kind="library", id="blaagaarden"),
        half_year_to=HALF_YEAR,
    )
    return judge_hours(figure, Background(packaged(), facts))


@pytest.mark.parametrize(
    ("planned", "wording", "told"),
    [
        ((False, False), "descriptive", ()),
        ((False, True), "descriptive", (caveats.PARTLY_PLANNED,)),
        ((True, True), "planned", (caveats.PLANNED,)),
    ],
)
def test_presence_that_is_planned_in_part_says_so(
    planned: tuple[bool, ...], wording: str, told: tuple[str, ...]
) -> None:
    judged = judge("night_host_hours", planned=planned)
    assert (judged.wording, judged.caveats, judged.value) == (wording, told, 40.0)


@pytest.mark.parametrize(
    ("days", "told"),
    [(182, ()), (173, ()), (56, ("Åbningstiderne kendes for 56 af halvårets 182 dage",))],
)
def test_hours_of_a_part_of_the_half_year_say_of_how_many_days_they_are(
    days: int, told: tuple[str, ...]
) -> None:
    assert judge("open_hours", days_known=days).caveats == told
