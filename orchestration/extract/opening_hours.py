"""Opening hours: what an answer of the Danish library CMS means (module dpl_opening_hours).

All three generations of its schema are read, and the shape of its older address for apps (``nid``,
and the category's name in ``notice``); fields that are not known are left alone. A weekly
repetition is already stored as dated rows and is not expanded again.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from orchestration.config import Config
from orchestration.config.model import PlausibleDates, match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.rows import Landed, Reason, frame

MIDNIGHT = 24 * 60
NOT_AN_ITEM = Reason("bad_item", "the item lacks category, date, times or branch")
UNKNOWN_BRANCH = Reason("unknown_branch", "the branch is not in opening_hours.yml")
UNKNOWN_CATEGORY = Reason("unknown_category", "the category is not in opening_hours.yml")
BAD_TIME = Reason("bad_time", "date or times cannot be read, or it ends before it starts")
IMPLAUSIBLE = Reason("implausible_date", "the date lies outside the plausible dates configured")
IGNORED_CATEGORY = Reason("ignored_category", "the category is no opening hour of the house")


def extract(path: Path, source_file_id: str, config: Config) -> Landed:
    """The items of one snapshot; its local date of observation is its file name.

    Raises:
        UnreadableFileError: no JSON array, or a name that is no date or no plausible one.
    """
    try:
        snapshot_on = dt.date.fromisoformat(path.stem)
    except ValueError as error:
        raise UnreadableFileError(
            "wrong_name", "a snapshot is named by its date of observation, such as 2025-01-13.json"
        ) from error
    plausible = config.municipality.plausible_dates
    if not plausible.hold(snapshot_on):
        raise UnreadableFileError(
            "wrong_name",
            f"{snapshot_on} lies outside the plausible dates configured, {plausible.from_} to "
            f"{plausible.to}; name the snapshot by its date of observation, or set "
            "plausible_dates in municipality.yml",
        )
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", "the file is empty (0 bytes); fetch it again")
    try:
        items = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            "unreadable", f"not valid JSON ({error}); fetch it again"
        ) from error
    if not isinstance(items, list):
        raise UnreadableFileError("wrong_columns", "expected a JSON array of opening hours")
    branch = branch_ids(config)
    kinds = category_kinds(config)
    rows = []
    for number, item in enumerate(items, start=1):
        rows.append(
            {
                "source_file_id": source_file_id,
                "sheet": "",
                "row_number": number,
                "snapshot_on": snapshot_on,
            }
            | _item(item, branch, kinds, plausible)
        )
    return Landed(len(rows), {"opening_hours": frame("opening_hours", rows)})


def category_key(title: str) -> str:
    """The form in which titles of categories are compared: also without a closing colon."""
    return match_key(title).rstrip(": ")


def category_kinds(config: Config) -> dict[str, str]:
    """Category key to what the category means."""
    return {
        category_key(title): kind
        for kind, titles in config.opening_hours.categories.model_dump().items()
        for title in titles
    }


def branch_ids(config: Config) -> dict[str, str]:
    """ISIL id or node id, as text, to library id."""
    by_isil = {library.isil: library.library_id for library in config.libraries}
    return by_isil | {str(node): name for node, name in config.opening_hours.branches.items()}


def _item(
    item: Any, branch: dict[str, str], kinds: dict[str, str], plausible: PlausibleDates
) -> dict[str, Any]:
    try:
        isil, node, title = place_and_category(item)
        times = str(item["date"]), str(item["start_time"]), str(item["end_time"])
    except (AttributeError, KeyError, TypeError):
        return _refused(NOT_AN_ITEM)
    library_id = branch.get(str(isil)) or branch.get(str(node))
    if library_id is None:
        return _refused(UNKNOWN_BRANCH)
    kind = kinds.get(category_key(title))
    if kind is None:
        return _refused(UNKNOWN_CATEGORY)
    on_date = _date(times[0])
    is_plausible = on_date is not None and plausible.hold(on_date)
    if kind == "ignored":  # what is not used needs no usable times
        return {
            "library_id": library_id,
            "kind": kind,
            "on_date": on_date if is_plausible else None,  # its week is one that was spoken of
            "outcome": "excluded",
            "reason_code": IGNORED_CATEGORY.code,
            "reason": IGNORED_CATEGORY.text,
        }
    start, end = _minute(times[1]), _minute(times[2])
    if on_date is None or start is None or end is None or end < start:
        return _refused(BAD_TIME)
    if not is_plausible:
        return _refused(IMPLAUSIBLE)
    return {
        "library_id": library_id,
        "kind": kind,
        "on_date": on_date,
        "start_minute": start,
        "end_minute": end,
        "outcome": "usable",
    }


def place_and_category(item: dict[str, Any]) -> tuple[Any, Any, str]:
    """ISIL id, node id and category's title, in either shape of an item."""
    if "nid" in item and "category" not in item:
        return None, item["nid"], str(item["notice"])
    return item.get("branch_isil_id"), item["branch_id"], str(item["category"]["title"])


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _minute(text: str) -> int | None:
    """Minutes since midnight; the CMS writes closing at midnight as 23:59."""
    match = re.fullmatch(r"(\d{2}):(\d{2})(?::\d{2})?", text)
    if not match or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return MIDNIGHT if minute >= MIDNIGHT - 1 else minute


def _refused(reason: Reason) -> dict[str, Any]:
    """A row that is not used; what was refused is not kept, since nobody knows what it is."""
    return {"outcome": "quarantined", "reason_code": reason.code, "reason": reason.text}
