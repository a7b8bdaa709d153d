"""Variables that name unusable folders are told by their names, with the path and the reason."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.errors import UsageError
from orchestration.settings import Settings

FOLDERS = ("DATASPOR_HOME", "DATASPOR_SOURCES", "DATASPOR_CONFIG")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOLDERS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=FOLDERS)
def variable(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refused(variable: str, value: Path | str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is told of a variable's value, which is refused."""
    monkeypatch.setenv(variable, str(value))
    with pytest.raises(UsageError) as told:
        Settings.from_environment()
    return str(told.value)


def test_the_home_of_a_user_that_there_is_not_is_told(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = refused(variable, "~nobody-of-this-name/exports", monkeypatch)
    assert told.startswith(f"{variable} is ~nobody-of-this-name/exports, and there is no user")


def test_a_file_is_no_folder(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    told = refused(variable, file, monkeypatch)
    assert told.startswith(f"{variable} is {file}, which is not a folder. Correct the variable")


def test_a_path_that_the_system_refuses_is_told_with_the_system_s_reason(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ("a" * 300)
    told = refused(variable, path, monkeypatch)
    assert told.startswith(f"{variable} is {path}, which cannot be looked at (File name too long)")


def test_a_folder_that_may_not_be_entered_is_told(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = os.access  # root may enter every folder
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path and allowed(path, mode))
    told = refused(variable, tmp_path, monkeypatch)
    assert told.startswith(f"{variable} is {tmp_path}, which may not be entered by the user who")


def test_a_home_may_be_missing_but_no_link_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_HOME", str(tmp_path / "new" / "home"))
    Settings.from_environment().prepare()
    assert (tmp_path / "new" / "home" / "published").is_dir()
    (tmp_path / "link").symlink_to(tmp_path / "none")
    assert "which is not a folder" in refused("DATASPOR_HOME", tmp_path / "link", monkeypatch)


def test_a_home_that_cannot_be_made_is_told_with_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    monkeypatch.setenv("DATASPOR_HOME", str(home))
    settings = Settings.from_environment()
    with pytest.raises(UsageError) as told:
        settings.prepare()
    assert str(told.value).startswith(f"DATASPOR_HOME is {home}, where {home} cannot be made")
    assert "(Not a directory)" in str(told.value)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_home_that_is_not_to_be_written_is_told_with_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_folders(monkeypatch, number)
    with pytest.raises(
        UsageError, match=f"DATASPOR_HOME is {tmp_path}, where {tmp_path / 'archive'} "
    ):
        Settings(tmp_path, tmp_path, tmp_path).prepare()


def test_a_full_disk_is_not_the_variable_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_folders(monkeypatch, errno.ENOSPC)
    with pytest.raises(OSError, match="No space left on device"):
        Settings(tmp_path, tmp_path, tmp_path).prepare()


def refuse_folders(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the system refuse to make a folder."""
    made = Path.mkdir

    def refusing(self: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False):
        if not self.exists():
            raise OSError(number, os.strerror(number), str(self))
        return made(self, mode, parents, exist_ok)

    monkeypatch.setattr(Path, "mkdir", refusing)


@pytest.mark.parametrize("command", ["run", "figures", "sources", "fetch"])
def test_a_command_ends_as_unusable_with_the_variable_and_no_trace(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    environment = {"DATASPOR_HOME": str(tmp_path / "file"), "DATASPOR_SOURCES": str(tmp_path)}
    told = CliRunner().invoke(main, [command], env=environment)
    assert told.exit_code == 2
    assert told.stderr.startswith(f"Error: DATASPOR_HOME is {tmp_path / 'file'}, which is not a")
