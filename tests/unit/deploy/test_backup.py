from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration.backup import create, restore, verify
from orchestration.errors import DatasporError, UsageError
from orchestration.settings import PACKAGED_CONFIG, Settings

pytestmark = pytest.mark.ledger_not_asked(reason="its warehouses are a few bytes of no meaning")

MOMENT_NS = 1_763_370_000_123_456_789


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A made-up home with one of each kind that a real one has."""
    home = tmp_path / "home"
    made = Settings(tmp_path / "sources", home, PACKAGED_CONFIG)
    made.prepare()
    raw = made.archive / "mainmanager" / "ab12"
    raw.mkdir(parents=True, mode=0o700)
    (raw / "Hændelser 2025.csv").write_bytes(b"Nr.;Ejendom\r\n1;\xc3\x98\r\n")
    (raw / "Hændelser 2025.csv").chmod(0o600)
    os.utime(raw / "Hændelser 2025.csv", ns=(MOMENT_NS, MOMENT_NS))
    version = made.published / "versions" / "one"
    version.mkdir(parents=True)
    (version / "warehouse.duckdb").write_bytes(os.urandom(300_000))
    (made.published / "current").symlink_to(Path("versions/one"))
    (made.published / "warehouse.duckdb").symlink_to(Path("current/warehouse.duckdb"))
    release = made.releases / "2025-04" / "r1"
    release.mkdir(parents=True)
    (release / "manifest.json").write_text("{}")
    (release / "manifest.json").chmod(0o444)
    release.chmod(0o555)
    made.disclosed.parent.mkdir(mode=0o700)
    made.disclosed.write_text("[]")
    made.audited_warehouse.parent.mkdir()
    duckdb.connect(str(made.audited_warehouse)).close()
    made.working_warehouse.write_bytes(b"half a run")
    (made.dbt_target / "manifest.json").write_text("{}")
    yield made
    for folder in tmp_path.rglob("r1"):
        folder.chmod(0o755)


def told(home: Path) -> dict[str, tuple[object, ...]]:
    """Kind, permissions, time and content of everything below a folder."""
    found: dict[str, tuple[object, ...]] = {}
    for path in home.rglob("*"):
        at = path.lstat()
        if path.is_symlink():
            content: object = path.readlink()
        else:
            content = path.read_bytes() if path.is_file() else None
        mode = None if path.is_symlink() else stat.S_IMODE(at.st_mode)
        time_ns = None if path.is_symlink() else at.st_mtime_ns
        found[path.relative_to(home).as_posix()] = (mode, time_ns, content)
    return found


def test_a_home_comes_back_as_it_was(settings: Settings, tmp_path: Path) -> None:
    made = create(settings, tmp_path / "backups")
    restore(made, tmp_path / "again")

    before, after = told(settings.home), told(tmp_path / "again")
    for left_out in (".run.lock", "dbt", "dbt/manifest.json", "build/warehouse.duckdb"):
        before.pop(left_out)
    assert after == before
    assert after["archive/mainmanager/ab12/Hændelser 2025.csv"][:2] == (0o600, MOMENT_NS)
    assert after["releases/2025-04/r1"][0] == 0o555
    assert (tmp_path / "again" / "published" / "warehouse.duckdb").read_bytes()


def test_only_its_owner_reads_a_backup(settings: Settings, tmp_path: Path) -> None:
    made = create(settings, tmp_path / "backups")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert list(made.parent.iterdir()) == [made], "nothing unfinished stays"


def test_rows_that_sqlite_has_not_yet_put_into_its_file_are_backed_up(
    settings: Settings, tmp_path: Path
) -> None:
    path = settings.dagster_home / "runs.db"
    with closing(sqlite3.connect(path)) as writing:
        writing.execute("pragma journal_mode=wal")
        writing.execute("create table runs (id text)")
        writing.execute("insert into runs values ('of the write-ahead log')")
        writing.commit()
        assert path.with_name("runs.db-wal").stat().st_size
        made = create(settings, tmp_path / "backups")
    restore(made, tmp_path / "again")
    restored = tmp_path / "again" / "dagster" / "runs.db"
    assert not restored.with_name("runs.db-wal").exists()
    with closing(sqlite3.connect(restored)) as reading:
        assert reading.execute("select id from runs").fetchall() == [("of the write-ahead log",)]


def test_a_run_that_holds_the_lock_is_told_in_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    with (
        FileLock(settings.home / ".run.lock"),
        pytest.raises(DatasporError, match=r"Another run has held .* 0.2 seconds. Wait"),
    ):
        create(settings, tmp_path / "backups", wait_seconds=0.2)
    assert not list((tmp_path / "backups").iterdir())


def test_a_backup_waits_for_the_run_that_holds_the_lock(settings: Settings, tmp_path: Path) -> None:
    held = FileLock(settings.home / ".run.lock", thread_local=False)
    held.acquire()
    landed = settings.landing / "late.parquet"

    def finish() -> None:
        time.sleep(0.5)
        landed.write_bytes(b"landed by the run")
        held.release()

    run = threading.Thread(target=finish)
    run.start()
    made = create(settings, tmp_path / "backups", wait_seconds=20)
    run.join()
    assert "home/landing/late.parquet" in {entry.path for entry in verify(made)}


def test_a_home_that_is_written_without_the_lock_gives_no_backup(
    settings: Settings, tmp_path: Path
) -> None:
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            (settings.landing / "growing.json").write_text("x" * number)
            time.sleep(0.001)

    run = threading.Thread(target=write)
    run.start()
    try:
        with pytest.raises(DatasporError, match="Something wrote to .* so there is no backup"):
            create(settings, tmp_path / "backups")
    finally:
        ended.set()
        run.join()
    assert not list((tmp_path / "backups").iterdir())


def test_what_dagsters_services_write_all_the_time_hinders_no_backup(
    settings: Settings, tmp_path: Path
) -> None:
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(settings.dagster_home / "schedules.db")) as ticking:
            ticking.execute("create table ticks (number integer)")
            while not ended.is_set():
                ticking.execute("insert into ticks values (1)")
                ticking.commit()
                time.sleep(0.01)

    service = threading.Thread(target=write)
    service.start()
    try:
        made = create(settings, tmp_path / "backups")
    finally:
        ended.set()
        service.join()
    restore(made, tmp_path / "again")
    with closing(sqlite3.connect(tmp_path / "again" / "dagster" / "schedules.db")) as reading:
        assert reading.execute("pragma integrity_check").fetchone() == ("ok",)


def test_the_configuration_is_backed_up_where_it_is_ones_own(
    settings: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "libraries.csv").write_text("library_id\n")
    own = Settings(settings.sources, settings.home, config)
    restore(create(own, tmp_path / "backups"), tmp_path / "again")
    kept = tmp_path / "again" / "config-of-backup" / "libraries.csv"
    assert kept.read_text() == "library_id\n"


def test_a_configuration_folder_that_is_a_link_comes_back_as_a_folder(
    settings: Settings, tmp_path: Path
) -> None:
    version = tmp_path / "config-v2"
    version.mkdir()
    (version / "libraries.csv").write_text("library_id\n")
    config = tmp_path / "config"
    config.symlink_to("config-v2")
    own = Settings(settings.sources, settings.home, config)
    restore(create(own, tmp_path / "backups"), tmp_path / "again")
    kept = tmp_path / "again" / "config-of-backup"
    assert not kept.is_symlink()
    assert (kept / "libraries.csv").read_text() == "library_id\n"


def test_a_restoration_that_fails_leaves_the_home_empty_for_another(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(settings, tmp_path / "backups")
    again = tmp_path / "again"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OSError, match="No space left"):
            restore(made, again)
    assert list(again.iterdir()) == []
    restore(made, again)


@pytest.mark.parametrize("damage", ["cut off", "one byte", "a file exchanged"])
def test_a_damaged_backup_is_refused_and_restores_nothing(
    damage: str, settings: Settings, tmp_path: Path
) -> None:
    made = create(settings, tmp_path / "backups")
    content = bytearray(made.read_bytes())
    if damage == "cut off":
        made.write_bytes(content[: len(content) // 2])
    elif damage == "one byte":
        content[len(content) // 2] ^= 0xFF
        made.write_bytes(content)
    else:
        with tarfile.open(made) as tar:
            tar.extractall(tmp_path / "inside")
        (tmp_path / "inside" / "home" / "disclosed" / "history.json").write_text("[1]")
        with tarfile.open(made, "w:gz") as tar:
            for name in ("home", "manifest.json"):
                tar.add(tmp_path / "inside" / name, name)
    with pytest.raises(DatasporError, match="cut off or damaged|is not what was backed up"):
        restore(made, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["../evil", "home/../../evil", "/tmp/evil"])
def test_a_path_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    forged = tmp_path / "dataspor-forged.tar.gz"
    (tmp_path / "evil.txt").write_text("evil")
    digest = hashlib.sha256(b"evil").hexdigest()
    entry = {"path": name, "mode": 0o644, "mtime_ns": 0, "sha256": digest, "target": None}
    manifest = {"home": "/var/lib/dataspor", "entries": [entry]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(forged, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
        tar.add(tmp_path / "manifest.json", "manifest.json")
    with pytest.raises(DatasporError, match="is not a backup of Dataspor"):
        restore(forged, tmp_path / "again" / "home")
    assert not (tmp_path / "again" / "evil").exists()


def test_the_audited_warehouse_finds_landed_rows_in_another_home(
    settings: Settings, tmp_path: Path
) -> None:
    settings.audited_warehouse.unlink()
    rows = settings.landing / "rows.parquet"
    with duckdb.connect(str(settings.audited_warehouse)) as connection:
        connection.execute(f"copy (select 7 as n) to '{rows}' (format parquet)")
        connection.execute("create schema landing; create schema staging")
        connection.execute(f"create view landing.presence as select n from read_parquet('{rows}')")
        connection.execute("create view staging.presence as select n from landing.presence")
    made = create(settings, tmp_path / "backups")
    settings.home.rename(tmp_path / "lost")
    restore(made, tmp_path / "l'autre")
    again = tmp_path / "l'autre" / "build" / "audited" / "warehouse.duckdb"
    with duckdb.connect(str(again), read_only=True) as connection:
        assert connection.execute("select n from staging.presence").fetchone() == (7,)


def test_a_users_keys_are_not_backed_up(settings: Settings, tmp_path: Path) -> None:
    (settings.home / ".ssh").mkdir()
    (settings.home / ".ssh" / "id_ed25519").write_text("key")
    made = create(settings, tmp_path / "backups")
    assert not [entry.path for entry in verify(made) if ".ssh" in entry.path]


def test_nothing_is_restored_over_something(settings: Settings, tmp_path: Path) -> None:
    made = create(settings, tmp_path / "backups")
    with pytest.raises(UsageError, match="is not empty. Name an empty folder"):
        restore(made, settings.home)


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file/backups cannot be written: Not a directory"):
        create(settings, tmp_path / "file" / "backups")


def test_a_backup_inside_of_what_is_backed_up_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="keep backups elsewhere"):
        create(settings, settings.home / "backups")


def test_only_the_newest_backups_are_kept(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20250101T031500Z", "20250102T031500Z", "20250103T031500Z"):
        (folder / f"dataspor-{day}.tar.gz").touch()
    (folder / "notes.txt").touch()
    made = create(settings, folder, keep=2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "dataspor-20250103T031500Z.tar.gz",
        made.name,
        "notes.txt",
    ]
