from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

import pytest

from orchestration.errors import DatasporError
from orchestration.landing.archive import Archive, ChangedFileError, Tombstone
from orchestration.landing.inventory import (
    Inventory,
    LeftFile,
    files_below,
    is_export,
    is_synthetic,
    look,
    shown_name,
    take_inventory,
)
from orchestration.landing.unfinished import PAUSE_SECONDS
from orchestration.settings import Settings

Export = Callable[..., Path]


@contextmanager
def held_open(path: Path) -> Iterator[None]:
    """Another process that has a file open for appending."""
    code = "import sys; f = open(sys.argv[1], 'a'); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout.readline() == b"open\n"
        yield
    finally:
        writer.communicate(timeout=20)


def archived_bytes(settings: Settings) -> dict[str, bytes]:
    """Content of each archived export by its id."""
    return {
        path.parent.name: path.read_bytes()
        for path in settings.archive.glob("*/*/*")
        if path.is_file()
    }


def test_a_local_file_is_archived_and_read_from_there(settings: Settings, export: Export) -> None:
    path = export("presence/a.csv")
    (file,) = take_inventory(settings)
    assert file.source_file_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.path.is_relative_to(settings.archive)
    assert file.path.read_bytes() == path.read_bytes()
    assert file.path.name == "a.csv"
    assert file.exported_at == dt.datetime.fromtimestamp(1_700_000_000, tz=dt.UTC)
    assert file.path.stat().st_mtime == 1_700_000_000


def test_everything_in_the_archive_is_for_its_owner_only(
    settings: Settings, export: Export
) -> None:
    export("presence/deep/er/a.csv")
    export("mainmanager/b.csv", "Nr.;Oprettet\n")
    take_inventory(settings)
    everything = [settings.archive, *settings.archive.rglob("*")]
    assert len(everything) > 8
    assert {p.stat().st_mode & 0o777 for p in everything if p.is_dir()} == {0o700}
    assert {p.stat().st_mode & 0o777 for p in everything if p.is_file()} == {0o600}


