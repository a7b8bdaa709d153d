"""Backups: all that an installation keeps, in one file that was read back before it counts.

A backup is a tar file, readable by its owner only: ``home/`` as it was, ``config/`` where
DATASPOR_CONFIG names a folder, ``dagster.dump`` where Dagster's storage is in PostgreSQL, and
``manifest.json`` with the checksum of each file. It holds raw exports: whoever keeps it keeps
personal data, for as long as it is kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import click
import duckdb

from orchestration import __version__
from orchestration.errors import DatasporError, UsageError
from orchestration.extract.delimited import quoted
from orchestration.run import LOCK_SECONDS, lock
from orchestration.settings import PACKAGED_CONFIG, Settings

DATABASE = "DATASPOR_DAGSTER_POSTGRES_URL"
ATTEMPTS = 5
_NAME = "dataspor-*.tar.gz"
_MANIFEST, _DUMP, _HOME, _CONFIG = "manifest.json", "dagster.dump", "home", "config"
_RESTORED_CONFIG = "config-of-backup"
# a run makes these anew, or holds them while it writes
_LEFT_OUT = (
    *(".run.lock", "dbt", "build/warehouse.duckdb*", "archive/.rebuild-*", "*/.mirror.lock"),
    *(".cache", ".config", ".ssh"),  # of the user whose home it may be; keys are no data
)
_SQLITE = b"SQLite format 3\x00"
_SQLITE_COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Entry:
    """One file, folder or symbolic link of a backup, by its path in it.

    Attributes:
        sha256: checksum of a file's bytes.
        target: where a symbolic link points.
    """

    path: str
    mode: int
    mtime_ns: int
    sha256: str | None = None
    target: str | None = None


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

    No run of ``dataspor`` writes meanwhile: its lock is held. A run that Dagster starts does not
    ask for the lock; what it wrote during the copy is seen, and the copy is made again.

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
    _make(folder, 0o700)
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


def verify(backup: Path) -> list[Entry]:
    """Read a backup whole and compare each file with its checksum.

    Raises:
        DatasporError: it is cut off, damaged, or not a backup of Dataspor.
    """
    return _verified(backup)[0]


def _verified(backup: Path) -> tuple[list[Entry], Path]:
    """The entries of a backup that is as it was written, and the home it was made of.

    Raises:
        DatasporError: it is cut off, damaged, or not a backup of Dataspor.
    """
    found: dict[str, str | None] = {}
    entries: list[Entry] = []
    home = Path()
    try:
        with tarfile.open(backup, "r|gz") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() else None
                if member.name == _MANIFEST and stream is not None:
                    manifest = json.load(stream)
                    entries = [Entry(**entry) for entry in manifest["entries"]]
                    home = Path(manifest["home"])
                    continue
                found[member.name] = _digest(stream) if stream is not None else None
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise DatasporError(
            f"{backup} is cut off or damaged ({error}). Take another backup."
        ) from error
    if not entries:
        raise DatasporError(f"{backup} has no manifest: it is not a backup of Dataspor.")
    wrong = {entry.path for entry in entries if found.get(entry.path, "") != entry.sha256}
    wrong |= found.keys() - {entry.path for entry in entries}
    if wrong:
        raise DatasporError(f"{backup} is not what was backed up: {_some(wrong)}.")
    return entries, home


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
    entries, made_of = _verified(backup)
    has_dump = any(entry.path == _DUMP for entry in entries)
    if has_dump and database:
        _refuse_filled(database)
    _make(home, 0o750)
    unpacked = home / ".restoring"
    _unpack(backup, unpacked)
    if has_dump and database:
        _tool(
            "pg_restore",
            database,
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={_connection(database)['PGDATABASE']}",
            str(unpacked / _DUMP),
        )
    wrong = {entry.path for entry in entries if not _is_as_told(unpacked / entry.path, entry)}
    if wrong:
        raise DatasporError(
            f"What was restored to {unpacked} is not what was backed up: {_some(wrong)}."
        )
    # folders last and deepest first: what is put into a folder changes its time
    for entry in sorted(entries, key=lambda e: (e.path.count("/"), e.path), reverse=True):
        if entry.target is None:
            (unpacked / entry.path).chmod(entry.mode)
            os.utime(unpacked / entry.path, ns=(entry.mtime_ns, entry.mtime_ns))
    for path in sorted((unpacked / _HOME).iterdir()):
        _move(path, home / path.name)
    if (unpacked / _CONFIG).is_dir():
        _move(unpacked / _CONFIG, home / _RESTORED_CONFIG)
    shutil.rmtree(unpacked)
    if home.absolute() != made_of:
        _follow(home, made_of)
    return entries


def _follow(home: Path, made_of: Path) -> None:
    """The audited warehouse reads landed rows by their paths, which another home has not."""
    warehouse = home / "build" / "audited" / "warehouse.duckdb"
    if not warehouse.exists():
        return
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


def _make(folder: Path, mode: int) -> None:
    """Make a folder that may be there, and be sure to be allowed to write in it."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}. Make it as root, and give it to the "
            "user who runs this."
        ) from error


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
        return _digest(file) == entry.sha256


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
            name = f"{_HOME}/{path.relative_to(settings.home).as_posix()}"
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
            entries.append(_add(tar, settings.config, _CONFIG))
            for path in _walk(settings.config):
                name = f"{_CONFIG}/{path.relative_to(settings.config).as_posix()}"
                entries.append(_add(tar, path, name))
        if database:
            dump = target.with_name(_DUMP)
            dump.touch(0o600)
            _tool(
                "pg_dump",
                database,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--file={dump}",
            )
            entries.append(_add(tar, dump, _DUMP))
        told = {
            "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
            "dataspor": __version__,
            "home": str(settings.home),
            "entries": [asdict(entry) for entry in entries],
        }
        manifest = target.with_name(_MANIFEST)
        manifest.write_text(json.dumps(told), encoding="utf-8")
        tar.add(manifest, _MANIFEST)


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
        entry = {"path": name, "mode": info.mode, "mtime_ns": told.st_mtime_ns}
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
            tar.addfile(info, reader)  # type: ignore[arg-type]
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


