"""Drift: how an incident export differs from the one before it, and what the configuration says.

Everything is told from the notes of the files present, in export order, so that the order in which
files arrived does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestration.config.model import IncidentDrift, match_key
from orchestration.landing.ledger import LandedFile

STOPPED = "stopped"
_UNITS = ("bad_count", "bad_reported_at", "bad_occurred_at", "bad_updated_at")
Layout = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One difference: its kind, as the configuration names it, what it is, and whether it stops."""

    kind: str
    text: str
    stops: bool


def judged(files: Sequence[LandedFile], policy: IncidentDrift) -> list[LandedFile]:
    """The files with what changed in each noted, and those that are stopped without their rows.

    Args:
        files: the ledger lines of one source.
        policy: what the configuration says of each kind of change.
    """
    before: list[Layout] | None = None
    lines = []
    for file in sorted(files, key=lambda line: line.file.order):
        if file.status != "landed":
            lines.append(file)
            continue
        changes = _new_names(file, policy)
        if before is not None:
            changes += layout_changes(before, file.layouts, policy)
        stops = [change for change in changes if change.stops]
        if stops:
            lines.append(_stopped(file, stops))
            continue
        before = file.layouts
        lines.append(replace(file, notes=[*file.notes, *(change.text for change in changes)]))
    return lines


def layout_changes(
    before: list[Layout], after: list[Layout], policy: IncidentDrift
) -> list[Change]:
    """The differences between two files in headers, columns and sheets."""
    old, new = _headers(before), _headers(after)
    changes: list[Change] = []

    def add(kind: str, text: str, *, stops: bool = False) -> None:
        changes.append(Change(kind, text, stops or getattr(policy, kind) == "stops"))

    for name in sorted(old.keys() - new.keys()):
        always = name in policy.missing_columns_that_stop
        add("missing_column", f"column {name} ({old[name]}) is missing", stops=always)
    for name in sorted(new.keys() - old.keys()):
        add("added_column", f"column {name} ({new[name]}) is new")
    for name in sorted(old.keys() & new.keys()):
        if match_key(old[name]) != match_key(new[name]):
            add("renamed_column", f"column {name} is called {new[name]}, before {old[name]}")
    others = len(_others(after) - _others(before))
    if others:
        add("added_column", f"{others} columns that are not read are new")
    common = [name for name in _order(before) if name in new]
    if common != [name for name in _order(after) if name in old]:
        add("reordered_columns", "the columns stand in another order")
    rows = [layout["header_row"] for layout in (before[0], after[0])]
    if rows[0] != rows[1]:
        add("moved_header", f"the header is in row {rows[1]}, before in row {rows[0]}")
    sheets = [{layout["sheet"] for layout in layouts} - {""} for layouts in (before, after)]
    if sheets[0] and sheets[1] and sheets[0] != sheets[1]:
        add("renamed_sheet", "the sheets have other names")
    return changes


def _new_names(file: LandedFile, policy: IncidentDrift) -> list[Change]:
    """Changes that one file tells alone, where the policy stops the file for them."""
    found = {
        "new_location": file.reasons.get("unknown_location", 0),
        "new_category": file.reasons.get("unknown_category", 0),
        "new_status": file.reasons.get("new_status", 0),
        "changed_unit": sum(file.reasons.get(code, 0) for code in _UNITS),
    }
    words = {
        "new_location": "rows name places that are not in places.csv",
        "new_category": "rows name categories that are not in category_aliases.csv",
        "new_status": "rows have a status that is not in incidents.yml",
        "changed_unit": "rows have dates or counts that cannot be read",
    }
    return [
        Change(kind, f"{count} {words[kind]}", stops=True)
        for kind, count in found.items()
        if count and getattr(policy, kind) == "stops"
    ]


def _stopped(file: LandedFile, changes: list[Change]) -> LandedFile:
    what = "; ".join(f"{change.text} ({change.kind})" for change in changes)
    reason = (
        f"{what}. The configuration stops such a file: look at it, then mend the export, or allow "
        "the change under drift in incidents.yml"
    )
    return replace(file, status=STOPPED, reason=reason, rows_read=0, rows_not_data=0, parquet={})


def _headers(layouts: list[Layout]) -> dict[str, str]:
    return {name: text for layout in layouts for name, text in layout["headers"].items()}


def _others(layouts: list[Layout]) -> set[str]:
    return {name for layout in layouts for name in layout["columns"] if name.startswith("other ")}


def _order(layouts: list[Layout]) -> list[str]:
    return [name for name in layouts[0]["columns"] if name in layouts[0]["headers"]]