def test_a_file_just_written_and_closed_is_taken_at_once(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", modified=None)
    inventory = look(settings)
    assert [file.file_name for file in inventory.files] == ["a.csv"]
    assert inventory.left == []


def test_only_the_first_look_at_young_files_takes_a_pause_and_one_for_all_of_them(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        export(f"presence/{number}.csv", f"{number}", modified=None)
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    look(settings)
    assert pauses == [PAUSE_SECONDS]
    export("presence/old.csv")
    look(settings)
    assert pauses == [PAUSE_SECONDS]


def test_a_file_that_goes_away_during_the_pause_is_passed_over_and_the_others_are_taken(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = export("presence/a.csv", "a")
    export("presence/b.csv", "b", modified=None)
    monkeypatch.setattr("time.sleep", lambda _: going.unlink())
    inventory = look(settings)
    assert [file.file_name for file in inventory.files] == ["b.csv"]
    assert inventory.left == []


def test_a_file_that_is_there_again_after_it_was_missing_is_left_and_not_passed_over(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("presence/a.csv")

    def missing(*_: object) -> str:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(Archive, "receive", missing)
    inventory = look(settings)
    assert inventory.files == []
    assert inventory.left == [
        LeftFile("presence", "a.csv", "it cannot be read (No such file or directory)")
    ]


def test_a_file_that_is_known_is_not_read_again(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("presence/a.csv")
    before = take_inventory(settings)
    received: list[Path] = []
    monkeypatch.setattr(Archive, "receive", lambda *told: received.append(told[-1]))
    assert take_inventory(settings) == before
    assert received == []


def test_only_surveys_have_waves(settings: Settings, export: Export) -> None:
    export("presence/2025-02.csv")
    export("survey/2025-02.csv", "a;b")
    assert [(file.source, file.wave_id, file.part) for file in take_inventory(settings)] == [
        ("presence", None, None),
        ("survey", "2025-02", "table"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "a.csv.part",
        "a.csv.PARTIAL",
        "a.xlsx.filepart",
        "a.csv.crdownload",
        "a.tmp",
        "~$a.xlsx",
        ".a.csv",
        ".a.csv.Xy12Zw",
    ],
)
def test_a_file_named_as_unfinished_is_left_and_told(
    settings: Settings, export: Export, name: str
) -> None:
    export("presence/whole.csv")
    export(f"presence/{name}", "half")
    inventory = look(settings)
    assert [file.file_name for file in inventory.files] == ["whole.csv"]
    why = "its name is that of a file still being written"
    assert inventory.left == [LeftFile("presence", name, why)]
    assert inventory.wanting == frozenset()
    assert str(inventory.left[0]).startswith("Left for the next run: presence/")
    assert b"half" not in archived_bytes(settings).values()


def test_hidden_files_that_are_no_exports_are_not_spoken_of(
    settings: Settings, export: Export
) -> None:
    export("presence/.DS_Store")
    export("presence/.gitkeep")
    assert look(settings).left == []


def test_a_file_that_another_process_writes_is_left_until_it_is_closed(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv")
    export("presence/b.csv", "b")
    with held_open(path):
        inventory = look(settings)
        assert [file.file_name for file in inventory.files] == ["b.csv"]
        assert inventory.left == [
            LeftFile("presence", "a.csv", "another program has it open for writing")
        ]
        assert inventory.wanting == {"presence"}
        assert list(archived_bytes(settings).values()) == [b"b"]
    assert [file.file_name for file in look(settings).files] == ["a.csv", "b.csv"]


def test_a_file_taken_before_stays_taken_while_somebody_has_it_open(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv")
    before = take_inventory(settings)
    with held_open(path):
        assert take_inventory(settings) == before


def test_a_file_that_grows_is_left(settings: Settings, export: Export) -> None:
    path = export("presence/a.csv", modified=None)
    done = threading.Event()

    def grow() -> None:
        # opened anew for each piece, as over a network share: nobody has it open in between
        while not done.wait(0.05):
            with path.open("a") as file:
                file.write("x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        inventory = look(settings)
    finally:
        done.set()
        writer.join()
    assert inventory.files == []
    assert inventory.left == [LeftFile("presence", "a.csv", "it is still changing")]
    assert [file.file_name for file in look(settings).files] == ["a.csv"]


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    settings: Settings, tmp_path: Path
) -> None:
    fifo = tmp_path / "a.csv"  # it gives its bytes only when the test does
    os.mkfifo(fifo)

    def write() -> None:
        with fifo.open("wb") as file:
            file.write(b"first half")
            file.flush()
            time.sleep(0.1)
            os.utime(fifo, (1, 1))

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(ChangedFileError, match="^it changed while it was read$"):
        Archive(settings).receive("presence", fifo)
    writer.join()
    assert [p for p in settings.archive.rglob("*") if p.is_file()] == []


def test_what_is_archived_is_what_was_hashed_however_often_the_file_is_rewritten(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv", "0" * 3_000_000)
    done = threading.Event()

    def rewrite() -> None:
        while not done.is_set():
            with path.open("r+b") as file:
                for _ in range(3):
                    file.write(os.urandom(1_000_000))
                    file.flush()

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(15):
            look(settings)
    finally:
        done.set()
        writer.join()
    take_inventory(settings)
    kept = archived_bytes(settings)
    assert kept
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in kept.items())


def reasons(inventory: Inventory) -> dict[str, str | None]:
    return {file.file_name: file.unreadable for file in inventory.files}


def test_an_unreadable_file_is_a_source_file_with_the_reason_and_the_others_are_taken(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv")
    locked = settings.sources / "presence" / "0.csv"
    locked.symlink_to("/proc/self/mem")  # can be opened, cannot be read from its beginning
    inventory = look(settings)
    assert reasons(inventory) == {"a.csv": None, "0.csv": "it cannot be read (Input/output error)"}
    assert (inventory.left, inventory.wanting) == ([], frozenset())


def test_a_file_that_cannot_be_opened_is_a_source_file_with_the_reason_and_others_are_taken(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv")
    # one that takes a number and gives none, to nobody: not to root either
    (settings.sources / "presence" / "0.csv").symlink_to("/proc/sys/vm/compact_memory")
    inventory = look(settings)
    assert reasons(inventory) == {"a.csv": None, "0.csv": "it cannot be read (Permission denied)"}
    assert (inventory.left, inventory.wanting) == ([], frozenset())
    locked = inventory.files[-1] if inventory.files[-1].unreadable else inventory.files[0]
    # known by its name, wherever the sources lie
    assert locked.source_file_id == hashlib.sha256(b"0.csv").hexdigest()
    assert look(settings) == inventory


@pytest.mark.parametrize("fault", [PermissionError(errno.EACCES, "Permission denied"), None])
def test_while_a_known_file_cannot_be_read_or_is_overwritten_its_last_version_counts(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch, fault: OSError | None
) -> None:
    path = export("presence/a.csv", "first version")
    before = look(settings)
    path.write_text("second, which is longer")
    os.utime(path, (1_700_000_500, 1_700_000_500))

    def refusing(*_: object) -> str:
        raise fault or ChangedFileError("it changed while it was read")

    monkeypatch.setattr(Archive, "receive", refusing)
    why = f"it cannot be read ({fault.strerror})" if fault else "it changed while it was read"
    for _ in range(2):  # what is known of it is not forgotten meanwhile
        inventory = look(settings)
        assert inventory.files == before.files
        assert inventory.wanting == frozenset()
        (left,) = inventory.left
        assert left.why == f"{why}; until it can be read, its last version counts"
    monkeypatch.undo()
    after = look(settings)
    assert after.left == []
    assert [file.path.read_text() for file in after.files] == ["second, which is longer"]
    assert after.files[0].exported_at.timestamp() == 1_700_000_500


def test_a_known_file_that_another_process_overwrites_counts_as_it_was(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv", "whole")
    before = look(settings).files
    with held_open(path):
        path.write_text("ha")
        inventory = look(settings)
    assert inventory.files == before
    assert [left.why for left in inventory.left] == [
        "another program has it open for writing; until it can be read, its last version counts"
    ]


@pytest.mark.parametrize("is_named_so", [False, True], ids=["open", "by its name"])
def test_new_files_of_a_wave_wait_for_the_one_that_is_still_being_written(
    settings: Settings, export: Export, is_named_so: bool
) -> None:
    labels = export("survey/2025-02/labels.xlsx", "1 is yes")
    answers = export("survey/2025-02/dataset.xlsx", "1")
    export("survey/2025-02/structure.xlsx", "of both")
    before = look(settings).files
    labels.write_text("1 is no, from now on")
    export("survey/2025-08.xlsx", "of another wave")
    export("survey/2026-02.xlsx.part", "half of a third")
    if is_named_so:
        export("survey/2025-02/dataset.xlsx.part", "2, which")
        inventory = look(settings)
    else:
        with held_open(answers):
            answers.write_text("2, which")
            inventory = look(settings)
    assert [file for file in inventory.files if file.wave_id == "2025-02"] == before
    assert "2025-08.xlsx" in [file.file_name for file in inventory.files]
    why = {left.file_name: left.why for left in inventory.left}
    assert why["2025-02/labels.xlsx"] == (
        "another file of its wave is still being written or cannot be read; until it can be read, "
        "its last version counts"
    )
    assert "2025-02/structure.xlsx" not in why  # which is as it was
    Path(f"{answers}.part").unlink(missing_ok=True)
    texts = [file.path.read_text() for file in look(settings).files]
    assert "1 is no, from now on" in texts
    assert "1 is yes" not in texts


@pytest.mark.parametrize("leads_to", ["/proc/self/mem", "/proc/sys/vm/compact_memory"])
def test_new_files_of_a_wave_wait_for_the_one_that_cannot_be_read(
    settings: Settings, export: Export, leads_to: str
) -> None:
    labels = export("survey/2025-02/labels.xlsx", "1 is yes")
    answers = export("survey/2025-02/dataset.xlsx", "1")
    before = look(settings).files
    answers.unlink()
    answers.symlink_to(leads_to)
    labels.write_text("1 is no, from now on")
    for _ in range(2):  # what was not taken is not known the next time
        inventory = look(settings)
        assert inventory.files == before
        why = {left.file_name: left.why for left in inventory.left}
        assert set(why) == {"2025-02/dataset.xlsx", "2025-02/labels.xlsx"}
        assert "another file of its wave" in why["2025-02/labels.xlsx"]
    answers.unlink()
    answers.write_text("2")
    assert {file.path.read_text() for file in look(settings).files} == {"1 is no, from now on", "2"}


def test_a_purged_version_does_not_count_for_a_file_that_is_overwritten(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv", "whole")
    (file,) = look(settings).files
    stone = Tombstone(file.source_file_id, "presence", "2025-01-01", "2025-02-01", 5, "rule")
    Archive(settings).bury(stone)
    with held_open(path):
        path.write_text("ha")
        inventory = look(settings)
    assert inventory.files == []
    assert inventory.wanting == {"presence"}


def test_a_file_that_another_one_s_name_begins_with_has_a_version_of_its_own(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv|1.csv", "other")
    path = export("presence/a.csv", "whole")
    before = look(settings).files
    with held_open(path):
        path.write_text("ha")
        assert look(settings).files == before


def test_a_folder_that_cannot_be_listed_stops_the_look_with_its_name(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("presence/a.csv")
    locked = export("presence/2024/Mette Hansen/b.csv", "b").parent
    listed = os.scandir

    def refusing(path: str | Path = ".") -> Iterator[os.DirEntry[str]]:
        if Path(path) == locked:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DatasporError) as told:
        look(settings)
    shown = settings.sources / "presence" / "2024" / "[…]"
    assert str(told.value).startswith(f"The folder {shown} cannot be read (Permission denied)")
    monkeypatch.undo()
    assert len(look(settings).files) == 2


def test_a_folder_that_is_listed_but_not_opened_stops_the_look_with_its_name(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = export("presence/2024/b.csv")
    stat = Path.stat

    def refusing(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self == locked:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refusing)
    with pytest.raises(DatasporError, match=r"presence/2024 cannot be read \(Permission denied\)"):
        look(settings)


def test_a_source_s_folder_that_is_a_link_to_nowhere_stops_the_look_and_none_does_not(
    settings: Settings,
) -> None:
    assert look(settings).files == []
    (settings.sources / "presence").symlink_to(settings.sources / "not mounted")
    with pytest.raises(DatasporError, match=r"presence cannot be read \(No such file"):
        look(settings)


def test_a_link_to_what_may_not_be_looked_at_is_left_and_the_others_are_taken(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("presence/a.csv")
    link = settings.sources / "presence" / "0.csv"
    link.symlink_to(settings.sources / "presence" / "a.csv")
    stat = Path.stat

    def refusing(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self == link and follow_symlinks:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refusing)
    inventory = look(settings)
    assert reasons(inventory) == {"a.csv": None, "0.csv": "it cannot be read (Permission denied)"}
    assert inventory.left == []


def test_names_of_persons_do_not_leave_in_file_names(settings: Settings, export: Export) -> None:
    export("presence/Mette Hansen/udtræk 010190-1234 mette@kk.dk.csv")
    export("presence/Ole Jensen.csv.part")
    inventory = look(settings)
    assert [file.file_name for file in inventory.files] == ["[…]/udtræk […] […].csv"]
    assert [left.file_name for left in inventory.left] == ["[…].csv.part"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("hændelser.csv".encode(), "hændelser.csv"),
        (b"h\xe6ndelser.csv", "hændelser.csv"),
        (b"\xe5r/Mette Hansen \x81.csv", "år/[…] \N{REPLACEMENT CHARACTER}.csv"),
        (b"h\xe6ndelser.csv.part", "hændelser.csv.part"),
    ],
)
def test_a_name_that_is_no_utf8_is_shown_as_windows_wrote_it(raw: bytes, shown: str) -> None:
    assert shown_name(PurePath(os.fsdecode(raw))) == shown


def test_a_folder_whose_name_is_no_utf8_is_named_when_it_cannot_be_listed(
    settings: Settings, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = export(os.fsdecode(b"presence/\xe5r/a.csv")).parent

    def refusing(*_: object, **__: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(locked))

    monkeypatch.setattr(Path, "is_file", refusing)
    monkeypatch.setattr(Path, "lstat", refusing)
    with pytest.raises(DatasporError, match="presence/år cannot be read"):
        files_below(settings.sources / "presence")


def test_files_whose_screened_names_collide_stay_two_source_files_in_a_fixed_order(
    settings: Settings, export: Export
) -> None:
    export("presence/Mette Hansen.csv", "a")
    export("presence/Ole Jensen.csv", "b")
    files = take_inventory(settings)
    assert [file.file_name for file in files] == ["[…].csv", "[…].csv"]
    assert len({file.source_file_id for file in files}) == 2
    assert [file.order for file in files] == sorted({file.order for file in files})


def test_bytes_lost_from_the_archive_are_archived_again(settings: Settings, export: Export) -> None:
    export("presence/a.csv")
    (first,) = take_inventory(settings)
    first.path.unlink()
    (second,) = take_inventory(settings)
    assert second == first
    assert second.path.is_file()


@pytest.mark.parametrize("last", ["2025-01-13.json", "kopi.json"])
def test_of_two_equal_snapshots_the_one_named_by_its_day_is_taken(
    settings: Settings, export: Export, last: str
) -> None:
    for name in ("2025-01-13.json", "kopi.json"):
        modified = 1_700_000_100 if name == last else 1_700_000_000
        export(f"opening_hours/{name}", "[]", modified=modified)
    (file,) = take_inventory(settings)
    assert file.file_name == "2025-01-13.json"


@pytest.mark.parametrize("step", [-3600, 0, 3600])
def test_of_equal_snapshots_the_newest_day_is_taken_whenever_they_were_written(
    settings: Settings, export: Export, step: int
) -> None:
    for day, content in ((13, "[]"), (20, "[1]"), (27, "[]")):
        modified = 1_700_000_000 + day * step
        export(f"opening_hours/2025-01-{day}.json", content, modified=modified)
    files = take_inventory(settings)
    assert {file.file_name for file in files} == {"2025-01-20.json", "2025-01-27.json"}


@pytest.mark.parametrize(
    ("source", "name", "is_one"),
    [
        *(("presence", name, True) for name in ("a.csv", "A.XLSX", "deep/er/a.ods", "a.zip")),
        *(("presence", name, False) for name in ("a.json", "a.docx", ".a.csv", "~$a.xlsx", "csv")),
        *(("mainmanager", name, True) for name in ("a.tsv", "a.xls", "a.gz")),
        ("opening_hours", "2025-01-13.json", True),
        ("opening_hours", "a.csv", False),
        *(("survey", name, True) for name in ("2025-02.xlsx", "2025-12.csv", "2025-10/labels.csv")),
        *(("survey", name, True) for name in ("2025-02/DataSet.csv", "2025-02/structure.xlsx")),
        *(("survey", name, True) for name in ("2025-13.csv", "februar 2025.xlsx", "labels.csv")),
        *(("survey", name, True) for name in ("2025-2/dataset.csv", "a/2025-02/dataset.csv")),
        *(("survey", name, False) for name in ("2025-02.json", "2025-02/brev.docx", "notes.txt")),
        *(("survey", name, False) for name in ("2025-02/people.csv", "2025-02/Variables.csv")),
    ],
)
def test_what_is_read_is_told_by_name(source: str, name: str, is_one: bool) -> None:
    assert is_export(source, PurePath(name)) is is_one


def test_files_come_by_source_and_then_in_export_order(settings: Settings, export: Export) -> None:
    export("presence/a.csv", "a", modified=1_700_000_200)
    export("presence/b.csv", "b", modified=1_700_000_100)
    export("opening_hours/2025-01-13.json", "[]", modified=1_700_000_300)
    export("mainmanager/z.csv", "z", modified=1_700_000_400)
    export("survey/2025-02.csv", "x", modified=1_700_000_000)
    inventory = look(settings)
    assert [(file.source, file.file_name) for file in inventory.files] == [
        ("mainmanager", "z.csv"),
        ("opening_hours", "2025-01-13.json"),
        ("presence", "b.csv"),
        ("presence", "a.csv"),
        ("survey", "2025-02.csv"),
    ]
    parts = [(file.wave_id, file.part) for file in inventory.files]
    assert parts == [(None, None)] * 4 + [("2025-02", "table")]
    assert inventory.in_archive == frozenset()


def test_of_equal_files_the_one_exported_last_counts_and_two_sources_are_two(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", "same", modified=1_700_000_200)
    export("presence/b.csv", "same", modified=1_700_000_100)
    export("mainmanager/c.csv", "same")
    found = [(file.source, file.file_name) for file in take_inventory(settings)]
    assert found == [("mainmanager", "c.csv"), ("presence", "a.csv")]


def test_fetched_answers_are_known_to_lie_in_the_archive(settings: Settings) -> None:
    answer = settings.fetched / "opening_hours" / "2025-01-13.json"
    answer.parent.mkdir(parents=True)
    answer.write_text("[]")
    inventory = look(settings)
    assert inventory.in_archive == {inventory.files[0].source_file_id}
    assert inventory.left == []


def test_hashes_are_remembered_of_what_is_there_and_forgotten_of_what_is_gone(
    settings: Settings, export: Export
) -> None:
    kept, gone = export("presence/a.csv", "a"), export("presence/b.csv", "b")
    look(settings)
    record = settings.archive / "hashes.json"
    known = json.loads(record.read_text(encoding="utf-8"))
    assert sorted(known.values()) == sorted(
        hashlib.sha256(text).hexdigest() for text in (b"a", b"b")
    )
    written = record.stat().st_ino
    look(settings)
    assert record.stat().st_ino == written  # nothing new, nothing written
    gone.unlink()
    look(settings)
    (key,) = json.loads(record.read_text(encoding="utf-8"))
    assert key.startswith(f"{kept}|1|")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, False),
        (b"Udtr\xc3\xa6k", False),
        (b"Udtr\xe6k", False),
        (b"SYNTETISKE data", True),
        (b"\xef\xbb\xbfsyntetisk \xc3\xa6\xc3\xb8\xc3\xa5", True),
        (b"syntetisk udtr\xe6k", True),
    ],
)
def test_a_folder_is_synthetic_where_its_note_says_so(
    settings: Settings, content: bytes | None, expected: bool
) -> None:
    if content is not None:
        (settings.sources / "LÆSMIG.txt").write_bytes(content)
    assert is_synthetic(settings.sources) is expected
