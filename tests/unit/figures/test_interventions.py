"""An intervention's series stands beside libraries without one, in whole months."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration.config import Config
from orchestration.config.model import Break, Intervention, InterventionFigure, Scope
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.interventions import judge_intervention
from orchestration.figures.sentences import Sentences
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import made, packaged

HALF_YEARS = ("2022-10", "2023-04", "2023-10", "2024-04", "2024-10", "2025-04")
FALLEN = dict(zip(HALF_YEARS, (120, 120, 120, 120, 60, 60), strict=True))
# a library up in one half-year and down in the next, and one the other way round
RESTLESS = [
    ("valby", (55, 5, 55, 5, 5, 55)),
    ("husum", (5, 55, 5, 55, 55, 5)),
    ("sundby", (55, 5, 5, 55, 55, 5)),
    ("solvang", (5, 55, 55, 5, 5, 55)),
]
STEADY = dict.fromkeys(HALF_YEARS, 90)


def begun(starts_on: str, *elsewhere: str) -> Config:
    """A configuration with a team at Nørrebro, and at other libraries."""
    return packaged(
        interventions=[
            Intervention(
                intervention_id="team" if library_id == "noerrebro" else f"team_{library_id}",
                library_id=library_id,
                starts_on=dt.date.fromisoformat(starts_on),
                label_da="Et team",
            )
            for library_id in ("noerrebro", *elsewhere)
        ]
    )


FIGURE = InterventionFigure(
    figure_id="effect",
    label_da="Virkning",
    kind="intervention",
    measure="incidents",
    intervention_id="team",
    scope=Scope(kind="library", id="noerrebro"),
    half_year_to="2025-04",
)


def judge(counts: dict[str, dict[str, int]], config: Config) -> Judged:
    return judge_intervention(FIGURE, Background(config, made(counts)))


def test_a_fall_that_the_others_have_not_had_is_clear() -> None:
    judged = judge({"noerrebro": FALLEN, "valby": STEADY}, begun("2024-10-01"))
    assert (judged.evidence, judged.wording) == ("clear", "clear_fall")
    assert judged.value == pytest.approx(-50, abs=8)
    items = {item.item: item.value for item in judged.items}
    assert (items["months_after"], items["comparison_libraries"]) == (12, 1)
    assert judged.value == pytest.approx((items["level_ratio"] - 1) * 100)
    assert caveats.ASSUMED in judged.caveats


@pytest.mark.parametrize("after", [60, 240])
@pytest.mark.parametrize("elsewhere", [(), ("valby",)])
def test_without_a_library_to_compare_with_none_is_told_of(
    elsewhere: tuple[str, ...], after: int
) -> None:
    course = FALLEN | {"2024-10": after, "2025-04": after}
    counts = {"noerrebro": course, **dict.fromkeys(elsewhere, course)}
    config = begun("2024-10-01", *elsewhere)
    judged = judge(counts, config)
    # what the other library with a team did is no measure of what would have been
    assert judged.value == pytest.approx((after / 120 - 1) * 100, abs=8)
    assert {item.item: item.value for item in judged.items}["comparison_libraries"] == 0
    assert caveats.ASSUMED_ALONE in judged.caveats and caveats.ASSUMED not in judged.caveats
    assert "øvrige biblioteker" not in Sentences.danish(config).write(FIGURE, judged)
    assert "other libraries" not in Sentences.english(config).write(FIGURE, judged)


def test_how_much_counts_vary_is_told_of_all_libraries_where_each_has_an_intervention() -> None:
    counts = {name: dict(zip(HALF_YEARS, numbers, strict=True)) for name, numbers in RESTLESS}
    told = Background(begun("2024-10-01", *counts), made(counts)).overdispersion("incidents")
    assert (told.groups, told.factor > 5) == (len(counts), True)


def test_libraries_beside_it_without_incidents_on_one_side_tell_nothing() -> None:
    quiet = {"2022-10": 9, "2023-04": 4, "2023-10": 6, "2024-04": 5, "2024-10": 0, "2025-04": 0}
    few = dict(zip(HALF_YEARS, (7, 5, 8, 6, 4, 3), strict=True))
    judged = judge({"noerrebro": few, "valby": quiet}, begun("2024-10-01"))
    assert (judged.evidence, judged.value) == ("too_few", None)


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
