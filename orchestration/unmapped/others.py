"""Presence, opening hours and surveys: names that the configuration does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.dates import parse_day, parse_minute
from orchestration.extract.opening_hours import (
    branch_ids,
    category_key,
    category_kinds,
    place_and_category,
)
from orchestration.extract.presence import REQUIRED, parse_weekdays
from orchestration.extract.survey import read_wave
from orchestration.extract.tabular import Workplace
from orchestration.unmapped.findings import Tally
from orchestration.unmapped.headers import tables_of
from orchestration.unmapped.shapes import shape_of, suggestion

_DATE_CELL = "%Y-%m-%d"  # cells that hold dates come so out of a workbook


def look_at_presence(path: Path, config: Config, work: Workplace, tally: Tally) -> None:
    """Count what one register holds that is not mapped."""
    presence = config.presence
    headers = presence.headers.model_dump(by_alias=True)
    known = {
        "place": set(config.place_to_library()),
        "function": _keys(presence.functions.model_dump()),
        "presence_status": _keys(presence.statuses.model_dump()),
    }
    columns = {"place": "library", "function": "function", "presence_status": "status"}
    formats = [*presence.date_formats, _DATE_CELL]
    weekdays = presence.weekday_numbers()
    unread: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for table in tables_of(path, headers, REQUIRED, work.folder, tally):
        at = table.header.columns
        for number, row in table.rows():
            cells = {name: row[i] if i < len(row) else "" for name, i in at.items()}
            filled = [name for name in REQUIRED if cells[name]]
            is_header = all(
                match_key(cells[name]) == match_key(table.header.texts[at[name]]) for name in filled
            )
            if len(filled) < 2 or is_header:
                continue
            for section, name in columns.items():
                key = match_key(cells[name])
                if key and key not in known[section]:
                    tally.add(section, key, cells[name], row_number=number)
            for name in ("from", "to"):
                text = cells[name]
                if text and parse_day(text, formats, end=False, week=presence.week) is None:
                    unread.setdefault((name, shape_of(text)), []).append((number, text))
            text = cells["weekdays"]
            if text and parse_weekdays(text, weekdays) is None:
                tally.add("weekday", match_key(text), text, row_number=number)
            for name in ("from_time", "to_time"):
                text = cells[name]
                if text and parse_minute(text) is None:
                    unread.setdefault((name, shape_of(text)), []).append((number, text))
    for (name, shape), rows in unread.items():
        has_formats = name in ("from", "to")  # none of presence.yml is of times
        texts = {text for _, text in rows}
        tally.add(
            "date",
            f"presence {name} {shape}",
            f"{name}: {shape}",
            rows=len(rows),
            row_number=rows[0][0],
            paste=suggestion(texts, presence.date_formats) if has_formats else "",
        )


def look_at_opening_hours(path: Path, config: Config, work: Workplace, tally: Tally) -> None:  # noqa: ARG001
    """Count what one snapshot holds that is not mapped."""
    try:
        items = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise UnreadableFileError("unreadable", "not valid JSON; fetch it again") from None
    branches, kinds = branch_ids(config), category_kinds(config)
    for number, item in enumerate(items if isinstance(items, list) else [], start=1):
        try:
            isil, node, title = place_and_category(item)
        except (AttributeError, KeyError, TypeError):
            continue
        if not {str(isil), str(node)} & branches.keys():
            name = " ".join(str(part) for part in (node, isil, item.get("branch_name")) if part)
            paste = f"  {node}: ???" if str(node).isdigit() else ""
            tally.add("branch", str(node), name, row_number=number, paste=paste)
        if category_key(title) not in kinds:
            tally.add("hours_category", category_key(title), title.strip(), row_number=number)


def look_at_survey(
    files: Mapping[str, Path], wave_id: str | None, config: Config, work: Workplace, tally: Tally
) -> None:
    """Count what one survey wave holds that is not mapped; of answers, only how many.

    Raises:
        UnreadableFileError: the wave as a whole cannot be used.
    """
    named = {part: (path, "") for part, path in files.items()}
    places = config.place_to_library()
    known = {
        question.question_id: set(map(match_key, (*question.answers, *question.not_counted, "")))
        for question in config.survey.questions
    }
    for respondent in read_wave(named, wave_id, config, work.folder).respondents:
        if respondent.is_ragged or not respondent.is_completed:
            continue
        number = respondent.row_number
        library = respondent.library or ""
        if library and match_key(library) not in places:
            tally.add("place", match_key(library), library, row_number=number)
        for question_id, answer in respondent.answers.items():
            if answer is None or match_key(answer) not in known[question_id]:
                tally.add("answer", question_id, question_id, row_number=number, paste="")


def _keys(names: Mapping[str, list[str]]) -> set[str]:
    return {match_key(text) for texts in names.values() for text in texts}
