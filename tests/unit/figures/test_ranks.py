"""A first place is plain only where it is sure beyond chance."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from orchestration.config import Config
from orchestration.config.model import Break, RankFigure, Scope
from orchestration.figures import caveats
from orchestration.figures.background import Background
from orchestration.figures.ranks import judge_rank
from orchestration.figures.status_figure import Judged
from tests.unit.figures.made_facts import AS_OF, made, packaged


def judge(
    *incidents: int,
    config: Config | None = None,
    as_of: dt.date = AS_OF,
    exported_on: dt.date | None = None,
) -> Judged:
    """The rank of district 3; incidents are those of districts 3, 4 and 5."""
    order = sorted(incidents, reverse=True)
    rows = pd.DataFrame(
        {
            "half_year_id": "2024-10",
            "district_id": [3, 4, 5],
            "district_name": ["Nørrebro", "Vesterbro-Kongens Enghave", "Valby"],
            "incidents": incidents,
            "incident_rank": [order.index(count) + 1 for count in incidents],
        }
    )
    facts = dataclasses.replace(
        made({"noerrebro": {"2024-10": 10}, "blaagaarden": {"2024-10": 10}}),
        as_of=as_of,
        exported_on=exported_on,
        district_half_year=rows,
    )
    figure = RankFigure(
        figure_id="rank",
        label_da="Nørrebros placering",
        kind="rank",
        measure="incidents",
        scope=Scope(kind="district", id="3"),
        half_year_to="2024-10",
    )
    return judge_rank(figure, Background(config or packaged(), facts))


@pytest.mark.parametrize(
    ("incidents", "evidence", "wording"),
    [
        ((265, 142, 90), "clear", "clear_first"),
        ((150, 142, 90), "uncertain", "uncertain_first"),
        ((142, 142, 90), "uncertain", "shared_first"),
        ((142, 90, 142), "uncertain", "shared_first"),
        ((0, 0, 0), "too_few", "no_incidents"),
        ((1, 0, 0), "uncertain", "uncertain_first"),
        ((120, 142, 90), "descriptive", "descriptive"),
    ],
)
def test_the_place_is_told_as_sure_as_it_is(
    incidents: tuple[int, ...], evidence: str, wording: str
) -> None:
    judged = judge(*incidents)
    assert (judged.evidence, judged.wording) == (evidence, wording)
    assert judged.said["to"] == incidents[0]


def test_a_shared_first_place_names_those_it_is_shared_with() -> None:
    assert judge(142, 90, 142).caveats[-1] == (
        "Deler førstepladsen med Valby, som også har 142 hændelser"
    )
    assert judge(1, 1, 1).caveats[-1] == (
        "Deler førstepladsen med Valby og Vesterbro-Kongens Enghave, som også har 1 hændelse"
    )


def test_where_nothing_happened_no_district_has_a_place_or_a_second() -> None:
    judged = judge(0, 0, 0)
    assert (judged.value, judged.value_to, judged.items) == (None, None, ())
    assert judged.caveats == (caveats.OVER_REPORTED,)


def test_the_margin_to_the_second_and_its_name_are_told() -> None:
    judged = judge(265, 142, 90)
    items = {item.item: item for item in judged.items}
    assert items["margin_to_second"].value == 265 / 142
    assert items["margin_to_second"].note_da == "Vesterbro-Kongens Enghave"
    assert items["probability_first"].value > 0.999


@pytest.mark.parametrize(("where", "evidence"), [("noerrebro", "not_comparable"), (None, "clear")])
def test_only_a_break_at_single_libraries_hinders_the_comparison(
    where: str | None, evidence: str
) -> None:
    row = Break(
        break_id="b",
        kind="reporting",
        library_id=where,
        starts_on=dt.date(2025, 1, 1),
        label_da="Ny formular",
    )
    assert judge(265, 142, 90, config=packaged(breaks=[row])).evidence == evidence


@pytest.mark.parametrize(
    ("as_of", "exported_on", "told"),
    [
        ("2025-03-31", None, "Vinterhalvåret 2024/2025 er ikke slut"),
        ("2025-04-20", "2025-02-03", "Den nyeste eksport er fra 3. februar 2025"),
        ("2025-04-20", "2025-04-01", None),
    ],
)
def test_a_place_in_a_half_year_of_which_a_part_is_counted_is_not_told_as_its_place(
    as_of: str, exported_on: str | None, told: str | None
) -> None:
    judged = judge(
        *(265, 142, 90),
        as_of=dt.date.fromisoformat(as_of),
        exported_on=dt.date.fromisoformat(exported_on) if exported_on else None,
    )
    wanted = "not_comparable" if told else "clear_first"
    assert judged.wording == wanted
    assert [note for note in judged.caveats if told and note.startswith(told)] == [
        note for note in judged.caveats if "kun en del af det er talt med" in note
    ]


def test_a_half_year_without_data_has_no_rank() -> None:
    facts = dataclasses.replace(
        made({"noerrebro": {"2024-10": 10}}),
        district_half_year=pd.DataFrame(columns=["half_year_id", "district_id"]),
    )
    figure = RankFigure(
        figure_id="rank",
        label_da="Placering",
        kind="rank",
        measure="incidents",
        scope=Scope(kind="district", id="3"),
        half_year_to="2024-10",
    )
    assert judge_rank(figure, Background(packaged(), facts)).evidence == "not_available"
