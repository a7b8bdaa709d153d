"""Writes a random folder of exports and keeps the plain truth about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from tests.oracle.case import AnyFile, Case
from tests.oracle.dice import Dice
from tests.oracle.half_years import last_day
from tests.oracle.incident_exports import write_incidents
from tests.oracle.opening_hours_exports import write_opening_hours
from tests.oracle.presence_exports import write_presence
from tests.oracle.survey_exports import write_surveys


def write_case(seed: int, directory: Path) -> Case:
    """Fill a directory with the exports of a seed; the same seed writes the same bytes.

    Each source has chance of its own, so that a change to one leaves the others as they were.
    """
    features: set[str] = set()

    def dice_for(part: str) -> Dice:
        return Dice(f"{part} {seed}", features)

    dice = dice_for("case")
    missing = [
        source
        for source in ("mainmanager", "survey", "opening_hours", "presence")
        if dice.happens(0.15, f"no {source}")
    ]

    def write(
        source: str, writer: Callable[[Dice, Path], tuple[AnyFile, ...]]
    ) -> tuple[AnyFile, ...]:
        return () if source in missing else writer(dice_for(source), directory / source)

    directory.mkdir(parents=True, exist_ok=True)
    return Case(
        seed=seed,
        directory=directory,
        as_of=_as_of(dice),
        incident_files=write("mainmanager", write_incidents),
        survey_files=write("survey", write_surveys),
        snapshot_files=write("opening_hours", write_opening_hours),
        presence_files=write("presence", write_presence),
        features=frozenset(features),
    )


def _as_of(dice: Dice) -> dt.date:
    """A day on which some half-year is, or is not yet, final."""
    year = dice.choice((2024, 2025, 2026))
    ended_on = last_day(dice.choice((f"{year - 1}-10", f"{year}-04")))
    days = dice.choice((13, 14, 15, 100))
    dice.note(f"as of {days} days after a half-year")
    return ended_on + dt.timedelta(days=days)