def _digest(stream: IO[bytes]) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _some(paths: set[str]) -> str:
    shown = ", ".join(sorted(paths)[:3])
    return f"{shown} and {len(paths) - 3} more differ" if len(paths) > 3 else f"{shown} differ(s)"


def _connection(url: str) -> dict[str, str]:
    """A database's URL as libpq's variables, so that no password stands in a list of processes."""
    from sqlalchemy.engine import make_url

    told = make_url(url)
    parts: dict[str, Any] = {
        "PGHOST": told.host,
        "PGPORT": told.port,
        "PGUSER": told.username,
        "PGPASSWORD": told.password,
        "PGDATABASE": told.database,
    }
    parts |= {f"PG{name.upper()}": value for name, value in told.query.items()}
    return {name: str(value) for name, value in parts.items() if value}


def _tool(name: str, url: str, *arguments: str) -> str:
    """Run one of PostgreSQL's own tools on a database; returns what it printed."""
    program = shutil.which(name)
    if program is None:
        raise DatasporError(f"{name} is not installed; apt install postgresql-client.")
    told = subprocess.run(
        [program, *arguments],
        env=os.environ | _connection(url),
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise DatasporError(f"{name} failed: {told.stderr.strip()}")
    return told.stdout


def _refuse_filled(url: str) -> None:
    tables = _tool(
        "psql",
        url,
        "--no-psqlrc",
        "--tuples-only",
        "--no-align",
        "--command=select count(*) from pg_tables "
        "where schemaname not in ('pg_catalog', 'information_schema')",
    )
    if int(tables):
        raise UsageError(
            f"The database of {DATABASE} holds {int(tables)} tables already. Name an empty one, "
            "or restore with --without-history."
        )


@click.group()
def backup() -> None:
    """Back the installation up, and restore it."""


@backup.command("create")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Keep this many, remove older ones.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=LOCK_SECONDS,
    show_default=True,
    help="Seconds that a run may take to end.",
)
def _create(folder: Path, keep: int | None, wait: float) -> None:
    """Write a backup to FOLDER and read it back."""
    database = os.environ.get(DATABASE) or None
    made = create(
        Settings.from_environment(), folder, keep=keep, database=database, wait_seconds=wait
    )
    size = made.stat().st_size / 1e6
    click.echo(f"Backed up and read back: {made} ({size:.1f} MB)")
    if database:
        click.echo(f"It holds Dagster's history, dumped from the database of {DATABASE}.")


@backup.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def _verify(file: Path) -> None:
    """Read FILE whole and compare it with its checksums."""
    click.echo(f"{len(verify(file))} files, folders and links are as they were backed up.")


@backup.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("home", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--without-history", is_flag=True, help="Leave Dagster's PostgreSQL storage in the backup."
)
def _restore(file: Path, home: Path, without_history: bool) -> None:
    """Put FILE into HOME, the DATASPOR_HOME to be, which is empty, and compare every file."""
    database = None if without_history else os.environ.get(DATABASE) or None
    entries = restore(file, home.absolute(), database=database)
    click.echo(f"{len(entries)} files, folders and links restored to {home}.")
    paths = {entry.path for entry in entries}
    if _CONFIG in paths:
        click.echo(f"The configuration of that day: {home / _RESTORED_CONFIG}")
    if _DUMP in paths and database is None:
        click.echo(f"Dagster's history was not restored: {_DUMP} stays in the backup.")


if __name__ == "__main__":
    from orchestration.cli import main

    main.add_command(backup)
    main(["backup", *sys.argv[1:]])
