"""Random exports: as many kinds as promised, the same every time, and as their record says."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests.oracle import Case, Expected, compare, expected, write_case
from tests.oracle.case import SourceFile
from tests.oracle.copenhagen import INCIDENT_HEADERS
from tests.oracle.incident_exports import DAY_FORMATS, EXCEL, MOMENT_FORMATS

SEEDS = range(30)
SOURCES = ("mainmanager", "survey", "opening_hours", "presence")
FEATURES = {
    # whole folders
    *(f"no {source}" for source in SOURCES),
    *(f"as of {days} days after a half-year" for days in (13, 14, 15, 100)),
    # incident files
    "incidents as xlsx",
    *(
        f"incidents in {encoding} with {delimiter!r}"
        for encoding in ("cp1252", "utf-8", "utf-8-sig", "utf-16")
        for delimiter in (";", ",", "\t")
    ),
    *(f"header {header}" for headers in INCIDENT_HEADERS.values() for header in headers),
    "headers in other case or with blanks around",
    "a header of two rows",
    "a header twice",
    "a blank column",
    "columns in another order",
    "columns never landed",
    "title rows",
    "blank rows",
    "footers",
    "a first line sep=",
    "a hidden sheet",
    "a false dimension",
    *(f"dates as {style}" for style in (*MOMENT_FORMATS, *DAY_FORMATS) if style != EXCEL),
    "dates as spreadsheet dates",
    "serial dates as plain numbers",
    "serial dates in csv",
    "dates and texts in one column",
    "time of day in its own column",
    "blank time of day",
    *(
        f"{there} {column}"
        for there in ("with", "without")
        for column in ("occurred_at", "status", "updated_at", "count")
    ),
    "two files of the same content",
    "exports of the same time",
    "an empty file",
    "a truncated workbook",
    "a required column missing",
    # incident rows
    "overlapping re-exports",
    "re-exports in the same layout",
    "an older state in a later export",
    *(f"changed {what}" for what in ("status", "category", "place", "date", "count")),
    "changes without a later update time",
    "equal rows in one file",
    "ids with leading zeros",
    "ids that differ in leading zeros only",
    "ids as numbers",
    "incidents near half-year boundaries",
    "incidents at clock changes",
    "void incidents",
    "statuses in other case",
    "places that are no library",
    "bad rows of no library",
    "missing id",
    *(f"blank {what}" for what in ("place", "category", "reported_at", "occurred_at", "count")),
    *(f"unknown {what}" for what in ("place", "category")),
    *(f"unparseable {column}" for column in ("reported_at", "occurred_at", "updated_at", "count")),
    "implausible dates",
    "names in other case",
    "names in blanks",
    "names with ae, oe, aa",
    "names with decomposed letters",
    # survey
    *(f"survey in {flavour}" for flavour in ("semicolon", "comma", "utf-16")),
    "survey as xlsx",
    "survey codes as numbers",
    "a truncated survey workbook",
    "ragged structure rows",
    "labels with trailing blanks",
    "two labels of one library",
    "labels or structure shared by two waves",
    "answers not completed",
    "blank library",
    "label of no library",
    "blank answers",
    "answers that are not counted",
    # opening hours
    *(f"opening hours of generation {name}" for name in ("2024-03", "2026-03", "2026-05")),
    "an ISIL id against the node id",
    "new fields in an answer",
    "titles with a colon, blanks or other case",
    "several snapshots in a week",
    "two snapshots of a day",
    "a week of ignored items only",
    "a library missing in a snapshot",
    "equal items in one snapshot",
    "restricted weeks",
    "closed days",
    "days without staff",
    "closing at 23:59",
    "ignored categories",
    "unknown opening-hours category",
    "unknown branch",
    "end before start",
    "opening hours across a half-year boundary",
    "opening hours around holidays",
    "opening hours before normal hours are known",
    "a truncated snapshot",
    # presence
    "presence as xlsx",
    *(f"presence in {encoding}" for encoding in ("utf-8", "utf-8-sig", "cp1252")),
    "presence days as spreadsheet dates",
    "times as spreadsheet times",
    "ISO weeks",
    "weekdays as a range",
    "weekdays as a list",
    "stays past midnight",
    "stays until 24:00",
    "stays across a half-year boundary",
    "overlapping stays of one function",
    "planned and actual stays of one day",
    "equal stays in one register",
    "a stay in two registers",
    "stays in no library",
    "unknown presence place",
    "unknown function",
    "unknown presence status",
    "bad presence date",
    "Til before Fra",
    "bad weekdays",
    "bad presence time",
    "equal presence times",
    "bad presence count",
    "an empty register",
}


Written = tuple[Case, Expected, float]


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Callable[[int], Written]:
    """By seed: a case, what is expected of it, and the seconds that both took."""

    @cache
    def write(seed: int) -> Written:
        started = time.process_time()
        case = write_case(seed, tmp_path_factory.mktemp(f"case{seed}-"))
        wanted = expected(case)
        return case, wanted, time.process_time() - started

    return write


def files_of(case: Case) -> list[tuple[str, SourceFile]]:
    groups = (case.incident_files, case.survey_files, case.snapshot_files, case.presence_files)
    return [(source, file) for source, group in zip(SOURCES, groups, strict=True) for file in group]


def test_every_feature_occurs(written):
    occurring = set().union(*(written(seed)[0].features for seed in SEEDS))
    assert sorted(FEATURES - occurring) == []
    assert sorted(occurring - FEATURES) == []


def test_every_outcome_occurs(written):
    occurring = {
        (source, column)
        for seed in SEEDS
        for (source, _), line in written(seed)[1].meta_source_file.items()
        for column, value in line.items()
        if column.startswith("rows_") and value
    }
    everywhere = {"rows_read", "rows_loaded", "rows_excluded", "rows_quarantined"}
    versions = {"rows_superseded", "rows_duplicate", "rows_void"}
    assert occurring == {
        *((source, column) for source in SOURCES for column in everywhere),
        *(("mainmanager", column) for column in versions),
        ("opening_hours", "rows_superseded"),
        ("opening_hours", "rows_duplicate"),
        ("presence", "rows_duplicate"),
    }


def test_measures_take_all_kinds_of_values(written):
    rows = [row for seed in SEEDS for row in written(seed)[1].fct_library_half_year.values()]
    for measure in rows[0].keys() - {"half_year_id", "library_id", "maturity"}:
        values = [row[measure] for row in rows]
        assert None in values, measure
        assert any(values), measure
    assert {row["maturity"] for row in rows} == {"final", "provisional"}
    surveys = [row for seed in SEEDS for row in written(seed)[1].fct_survey_half_year.values()]
    assert {row["suppressed"] for row in surveys} == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_case_is_small_quick_and_adds_up(seed, written):
    case, wanted, seconds = written(seed)
    assert sum(len(file.rows) for file in case.incident_files) <= 400
    assert seconds < 1
    for line in wanted.meta_source_file.values():
        parts = [v for k, v in line.items() if k.startswith("rows_") and k != "rows_read"]
        assert line["rows_read"] == sum(parts)
    loaded = sum(row["incidents"] for row in wanted.fct_incident_half_year.values())
    assert loaded == sum(row["incidents"] or 0 for row in wanted.fct_library_half_year.values())
    for table in vars(wanted).values():
        assert compare(table, [dict(row) for row in table.values()]) == []


@pytest.mark.parametrize("seed", range(0, 30, 7))
def test_same_seed_writes_the_same_bytes_and_times(seed, written, tmp_path):
    first, again = written(seed)[0], write_case(seed, tmp_path)
    assert files_of(again) == files_of(first)
    assert again.as_of == first.as_of


@pytest.mark.parametrize("seed", SEEDS)
def test_files_are_where_and_what_the_record_says(seed, written):
    case = written(seed)[0]
    assert case.directory is not None
    recorded = set()
    for source, file in files_of(case):
        path = case.directory / source / file.name
        recorded.add(path)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.digest
        assert path.stat().st_mtime == file.modified
    assert recorded == {path for path in case.directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_can_be_read_back(seed, written):
    case = written(seed)[0]
    assert case.directory is not None
    for file in case.incident_files:
        if file.readable:
            assert read_incidents(case.directory / "mainmanager" / file.name) == [
                (row.incident_id, _usable(row.reported_at)) for row in file.rows
            ]
    for file in case.snapshot_files:
        if file.readable:
            answers = json.loads((case.directory / "opening_hours" / file.name).read_bytes())
            assert [(a["date"], a["start_time"], a["end_time"]) for a in answers] == [
                (str(item.day), item.start, item.end) for item in file.items
            ]
    for file in case.presence_files:
        if file.readable:
            grid = read_grid(case.directory / "presence" / file.name)
            assert grid[0][0] == "Bibliotek"
            assert len(grid) == len(file.rows) + 1
    for file in case.survey_files:
        if file.readable and file.name.endswith("dataset.csv"):
            grid = read_grid(case.directory / "survey" / file.name)
            assert len(grid) == len(file.respondents) + 1
            done = grid[0].index("stato_4")
            assert [row[done] == "1" for row in grid[1:]] == [r.completed for r in file.respondents]


def _usable(moment: object) -> dt.datetime | None:
    return moment if isinstance(moment, dt.datetime) else None


def read_incidents(path: Path) -> list[tuple[str | None, dt.datetime | None]]:
    """Id and time of report of each data row."""
    ids = {header.casefold() for header in INCIDENT_HEADERS["incident_id"]}
    reports = {header.casefold() for header in INCIDENT_HEADERS["reported_at"]}
    found = []
    places: tuple[int, int] | None = None
    for row in read_grid(path):
        texts = [str(cell or "").strip().casefold() for cell in row]
        if places is None:
            if ids & set(texts) and reports & set(texts):
                id_place = next(i for i, text in enumerate(texts) if text in ids)
                places = id_place, next(i for i, text in enumerate(texts) if text in reports)
        elif any(texts) and not texts[0].startswith(("i alt", "total", "antal:", "udskrevet")):
            incident_id, reported_at = row[places[0]], row[places[1]]
            found.append((str(incident_id) if incident_id else None, _read_moment(reported_at)))
    return found


def _read_moment(cell: object) -> dt.datetime | None:
    """The plausible time in a cell, if it has one."""
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, str) and cell.replace(",", "").isdigit():
        cell = float(cell.replace(",", "."))
    if isinstance(cell, int | float):
        return dt.datetime.fromisoformat("1899-12-30") + dt.timedelta(minutes=round(cell * 1440))
    for style in (*MOMENT_FORMATS, *DAY_FORMATS):
        try:
            moment = dt.datetime.strptime(str(cell), style)  # noqa: DTZ007
        except ValueError:
            continue
        return moment if 2000 <= moment.year < 2050 else None
    return None


def read_grid(path: Path) -> list[list[object]]:
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode("utf-16" if content[:2] == b"\xff\xfe" else encoding)
        except UnicodeDecodeError:
            continue
        break
    if text.startswith("sep="):
        text = text.split("\n", 1)[1]
    grids = [list(csv.reader(io.StringIO(text, newline=""), delimiter=d)) for d in ";,\t"]
    return max(grids, key=lambda grid: sum(len(row) > 3 for row in grid))
