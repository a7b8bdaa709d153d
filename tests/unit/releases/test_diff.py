"""What code and configuration did where the earlier exports cannot be run again under the later."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from orchestration.config import Config
from orchestration.errors import DatasporError
from orchestration.releases.causes import Cause
from orchestration.releases.diff import Difference, diff_states
from orchestration.releases.state import State
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.unit.releases.test_causes import CONFIG, incident, one
from tests.unit.releases.test_causes import state as counted

DICE = random.Random(5)
ROWS = [
    *(one(incident_id=f"v{n}", half_year_id="2022-10") for n in range(4)),
    *(one(incident_id=f"t{n}", half_year_id="2024-10", category_id="threats") for n in range(3)),
    *(
        incident(n, DICE, library_id="noerrebro", half_year_id="2024-10", incident_count=1)
        for n in range(5)
    ),
]
OTHER = CONFIG.model_copy(
    update={"municipality": CONFIG.municipality.model_copy(update={"maturity_days": 15})}
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)


def state(name: str, rows: list[dict[str, object]], files: tuple[str, ...]) -> State:
    made = counted(name, rows, files)
    return dataclasses.replace(made, figures=made.figures.assign(evidence="clear"))


def later(
    figures: Mapping[str, Mapping[str, object]],
    *,
    config: Config = OTHER,
    code: str = "",
    late: int = 0,
) -> State:
    """The state after a change, with other figures than rows and definitions of before give."""
    more = [
        one(incident_id=f"late{n}", half_year_id="2024-10", source_file_id="second")
        for n in range(late)
    ]
    made = state("b", [*ROWS, *more], ("first", "second"))
    table = made.figures.copy()
    for figure_id, told in figures.items():
        for name, value in told.items():
            table.loc[figure_id, name] = value
    return dataclasses.replace(made, figures=table, config=config, code=code)


def causes(found: Difference) -> dict[str, list[Cause]]:
    return {moved.figure_id: moved.causes for moved in found.moved}


@pytest.mark.parametrize(
    ("config", "code", "told"),
    [(OTHER, "", "config"), (CONFIG, "other", "code"), (OTHER, "other", "code+config")],
)
def test_what_rows_do_not_explain_was_done_by_what_was_not_measured(
    settings: Settings, config: Config, code: str, told: str
) -> None:
    a = state("a", ROWS, ("first",))
    # another category is the unsafe one now, and a library lies in another district
    unsafe = {"value_from": 0.0, "value_to": 3.0, "value": None}
    b = later(
        {"unsafe_behaviour_incidents": unsafe, "rank": {"value_to": 2.0, "value": 2.0}},
        config=config,
        code=code,
    )
    found = diff_states(settings, a, b)
    assert causes(found) == {
        "unsafe_behaviour_incidents": [
            Cause("value_from", told, -4.0),
            Cause("value_to", told, 3.0),
            Cause("value", told, 100.0),
        ],
        "rank": [Cause("value_to", told, 1.0), Cause("value", told, 1.0)],
    }
    (note,) = found.notes
    assert "cannot be measured, and stands under the causes of rows, or" in note


def test_a_configuration_that_this_version_refuses_hinders_no_diff_to_now(
    settings: Settings,
) -> None:
    refused = dataclasses.replace(state("a", ROWS, ("first",)), config=None)
    b = later({"rank": {"value_to": 2.0, "value": 2.0}}, code="other")
    found = diff_states(settings, refused, b)
    assert {c.cause for c in causes(found)["rank"]} == {"code+config"}
    with pytest.raises(DatasporError, match="a was closed by an earlier version of Dataspor"):
        diff_states(settings, b, refused)


def test_what_rows_explain_stands_under_their_causes_also_where_something_was_not_measured(
    settings: Settings,
) -> None:
    a = state("a", ROWS, ("first",))
    found = causes(diff_states(settings, a, later({}, late=2)))
    ends = {(c.end, c.cause) for c in found["incidents"]}
    assert ends == {("value_to", "late_report"), ("value", "late_report")}


def test_where_nothing_else_differs_parts_that_do_not_add_up_are_a_defect(
    settings: Settings,
) -> None:
    a = state("a", ROWS, ("first",))
    b = later({"rank": {"value_to": 2.0, "value": 2.0}}, config=CONFIG)
    with pytest.raises(DatasporError, match="rank: value_to moved by 1, but its causes add up to"):
        diff_states(settings, a, b)


def test_a_figure_that_begins_with_another_half_year_is_another_one(settings: Settings) -> None:
    a = state("a", ROWS, ("first",))
    begins_later = {"half_year_from": "2023-10", "value_from": 5.0, "value": -40.0}
    b = later({"incidents": begins_later}, code="other", late=1)
    found = causes(diff_states(settings, a, b))
    assert {c.cause for c in found["incidents"]} == {"config"}


def test_a_share_compared_with_another_wave_is_of_the_survey(settings: Settings) -> None:
    def surveyed(made: State, half_year_from: str, share: float) -> State:
        figure = made.figures.loc[["incidents"]].assign(
            measure="tryg",
            unit="percentage_points",
            half_year_from=half_year_from,
            value_from=share,
            value_to=0.75,
            value=(0.75 - share) * 100,
        )
        return dataclasses.replace(made, figures=pd.DataFrame(figure))

    a = surveyed(state("a", ROWS, ("first",)), "2022-10", 0.5)
    b = surveyed(later({}), "2023-04", 0.25)
    found = causes(diff_states(settings, a, b))
    assert {c.cause for c in found["incidents"]} == {"survey"}
