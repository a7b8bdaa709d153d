"""Writing a backup while nothing else writes, and reading it back before it counts."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from orchestration import __version__
from orchestration.backup.contents import CONFIG, DUMP, HOME, MANIFEST, Entry, make, verify
from orchestration.backup.dagster_database import tool
from orchestration.errors import DatasporError, UsageError
from orchestration.run import lock
from orchestration.settings import LOCK_SECONDS, PACKAGED_CONFIG, Settings

ATTEMPTS = 5
_NAME = "dataspor-*.tar.gz"
# a run makes these anew, or holds them while it writes
_LEFT_OUT = (
    *(".run.lock", "dbt", "build/warehouse.duckdb*", "archive/.rebuild-*", "*/.mirror.lock"),
    *(".cache", ".config", ".ssh"),  # of the user whose home it may be; keys are no data
)
_SQLITE = b"SQLite format 3\x00"
_SQLITE_COMPANIONS = ("-wal", "-shm", "-journal")


class _ChangedError(Exception):
    """Something was written while it was copied."""


class _Reader:
    """Reads a file and takes its checksum on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def create(
    settings: Settings,
    folder: Path,
    *,
    keep: int | None = None,
    database: str | None = None,
    wait_seconds: float = LOCK_SECONDS,
) -> Path:
    """Write a backup of the installation, read it back, and say where it is.

    No run writes meanwhile: the lock that each takes is held. What is written all the same during
    the copy is seen, and the copy is made again.

    Args:
        settings: the installation.
        folder: where backups lie; made for its owner only where it is missing.
        keep: how many backups stay, this one counted; all, if None.
        database: URL of Dagster's PostgreSQL storage; None where it lies in the home.
        wait_seconds: how long a run may take to end.

    Raises:
        UsageError: there is nothing to back up, or the folder lies inside of it.
        DatasporError: a run does not end, or tools of PostgreSQL fail.
    """
    home = settings.home
    if not home.is_dir():
        raise UsageError(f"There is nothing to back up: {home} is not a folder.")
    if folder.absolute().resolve().is_relative_to(home.resolve()):
        raise UsageError(f"{folder} lies in {home}: keep backups elsewhere, best on other disks.")
    make(folder, 0o700)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as name,
        lock(settings, wait_seconds),
    ):
        unfinished = Path(name) / "backup"
        for _ in range(ATTEMPTS):
            with contextlib.suppress(_ChangedError):
                before = _state(settings)
                _write(settings, unfinished, database)
                if _state(settings) == before:
                    break
        else:
            raise DatasporError(
                f"Something wrote to {home} during each of {ATTEMPTS} copies, so there is no "
                "backup. Wait until Dagster's runs have ended, and start again."
            )
        verify(unfinished)
        moment = dt.datetime.now(tz=dt.UTC)
        kept = folder / f"dataspor-{moment:%Y%m%dT%H%M%S}Z.tar.gz"
        unfinished.replace(kept)
    for old in sorted(folder.glob(_NAME), reverse=True)[keep:] if keep else []:
        old.unlink()
    return kept


def _walk(top: Path, left_out: Sequence[str] = ()) -> Iterator[Path]:
    """Everything below a folder, folders before what is in them; symbolic links are not followed.

    Raises:
        _ChangedError: a folder went away meanwhile.
    """
    pending = [top]
    while pending:
        try:
            below = sorted(pending.pop().iterdir())
        except FileNotFoundError as error:
            raise _ChangedError from error
        for path in below:
            relative = path.relative_to(top)
            if any(_matches(relative, pattern) for pattern in left_out):
                continue
            yield path
            if path.is_dir() and not path.is_symlink():
                pending.append(path)


def _matches(relative: Path, pattern: str) -> bool:
    """Whether a path is that of the pattern, both counted from the home."""
    return len(relative.parts) == len(Path(pattern).parts) and relative.match(pattern)


def _state(settings: Settings) -> dict[str, tuple[int, int, int]]:
    """Size, time and inode of all that only runs write; Dagster's services always write theirs.

    Raises:
        _ChangedError: something went away meanwhile.
    """
    state = {}
    for path in _walk(settings.home, (*_LEFT_OUT, settings.dagster_home.name)):
        try:
            told = path.lstat()
        except FileNotFoundError as error:
            raise _ChangedError from error
        state[str(path)] = (told.st_size, told.st_mtime_ns, told.st_ino)
    return state


def _write(settings: Settings, target: Path, database: str | None) -> None:
    entries: list[Entry] = []
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(opened, "wb") as raw,
        tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _walk(settings.home, _LEFT_OUT):
            name = f"{HOME}/{path.relative_to(settings.home).as_posix()}"
            if settings.dagster_home in path.parents and path.name.endswith(_SQLITE_COMPANIONS):
                continue  # what they hold is in the copy of the database
            if _is_sqlite(settings, path):
                copy = target.with_name("copy.db")
                _copy_sqlite(path, copy)
                entries.append(_add(tar, copy, name, mode=path.stat().st_mode))
                copy.unlink()
            elif path.is_symlink() or path.is_dir() or path.is_file():
                entries.append(_add(tar, path, name))
        if settings.config != PACKAGED_CONFIG:
            config = settings.config.resolve()  # what a link leads to may not be there later
            entries.append(_add(tar, config, CONFIG))
            for path in _walk(config):
                name = f"{CONFIG}/{path.relative_to(config).as_posix()}"
                entries.append(_add(tar, path, name))
        if database:
            dump = target.with_name(DUMP)
            dump.touch(0o600)
            tool(
                "pg_dump",
                database,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--file={dump}",
            )
            entries.append(_add(tar, dump, DUMP))
        told = {
            "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
            "dataspor": __version__,
            "home": str(settings.home),
            "entries": [asdict(entry) for entry in entries],
        }
        manifest = target.with_name(MANIFEST)
        manifest.write_text(json.dumps(told), encoding="utf-8")
        tar.add(manifest, MANIFEST)


def _add(tar: tarfile.TarFile, path: Path, name: str, *, mode: int | None = None) -> Entry:
    """Copy one file, folder or link into the tar.

    Raises:
        _ChangedError: it went away, or shrank.
    """
    try:
        told = path.lstat()
        info = tarfile.TarInfo(name)
        info.mode = (told.st_mode if mode is None else mode) & 0o7777
        info.mtime = told.st_mtime
        entry: dict[str, Any] = {"path": name, "mode": info.mode, "mtime_ns": told.st_mtime_ns}
        if path.is_symlink():
            info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
            tar.addfile(info)
            return Entry(**entry, target=info.linkname)
        if path.is_dir():
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
            return Entry(**entry)
        info.size = told.st_size
        with path.open("rb") as file:
            reader = _Reader(file)
            tar.addfile(info, reader)
    except OSError as error:
        if isinstance(error, FileNotFoundError) or "unexpected end of data" in str(error):
            raise _ChangedError from error
        raise DatasporError(f"{path} could not be backed up: {error.strerror}.") from error
    return Entry(**entry, sha256=reader.digest.hexdigest())


def _is_sqlite(settings: Settings, path: Path) -> bool:
    if settings.dagster_home not in path.parents or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _copy_sqlite(path: Path, copy: Path) -> None:
    """Dagster's services may be writing: only SQLite itself copies a database consistently."""
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
