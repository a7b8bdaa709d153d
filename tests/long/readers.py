"""Processes that read and publish at the same time, started by the test beside this module."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import psycopg

from orchestration.catalogue import table
from orchestration.config import load_config
from orchestration.publish import PUBLISHED_TABLES, publish
from orchestration.publish.postgres import publish_postgres
from orchestration.settings import PACKAGED_CONFIG, Settings

# a text column of each of these says which publish it is of
MARKED = {
    "meta_run": "value",
    "dim_library": "library_name",
    "meta_source_file": "notes",
    "dim_incident_category": "category_name_en",
}
_WHERE = {"meta_run": " where key = 'municipality'"}
OPENED_ANEW = 0.05  # of the reads; connections are kept for the others, which costs a fifth


def publish_forever(home: Path, template: Path, dsn: str, first: int, last: int) -> None:
    """Publish the numbers from first to last, one after the other, to files and PostgreSQL."""
    settings = Settings(home / "sources", home, PACKAGED_CONFIG)
    config = load_config(PACKAGED_CONFIG)
    tables = [table(name) for name in PUBLISHED_TABLES]
    for number in range(first, last + 1):
        shutil.copyfile(template, settings.working_warehouse)
        with duckdb.connect(str(settings.working_warehouse)) as connection:
            for name, column in MARKED.items():
                where = _WHERE.get(name, "")
                connection.execute(f"update marts.{name} set {column} = '{number}'{where}")
        publish(settings, config, version=f"v{number}")
        publish_postgres(dsn, settings.published_warehouse, tables)
        (home / "published.txt").write_text(str(number))


def read_until(stop: Event, at_least: int, home: Path, dsn: str, seed: int, told: Path) -> None:
    """Read all surfaces in turn until told to stop, but often enough, and note what was seen."""
    os.nice(10)  # ten readers that never pause weigh as much as one publisher
    dice = random.Random(seed)
    published = home / "published"
    # readers share the cores with one another
    kept, kept_postgres = duckdb.connect(config={"threads": 1}), psycopg.connect(dsn)

    def of_duckdb(names: list[str]) -> set[str]:
        path = published / "warehouse.duckdb"
        return _attached(kept, path, names) if is_kept else _opened(path, names)

    def of_parquet(names: list[str]) -> set[str]:
        version = (published / "parquet").resolve()  # all files of one publish
        sources = {name: f"read_parquet('{version / name}.parquet')" for name in names}
        return _values(kept if is_kept else duckdb.connect(), sources)

    def of_postgres(names: list[str]) -> set[str]:
        connection = kept_postgres if is_kept else psycopg.connect(dsn)
        with connection.transaction():
            found = _values(connection, {name: f"marts.{name}" for name in names})
        if not is_kept:
            connection.close()
        return found

    surfaces: dict[str, Callable[[list[str]], set[str]]] = {
        "duckdb": of_duckdb,
        "parquet": of_parquet,
        "postgres": of_postgres,
    }
    counts = dict.fromkeys(surfaces, 0)
    seen: dict[str, set[int]] = {name: set() for name in surfaces}
    wrong: list[str] = []
    test = parent_process()
    while not stop.is_set() or min(counts.values()) < at_least:
        if test is None or not test.is_alive():
            return  # it was killed, and nobody is left to tell these to stop
        for surface, read in surfaces.items():
            names = dice.sample(sorted(MARKED), 3)
            is_kept = dice.random() > OPENED_ANEW
            try:
                found = read(names)
            except Exception as error:
                wrong.append(f"{surface}: failed: {type(error).__name__}: {error}")
                found = set()
            counts[surface] += 1
            if len(found) > 1:
                wrong.append(f"{surface}: mixed: {sorted(found)}")
            if len(found) != 1:
                continue
            number = int(found.pop())
            if seen[surface] and number < max(seen[surface]):
                wrong.append(f"{surface}: {number} after {max(seen[surface])}")
            seen[surface].add(number)
    kept_postgres.close()
    lines = [f"{name} {counts[name]} {max(seen[name], default=-1)}" for name in surfaces]
    told.write_text("\n".join([*lines, *wrong]), encoding="utf-8")


def _values(
    connection: duckdb.DuckDBPyConnection | psycopg.Connection, sources: dict[str, str]
) -> set[str]:
    """What the tables say of the publish that they are of."""
    return {
        row[0]
        for name, source in sources.items()
        for row in connection.execute(
            f"select distinct {MARKED[name]} from {source}{_WHERE.get(name, '')}"
        ).fetchall()
    }


def _opened(path: Path, names: list[str]) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return _values(connection, {name: f"marts.{name}" for name in names})


def _attached(kept: duckdb.DuckDBPyConnection, path: Path, names: list[str]) -> set[str]:
    """The file is opened anew here too, in a DuckDB that runs."""
    kept.execute(f"attach '{path}' as published (read_only)")
    try:
        return _values(kept, {name: f"published.marts.{name}" for name in names})
    finally:
        kept.execute("detach published")
