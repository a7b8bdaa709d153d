"""Every minute of the days on which half-years, clocks or calendars change, in every format."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from orchestration.config import load_config
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build
from tests.proofs import Proof

CONFIG = load_config(PACKAGED_CONFIG)
DAYS = [
    dt.datetime(2024, 2, 28),
    dt.datetime(2024, 2, 29),  # leap day
    dt.datetime(2024, 3, 1),
    dt.datetime(2024, 3, 31),  # clocks go forward and the half-year ends
    dt.datetime(2024, 4, 1),
    dt.datetime(2024, 9, 30),
    dt.datetime(2024, 10, 1),
    dt.datetime(2024, 10, 27),  # clocks go back
    dt.datetime(2024, 12, 31),
    dt.datetime(2025, 1, 1),
    dt.datetime(2025, 3, 30),  # clocks go forward
    dt.datetime(2025, 3, 31),
    dt.datetime(2025, 4, 1),
]
MINUTES = [day + dt.timedelta(minutes=n) for day in DAYS for n in range(24 * 60)]
OF_MONTHS = dict(Counter(moment.strftime("%Y-%m") for moment in MINUTES))
FIRST_NUMBER = 1_000_000
FORMATS = CONFIG.incidents.date_formats


def written(moment: dt.datetime, date_format: str) -> str:
    if date_format == "excel":
        days = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
        return f"{days:.10f}".replace(".", ",")
    return moment.strftime(date_format)


def half_year_of(moment: dt.datetime) -> str:
    """By the words of the contract: summer begins on 1 April, winter on 1 October."""
    if 4 <= moment.month <= 9:
        return f"{moment.year}-04"
    return f"{moment.year - (moment.month < 4)}-10"


def write_every_minute(sources: Path, date_format: str) -> None:
    """An export with an incident in each of the minutes."""
    lines = ["ID;Oprettet;Hændelsestidspunkt;Bibliotek;Type;Status;Ændret"]
    for number, moment in enumerate(MINUTES, FIRST_NUMBER):
        text = written(moment, date_format)
        lines.append(f"{number};{text};{text};Hovedbiblioteket;Trusler;Afsluttet;{text}")
    (sources / "mainmanager").mkdir(parents=True)
    (sources / "mainmanager" / "export.csv").write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize("date_format", FORMATS)
def test_every_minute_falls_into_its_half_year_and_month(
    date_format: str, models: list[Model], tmp_path: Path, proof: Proof
) -> None:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    write_every_minute(settings.sources, date_format)

    with build(settings, CONFIG, models) as connection:
        found = connection.execute(
            "select incident_id, half_year_id, strftime(occurred_on, '%Y-%m-%d') "
            "from intermediate.int_incidents"
        ).fetchall()
        by_month = dict(
            connection.execute(
                "select month, sum(incidents) from marts.fct_incident_month "
                "group by all having sum(incidents) > 0"
            ).fetchall()
        )
    moments = enumerate(MINUTES, FIRST_NUMBER)
    wanted = [(str(n), half_year_of(m), m.strftime("%Y-%m-%d")) for n, m in moments]
    missed = len(set(wanted) ^ set(found)) // 2
    proof("minutes in their half-year, in all date formats", "all", len(wanted), missed)
    assert sorted(found) == wanted
    assert by_month == OF_MONTHS
