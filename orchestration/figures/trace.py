"""Trace: from a status figure back to the rows it was computed from, with file and row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from orchestration.config.model import OF_OPENING
from orchestration.errors import DatasporError
from orchestration.extract.delimited import quoted
from orchestration.warehouse_file import open_to_read

_FILE = (
    "join marts.meta_source_file as f "
    "on f.source = '{source}' and f.source_file_id = t.source_file_id"
)

_COUNTS = ("incidents", "unsafe_behaviour_incidents")
# which incidents a counted figure speaks of, as library × category × half-year; an intervention's
# series goes back to the first incident
_COUNTED = f"""
    select s.figure_id, l.library_id, c.category_id, h.half_year_id
    from marts.fct_status_figure as s
    join marts.dim_library as l
        on s.scope_id = if(s.scope_kind = 'library', l.library_id, l.district_id::varchar)
    join marts.dim_incident_category as c on c.is_unsafe_behaviour or s.measure = 'incidents'
    join marts.dim_half_year as h
        on h.half_year_id in (s.half_year_from, s.half_year_to)
        or (
            s.unit = 'percent' and (s.half_year_from is null or s.half_year_to is null)
            and h.half_year_id <= coalesce(s.half_year_from, s.half_year_to)
        )
    where s.measure in {_COUNTS}
"""
_COUNTED_INCIDENTS = f"""
    from intermediate.int_incidents as t
    join ({_COUNTED}) as counted
        on counted.library_id = t.library_id
        and counted.category_id = t.category_id
        and counted.half_year_id = t.half_year_id
    {_FILE.format(source="mainmanager")}
"""
# how many rows of each file that is, without a look at them
_COUNTED_ROWS = f"""
    select counted.figure_id, f.source_file_id, f.file_name,
        sum(t.report_rows)::bigint as report_rows
    from intermediate.int_incident_day_outcomes as t
    join intermediate.int_calendar as c on c.on_date = t.occurred_on
    join ({_COUNTED}) as counted
        on counted.library_id = t.library_id
        and counted.category_id = t.category_id
        and counted.half_year_id = c.half_year_id
    {_FILE.format(source="mainmanager")}
    where t.outcome = 'loaded'
    group by counted.figure_id, f.source_file_id, f.file_name
"""
# the rows themselves, of some figures and files. Incidents are millions: they are read of these
# files only (named in the query itself, so that DuckDB can pass over the rest of the Parquet), and
# meet all that they are asked about in one join with a small table
_ROWS_OF_FEW = f"""
    with
    few as materialized (
        select unnest($figures::varchar[]) as figure_id, unnest($files::varchar[]) as source_file_id
    ),
    wanted as materialized (
        select counted.*, few.source_file_id, f.file_name
        from few
        join ({_COUNTED}) as counted on counted.figure_id = few.figure_id
        join marts.meta_source_file as f
            on f.source = 'mainmanager' and f.source_file_id = few.source_file_id
    )
    select wanted.figure_id, wanted.file_name, t.row_number
    from (select * from intermediate.int_incidents where source_file_id in ({{files}})) as t
    join wanted
        on wanted.source_file_id = t.source_file_id
        and wanted.library_id = t.library_id
        and wanted.category_id = t.category_id
        and wanted.half_year_id = t.half_year_id
"""
# the waves that a share is made of: the latest of its half-year, and that of the earlier share; it
# may be compared with the waves of a year, so that the latest of that half-year need not be it
_WAVES_OF_SHARE = """
    select * from marts.fct_survey_half_year
    where library_id = ? and question_id = ? and half_year_id = ?
    qualify wave_id = max(wave_id) over ()
    union
    select * from marts.fct_survey_half_year
    where library_id = ? and question_id = ? and half_year_id = ?
        and favourable_share is not distinct from coalesce(?, favourable_share)
    qualify wave_id = max(wave_id) over ()
