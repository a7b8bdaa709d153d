"""Processes that read and publish at the same time, started by the test beside this module."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
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
    os.nice(19)  # ten readers that never pause would leave the publisher no time of two cores
    dice = random.Random(seed)
    published = home / "published"
    surfaces: dict[str, Callable[[list[str]], set[str]]] = {
        "duckdb": lambda names: _duckdb(published / "warehouse.duckdb", names),
        "parquet": lambda names: _parquet(published / "parquet", names),
        "postgres": lambda names: _postgres(dsn, names),
    }
    counts = dict.fromkeys(surfaces, 0)
    seen: dict[str, set[int]] = {name: set() for name in surfaces}
    wrong: list[str] = []
    while not stop.is_set() or min(counts.values()) < at_least:
        for surface, read in surfaces.items():
            names = dice.sample(sorted(MARKED), 3)
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
    lines = [f"{name} {counts[name]} {max(seen[name], default=-1)}" for name in surfaces]
    told.write_text("\n".join([*lines, *wrong]), encoding="utf-8")


def _query(name: str, source: str) -> str:
    return f"select distinct {MARKED[name]} from {source}{_WHERE.get(name, '')}"


def _duckdb(path: Path, names: list[str]) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            row[0]
            for name in names
            for row in connection.execute(_query(name, f"marts.{name}")).fetchall()
        }


def _parquet(folder: Path, names: list[str]) -> set[str]:
    version = folder.resolve()  # all files of one publish
    with duckdb.connect() as connection:
        return {
            row[0]
            for name in names
            for row in connection.execute(
                _query(name, f"read_parquet('{version / name}.parquet')")
            ).fetchall()
        }


def _postgres(dsn: str, names: list[str]) -> set[str]:
    with psycopg.connect(dsn) as connection:
        found = set()
        for name in names:
            found |= {row[0] for row in connection.execute(_query(name, f"marts.{name}"))}
        return found
