"""The working warehouse before dbt: what the models find in it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import holidays
import pytest

from orchestration.config import Config, load_config
from orchestration.extract.rows import LANDED_TABLES
from orchestration.landing.inventory import SourceFile, take_inventory
from orchestration.landing.land import land
from orchestration.landing.ledger import LandedFile
from orchestration.landing.reference import REFERENCE_TABLES
from orchestration.landing.warehouse import (
    REFERENCE_COLUMNS,
    open_working_warehouse,
)
from orchestration.run import made_with
from orchestration.settings import PACKAGED_CONFIG, SOURCE_NAMES, Settings
from tests.unit.landing.made_corrections import correction, met_by

Export = Callable[..., Path]
CONFIG = load_config(PACKAGED_CONFIG)
AS_OF = dt.date(2025, 11, 17)
INCIDENTS = (
    "Nr.;Oprettet;Ejendom;Kategori\n"
    "1;01-10-2024 10:00;Hovedbiblioteket;Trusler\n"
    "\n"
    "2;02-10-2024 11:00;Hovedbiblioteket;Trusler\n"
)
PRESENCE = (
    "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"
    "Vesterbro;Vagt og Sikring;01-10-2024;31-10-2024;man-fre;10:00;12:00;1;planlagt;x\n"
)


def land_all(settings: Settings, config: Config = CONFIG) -> list[LandedFile]:
    files = take_inventory(settings)
    by_source = [[file for file in files if file.source == source] for source in SOURCE_NAMES]
    return [line for of_source in by_source for line in land(settings, config, of_source)]


def opened(
    settings: Settings, landed: list[LandedFile], config: Config = CONFIG
) -> duckdb.DuckDBPyConnection:
    path = open_working_warehouse(
        settings,
        config,
        landed,
        as_of=AS_OF,
        is_sample=True,
        run_fingerprint="finger",
        run_id="run",
    )
    assert path == settings.working_warehouse
    return duckdb.connect(str(path), read_only=True)


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = connection.execute(f"describe landing.{table}").fetchall()
    return {row[0]: row[1].lower() for row in rows}


def test_without_any_export_every_table_is_there_with_its_types_and_no_rows(
    settings: Settings,
) -> None:
    with opened(settings, []) as connection:
        for table, columns in (LANDED_TABLES | REFERENCE_COLUMNS).items():
            assert types(connection, table) == columns
        for table in (*LANDED_TABLES, "source_file", "correction"):
            assert records(connection, f"from landing.{table}") == []
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert {name for (name,) in tables} == {*LANDED_TABLES, *REFERENCE_COLUMNS}
    assert set(REFERENCE_TABLES) == set(REFERENCE_COLUMNS)


def test_the_rows_of_all_files_are_seen_with_their_types_and_their_numbers_in_the_file(
    settings: Settings, export: Export
) -> None:
    export("mainmanager/a.csv", INCIDENTS)
    export("mainmanager/b.csv", INCIDENTS.replace("\n1;", "\n3;"))
    export("presence/c.csv", PRESENCE)
    with opened(settings, land_all(settings)) as connection:
        assert types(connection, "mainmanager_incident") == LANDED_TABLES["mainmanager_incident"]
        assert types(connection, "presence") == LANDED_TABLES["presence"]
        found = connection.execute(
            "select incident_id, row_number from landing.mainmanager_incident order by all"
        ).fetchall()
        assert found == [("1", 2), ("2", 4), ("2", 4), ("3", 2)]
        assert connection.execute("select row_number from landing.presence").fetchall() == [(2,)]


def test_a_file_whose_name_is_no_utf8_is_landed_and_shown_as_windows_wrote_it(
    settings: Settings, export: Export
) -> None:
    export(os.fsdecode(b"mainmanager/h\xe6ndelser.csv"), INCIDENTS)
    export(os.fsdecode(b"opening_hours/h\xe6ndelser.json"), "[]")
    export(os.fsdecode(b"presence/\xe5r/n\xe6rv\xe6r.csv"), PRESENCE)
    land_all(settings)
    with opened(settings, land_all(settings)) as connection:
        assert records(
            connection, "select file_name, status from landing.source_file order by source"
        ) == [
            {"file_name": "hændelser.csv", "status": "landed"},
            {"file_name": "hændelser.json", "status": "wrong_name"},
            {"file_name": "år/nærvær.csv", "status": "landed"},
        ]
        found = connection.execute("select count(*) from landing.mainmanager_incident")
        assert found.fetchall() == [(2,)]


def test_short_files_beside_a_long_one_do_not_make_the_engine_think_that_rows_are_few(
    settings: Settings, export: Export
) -> None:
    line = "{};01-10-2024 10:00;Hovedbiblioteket;Trusler\n"
    for name, ids in enumerate([range(1), range(1, 2), range(2, 3), range(3, 3_500)]):
        rows = "".join(line.format(number) for number in ids)
        export(f"mainmanager/{name}.csv", "Nr.;Oprettet;Ejendom;Kategori\n" + rows)
        landed = land_all(settings)
    # the long one is not the first by its name, which is a hash
    assert len({path for file in landed for path in file.parquet["mainmanager_incident"]}) == 4
    with opened(settings, landed) as connection:
        connection.execute("set explain_output = 'physical_only'")
        explained = connection.execute(
            "explain (format json) select incident_id from landing.mainmanager_incident"
        ).fetchall()
    (plan,) = json.loads(explained[0][1])
    while plan["children"]:
        (plan,) = plan["children"]
    assert int(plan["extra_info"]["Estimated Cardinality"]) > 1_000


def test_the_ledger_has_a_line_for_each_file_in_export_order(settings: Settings) -> None:
    def line(name: str, day: int, **told: Any) -> LandedFile:
        exported_at = dt.datetime(2025, 1, day, 23, 30, tzinfo=dt.UTC)
        file = SourceFile("presence", f"id {name}", Path(name), name, exported_at)
        return LandedFile(**({"file": file, "status": "landed", "reason": None} | told))

    later = line("b.csv", 2, rows_read=5, description_rows=1, rows_not_data=2, notes=["a", "b"])
    earlier = line("a.csv", 1, status="unreadable", reason="no header")
    with opened(settings, [later, earlier]) as connection:
        lines = records(connection, "from landing.source_file order by export_order")
    assert lines == [
        {
            "source": "presence",
            "source_file_id": "id a.csv",
            "file_name": "a.csv",
            "exported_at": dt.datetime(2025, 1, 1, 23, 30),
            "export_order": 0,
            "status": "unreadable",
            "reason": "no header",
            "rows_read": 0,
            "description_rows": 0,
            "rows_not_data": 0,
            "notes": None,
        },
        {
            "source": "presence",
            "source_file_id": "id b.csv",
            "file_name": "b.csv",
            "exported_at": dt.datetime(2025, 1, 2, 23, 30),
            "export_order": 1,
            "status": "landed",
            "reason": None,
            "rows_read": 5,
            "description_rows": 1,
            "rows_not_data": 2,
            "notes": "a; b",
        },
    ]


def test_corrections_are_told_by_the_files_that_they_met(settings: Settings) -> None:
    landed = [met_by("abc", one=2)]
    config = CONFIG.model_copy(update={"corrections": [correction("one")]})
    with opened(settings, landed, config) as connection:
        assert records(connection, "from landing.correction") == [
            {
                "correction_id": "one",
                "source_file_id": "abc",
                "corrected_column": "count",
                "reason": "Talt forkert",
                "decided_on": dt.date(2025, 1, 10),
                "rows_corrected": 2,
            }
        ]


def test_the_run_and_the_configuration_are_tables_too(settings: Settings) -> None:
    with opened(settings, []) as connection:
        assert records(connection, "from landing.run") == [
            {
                "as_of": AS_OF,
                "maturity_days": CONFIG.municipality.maturity_days,
                "minimum_respondents": CONFIG.municipality.minimum_respondents,
                "municipality": CONFIG.municipality.municipality,
                "is_sample": True,
                "fingerprint": "finger",
                "run_id": "run",
                "made_with": made_with(CONFIG),
            }
        ]
        for table, rows in (
            ("library", CONFIG.libraries),
            ("district", CONFIG.districts),
            ("intervention", CONFIG.interventions),
        ):
            assert records(connection, f"from landing.{table}") == [r.model_dump() for r in rows]
        unsafe = "select category_id, category_name_da from landing.category where "
        assert [
            row["category_id"] for row in records(connection, unsafe + "is_unsafe_behaviour")
        ] == [CONFIG.municipality.unsafe_behaviour_category]
        assert len(records(connection, unsafe + "not is_unsafe_behaviour")) == (
            len(CONFIG.categories) - 1
        )
        assert records(connection, "from landing.survey_question") == [
            {"question_id": question.question_id, "question_text_da": question.text_da}
            for question in CONFIG.survey.questions
        ]
        weekdays = {"man": 1, "tir": 2, "ons": 3, "tor": 4, "fre": 5, "lør": 6, "søn": 7}
        assert records(connection, "from landing.normal_hours") == [
            {
                "library_id": hours.library_id,
                "valid_from": hours.valid_from,
                "iso_weekday": weekdays[hours.weekday],
                "self_service_hours": hours.self_service_hours,
            }
            for hours in CONFIG.normal_opening_hours
        ]


def test_a_warehouse_left_from_before_is_replaced_and_for_its_owner_only(
    settings: Settings,
) -> None:
    killed = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('create schema old'); "
        "c.execute('checkpoint'); c.execute('create schema landing'); "
        "c.execute('create table landing.run as select 1 as old'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, settings.working_warehouse], check=False)
    left = {path.name: path.stat().st_size for path in settings.build.iterdir()}
    assert set(left) == {"warehouse.duckdb", "warehouse.duckdb.wal"}
    assert all(left.values())
    with opened(settings, []) as connection:
        assert [row["run_id"] for row in records(connection, "from landing.run")] == ["run"]
        schemas = connection.execute("select schema_name from duckdb_schemas()").fetchall()
        assert ("old",) not in schemas
    assert settings.working_warehouse.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.build.iterdir()] == ["warehouse.duckdb"]


def test_what_a_killed_run_had_no_room_for_in_memory_goes_before_the_next(
    settings: Settings,
) -> None:
    left = settings.build / "warehouse.duckdb.tmp"
    left.mkdir()
    (left / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"rows")
    opened(settings, []).close()
    assert [path.name for path in settings.build.iterdir()] == ["warehouse.duckdb"]


@pytest.mark.parametrize("country", ["DK", "SE"])
def test_the_calendar_has_every_day_of_whole_half_years_with_week_and_holidays(
    settings: Settings, country: str
) -> None:
    plausible = CONFIG.municipality.plausible_dates.model_copy(
        update={"from_": dt.date(2020, 5, 6), "to": dt.date(2026, 2, 3)}
    )
    rules = CONFIG.municipality.model_copy(
        update={"country": country, "plausible_dates": plausible}
    )
    config = CONFIG.model_copy(update={"municipality": rules})
    with opened(settings, [], config) as connection:
        days = records(connection, "from landing.calendar order by on_date")
    first, last = dt.date(2019, 10, 1), dt.date(2027, 3, 31)
    assert [day["on_date"] for day in days] == [
        first + dt.timedelta(n) for n in range((last - first).days + 1)
    ]
    for day in days:
        date = day["on_date"]
        year, week, weekday = date.isocalendar()
        assert day["day_number"] == (date - dt.date(2000, 1, 1)).days
        assert (day["iso_weekday"], day["iso_week_id"]) == (weekday, f"{year}-{week:02d}")
    known = holidays.country_holidays(country, years=range(2020, 2027))
    off = {day["on_date"] for day in days if day["is_holiday"]}
    assert {date for date in off if 2020 <= date.year <= 2026} >= set(known)
    assert {date.year for date in off} == set(range(2020, 2027))
    # in Denmark: Constitution Day, Christmas Eve and what else is off without being a holiday
    assert (dt.date(2024, 12, 24) in off) == (dt.date(2024, 6, 5) in off) == (country == "DK")