"""


def trace(working: Path, archive: Path, figure_id: str) -> pd.DataFrame:
    """The rows behind a figure, down to the raw bytes that they were read from.

    Grain: one incident, one survey count, one opening-hours row or one presence row, with
    ``half_year_id``, ``source_file_id``, ``file_name``, ``row_number`` and ``archived_in`` (the
    folder of the raw bytes below the archive; empty where they were purged); for counts, the sum
    of ``incident_count`` in each half-year is the figure's end of that half-year.

    Args:
        working: the working warehouse.
        archive: the archive of raw bytes.
        figure_id: a figure.

    Raises:
        DatasporError: there is no working warehouse that can be read, or no such figure.
    """
    if not working.exists():
        raise DatasporError("There is no working warehouse yet. Run `dataspor run` first.")
    with open_to_read(working) as connection:
        figures = connection.execute("select * from marts.fct_status_figure").df()
        found = figures[figures.figure_id == figure_id]
        if found.empty:
            known = ", ".join(figures.figure_id)
            raise DatasporError(f"There is no figure {figure_id!r}. Known figures: {known}")
        rows = rows_behind(connection, found.iloc[0])
    source = _source(found.iloc[0])
    folders = [archive / source / str(name) for name in rows.source_file_id]
    return rows.assign(
        archived_in=[f"{source}/{folder.name}" if folder.is_dir() else "" for folder in folders]
    )


def rows_behind(connection: duckdb.DuckDBPyConnection, figure: pd.Series) -> pd.DataFrame:
    """The rows behind one row of fct_status_figure; see :func:`trace`."""
    query, parameters = _query(figure)
    return connection.execute(query, parameters).df()


def row_numbers_behind(
    connection: duckdb.DuckDBPyConnection, at_most: int
) -> dict[str, dict[str, list[int] | int]]:
    """The numbers of the rows of each file behind each figure; of very many, how many they are."""
    figures = connection.execute("select * from marts.fct_status_figure").df()
    behind: dict[str, dict[str, list[int] | int]] = {name: {} for name in figures.figure_id}
    few: list[tuple[str, str]] = []
    for figure_id, file_id, file_name, count in connection.execute(_COUNTED_ROWS).fetchall():
        behind[figure_id][file_name] = count
        if count <= at_most:
            few.append((figure_id, file_id))
    queries: list[tuple[str, object]] = []
    if few:
        files = ", ".join(quoted(file_id) for file_id in sorted({file_id for _, file_id in few}))
        pairs = {"figures": [figure for figure, _ in few], "files": [file for _, file in few]}
        queries.append((_ROWS_OF_FEW.format(files=files), pairs))
    for _, figure in figures[~figures.measure.isin(_COUNTS)].iterrows():
        query, values = _query(figure)
        queries.append((f"select ? as figure_id, * from ({query})", [figure.figure_id, *values]))
    for query, parameters in queries:
        found = connection.execute(
            "select figure_id, file_name, count(row_number), "
            "coalesce(list(row_number order by row_number) filter (row_number is not null), []) "
            f"from ({query}) group by figure_id, file_name order by figure_id, file_name",
            parameters,
        )
        for figure_id, file_name, count, numbers in found.fetchall():
            behind[figure_id][file_name] = numbers if count <= at_most else count
    return behind


def _source(figure: pd.Series) -> str:
    """The source system that a figure's rows come from."""
    if figure.measure in _COUNTS:
        return "mainmanager"
    if figure.unit in ("share", "percentage_points"):
        return "survey"
    return "opening_hours" if OF_OPENING.issuperset(figure.measure.split("+")) else "presence"


def _query(figure: pd.Series) -> tuple[str, list[object]]:
    if figure.measure in _COUNTS:
        return (
            f"""
            select t.incident_id, t.half_year_id, t.library_id, t.category_id, t.incident_count,
                t.source_file_id, f.file_name, t.sheet, t.row_number
            {_COUNTED_INCIDENTS}
            where counted.figure_id = ?
            order by t.half_year_id, f.exported_at, f.file_name, t.sheet, t.row_number
            """,
            [figure.figure_id],
        )
    if figure.unit in ("share", "percentage_points"):
        share_from = None if pd.isna(figure.value_from) else float(figure.value_from)
        half_year_from = figure.half_year_from if isinstance(figure.half_year_from, str) else None
        return (
            f"""
            select s.half_year_id, s.wave_id, s.library_id, s.question_id, s.respondents,
                s.favourable, s.suppressed, f.source_file_id, f.file_name,
                null::integer as row_number
            from ({_WAVES_OF_SHARE}) as s
            join (
                select distinct wave_id, source_file_id from staging.stg_surveyxact__responses
            ) as t on t.wave_id = s.wave_id
            join marts.meta_source_file as f
                on f.source = 'survey' and f.source_file_id = t.source_file_id
            order by s.wave_id
            """,
            [
                *(figure.scope_id, figure.measure, figure.half_year_to),
                *(figure.scope_id, figure.measure, half_year_from, share_from),
            ],
        )
    half_years = [h for h in (figure.half_year_from, figure.half_year_to) if isinstance(h, str)]
    measures = figure.measure.split("+")
    if OF_OPENING.issuperset(measures):
        only = (
            "and d.restricted_self_service_hours > 0"
            if measures == ["restricted_self_service_hours"]
            else ""
        )
        return (
            f"""
            select d.half_year_id, d.library_id, d.on_date, t.kind, t.start_minute, t.end_minute,
                d.open_minutes, d.staffed_minutes, d.self_service_minutes,
                d.restricted_self_service_hours, t.source_file_id, f.file_name, t.row_number
            from intermediate.int_library_opening_days as d
            left join intermediate.int_opening_hours_outcomes as t
                on t.library_id = d.library_id and t.on_date = d.on_date and t.outcome = 'loaded'
            left {_FILE.format(source="opening_hours")}
            where d.library_id = ? and d.half_year_id = any(?) {only}
            order by d.on_date, t.start_minute
            """,
            [figure.scope_id, half_years],
        )
    functions = [measure.removesuffix("_hours") for measure in measures]
    return (
        f"""
        select d.half_year_id, d.library_id, d.presence_function, d.on_date,
            d.presence_minutes / 60 as presence_hours, d.is_planned,
            t.source_file_id, f.file_name, t.row_number
        from intermediate.int_presence_days as d
        join intermediate.int_calendar as c on c.on_date = d.on_date
        join intermediate.int_presence_outcomes as t
            on t.outcome = 'loaded' and t.library_id = d.library_id
            and t.presence_function = d.presence_function
            and d.on_date between t.starts_on and t.ends_on
            and substring(t.weekdays, c.iso_weekday, 1) = '1'
            and (t.presence_status = 'planned') = d.is_planned
        {_FILE.format(source="presence")}
        where d.library_id = ? and d.presence_function = any(?) and d.half_year_id = any(?)
        order by d.on_date, t.row_number
        """,
        [figure.scope_id, functions, half_years],
    )
