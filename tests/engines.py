"""Many cases built on every engine: dbt compiles once an engine, cases share a session or server.

Run as ``python -m tests.engines FOLDER`` by the Python that has pyspark, it builds on Spark what
lies in ``FOLDER/*/landing``, below ``FOLDER/*/warehouse``.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from orchestration.catalogue import Table
from orchestration.engines import postgres
from orchestration.settings import DBT_PROJECT
from tests.compiled_models import Model, models_of

TOLERANCE = 1e-9
# days on which engines might disagree: half-years begin, clocks change, a year has one day more
EDGE_DAYS = (
    *("2023-10-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-30", "2024-03-31"),
    *("2024-04-01", "2024-09-30", "2024-10-01", "2024-10-26", "2024-10-27", "2024-12-31"),
    *("2025-01-01", "2025-03-29", "2025-03-30", "2025-03-31", "2025-04-01", "2025-09-30"),
    *("2025-10-01", "2025-10-25", "2025-10-26", "2025-10-27"),
)
# 02:30 is no time of day on 30 March 2025 and two on 26 October 2025
EDGE_TIMES = ("00:00", "00:30", "01:59", "02:00", "02:30", "03:00", "22:30", "23:30", "23:59")


def write_edge_days(sources: Path) -> None:
    """Incidents at every time of every edge day, and guards around midnight, in files of their own.

    Each is reported a day later, and some are changed in the hour that is missing or double.
    """
    moments = [
        dt.datetime.fromisoformat(f"{day} {time}") for day in EDGE_DAYS for time in EDGE_TIMES
    ]
    incidents = [["Nr.", "Oprettet", "Hændelsestidspunkt", "Ejendom", "Kategori", "Ændret"]]
    for number, moment in enumerate(moments):
        for version in range(1 + number % 2):
            told = [moment + dt.timedelta(days=1), moment]
            changed = dt.datetime(2025, 10, 26, 1, 30) + dt.timedelta(minutes=30 * version)
            incidents.append(
                [f"E{number:04}"]
                + [f"{time:%d-%m-%Y %H:%M}" for time in told]
                + [("Vesterbro", "Valby")[version], "Vold", f"{changed:%d-%m-%Y %H:%M}"]
            )
    _write(sources / "mainmanager" / "edge_days.csv", incidents)
    header = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde"
    nights = "Valby;Vagt;{0};{0};man-søn;22:00;05:00;1;planlagt;plan"
    weekends = f"Valby;Vagt;{EDGE_DAYS[0]};{EDGE_DAYS[-1]};lør,søn;01:00;04:00;2;faktisk;log"
    presence = [header, *(nights.format(day) for day in EDGE_DAYS), weekends]
    _write(sources / "presence" / "edge_days.csv", [line.split(";") for line in presence])


def _write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    moment = dt.datetime(2025, 11, 1, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))


def environment(target: Path) -> dict[str, str]:
    """The environment in which dbt compiles to a folder."""
    return os.environ | {
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def compiled_for_postgres(python: Path, dsn: str, target: Path) -> list[Model]:
    """The models as dbt compiles them for PostgreSQL."""
    subprocess.run(
        [python, "-m", "dbt.cli.main", "compile", "--quiet", "--target", "postgres"],
        env=environment(target) | postgres.environment(dsn),
        cwd=DBT_PROJECT,
        check=True,
    )
    return models_of(json.loads((target / "manifest.json").read_text(encoding="utf-8")))


def build_on_postgres(
    dsn: str, models: list[Model], landed: duckdb.DuckDBPyConnection, folder: Path
) -> duckdb.DuckDBPyConnection:
    """Build a case whose landed rows a connection has; the answer has what was built."""
    postgres.load(dsn, landed, folder)
    with psycopg.connect(dsn) as connection:
        for schema in {model.schema for model in models}:
            connection.execute(f"create schema {schema}")
        for model in models:
            kind = "view" if model.materialized == "view" else "table"
            connection.execute(f"create {kind} {model.schema}.{model.name} as {model.query}")
            if kind == "table":
                connection.execute(f"analyze {model.schema}.{model.name}")
    built = duckdb.connect()
    postgres.read_back(dsn, built, folder)
    return built


def build_on_spark(python: Path, folder: Path) -> None:
    """Build every case below a folder in one session."""
    subprocess.run(
        [python, "-m", "tests.engines", folder], env=environment(folder / "dbt"), check=True
    )


def _build_all(folder: Path) -> None:
    """What `build_on_spark` runs."""
    from dbt.cli.main import dbtRunner

    from orchestration.engines import spark as engine

    spark = engine.session(folder / "spark", is_for_many_builds=True)
    os.chdir(DBT_PROJECT)
    assert dbtRunner().invoke(["compile", "--quiet", "--target", "spark"]).success
    models = models_of(json.loads((folder / "dbt" / "manifest.json").read_text(encoding="utf-8")))
    for case in sorted(path.parent for path in folder.glob("*/landing")):
        for schema in {model.schema for model in models}:
            spark.sql(f"drop database if exists {schema} cascade")
            place = (case / "warehouse" / f"{schema}.db").as_uri()
            spark.sql(f"create database {schema} location '{place}'")
        spark.sql("drop database if exists landing cascade")
        engine.load(spark, case / "landing")
        for model in models:
            kind = "view" if model.materialized == "view" else "table"
            spark.sql(f"create {kind} {model.schema}.{model.name} as {model.query}")
        for schema in {model.schema for model in models}:  # the files stay: they are read back
            shutil.copytree(case / "warehouse" / f"{schema}.db", case / "built" / f"{schema}.db")
        print(f"built {case.name}", flush=True)
    spark.stop()


def differences(
    table: Table, wanted: duckdb.DuckDBPyConnection, found: duckdb.DuckDBPyConnection
) -> list[str]:
    """What a published table has otherwise than wanted: types, rows, and values by column."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    query = f"select {columns} from marts.{table.name} order by {key}"
    here, there = wanted.execute(query), found.execute(query)
    types = [(column[0], str(column[1])) for column in here.description]
    if types != [(column[0], str(column[1])) for column in there.description]:
        return [f"{table.name}: types are {there.description}, wanted {types}"]
    left, right = here.fetchall(), there.fetchall()
    if len(left) != len(right):
        return [f"{table.name}: {len(right)} rows, wanted {len(left)}"]
    return [
        f"{table.name}: {name} is {b!r}, wanted {a!r}, in {row}"
        for row, other in zip(left, right, strict=True)
        for (name, _), a, b in zip(types, row, other, strict=True)
        if not _same(a, b)
    ]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE)
    return type(a) is type(b) and a == b


if __name__ == "__main__":
    _build_all(Path(sys.argv[1]))
