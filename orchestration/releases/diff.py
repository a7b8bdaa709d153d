"""What moved between two states of the figures, and why; causes add up to the difference."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from orchestration.publish import read_table
from orchestration.releases.release import NOW, current_incidents, find_release
from orchestration.settings import Settings

_COUNTS = ("incidents", "unsafe_behaviour_incidents")


@dataclass(frozen=True)
class Cause:
    """A part of a difference.

    Attributes:
        end: ``value_from`` or ``value_to``.
        cause: late_report, withdrawal, edit, recode, survey, opening_hours, presence, definition.
        amount: how much of the difference it explains, in the figure's unit at that end.
    """

    end: str
    cause: str
    amount: float


@dataclass(frozen=True)
class Moved:
    """A figure that differs between two states."""

    figure_id: str
    value_a: float | None
    value_b: float | None
    causes: list[Cause] = field(default_factory=list)


@dataclass(frozen=True)
class _State:
    figures: pd.DataFrame
    incidents: pd.DataFrame


def diff(settings: Settings, release_a: str, release_b: str) -> list[Moved]:
    """The figures that moved from A to B; ``now`` names what is published.

    Raises:
        UsageError: there is no such release.
    """
    a, b = _state(settings, release_a), _state(settings, release_b)
    moved = []
    rows_a, rows_b = a.figures.set_index("figure_id"), b.figures.set_index("figure_id")
    for figure_id in dict.fromkeys([*rows_b.index, *rows_a.index]):
        before = rows_a.loc[figure_id] if figure_id in rows_a.index else None
        after = rows_b.loc[figure_id] if figure_id in rows_b.index else None
        causes = _causes(before, after, a.incidents, b.incidents)
        value_a, value_b = _number(before, "value"), _number(after, "value")
        if causes or value_a != value_b:
            moved.append(Moved(figure_id, value_a, value_b, causes))
    return moved


def _state(settings: Settings, release_id: str) -> _State:
    query = "select * from marts.fct_status_figure"
    if release_id == NOW:
        return _State(read_table(settings.published_warehouse, query), current_incidents(settings))
    release = find_release(settings, release_id)
    return _State(read_table(release.warehouse, query), _incidents(release.incidents))


def _incidents(path: Path) -> pd.DataFrame:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?)", [str(path)]).df()


def _causes(
    before: pd.Series | None, after: pd.Series | None, in_a: pd.DataFrame, in_b: pd.DataFrame
) -> list[Cause]:
    causes: list[Cause] = []
    for end, half_year in (("value_from", "half_year_from"), ("value_to", "half_year_to")):
        number_a, number_b = _number(before, end), _number(after, end)
        if number_a == number_b:
            continue
        difference = (number_b or 0.0) - (number_a or 0.0)
        same_definition = (
            before is not None
            and after is not None
            and all(before[c] == after[c] for c in ("measure", "scope_kind", "scope_id"))
            and (before[half_year] == after[half_year])
        )
        if not same_definition:
            causes.append(Cause(end, "definition", difference))
        elif after.measure in _COUNTS and after.unit == "percent":
            causes.extend(_incident_causes(end, after, after[half_year], in_a, in_b))
        else:
            causes.append(Cause(end, _source_of(after), difference))
    return causes


def _incident_causes(
    end: str, figure: pd.Series, half_year_id: str, in_a: pd.DataFrame, in_b: pd.DataFrame
) -> list[Cause]:
    """Each incident's contribution to the difference, by what happened to it."""
    both = in_a.merge(in_b, on="incident_id", how="outer", suffixes=("_a", "_b"))

    def counted(side: str) -> pd.Series:
        there = (both[f"half_year_id_{side}"] == half_year_id) & (
            both[f"library_id_{side}"] == figure.scope_id
        )
        if figure.measure == "unsafe_behaviour_incidents":
            there &= both[f"is_unsafe_behaviour_{side}"].eq(True)
        return both[f"incident_count_{side}"].where(there, 0).fillna(0)

    amount = counted("b") - counted("a")
    cause = pd.Series("edit", index=both.index)
    cause[both.category_id_a != both.category_id_b] = "recode"
    elsewhere = (both.half_year_id_a != both.half_year_id_b) | (
        both.library_id_a != both.library_id_b
    )
    cause[elsewhere] = "edit"
    cause[both.half_year_id_a.isna()] = "late_report"
    cause[both.half_year_id_b.isna()] = "withdrawal"
    totals = amount[amount != 0].groupby(cause).sum()
    return [Cause(end, str(name), float(total)) for name, total in totals.items()]


def _source_of(figure: pd.Series) -> str:
    if figure.unit in ("share", "percentage_points"):
        return "survey"
    if figure.unit == "rank":
        return "incidents"
    if any(word in figure.measure for word in ("guard", "night_host", "relation_worker")):
        return "presence"
    return "opening_hours"


def _number(figure: pd.Series | None, column: str) -> float | None:
    if figure is None or pd.isna(figure[column]):
        return None
    return float(figure[column])
