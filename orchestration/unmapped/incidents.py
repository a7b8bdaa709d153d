"""Incident exports: places, categories, statuses and dates that the configuration does not know."""

from __future__ import annotations

from pathlib import Path

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.extract.delimited import quoted
from orchestration.extract.incident_sql import (
    COLUMNS,
    TOLD_APART,
    cell,
    clock_sql,
    corrected_sql,
)
from orchestration.extract.mainmanager import REQUIRED, moments_of
from orchestration.extract.tabular import Table, Workplace
from orchestration.unmapped.findings import Tally
from orchestration.unmapped.headers import tables_of
from orchestration.unmapped.shapes import shape_of, suggestion

_DATES = ("reported_at", "occurred_at", "updated_at")
_SAMPLE = 2_000  # texts of a shape that are looked at to tell its format


def look(path: Path, config: Config, work: Workplace, tally: Tally) -> None:
    """Count what one export holds that is not mapped.

    Raises:
        UnreadableFileError: the text below a header cannot be read.
    """
    headers = config.incidents.headers.model_dump()
    for table in tables_of(path, headers, REQUIRED, work.folder, tally):
        regular = table.rewritten(work.folder)
        work.connection.execute(f"create or replace temp table cells as {_cells(regular, config)}")
        _names(work, config, tally)
        _leave_out_excluded(work, config)
        for name in _DATES:
            _dates(name, regular, config, work, tally)
        read = clock_sql(config.incidents, moments_of(regular, config))
        _shapes("occurred_time", read, config.incidents.time_formats, work, tally)


def _cells(table: Table, config: Config) -> str:
    """SQL of the mapped cells of data rows, corrected, with their row number in the file."""
    at = table.header.columns
    cells = [f"{cell(f'c{at[n]}') if n in at else 'null::varchar'} as {n}" for n in COLUMNS]
    told = " + ".join(f"({name} is not null)::int" for name in TOLD_APART)
    header = " and ".join(f"{name} = {quoted(table.header.texts[at[name]])}" for name in TOLD_APART)
    corrected, _ = corrected_sql(table, config.corrections)
    return f"""
        with cells as (
            select {", ".join(cells)}, row_number() over () + {table.first_row - 1} as number
            from {table.relation()}
        ),
        corrected as (select *{corrected} from cells)
        select *
        from corrected
        where {told} > 1 and not coalesce({header}, false)
    """


def _names(work: Workplace, config: Config, tally: Tally) -> None:
    places, categories = config.place_to_library(), config.category_by_alias()
    incidents = config.incidents
    known = {match_key(status) for status in (*incidents.void_statuses, *incidents.statuses)}
    section = "status" if incidents.statuses else "other_status"
    found = work.connection.execute(
        "select location, category, status, count(*), min(number) from cells group by all "
        "order by min(number)"
    ).fetchall()
    for location, category, status, rows, number in found:
        place = match_key(location or "")
        if place and place not in places:
            tally.add("place", place, location, rows=rows, row_number=number)
        elif place and places[place] is None:
            continue  # what no library has, needs no category
        if category and match_key(category) not in categories:
            tally.add("category", match_key(category), category, rows=rows, row_number=number)
        if status and match_key(status) not in known:
            tally.add(section, match_key(status), status, rows=rows, row_number=number)


def _leave_out_excluded(work: Workplace, config: Config) -> None:
    """Remove the rows of places that are no library: their dates do not matter."""
    places = config.place_to_library()
    found = work.connection.execute("select distinct location from cells").fetchall()
    none = [quoted(text) for (text,) in found if text and places.get(match_key(text), "") is None]
    if none:
        work.connection.execute(f"delete from cells where location in ({', '.join(none)})")


def _dates(name: str, table: Table, config: Config, work: Workplace, tally: Tally) -> None:
    moments = moments_of(table, config)
    read = moments.sql(name)
    _shapes(name, read, config.incidents.date_formats, work, tally)


def _shapes(name: str, read: str, formats: list[str], work: Workplace, tally: Tally) -> None:
    """Count the texts of a column that are not read, by shape."""
    found = work.connection.execute(
        f"select count(*), min(number), (list(distinct {name}))[1:{_SAMPLE}] from cells "
        f"where {name} is not null and ({read}) is null "
        f"group by regexp_replace({name}, '[0-9]+', '9', 'g') order by min(number)"
    ).fetchall()
    shapes: dict[str, list[tuple[int, int, list[str]]]] = {}
    for rows, number, texts in found:
        shapes.setdefault(shape_of(texts[0]), []).append((rows, number, texts))
    for shape, groups in shapes.items():
        texts = [text for _, _, group in groups for text in group]
        tally.add(
            "date",
            f"{name} {shape}",
            f"{name}: {shape}",
            rows=sum(rows for rows, _, _ in groups),
            row_number=min(number for _, number, _ in groups),
            paste=suggestion(texts, formats),
        )
