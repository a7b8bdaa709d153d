"""Why a figure differs between two states on the same code and configuration, in parts that add up.

Incidents are compared one by one; every other figure has one source. ``value`` follows from the two
ends, and is split by letting the causes work one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from orchestration.config.model import OF_OPENING
from orchestration.errors import DatasporError
from orchestration.releases.state import State

# the order in which causes work on a value
ORDER = (
    *("code", "config", "correction", "late_report", "edit", "recode", "duplicate", "withdrawal"),
    *("opening_hours", "presence", "survey", "later_day"),
)
Files = set[tuple[str, str]]  # source and id of each
COUNTS = ("incidents", "unsafe_behaviour_incidents")
_DUPLICATES = ("dublet", "duplikat", "duplicate")
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Cause:
    """A part of a difference.

    Attributes:
        end: ``value_from``, ``value_to`` or ``value``.
        cause: one of :data:`ORDER`; several joined by ``+`` where they cannot be told apart.
        amount: how much of the difference it explains, in the unit of that end.
    """

    end: str
    cause: str
    amount: float


@dataclass(frozen=True)
class Ends:
    """The numbers of a figure; None where it has none."""

    value_from: float | None
    value_to: float | None
    value: float | None

    @classmethod
    def of(cls, figure: pd.Series | None) -> Ends:
        """Those of a row of fct_status_figure, all None without one."""
        if figure is None:
            return cls(None, None, None)
        return cls(
            *(
                None if pd.isna(figure[name]) else float(figure[name])
                for name in ("value_from", "value_to", "value")
            )
        )


def incident_changes(a: State, b: State) -> pd.DataFrame:
    """What became of each incident between two states.

    Returns:
        Grain: one incident that counts differently. ``cause``, and for each side (``_a``, ``_b``)
        ``counted`` (0 where it does not count), ``half_year_id``, ``library_id``, ``district_id``,
        ``is_unsafe_behaviour``.
    """
    both = a.incidents.merge(b.incidents, on="incident_id", how="outer", suffixes=("_a", "_b"))
    for side in ("a", "b"):
        loaded = both[f"outcome_{side}"] == "loaded"
        both[f"counted_{side}"] = both[f"incident_count_{side}"].where(loaded, 0).fillna(0)
    keys = ("library_id", "half_year_id", "category_id")
    elsewhere = _differ(both, *keys[:2])
    recoded = _differ(both, keys[2])
    differs = (both.counted_a != both.counted_b) | elsewhere | recoded
    both = both[differs & ((both.counted_a != 0) | (both.counted_b != 0))].copy()
    both["cause"] = [
        _cause(row, a.files("mainmanager"), b.files("mainmanager"))
        for row in both.to_dict("records")
    ]
    return both


def _cause(row: Mapping[str, object], files_a: Files, files_b: Files) -> str:
    """What happened to one incident."""

    def lay_in(files: Files, side: str) -> bool:
        return ("mainmanager", row[f"source_file_id_{side}"]) in files

    corrected = _text(row["correction_ids_a"]) != _text(row["correction_ids_b"])
    there = {side: isinstance(row[f"outcome_{side}"], str) for side in ("a", "b")}
    if not there["a"]:
        if not lay_in(files_a, "b"):
            return "late_report"
        return "correction" if corrected else "edit"  # its row was there, without its number
    if not there["b"]:
        return "correction" if corrected and lay_in(files_b, "a") else "withdrawal"
    if corrected:
        return "correction"
    if row["counted_a"] and not row["counted_b"] and row["outcome_b"] == "void":
        status = _text(row["status_b"]).casefold()
        return "duplicate" if status in _DUPLICATES else "withdrawal"
    if row["counted_a"] == row["counted_b"] and all(
        row[f"{name}_a"] == row[f"{name}_b"] for name in ("library_id", "half_year_id")
    ):
        return "recode"
    return "edit"


def explain(
    figure: pd.Series,
    before: Ends,
    after: Ends,
    changes: pd.DataFrame,
    a: State,
    b: State,
    *,
    otherwise: str = "",
) -> list[Cause]:
    """The causes of a figure's difference between two states.

    Args:
        figure: its row in the later state.
        before: its numbers in the earlier state.
        after: its numbers in the later state.
        changes: from :func:`incident_changes`.
        a: the earlier state.
        b: the later state.
        otherwise: what else differs between the states and was not measured, if anything: the
            whole difference is its, where the parts do not add up.

    Raises:
        DatasporError: the parts do not add up to the difference, and nothing else differs.
    """
    if figure.unit == "rank":
        causes = _of_rank(figure, before, after, changes, b)
    elif figure.measure in COUNTS and isinstance(figure.half_year_from, str):
        causes = _of_change(figure, before, after, changes)
    elif figure.measure in COUNTS:
        causes = whole(before, after, _of_series(changes, a, b))
    else:
        causes = whole(before, after, _source(figure))
    if otherwise and list(_unexplained(before, after, causes)):
        return whole(before, after, otherwise)
    return checked(str(figure.name), before, after, causes)


def checked(figure_id: str, before: Ends, after: Ends, causes: list[Cause]) -> list[Cause]:
    """The causes, if they add up.

    Raises:
        DatasporError: they do not.
    """
    for end, wanted, told in _unexplained(before, after, causes):
        raise DatasporError(
            f"{figure_id}: {end} moved by {wanted:g}, but its causes add up to {told:g}. This "
            "is a defect of Dataspor; nothing was closed. Please report it."
        )
    return causes


def _unexplained(
    before: Ends, after: Ends, causes: list[Cause]
) -> Iterator[tuple[str, float, float]]:
    """Ends whose causes do not add up: how much each moved, and what they add up to."""
    for end in ("value_from", "value_to", "value"):
        wanted = (getattr(after, end) or 0.0) - (getattr(before, end) or 0.0)
        told = sum(cause.amount for cause in causes if cause.end == end)
        if abs(wanted - told) > _TOLERANCE * max(1.0, abs(wanted)):
            yield end, wanted, told


def _of_change(figure: pd.Series, before: Ends, after: Ends, changes: pd.DataFrame) -> list[Cause]:
    """A change in counts: each end by incidents, the per cent by what they did to both."""
    parts = {
        end: _by_cause(
            changes,
            partial(_counted, changes, figure, half_year_id=half_year),
        )
        for end, half_year in (
            ("value_from", figure.half_year_from),
            ("value_to", figure.half_year_to),
        )
    }
    causes = [Cause(end, name, n) for end, of_end in parts.items() for name, n in of_end.items()]
    if None in (before.value_from, before.value_to, after.value_from, after.value_to):
        # a half-year without data on one side: no per cent to move from or to
        found = {cause.cause for cause in causes} or set(changes.cause)
        names = "+".join(name for name in ORDER if name in found) or "late_report"
        moved = (after.value or 0.0) - (before.value or 0.0)
        return [*causes, Cause("value", names, moved)] if moved else causes

    def percent(ends: dict[str, float]) -> float:
        earlier = ends["value_from"]
        return (ends["value_to"] / earlier - 1) * 100 if earlier else 0.0

    start = {"value_from": before.value_from or 0.0, "value_to": before.value_to or 0.0}
    return causes + _telescoped(start, parts, percent)


def _of_rank(
    figure: pd.Series, before: Ends, after: Ends, changes: pd.DataFrame, b: State
) -> list[Cause]:
    """A district's rank: the districts' incidents change by one cause after the other."""
    incidents = b.incidents[
        (b.incidents.outcome == "loaded") & (b.incidents.half_year_id == figure.half_year_to)
    ]
    assert b.config is not None  # or there is no diff
    districts = [str(row.district_id) for row in b.config.districts]
    now = incidents.groupby(incidents.district_id.astype("Int64").astype(str)).incident_count.sum()
    parts = {
        district: _by_cause(
            changes,
            partial(_counted, changes, figure, half_year_id=figure.half_year_to, district=district),
        )
        for district in districts
    }
    start = {d: float(now.get(d, 0)) - sum(parts[d].values()) for d in districts}

    def rank(counts: dict[str, float]) -> float:
        return 1.0 + sum(count > counts[figure.scope_id] for count in counts.values())

    causes = _telescoped(start, parts, rank)
    if before.value is None or after.value is None:  # no data on one side: no rank to move from
        names = "+".join(cause.cause for cause in causes) or _source(figure)
        return [
            Cause(end, names, (getattr(after, end) or 0.0) - (getattr(before, end) or 0.0))
            for end in ("value_to", "value")
        ]
    return [Cause(end, c.cause, c.amount) for end in ("value_to", "value") for c in causes]


def _of_series(changes: pd.DataFrame, a: State, b: State) -> str:
    """An interrupted series: one regression on everything, so that causes are told together."""
    found = set(changes.cause)
    if a.files("opening_hours") != b.files("opening_hours"):
        found.add("opening_hours")
    if a.as_of != b.as_of:
        found.add("later_day")
    return "+".join(name for name in ORDER if name in found) or "code"


def whole(before: Ends, after: Ends, cause: str) -> list[Cause]:
    """One cause for each end that moved."""
    moved = {
        end: (getattr(after, end) or 0.0) - (getattr(before, end) or 0.0)
        for end in ("value_from", "value_to", "value")
    }
    return [Cause(end, cause, amount) for end, amount in moved.items() if amount]


def _source(figure: pd.Series) -> str:
    """Where a figure comes from: on the same code and configuration, its only cause."""
    if figure.unit in ("share", "percentage_points"):
        return "survey"
    if figure.unit == "rank":
        return "late_report"
    return "opening_hours" if OF_OPENING.issuperset(figure.measure.split("+")) else "presence"


def _counted(
    changes: pd.DataFrame,
    figure: pd.Series,
    side: str,
    half_year_id: str,
    *,
    district: str | None = None,
) -> pd.Series:
    """How much of each incident a figure counts in a half-year."""
    there = changes[f"half_year_id_{side}"] == half_year_id
    if district is not None:
        there &= changes[f"district_id_{side}"].astype("Int64").astype(str) == district
    else:
        there &= changes[f"library_id_{side}"] == figure.scope_id
    if figure.measure == "unsafe_behaviour_incidents":
        there &= changes[f"is_unsafe_behaviour_{side}"].eq(True)
    return changes[f"counted_{side}"].where(there, 0)


def _by_cause(changes: pd.DataFrame, counted: Callable[[str], pd.Series]) -> dict[str, float]:
    """What each cause adds to a count."""
    amount = counted("b") - counted("a")
    totals = amount[amount != 0].groupby(changes.cause).sum()
    return {name: float(totals[name]) for name in ORDER if totals.get(name)}


def _telescoped(
    start: dict[str, float],
    parts: Mapping[str, Mapping[str, float]],
    value: Callable[[dict[str, float]], float],
) -> list[Cause]:
    """What each cause does to a value of several counts, one after the other in :data:`ORDER`."""
    counts, causes = dict(start), []
    reached = value(counts)
    for name in ORDER:
        moved = {key: of_key[name] for key, of_key in parts.items() if name in of_key}
        if not moved:
            continue
        counts = {key: count + moved.get(key, 0.0) for key, count in counts.items()}
        then, reached = reached, value(counts)
        if reached != then:
            causes.append(Cause("value", name, reached - then))
    return causes


def _differ(both: pd.DataFrame, *names: str) -> pd.Series:
    """Whether any of some columns differs, for incidents that count on both sides."""
    differs = pd.Series(False, index=both.index)
    for name in names:
        differs |= both[f"{name}_a"].ne(both[f"{name}_b"])
    return differs & (both.counted_a != 0) & (both.counted_b != 0)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def source_files_moved(a: State, b: State) -> dict[str, Sequence[str]]:
    """Source files that only one state has, by name."""
    names = {
        key: file.file_name
        for state in (a, b)
        for file in state.sources
        for key in [(file.source, file.source_file_id)]
    }
    return {
        "new": sorted(f"{key[0]}/{names[key]}" for key in b.files() - a.files()),
        "gone": sorted(f"{key[0]}/{names[key]}" for key in a.files() - b.files()),
    }
