"""The working warehouse before dbt: schema ``landing`` over the landed rows and the configuration.

It is a new file at every run. Models see plain tables there, so that they need no engine's own way
of reading files.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import holidays

from orchestration.config import Config
from orchestration.config.model import WEEKDAYS_DA
from orchestration.extract.delimited import quoted
from orchestration.extract.rows import LANDED_TABLES, NOT_DATA
from orchestration.landing.corrections import applied
from orchestration.landing.ledger import LandedFile
from orchestration.landing.reference import REFERENCE_COLUMNS
from orchestration.run import made_with
from orchestration.settings import Settings
from orchestration.stored_rows import declared, store_rows


def open_working_warehouse(
    settings: Settings,
    config: Config,
    landed: list[LandedFile],
    *,
    as_of: dt.date,
    is_sample: bool,
    run_fingerprint: str,
    run_id: str,
) -> Path:
    """Make the working warehouse with its ``landing`` schema, replacing an older one.

    Args:
        settings: where things are.
        config: the municipality's configuration.
        landed: ledger lines of all source files present.
        as_of: the day the run pretends it is.
        is_sample: whether the sources are the synthetic sample.
        run_fingerprint: what identifies the run's input, to tell later that nothing is new.
        run_id: Dagster's id of the run; publishing refuses a warehouse that another run made.
    """
    path = settings.working_warehouse
    path.unlink(missing_ok=True)  # a .wal that a killed run left, DuckDB removes
    # what a killed run had no room for in memory
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema landing")
        for table, columns in LANDED_TABLES.items():
            files = {path for line in landed for path in line.parquet.get(table, [])}
            _create_landed(connection, table, columns, sorted(files, key=_largest_first))
        rules = config.municipality
        reference: dict[str, list[dict[str, object]]] = {
            "source_file": [
                {
                    "source": line.file.source,
                    "source_file_id": line.file.source_file_id,
                    "file_name": line.file.file_name,
                    "exported_at": line.file.exported_at.replace(tzinfo=None),
                    "export_order": order,
                    "status": line.status,
                    "reason": line.reason,
                    "rows_read": line.rows_read,
                    "description_rows": line.description_rows,
                    "rows_not_data": line.rows_not_data,
                    "notes": "; ".join(line.notes) or None,
                }
                for order, line in enumerate(sorted(landed, key=lambda line: line.file.order))
            ],
            "correction": applied(config.corrections, landed),
            "library": [library.model_dump() for library in config.libraries],
            "district": [district.model_dump() for district in config.districts],
            "category": [
                category.model_dump()
                | {"is_unsafe_behaviour": category.category_id == rules.unsafe_behaviour_category}
                for category in config.categories
            ],
            "normal_hours": [
                {
                    "library_id": hours.library_id,
                    "valid_from": hours.valid_from,
                    "iso_weekday": WEEKDAYS_DA.index(hours.weekday) + 1,
                    "self_service_hours": hours.self_service_hours,
                }
                for hours in config.normal_opening_hours
            ],
            "survey_question": [
                {"question_id": question.question_id, "question_text_da": question.text_da}
                for question in config.survey.questions
            ],
            "intervention": [row.model_dump() for row in config.interventions],
            "run": [
                {
                    "as_of": as_of,
                    "maturity_days": rules.maturity_days,
                    "minimum_respondents": rules.minimum_respondents,
                    "municipality": rules.municipality,
                    "is_sample": is_sample,
                    "fingerprint": run_fingerprint,
                    "run_id": run_id,
                    "made_with": made_with(config),
                }
            ],
        }
        for table, rows in reference.items():
            store_rows(connection, f"landing.{table}", REFERENCE_COLUMNS[table], rows)
        _create_calendar(connection, config)
    path.chmod(0o600)
    return path


def _largest_first(file: str) -> tuple[int, str]:
    # DuckDB takes all files to be as long as the first, and joins as if they were: with a short one
    # first, it keeps all rows in memory and looks the few up in them
    return -Path(file).stat().st_size, file


def _create_landed(
    connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], files: list[str]
) -> None:
    if files:
        names = ", ".join(quoted(file) for file in files)
        # a row's place in its file is its number there, so that numbers need not be stored
        numbered = "row_number" not in _stored_columns(connection, files[0])
        picked = [
            "(first_row + file_row_number)::integer as row_number"
            if name == "row_number" and numbered
            else name
            for name in columns
        ]
        rows = f"read_parquet([{names}], file_row_number = {str(numbered).lower()})"
        connection.execute(
            f"create view landing.{table} as select {', '.join(picked)} from {rows} "
            + (f"where outcome <> {quoted(NOT_DATA)}" if numbered else "")
        )
    else:
        connection.execute(f"create table landing.{table} ({declared(columns)})")


def _stored_columns(connection: duckdb.DuckDBPyConnection, file: str) -> set[str]:
    described = connection.execute(f"describe from read_parquet({quoted(file)})")
    return {row[0] for row in described.fetchall()}


def _create_calendar(connection: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Every plausible date; public and optional holidays from the ``holidays`` package."""
    dates = config.municipality.plausible_dates
    days_off = holidays.country_holidays(
        config.municipality.country,
        years=range(dates.from_.year, dates.to.year + 1),
        categories=_holiday_categories(config.municipality.country),
    )
    connection.execute(f"create table landing.calendar ({declared(REFERENCE_COLUMNS['calendar'])})")
    # half-years at the edges are whole, so that their bounds are those of the calendar
    connection.execute(
        """
        insert into landing.calendar
        select
            day::date,
            datediff('day', date '2000-01-01', day::date),
            isodow(day),
            isoyear(day) || '-' || lpad(weekofyear(day)::varchar, 2, '0'),
            day::date in (select unnest(?::date[]))
        from range(
            make_date(year(?::date) - 1, 10, 1), make_date(year(?::date) + 1, 4, 1), interval 1 day
        ) as days(day)
        """,
        [sorted(days_off), dates.from_, dates.to],
    )


def _holiday_categories(country: str) -> tuple[str, ...]:
    supported = getattr(holidays, country).supported_categories
    return tuple(category for category in ("public", "optional") if category in supported)
