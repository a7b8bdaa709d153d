from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem

from orchestration.errors import DatasporError, TransientError, UsageError
from orchestration.landing.inventory import (
    SYNTHETIC_NOTE,
    LeftFile,
    is_synthetic,
    look,
    take_inventory,
)
from orchestration.landing.mirror import Mirrored, mirror, shown_url
from orchestration.landing.unfinished import (
    PAUSE_SECONDS,
    UNFINISHED,
    WAVE_UNFINISHED,
    YOUNG_SECONDS,
)
from orchestration.settings import PACKAGED_CONFIG, PROJECT, Settings
from tests.sftp_server import PASSWORD, SftpServer, sftp_server

LONG_AGO = 1_700_000_000


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """The folder that the server serves; the exports lie in a folder below it."""
    (tmp_path / "outbox" / "exports").mkdir(parents=True)
    return tmp_path / "outbox" / "exports"


@pytest.fixture
def server(outbox: Path) -> Iterator[SftpServer]:
    with sftp_server(outbox.parent) as running:
        yield running


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Settings whose sources are a folder on a server that the user knows."""

    def settings(server: SftpServer, url: str | None = None) -> Settings:
        (tmp_path / ".ssh").mkdir(exist_ok=True)
        (tmp_path / ".ssh" / "known_hosts").write_text(server.known_hosts)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("DATASPOR_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("DATASPOR_SOURCES", url or server.url("/exports"))
        made = Settings.from_environment()
        made.prepare()
        return made

    return settings


@pytest.fixture
def store() -> MemoryFileSystem:
    """An empty object store in this process."""
    MemoryFileSystem.store.clear()
    return MemoryFileSystem()


def mirroring(settings: Settings, url: str) -> Settings:
    """Settings whose sources are at a URL."""
    return replace(settings, sources=settings.archive / "mirror", sources_url=url)


def put(outbox: Path, name: str, content: str = "a;b\n", modified: float | None = LONG_AGO) -> Path:
    path = outbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    if modified is not None:
        os.utime(path, (modified, modified))
    return path


def mirrored(settings: Settings) -> dict[str, str]:
    """Name and content of each file of the mirror."""
    return {
        path.relative_to(settings.sources).as_posix(): path.read_text(encoding="utf-8")
        for path in settings.sources.rglob("*")
        if path.is_file()
    }


def test_exports_on_a_server_come_into_the_archive_with_their_times(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "presence/a.csv")
    put(outbox, "survey/2025-02/dataset.csv", "dataset", LONG_AGO + 5)
    put(outbox, "LÆSMIG.txt", "SYNTETISK")
    settings = at(server)
    assert mirror(settings).copied == 3
    files = take_inventory(settings)
    assert [(f.file_name, f.exported_at.timestamp()) for f in files] == [
        ("a.csv", LONG_AGO),
        ("2025-02/dataset.csv", LONG_AGO + 5),
    ]
    assert all(file.path.is_relative_to(settings.archive) for file in files)
    assert is_synthetic(settings.sources)


def test_only_exports_are_copied_from_a_server(server: SftpServer, outbox: Path, at) -> None:
    put(outbox, "presence/a.csv")
    for name in ("presence/notes.docx", "private/b.csv", "c.csv", "survey/people.csv"):
        put(outbox, name, "not ours")
    settings = at(server)
    mirror(settings)
    assert set(mirrored(settings)) == {"presence/a.csv"}


def test_what_is_new_changed_or_gone_on_the_server_is_so_in_the_mirror(
    server: SftpServer, outbox: Path, at
) -> None:
    for name in ("a", "b", "c"):
        put(outbox, f"presence/{name}.csv", name)
    settings = at(server)
    mirror(settings)
    server.reads.clear()
    assert (mirror(settings).copied, server.reads) == (0, [])
    put(outbox, "presence/a.csv", "A", LONG_AGO + 60)
    (outbox / "presence" / "b.csv").unlink()
    put(outbox, "presence/d.csv", "d")
    done = mirror(settings)
    assert (done.copied, done.removed) == (2, 1)
    assert mirrored(settings) == {
        "presence/a.csv": "A",
        "presence/c.csv": "c",
        "presence/d.csv": "d",
    }


def test_taking_the_inventory_does_not_go_over_the_network(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "presence/a.csv")
    settings = at(server)
    mirror(settings)
    server.listings.clear()
    assert len(look(settings).files) == 1
    assert server.listings == []


def test_the_mirror_is_for_its_owner_only(server: SftpServer, outbox: Path, at) -> None:
    put(outbox, "presence/deep/a.csv")
    settings = at(server)
    mirror(settings)
    everything = [settings.archive, *settings.archive.rglob("*")]
    assert {p.stat().st_mode & 0o777 for p in everything if p.is_dir()} == {0o700}
    assert {p.stat().st_mode & 0o777 for p in everything if p.is_file()} == {0o600}


def test_unfinished_files_on_the_server_are_left_and_told(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "presence/a.csv.filepart")
    put(outbox, "presence/Mette Hansen.xlsx.part")
    settings = at(server)
    done = mirror(settings)
    assert (done.copied, mirrored(settings)) == (0, {})
    assert sorted(done.left, key=lambda left: left.file_name) == [
        LeftFile("presence", "[…].xlsx.part", UNFINISHED),
        LeftFile("presence", "a.csv.filepart", UNFINISHED),
    ]


def test_a_file_just_written_on_the_server_is_taken_at_once(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "presence/a.csv", modified=None)
    done = mirror(at(server))
    assert (done.copied, done.left) == (1, [])


def test_a_file_that_grows_while_the_mirror_pauses_is_told_and_not_even_read(
    server: SftpServer, outbox: Path, at, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outbox, "presence/a.csv", "old")
    put(outbox, "presence/quiet.csv", "young too", modified=None)
    growing = put(outbox, "presence/growing.csv", "half of", modified=None)
    vanishing = put(outbox, "presence/vanishing.csv", modified=None)
    sleep, pauses = time.sleep, []

    def write_meanwhile(seconds: float) -> None:
        sleep(seconds)
        if seconds == PAUSE_SECONDS:  # other threads sleep for other times
            pauses.append(seconds)
            with growing.open("a") as file:
                file.write("a file")
            vanishing.unlink()

    settings = at(server)
    monkeypatch.setattr(time, "sleep", write_meanwhile)
    done = mirror(settings)
    assert pauses == [PAUSE_SECONDS]  # one for all of them
    why = "it is still changing on the server"
    assert sorted(done.left, key=lambda left: left.file_name) == [
        LeftFile("presence", "growing.csv", why),
        LeftFile("presence", "vanishing.csv", why),
    ]
    assert done.wanting == {"presence"}
    assert mirrored(settings) == {"presence/a.csv": "old", "presence/quiet.csv": "young too"}
    assert sorted(server.reads) == ["/exports/presence/a.csv", "/exports/presence/quiet.csv"]


def test_where_every_file_has_been_at_rest_for_long_the_mirror_does_not_pause(
    server: SftpServer, outbox: Path, at, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outbox, "presence/a.csv", modified=time.time() - 2 * YOUNG_SECONDS)
    sleep, pauses = time.sleep, []
    settings = at(server)
    monkeypatch.setattr(time, "sleep", lambda seconds: (pauses.append(seconds), sleep(seconds)))
    assert mirror(settings).copied == 1
    assert PAUSE_SECONDS not in pauses


def test_a_file_that_changes_under_the_copy_keeps_its_last_whole_version(outbox: Path, at) -> None:
    growing = put(outbox, "presence/a.csv", "whole")
    is_growing = []

    def grow(path: Path) -> None:
        if is_growing and path.name == "a.csv":
            with growing.open("a") as file:
                file.write("more")
            is_growing.clear()

    with sftp_server(outbox.parent, on_read=grow) as server:
        settings = at(server)
        mirror(settings)
        put(outbox, "presence/a.csv", "half of", LONG_AGO + 60)
        is_growing.append(True)
        done = mirror(settings)
    assert [left.file_name for left in done.left] == ["a.csv"]
    assert done.wanting == frozenset()
    assert mirrored(settings) == {"presence/a.csv": "whole"}


def test_a_file_written_anew_under_the_copy_is_left_though_it_is_as_long(outbox: Path, at) -> None:
    export = put(outbox, "presence/a.csv", "first!")

    def write_anew(path: Path) -> None:
        if path.name == "a.csv" and path.read_text() == "first!":
            put(outbox, "presence/a.csv", "second", LONG_AGO + 60)

    with sftp_server(outbox.parent, on_read=write_anew) as server:
        settings = at(server)
        assert mirror(settings).copied == 0
        assert mirrored(settings) == {}
        assert mirror(settings).copied == 1
    assert (
        mirrored(settings) == {"presence/a.csv": export.read_text()} == {"presence/a.csv": "second"}
    )


def test_a_file_that_goes_away_before_it_is_copied_is_left_and_the_others_are_taken(
    outbox: Path, at
) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        put(outbox, f"presence/{name}")

    def remove(path: Path) -> None:
        (outbox / "presence" / ("b.csv" if path.name == "a.csv" else "gone")).unlink(
            missing_ok=True
        )

    with sftp_server(outbox.parent, on_read=remove) as server:
        settings = at(server)
        done = mirror(settings)
    assert done.left == [LeftFile("presence", "b.csv", "it is still changing on the server")]
    assert done.copied == 2
    assert set(mirrored(settings)) == {"presence/a.csv", "presence/c.csv"}


def test_new_files_of_a_wave_wait_on_the_server_for_the_one_that_has_a_name_of_unfinished_files(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "survey/2025-02/dataset.csv", "1")
    put(outbox, "survey/2025-02/labels.csv", "1 is yes")
    settings = at(server)
    mirror(settings)
    before = mirrored(settings)
    put(outbox, "survey/2025-02/labels.csv", "1 is no", LONG_AGO + 60)
    half = put(outbox, "survey/2025-02/dataset.csv.part", "2, wh")
    put(outbox, "survey/2025-08.csv", "of another wave")
    put(outbox, "survey/2026-02.csv.part", "half of a third")
    done = mirror(settings)
    assert {left.file_name: left.why for left in done.left} == {
        "2025-02/dataset.csv.part": UNFINISHED,
        "2025-02/labels.csv": WAVE_UNFINISHED,
        "2026-02.csv.part": UNFINISHED,
    }
    assert mirrored(settings) == before | {"survey/2025-08.csv": "of another wave"}
    assert done.wanting == frozenset()  # each has an earlier version
    half.replace(outbox / "survey/2025-02/dataset.csv")
    assert mirror(settings).copied == 2
    assert mirrored(settings)["survey/2025-02/labels.csv"] == "1 is no"


def test_no_file_of_a_wave_comes_from_the_server_where_one_changes_under_the_copy(
    outbox: Path, at
) -> None:
    for name in ("dataset.csv", "labels.csv", "structure.csv"):
        put(outbox, f"survey/2025-02/{name}")
    put(outbox, "survey/2025-08/dataset.csv")

    def grow(path: Path) -> None:
        if path.name == "structure.csv" and path.read_text() == "a;b\n":  # the last of the three
            put(outbox, "survey/2025-02/structure.csv", "a;b;c\n", LONG_AGO + 60)

    with sftp_server(outbox.parent, on_read=grow) as server:
        settings = at(server)
        done = mirror(settings)
        assert [(left.file_name, left.why) for left in done.left] == [
            ("2025-02/dataset.csv", WAVE_UNFINISHED),
            ("2025-02/labels.csv", WAVE_UNFINISHED),
            ("2025-02/structure.csv", "it is still changing on the server"),
        ]
        assert set(mirrored(settings)) == {"survey/2025-08/dataset.csv"}
        assert done.wanting == {"survey"}
        assert mirror(settings).copied == 3
    assert mirrored(settings)["survey/2025-02/structure.csv"] == "a;b;c\n"


def test_new_labels_wait_on_the_server_for_answers_that_grow_while_the_mirror_pauses(
    server: SftpServer, outbox: Path, at, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outbox, "survey/2025-02/labels.csv", "1 is yes")
    answers = put(outbox, "survey/2025-02/dataset.csv", "1", modified=None)
    sleep = time.sleep

    def write_meanwhile(seconds: float) -> None:
        sleep(seconds)
        if seconds == PAUSE_SECONDS:
            answers.write_text("1, 2")

    settings = at(server)
    monkeypatch.setattr(time, "sleep", write_meanwhile)
    done = mirror(settings)
    assert {left.file_name: left.why for left in done.left} == {
        "2025-02/dataset.csv": "it is still changing on the server",
        "2025-02/labels.csv": WAVE_UNFINISHED,
    }
    assert server.reads == []


def test_exports_at_the_top_of_a_server_are_found(server: SftpServer, outbox: Path, at) -> None:
    put(outbox.parent, "presence/a.csv")
    settings = at(server, server.url("/"))
    assert mirror(settings).copied == 1
    assert set(mirrored(settings)) == {"presence/a.csv"}


def test_ssh_is_another_name_of_sftp(server: SftpServer, outbox: Path, at) -> None:
    put(outbox, "presence/a.csv")
    settings = at(server, server.url("/exports").replace("sftp://", "ssh://"))
    assert mirror(settings).copied == 1


def test_two_mirrors_at_once_wait_for_one_another(server: SftpServer, outbox: Path, at) -> None:
    put(outbox, "presence/a.csv")
    settings = at(server)
    with ThreadPoolExecutor() as other:
        with FileLock(settings.archive / ".mirror.lock"):
            waiting = other.submit(mirror, settings)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
            assert server.listings == []
            assert mirrored(settings) == {}
        assert waiting.result(10).copied == 1


def test_an_object_store_in_which_folders_are_names_only_is_mirrored_with_its_times(
    store: MemoryFileSystem, settings: Settings
) -> None:
    store.pipe("/bucket/exports/presence/2025/a.csv", b"a;b")
    store.pipe(f"/bucket/exports/{SYNTHETIC_NOTE}", b"made up")
    settings = mirroring(settings, "memory://bucket/exports")
    assert mirror(settings).copied == 2
    assert mirror(settings).copied == 0
    assert mirrored(settings) == {"presence/2025/a.csv": "a;b", SYNTHETIC_NOTE: "made up"}
    written = store.modified("/bucket/exports/presence/2025/a.csv").timestamp()
    (path,) = settings.sources.rglob("a.csv")
    assert path.stat().st_mtime == pytest.approx(written, abs=1e-5)


def test_a_mirror_made_before_the_first_run_is_its_owner_s_alone_and_the_home_is_not(
    store: MemoryFileSystem, tmp_path: Path
) -> None:
    store.pipe("/bucket/exports/presence/a.csv", b"a;b")
    home = tmp_path / "home"
    settings = Settings(sources=tmp_path, home=home, config=PACKAGED_CONFIG)
    assert mirror(mirroring(settings, "memory://bucket/exports")).copied == 1
    modes = [
        p.stat().st_mode & 0o777 for p in (home, settings.archive, settings.archive / "mirror")
    ]
    assert modes == [0o777, 0o700, 0o700]


def test_a_name_in_an_object_store_leads_nowhere_out_of_the_mirror(
    store: MemoryFileSystem, settings: Settings
) -> None:
    for name in ("../../evil.csv", "./evil.csv", "whole.csv"):
        store.store[f"/out/presence/{name}"] = MemoryFile(store, name, b"a;b")
    settings = mirroring(settings, "memory://out")
    assert mirror(settings).copied == 1
    assert mirrored(settings) == {"presence/whole.csv": "a;b"}
    assert not list(settings.home.rglob("*evil*"))


def test_a_file_by_the_name_of_a_source_s_folder_is_told(
    store: MemoryFileSystem, settings: Settings
) -> None:
    store.pipe("/out/presence", b"a;b")
    settings = mirroring(settings, "memory://out")
    with pytest.raises(DatasporError, match=r"On the server, out/presence is a file.*Remove"):
        mirror(settings)


def test_a_server_that_is_gone_is_told_in_a_sentence_and_nothing_is_lost(outbox: Path, at) -> None:
    put(outbox, "presence/a.csv")
    with sftp_server(outbox.parent) as server:
        settings = at(server)
        mirror(settings)
    with pytest.raises(DatasporError, match="cannot be read: .*Nothing was changed") as error:
        mirror(settings)
    assert not isinstance(error.value, UsageError)
    assert PASSWORD not in str(error.value)
    assert set(mirrored(settings)) == {"presence/a.csv"}
    assert len(take_inventory(settings)) == 1


def test_a_folder_that_is_not_on_the_server_empties_no_mirror(
    server: SftpServer, outbox: Path, at
) -> None:
    put(outbox, "presence/a.csv")
    settings = at(server)
    mirror(settings)
    elsewhere = replace(settings, sources_url=server.url("/renamed"))
    with pytest.raises(DatasporError, match="There is no folder sftp://outbox@127.0.0.1"):
        mirror(elsewhere)
    assert set(mirrored(settings)) == {"presence/a.csv"}


def test_a_folder_that_cannot_be_listed_empties_no_mirror(outbox: Path, at) -> None:
    put(outbox, "presence/a.csv")
    put(outbox, "presence/b/b.csv")
    refused: list[str] = []
    with sftp_server(outbox.parent, unlistable=refused) as server:
        settings = at(server)
        mirror(settings)
        refused.append("/exports/presence/b")
        with pytest.raises(DatasporError, match="Permission denied.*Nothing was changed"):
            mirror(settings)
    assert set(mirrored(settings)) == {"presence/a.csv", "presence/b/b.csv"}


def test_a_refused_login_is_told_in_a_sentence(server: SftpServer, at) -> None:
    settings = at(server, server.url("/exports", password="wrong-secret"))
    with pytest.raises(
        DatasporError, match="cannot be read: the server refused the login[.]"
    ) as error:
        mirror(settings)
    assert "wrong-secret" not in str(error.value)
    assert not isinstance(error.value, TransientError)  # asking again would not help


def test_a_server_that_is_not_among_the_known_hosts_gets_no_password(
    server: SftpServer, at, tmp_path: Path
) -> None:
    settings = at(server)
    (tmp_path / ".ssh" / "known_hosts").write_text("")
    with pytest.raises(DatasporError) as error:
        mirror(settings)
    assert str(error.value) == (
        f"The server [127.0.0.1]:{server.port} is not the one in ~/.ssh/known_hosts, or not in it. "
        "Compare its key with its owner's, and add it: connect once with sftp."
    )
    assert server.listings == []


def test_a_password_in_the_url_is_neither_shown_nor_logged(
    server: SftpServer, outbox: Path, at, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    put(outbox, "presence/a.csv")
    settings = at(server)
    mirror(settings)
    assert PASSWORD in settings.sources_url
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in caplog.text
    assert shown_url(settings.sources_url) == f"sftp://outbox@127.0.0.1:{server.port}/exports"
    assert shown_url("s3://key:secret@bucket/a?token=x#y") == "s3://key@bucket/a"
    assert shown_url("s3://bucket/a?token=x#y") == "s3://bucket/a"
    assert shown_url("sftp://key:se@cret@host/a") == "sftp://key@host/a"


@pytest.mark.parametrize(
    "password", ["12[34", "1234]", "[1234]", "12/34", "12?34", "12#34", "hemme/lig", "/1234", "#12"]
)
def test_no_part_of_a_password_is_shown_where_it_makes_the_url_unreadable(
    settings: Settings, password: str
) -> None:
    url = f"sftp://someone:{password}@example.org/out"
    with pytest.raises(UsageError, match="Write it as sftp://user@host/exports") as told:
        mirror(replace(settings, sources_url=url))
    assert told.value.__context__ is None
    assert not any(part in str(told.value) for part in ("12", "34", "lig", "someone"))
    with pytest.raises(UsageError):
        shown_url(url)


def test_an_at_sign_in_a_folders_name_is_no_password() -> None:
    assert shown_url("s3://bucket/a@b") == "s3://bucket/a@b"


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("sftp://someone:secret@example.org/out", "paramiko", "sftp"),
        ("s3://bucket/prefix", "s3fs", "s3"),
        ("abfs://container/prefix", "adlfs", "azure"),
    ],
)
def test_a_missing_client_is_told_with_what_to_install(
    tmp_path: Path, url: str, module: str, extra: str
) -> None:
    # a process of its own, in which the client is not there, whatever is installed
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from orchestration.cli import main\nmain(['run'])"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    environment |= {"DATASPOR_SOURCES": url, "DATASPOR_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"pip install 'dataspor[{extra}]'" in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_an_unknown_kind_of_url_is_told(settings: Settings) -> None:
    with pytest.raises(UsageError, match="gopher:// is not known"):
        mirror(replace(settings, sources_url="gopher://host/x"))


def test_a_host_that_does_not_listen_is_told(settings: Settings) -> None:
    with socket.socket() as unused:  # bound, not listening
        unused.bind(("127.0.0.1", 0))
        url = f"sftp://someone@127.0.0.1:{unused.getsockname()[1]}/out"
        with pytest.raises(TransientError, match="cannot be read"):
            mirror(replace(settings, sources_url=url))


def test_a_server_that_stops_answering_is_told(
    outbox: Path, at, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.landing.mirror._SSH_SECONDS", 0.5)
    put(outbox, "presence/a.csv")
    with sftp_server(outbox.parent, on_read=lambda _: time.sleep(1)) as server:
        settings = at(server)
        with pytest.raises(TransientError, match="cannot be read: the server does not answer[.]"):
            mirror(settings)
    assert mirrored(settings) == {}


def test_a_server_of_another_kind_is_told_by_what_its_client_called_it(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as other:
        listening.settimeout(10)

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        other.submit(answer)
        url = f"sftp://someone@127.0.0.1:{listening.getsockname()[1]}/out"
        with pytest.raises(DatasporError, match=r"the connection failed \(SSHException\)"):
            mirror(replace(settings, sources_url=url))


def test_a_file_url_is_the_folder_itself_and_nothing_is_mirrored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "with space"
    put(folder, "presence/a.csv")
    monkeypatch.setenv("DATASPOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATASPOR_SOURCES", folder.as_uri())
    settings = Settings.from_environment()
    settings.prepare()
    assert (settings.sources, settings.sources_url) == (folder, None)
    assert mirror(settings) == Mirrored(copied=0, removed=0, left=[])
    assert [file.file_name for file in take_inventory(settings)] == ["a.csv"]
    assert not (settings.archive / "mirror").exists()


def test_a_file_url_of_a_missing_folder_is_unusable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_SOURCES", (tmp_path / "gone").as_uri())
    with pytest.raises(UsageError, match="is not a folder"):
        Settings.from_environment()
