"""Closing a half-year: what was published and all that it was made from, frozen as a revision."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from orchestration import __version__
from orchestration.errors import DatasporError, UsageError
from orchestration.extract.delimited import quoted
from orchestration.half_year import HalfYear
from orchestration.publish import PUBLISHED_TABLES, is_of_sample, read_run, read_table
from orchestration.releases.diff import diff_states
from orchestration.releases.release import Release, next_revision, release_before, sha256
from orchestration.releases.state import (
    INCIDENTS,
    check_made_with,
    sources_of,
    state_of,
    state_of_run,
)
from orchestration.run import code_digest
from orchestration.settings import Settings

# what of a table differs between two runs on the same exports
_LEFT_OUT = {"meta_run": "where key <> 'fingerprint'"}


def check_closable(settings: Settings, half_year: HalfYear) -> dict[str, str]:
    """What is told of the published run, if a half-year can be closed on it.

    Raises:
        UsageError: the half-year had not ended on the day of the published run.
        DatasporError: nothing is published yet, or its landed rows are gone, or it is by another
            configuration or code than now's, with which the release could not be made anew.
    """
    run = read_run(settings)
    if not run or not settings.audited_warehouse.exists():
        raise DatasporError("Nothing is published yet. Run `dataspor run` first.")
    as_of = dt.date.fromisoformat(run["as_of"])
    if as_of <= half_year.ends_on:
        raise UsageError(
            f"{half_year.label_da} ends on {half_year.ends_on}; the published figures are as of "
            f"{as_of}. Only an ended half-year is closed."
        )
    check_made_with(settings)
    # a home that was moved has the files that this names elsewhere
    read_table(settings.audited_warehouse, "select 1 from landing.mainmanager_incident limit 0")
    return run


def close(settings: Settings, half_year: HalfYear) -> Release:
    """Freeze the published state as the next revision of a half-year's release.

    The diff to the release before it is part of it: if that cannot be told, nothing is closed.

    Raises:
        UsageError: the half-year had not ended on the day of the published run.
        DatasporError: nothing is published yet, or not by this configuration and code, or what
            moved cannot be told.
    """
    run = check_closable(settings, half_year)
    before = release_before(settings, half_year, is_sample=is_of_sample(run))
    revision = next_revision(settings, half_year)
    folder = settings.releases / half_year.id / f"r{revision}"
    temporary = folder.with_name(f".r{revision}.tmp")
    if temporary.exists():
        shutil.rmtree(temporary)  # left by a close that was killed; nothing names it
    closing = Release(f"{half_year.id}.r{revision}", temporary)
    (temporary / "private").mkdir(parents=True)
    (temporary / "private").chmod(0o700)
    try:
        write_contents(settings, closing)
        _write_manifest_and_diff(settings, closing, half_year, run, before)
        for path in temporary.rglob("*"):
            if path.is_file():
                path.chmod(0o400 if "private" in path.parts else 0o444)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Release(closing.release_id, folder)


def write_contents(settings: Settings, release: Release) -> None:
    """Write what a run published, and what it was made from, into a release's folder."""
    shutil.copyfile(settings.published_warehouse.resolve(), release.warehouse)
    shutil.copytree(settings.config, release.config)
    release.tables.mkdir()
    write_tables(release.warehouse, release.tables)
    with duckdb.connect(str(settings.audited_warehouse.resolve()), read_only=True) as connection:
        connection.execute("set threads = 1")  # rows keep their order, so that bytes repeat
        connection.execute(_copied(INCIDENTS, release.incidents))
    sources = [asdict(source) for source in sources_of(settings)]
    release.sources.write_text(json.dumps(sources, ensure_ascii=False, indent=1), "utf-8")


def write_tables(warehouse: Path, folder: Path) -> None:
    """Write the published tables as Parquet whose bytes depend on nothing but their rows."""
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as connection:
        connection.execute("set threads = 1")
        for table in PUBLISHED_TABLES:
            rows = f"select * from marts.{table} {_LEFT_OUT.get(table, '')} order by all"
            connection.execute(_copied(rows, folder / f"{table}.parquet"))


def _write_manifest_and_diff(
    settings: Settings,
    closing: Release,
    half_year: HalfYear,
    run: dict[str, str],
    before: Release | None,
) -> None:
    told: dict[str, Any] = {"since": None, "moved": []}
    if before is not None:
        found = diff_states(settings, state_of(before), state_of_run(settings))
        told = {"since": before.release_id, **found.as_json()}
    closing.diff.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    manifest = {
        "release_id": closing.release_id,
        "half_year_id": half_year.id,
        "label_da": half_year.label_da,
        "revision": closing.revision,
        "as_of": run["as_of"],
        "since": before.release_id if before is not None else None,
        "code_version": __version__,
        "code_digest": code_digest(),
        "duckdb_version": duckdb.__version__,
        "run_fingerprint": run["fingerprint"],
        "sha256": {
            path.relative_to(closing.folder).as_posix(): sha256(path)
            for path in sorted(closing.folder.rglob("*"))
            if path.is_file()
        },
    }
    (closing.folder / "release.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8"
    )


def _copied(rows: str, path: Path) -> str:
    return f"copy ({rows}) to {quoted(str(path))} (format parquet, compression zstd)"
