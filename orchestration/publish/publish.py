"""Write, then swap: a new version's folder is complete before one symbolic link names it.

``published/current`` names a version; ``published/warehouse.duckdb``, ``published/parquet`` and
``published/public`` go through it, so that all change at the same moment and a reader that has the
old file open keeps it.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import duckdb

from orchestration.config import Config
from orchestration.disclosure import write_public
from orchestration.errors import DatasporError
from orchestration.publish.published import PUBLISHED_TABLES
from orchestration.settings import Settings

STORAGE_VERSION = "v1.2.0"
KEPT_VERSIONS = 5
_FIELD_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "datetime",
}


def publish(settings: Settings, config: Config, version: str) -> dict[str, int]:
    """Publish the working warehouse's marts as ``version``; it becomes the audited warehouse.

    Args:
        settings: where things are.
        config: the municipality's configuration, which says what is public.
        version: name of the version's folder, unique to the run.

    Returns:
        Rows published, by table.

    Raises:
        DatasporError: a table is missing from the working warehouse, or what has been public
            cannot be told.
    """
    folder = settings.published / "versions" / version
    if folder.exists():
        shutil.rmtree(folder)  # left by a run that was killed; no link names it
    (folder / "parquet").mkdir(parents=True)
    counts = _write(settings.working_warehouse, folder)
    write_public(settings.working_warehouse, config, settings.disclosed, folder)
    settings.audited_warehouse.parent.mkdir(exist_ok=True)
    settings.working_warehouse.replace(settings.audited_warehouse)
    _swap(settings.published / "current", Path("versions") / version)
    _link(settings.published / "warehouse.duckdb", Path("current/warehouse.duckdb"))
    _link(settings.published / "parquet", Path("current/parquet"))
    _link(settings.published / "public", Path("current/public"))
    _remove_old(settings.published / "versions", keep=version)
    return counts


def _write(working: Path, folder: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    resources = []
    target = folder / "warehouse.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(working)}' as working (read_only)")
        connection.execute(
            f"attach '{_quoted(target)}' as published (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute("create schema published.marts")
        there = {
            row[0]
            for row in connection.execute(
                "select table_name from duckdb_tables() "
                "where database_name = 'working' and schema_name = 'marts'"
            ).fetchall()
        }
        missing = [table for table in PUBLISHED_TABLES if table not in there]
        if missing:
            raise DatasporError(
                f"The working warehouse lacks {', '.join(missing)}; nothing was published. "
                "Run the whole job again."
            )
        for table in PUBLISHED_TABLES:
            connection.execute(
                f"create table published.marts.{table} as from working.marts.{table}"
            )
            parquet = folder / "parquet" / f"{table}.parquet"
            connection.execute(
                f"copy published.marts.{table} to '{_quoted(parquet)}' "
                "(format parquet, compression zstd)"
            )
            columns = connection.execute(f"describe published.marts.{table}").fetchall()
            answer = connection.execute(f"select count(*) from published.marts.{table}").fetchone()
            counts[table] = answer[0] if answer else 0
            resources.append(_resource(table, columns))
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dataspor",
        "title": "Dataspor: half-year facts and status figures for public libraries",
        "resources": resources,
    }
    (folder / "parquet" / "datapackage.json").write_text(
        json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return counts


def _resource(table: str, columns: list[tuple[str, ...]]) -> dict[str, object]:
    return {
        "name": table,
        "path": f"{table}.parquet",
        "format": "parquet",
        "schema": {
            "fields": [
                {"name": column[0], "type": _FIELD_TYPES.get(column[1], "any")}
                for column in columns
            ]
        },
    }


def _swap(link: Path, target: Path) -> None:
    """Point a symbolic link elsewhere in one step."""
    temporary = link.with_name(f".{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        _swap(link, target)


def _remove_old(versions: Path, *, keep: str) -> None:
    """Remove all but the latest versions; a reader that has one open keeps its file."""
    old = sorted(
        (folder for folder in versions.iterdir() if folder.name != keep),
        key=lambda folder: folder.stat().st_mtime,
        reverse=True,
    )
    for folder in old[KEPT_VERSIONS - 1 :]:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
