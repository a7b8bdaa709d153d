"""The archive: what is noted beside the bytes, what is tidied away, and how files are written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import time
from pathlib import Path

import pytest

from orchestration.errors import DatasporError
from orchestration.landing.archive import (
    Archive,
    Tombstone,
    private_file,
    private_folder,
    tombstones,
    write_atomically,
)
from orchestration.settings import Settings

DAY = 24 * 3600
STONE = Tombstone("a" * 64, "presence", "2025-01-01", "2025-02-01", 3, "archived long ago")


@pytest.fixture
def path(settings: Settings) -> Path:
    made = settings.sources / "a.csv"
    made.write_bytes(b"a;b\n")
    os.utime(made, (1_700_000_000, 1_700_000_000))
    return made


def test_what_is_kept_is_the_bytes_that_came_for_their_owner_only_and_named_by_their_sha_256(
    settings: Settings, path: Path
) -> None:
    in_parts = random.Random(1).randbytes(5 << 19)
    for content in (b"a;b\n", in_parts, b""):
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        name = Archive(settings).receive("presence", path)
        assert name == hashlib.sha256(content).hexdigest()
        kept = settings.archive / "presence" / name / "a.csv"
        assert kept.read_bytes() == content
        assert (kept.stat().st_mtime, kept.stat().st_mode & 0o777) == (1_700_000_000, 0o600)
        assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_note_beside_the_bytes_tells_when_they_came_and_were_exported(
    settings: Settings, path: Path
) -> None:
    archive = Archive(settings)
    before = dt.datetime.now(tz=dt.UTC).replace(microsecond=0)
    name = archive.receive("presence", path)
    assert {p.name for p in (settings.archive / "presence").iterdir()} == {name, f"{name}.json"}
    note = json.loads((settings.archive / "presence" / f"{name}.json").read_text())
    came = dt.datetime.fromisoformat(note.pop("archived_at"))
    assert before <= came <= dt.datetime.now(tz=dt.UTC)
    assert came.microsecond == 0
    assert note == {"exported_at": "2023-11-14T22:13:20+00:00", "bytes": 4}
    assert archive.archived_at("presence", name) == came


def test_the_same_bytes_under_another_name_are_kept_too_and_came_when_they_first_came(
    settings: Settings, path: Path
) -> None:
    archive = Archive(settings)
    name = archive.receive("presence", path)
    note = settings.archive / "presence" / f"{name}.json"
    note.write_text(json.dumps({"archived_at": "2020-01-01T00:00:00+00:00"}))
    assert archive.receive("presence", path.rename(path.with_name("b.csv"))) == name
    assert archive.archived_at("presence", name) == dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for kept in ("a.csv", "b.csv"):
        assert archive.kept("presence", name, kept) == settings.archive / "presence" / name / kept
        assert not archive.lacks("presence", name, kept)
    assert archive.kept("presence", name, "c.csv") is None
    assert archive.lacks("presence", name, "c.csv")


def test_bytes_without_a_note_came_when_their_folder_did(settings: Settings, path: Path) -> None:
    archive = Archive(settings)
    name = archive.receive("presence", path)
    (settings.archive / "presence" / f"{name}.json").unlink()
    os.utime(settings.archive / "presence" / name, (1_600_000_000, 1_600_000_000))
    assert archive.archived_at("presence", name) == dt.datetime(
        2020, 9, 13, 12, 26, 40, tzinfo=dt.UTC
    )


def test_what_is_purged_is_not_missed_and_not_kept_again(settings: Settings, path: Path) -> None:
    archive = Archive(settings)
    name = archive.receive("presence", path)
    archive.bury(Tombstone(name, "presence", "2025-01-01", "2025-02-01", 4, "rule"))
    for known in (archive, Archive(settings)):
        assert not known.lacks("presence", name, "a.csv")
        assert known.receive("presence", path) == name
        assert known.kept("presence", name, "a.csv") is None
    assert list((settings.archive / "presence").iterdir()) == []


def test_bytes_without_a_note_are_purged_like_others(settings: Settings, path: Path) -> None:
    archive = Archive(settings)
    name = archive.receive("presence", path)
    (settings.archive / "presence" / f"{name}.json").unlink()
    archive.bury(Tombstone(name, "presence", "2025-01-01", "2025-02-01", 4, "rule"))
    assert [stone.source_file_id for stone in tombstones(archive.record)] == [name]
    assert list((settings.archive / "presence").iterdir()) == []


def test_a_tombstone_says_what_was_purged_and_is_read_back(settings: Settings) -> None:
    record = settings.archive / "purged.jsonl"
    assert tombstones(record) == []
    record.write_text(f"{json.dumps(STONE.__dict__)}\n\n{json.dumps(STONE.__dict__)}\n")
    assert tombstones(record) == [STONE, STONE]


def test_a_disk_that_cannot_be_written_is_told_as_such(settings: Settings, path: Path) -> None:
    (settings.archive / "presence").write_text("a file where the folder should be")
    with pytest.raises(DatasporError) as told:
        Archive(settings).receive("presence", path)
    assert str(told.value) == (
        f"The archive {settings.archive} cannot be written (File exists). Make room or mend the "
        "disk, and run again."
    )


def test_what_is_in_the_way_of_a_copy_and_cannot_be_removed_is_told_as_such(
    settings: Settings, path: Path
) -> None:
    in_the_way = private_folder(settings.archive / "presence" / f".{os.getpid()}.received")
    with pytest.raises(DatasporError, match=r"The archive .* cannot be written \(Is a directory\)"):
        Archive(settings).receive("presence", path)
    assert in_the_way.is_dir()


def test_a_file_that_goes_away_meanwhile_is_no_fault_of_the_archive(
    settings: Settings, path: Path
) -> None:
    path.unlink()
    with pytest.raises(FileNotFoundError):
        Archive(settings).receive("presence", path)


def test_a_copy_that_goes_away_meanwhile_is_a_fault_of_the_archive_and_not_of_the_file(
    settings: Settings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_time = os.utime

    def without_the_copy(copy: Path, **times: tuple[int, int]) -> None:
        copy.unlink()
        set_time(copy, **times)

    monkeypatch.setattr(os, "utime", without_the_copy)
    with pytest.raises(DatasporError, match=r"cannot be written \(No such file or directory\)"):
        Archive(settings).receive("presence", path)


def test_what_killed_processes_left_goes_after_a_day_and_nothing_else_does(
    settings: Settings,
) -> None:
    names = (".work-1", ".rebuild-1", ".reproduced-1", "presence", "work-1")
    left = [private_folder(settings.archive / name) / "raw.csv" for name in names]
    left += [settings.archive / "presence" / n for n in (".7.received", ".7.other", "x.received")]
    left += [settings.archive / ".work-file", settings.archive / ".8.received"]
    written = (".hashes.json.7.tmp", "presence/.a.json.7.tmp")
    fetched = ("fetched/presence/.a.csv.7.tmp", "fetched/survey/2025-02/.dataset.csv.7.tmp")
    for name in (*written, *fetched):
        left.append(private_folder((settings.archive / name).parent) / Path(name).name)
    note = private_folder(settings.landing / "presence") / ".a.json.7.tmp"
    left.append(note)
    for path in left:
        path.write_text("x")

    def age(seconds: float) -> None:
        when = time.time() - seconds
        for path in sorted(settings.archive.rglob("*"), reverse=True):
            os.utime(path, (when, when))

    before = set(settings.archive.rglob("*"))
    age(DAY - 600)
    os.utime(note, (time.time() - DAY + 600,) * 2)
    Archive(settings).tidy()
    assert set(settings.archive.rglob("*")) == before
    assert note.exists()
    age(DAY + 600)
    os.utime(note, (time.time() - DAY - 600,) * 2)
    Archive(settings).tidy()
    assert {str(p.relative_to(settings.archive)) for p in settings.archive.rglob("*")} == {
        *("presence", "presence/raw.csv", "presence/.7.other", "presence/x.received"),
        *("work-1", "work-1/raw.csv", ".8.received"),
        *("fetched", "fetched/presence", "fetched/survey", "fetched/survey/2025-02"),
    }
    assert not note.exists()


def test_a_leftover_that_cannot_be_removed_holds_nobody_up_and_the_others_go(
    settings: Settings,
) -> None:
    elsewhere = private_folder(settings.home / "elsewhere")
    (elsewhere / "theirs.csv").write_text("x")
    # a link to a folder is what no permission lets the removal of a folder remove
    links = [settings.archive / name for name in (".work-2", ".rebuild-2", ".reproduced-2")]
    for link in links:
        link.symlink_to(elsewhere)
    others = [private_folder(settings.archive / link.name.replace("2", "1")) for link in links]
    others.append(private_folder(settings.archive / "presence") / ".7.received")
    others[-1].write_text("x")
    for path in (*links, *others):
        os.utime(path, (1_600_000_000, 1_600_000_000), follow_symlinks=False)
    Archive(settings).tidy()
    assert [path for path in others if path.exists()] == []
    assert all(link.is_symlink() for link in links)
    assert (elsewhere / "theirs.csv").read_text() == "x"


@pytest.mark.parametrize("before_the_look", [True, False])
def test_a_leftover_that_another_process_removes_meanwhile_holds_nobody_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, before_the_look: bool
) -> None:
    left = private_folder(settings.archive / "presence") / ".7.received"
    left.write_text("x")
    os.utime(left, (1_600_000_000, 1_600_000_000))
    look, removed = Path.lstat, []

    def remove() -> None:
        left.unlink()
        removed.append(left)

    def look_of_one_of_two(self: Path) -> os.stat_result:
        if self == left and before_the_look:
            remove()
        found = look(self)
        if self == left and not before_the_look:
            remove()
        return found

    monkeypatch.setattr(Path, "lstat", look_of_one_of_two)
    Archive(settings).tidy()
    assert removed == [left]


def test_a_file_is_replaced_whole_for_its_owner_only_whatever_was_left(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_text("before")
    left = tmp_path / f".note.json.{os.getpid()}.tmp"
    left.write_text("left by a killed process whose number came again")
    write_atomically(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]


def test_a_file_that_two_processes_write_at_once_is_whole_and_nobody_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace, process = tmp_path / "note.json", Path.replace, [1]

    def after_another(self: Path, target: Path) -> Path:
        if process == [1]:
            process[0] = 2
            write_atomically(path, b"theirs")
            process[0] = 1
        return replace(self, target)

    monkeypatch.setattr(os, "getpid", lambda: process[0])
    monkeypatch.setattr(Path, "replace", after_another)
    write_atomically(path, b"ours")
    assert path.read_bytes() == b"ours"
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "note.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "note.json", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]


def test_a_private_file_takes_the_place_of_what_is_there_and_is_new(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.symlink_to(tmp_path / "elsewhere")
    with private_file(path) as file:
        file.write(b"mine")
    assert not path.is_symlink()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"mine", 0o600)


def test_a_private_folder_is_made_with_its_parents_and_one_that_is_there_is_left(
    tmp_path: Path,
) -> None:
    made = private_folder(tmp_path / "a" / "b" / "c")
    assert made == tmp_path / "a" / "b" / "c"
    assert {p.stat().st_mode & 0o777 for p in (made, made.parent, made.parent.parent)} == {0o700}
    made.chmod(0o750)
    assert private_folder(made).stat().st_mode & 0o777 == 0o750


def test_a_private_folder_that_another_process_makes_meanwhile_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, path = Path.is_dir, tmp_path / "presence"

    def made_after_the_look(self: Path) -> bool:
        there = looked(self)
        if self == path and not there:
            path.mkdir()
        return there

    monkeypatch.setattr(Path, "is_dir", made_after_the_look)
    assert private_folder(path) == path
    assert looked(path)
