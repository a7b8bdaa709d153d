"""What was found unmapped: names and shapes with counts, ready to be shown and pasted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from orchestration.personal import screened

_HEADINGS = {"date": {"line to paste": "format"}, "unreadable": {"what": "why", "first": "file"}}
UNDECIDED = "???"
MAX_SHOWN = {"no_header": 1000, "unreadable": 1000}  # characters; of all others, 60


@dataclass(frozen=True)
class Section:
    """A kind of finding.

    Attributes:
        title: what was found, and where it is put right.
        is_gap: whether rows are lost, or counted without a decision, until it is put right.
        paste: the line for the file, with {csv} or {yaml} for the name; empty: there is none.
    """

    title: str
    is_gap: bool
    paste: str = ""


SECTIONS = {
    "unreadable": Section("Files that cannot be read", is_gap=True),
    "no_header": Section(
        "Files without a known header row; the likeliest one has these cells "
        "(headers in incidents.yml or presence.yml)",
        is_gap=True,
    ),
    "place": Section("Places that are not in places.csv", is_gap=True, paste="{csv}"),
    "category": Section(
        "Categories that are not in category_aliases.csv", is_gap=True, paste="{csv}"
    ),
    "status": Section(
        "Statuses that are neither in void_statuses nor in statuses (incidents.yml); "
        "drift.new_status there says whether their rows count",
        is_gap=True,
        paste="  - {yaml}",
    ),
    "other_status": Section(
        "Statuses that count, since incidents.yml lists no statuses and they are not in "
        "void_statuses",
        is_gap=False,
        paste="  - {yaml}",
    ),
    "date": Section(
        "Dates and times that fit no format (date_formats, time_formats) or do not exist, by "
        "shape: 99 stands for one or two digits, a for letters",
        is_gap=True,
    ),
    "function": Section(
        "Functions that are not in presence.yml", is_gap=True, paste="    - {yaml}"
    ),
    "presence_status": Section(
        "Statuses that are not in presence.yml", is_gap=True, paste="    - {yaml}"
    ),
    "weekday": Section("Weekdays that are not in presence.yml", is_gap=True),
    "branch": Section(
        "Branches that are not in opening_hours.yml (branches)", is_gap=True, paste="  {raw}: ???"
    ),
    "hours_category": Section(
        "Categories of opening hours that are not in opening_hours.yml (categories)",
        is_gap=True,
        paste="    - {yaml}",
    ),
    "answer": Section(
        "Answers that are not in survey.yml, by question; the answers are not shown", is_gap=True
    ),
    "column": Section(
        "Columns that are not mapped: nothing of them is ever read but the header", is_gap=False
    ),
    "without": Section("What no column is mapped to; exports may lack it", is_gap=False),
}


@dataclass(frozen=True)
class Finding:
    """One name or shape.

    Attributes:
        section: key of `SECTIONS`.
        text: what it is, personal data screened.
        rows: how many rows have it.
        files: in how many files.
        first: the first file and row.
        paste: a line for the configuration; empty where there is none, or it would not be safe.
    """

    section: str
    text: str
    rows: int
    files: int
    first: str
    paste: str


@dataclass
class _Count:
    text: str
    first: str
    paste: str | None
    rows: int = 0
    files: set[str] = field(default_factory=set)


class Tally:
    """Counts names while files are read; ``file`` names the one that is read now."""

    def __init__(self) -> None:
        self.file = ""
        self._counts: dict[tuple[str, str], _Count] = {}

    def add(
        self,
        section: str,
        key: str,
        text: str,
        *,
        rows: int = 1,
        row_number: int | None = None,
        paste: str | None = None,
    ) -> None:
        """Count rows with a name.

        Args:
            section: key of `SECTIONS`.
            key: what tells names apart.
            text: the name as it stands in the file.
            rows: how many rows.
            row_number: the first of them.
            paste: the line for the configuration, if the section's own will not do.
        """
        where = self.file + (f" row {row_number}" if row_number else "")
        count = self._counts.setdefault((section, key), _Count(text, where, paste))
        count.rows += rows
        count.files.add(self.file)

    def findings(self) -> Iterator[Finding]:
        """All that was counted, section by section, the most frequent first."""
        order = list(SECTIONS)
        for (section, _), count in sorted(
            self._counts.items(),
            key=lambda item: (
                order.index(item[0][0]),
                -item[1].rows,
                -len(item[1].files),
                item[1].text,
            ),
        ):
            shown, limit = screened(count.text), MAX_SHOWN.get(section, 60)
            is_safe = shown == count.text and len(shown) <= limit
            paste = _pasted(section, count.text) if count.paste is None else count.paste
            yield Finding(
                section=section,
                text=shown if len(shown) <= limit else shown[: limit - 1] + "…",
                rows=count.rows,
                files=len(count.files),
                first=count.first,
                paste=paste if is_safe else "",
            )


def _pasted(section: str, text: str) -> str:
    """The line for the configuration, quoted as its file wants it."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow([text, UNDECIDED])
    plain = text.replace(" ", "").replace("/", "").isalpha()
    return SECTIONS[section].paste.format(
        csv=line.getvalue(),
        yaml=text if plain else json.dumps(text, ensure_ascii=False),
        raw=text,
    )


def tables_of_findings(findings: list[Finding]) -> dict[str, pd.DataFrame]:
    """Section to its table for a person, without columns that say nothing there."""
    tables = {}
    for section in SECTIONS:
        rows = [
            {
                "rows": finding.rows or None,
                "files": finding.files,
                "what": finding.text,
                "first": finding.first,
                "line to paste": finding.paste or None,
            }
            for finding in findings
            if finding.section == section
        ]
        if rows:
            table = pd.DataFrame(rows).dropna(axis="columns", how="all")
            tables[section] = table.rename(columns=_HEADINGS.get(section, {}))
    return tables
