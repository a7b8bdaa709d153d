"""Putting a backup into an empty home, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath

import duckdb

from orchestration.backup.contents import (
    CONFIG,
    DUMP,
    HOME,
    Entry,
    digest,
    make,
    some,
    verified,
)
from orchestration.backup.dagster_database import connection, refuse_filled, tool
from orchestration.errors import DatasporError, UsageError
from orchestration.extract.delimited import quoted

RESTORED_CONFIG = "config-of-backup"


def restore(backup: Path, home: Path, *, database: str | None = None) -> list[Entry]:
    """Put a backup into an empty home, with times and permissions, and compare every file.

    Args:
        backup: a file that :func:`create` wrote.
        home: the DATASPOR_HOME to be; empty or not there.
        database: URL of an empty database for Dagster's history; None leaves that in the backup.

    Raises:
        UsageError: the home or the database holds something already.
        DatasporError: the backup is damaged, or what was restored is not what was backed up.
    """
    if home.exists() and any(home.iterdir()):
        raise UsageError(f"{home} is not empty. Name an empty folder, or one that is not there.")
    entries, made_of = verified(backup)
    has_dump = any(entry.path == DUMP for entry in entries)
    if has_dump and database:
        refuse_filled(database)
    make(home, 0o750)
    unpacked = home / ".restoring"
    try:
        _unpack(backup, unpacked)
        if has_dump and database:
            tool(
                "pg_restore",
                database,
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={connection(database)['PGDATABASE']}",
                str(unpacked / DUMP),
            )
        wrong = {entry.path for entry in entries if not _is_as_told(unpacked / entry.path, entry)}
        if wrong:
            raise DatasporError(
                f"What was unpacked in {home} is not what was backed up: {some(wrong)}. Nothing of "
                "it was kept."
            )
    except BaseException:
        shutil.rmtree(unpacked, ignore_errors=True)  # else the home is not empty for another try
        raise
    # folders last and deepest first: what is put into a folder changes its time
    for entry in sorted(entries, key=lambda e: (e.path.count("/"), e.path), reverse=True):
        if entry.target is None:
            (unpacked / entry.path).chmod(entry.mode)
            os.utime(unpacked / entry.path, ns=(entry.mtime_ns, entry.mtime_ns))
    for path in sorted((unpacked / HOME).iterdir()):
        _move(path, home / path.name)
    if (unpacked / CONFIG).is_dir():
        _move(unpacked / CONFIG, home / RESTORED_CONFIG)
    shutil.rmtree(unpacked)
    if home.absolute() != made_of:
        _follow(home, made_of)
    return entries


def _follow(home: Path, made_of: Path) -> None:
    """The audited warehouse reads landed rows by their paths, which another home has not."""
    for warehouse in sorted((home / "build" / "audited").rglob("warehouse.duckdb")):
        _follow_in(warehouse, home, made_of)


def _follow_in(warehouse: Path, home: Path, made_of: Path) -> None:
    was, now = (f"'{quoted(str(folder.absolute()))[1:-1]}/" for folder in (made_of, home))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        views = connection.execute(
            "select sql from duckdb_views() where schema_name = 'landing' and contains(sql, ?)",
            [was],
        ).fetchall()
    if not views:
        return
    with duckdb.connect(str(warehouse)) as connection:
        for (view,) in views:
            moved = view.replace(was, now).replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
            connection.execute(moved)


def _unpack(backup: Path, folder: Path) -> None:
    """Files and folders first and links last, so that nothing is written through a link.

    (The filters of tarfile are not in every Python 3.11.)

    Raises:
        DatasporError: a path leads elsewhere.
    """
    links = {}
    folder.mkdir(mode=0o700)
    with tarfile.open(backup, "r|gz") as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts:
                raise DatasporError(f"{backup} is not a backup of Dataspor: it names {path}.")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.issym():
                links[target] = member.linkname
            elif member.isdir():
                target.mkdir(mode=0o700, exist_ok=True)
            elif (stream := tar.extractfile(member)) is not None:
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                    shutil.copyfileobj(stream, file)
    for link, linked in links.items():
        link.symlink_to(linked)


def _move(path: Path, target: Path) -> None:
    """Rename; a folder that its owner may not write could not be renamed as it is."""
    mode = path.lstat().st_mode
    if path.is_dir() and not path.is_symlink():
        path.chmod(0o700)
    path.rename(target)
    if target.is_dir() and not target.is_symlink():
        target.chmod(mode & 0o7777)


def _is_as_told(path: Path, entry: Entry) -> bool:
    if entry.target is not None:
        return path.is_symlink() and str(path.readlink()) == entry.target
    if entry.sha256 is None:
        return path.is_dir()
    with path.open("rb") as file:
        return digest(file) == entry.sha256
