"""A figure's row holds its caveats as they are parted again."""

from __future__ import annotations

import datetime as dt

from orchestration.config.model import Break, Figures
from orchestration.figures.compute import compute_figures
from tests.unit.figures.made_facts import change_figure, made, packaged


def test_a_name_with_a_semicolon_does_not_part_a_caveat() -> None:
    row = Break(
        break_id="b",
        kind="reporting",
        starts_on=dt.date(2023, 7, 1),
        label_da="Ny formular; nye felter",
    )
    config = packaged(breaks=[row], figures=Figures(figures=[change_figure()]))
    facts = made({"vesterbro": {"2022-10": 212, "2024-10": 106}})
    (figure,) = compute_figures(config, facts).figures
    assert "Brud i tidsserien 1. juli 2023: Ny formular, nye felter" in figure.caveats.split("; ")
