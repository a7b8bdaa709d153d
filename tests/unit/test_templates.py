"""Templates are compiled once an account; nothing hangs on it that they can be kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from orchestration import templates
from orchestration.templates import environment

PACKAGE, PAGE = "orchestration.site", "base.html.j2"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates that Jinja compiles."""
    names: list[str] = []
    real = Environment.compile

    def noted(self: Environment, source: str, name: str, *rest: object) -> object:
        names.append(name)
        return real(self, source, name, *rest)

    monkeypatch.setattr(Environment, "compile", noted)
    return names


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_template_is_compiled_by_the_first_process_and_not_by_the_next(
    temporary: Path, compiled: list[str]
) -> None:
    environment(PACKAGE).get_template(PAGE)
    environment(PACKAGE).get_template(PAGE)
    assert compiled == [PAGE]
    (file,) = kept(temporary)
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_what_was_compiled_with_other_options_is_not_taken(
    compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(PACKAGE).get_template(PAGE)
    monkeypatch.setattr(templates, "_MADE_WITH", "others")
    environment(PACKAGE).get_template(PAGE)
    assert compiled == [PAGE, PAGE]


def test_what_is_kept_and_damaged_is_compiled_anew(temporary: Path, compiled: list[str]) -> None:
    environment(PACKAGE).get_template(PAGE)
    (file,) = kept(temporary)
    file.write_bytes(file.read_bytes()[:40])
    environment(PACKAGE).get_template(PAGE)
    assert compiled == [PAGE, PAGE]


def test_where_the_folder_leads_to_one_of_others_nothing_is_kept_or_taken(
    temporary: Path, compiled: list[str]
) -> None:
    environment(PACKAGE).get_template(PAGE)
    (file,) = kept(temporary)
    file.unlink()
    file.parent.rmdir()
    file.parent.symlink_to(temporary)
    environment(PACKAGE).get_template(PAGE)
    assert compiled == [PAGE, PAGE]
    assert kept(temporary) == []


def test_a_disk_that_is_full_hinders_no_page(
    temporary: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    environment(PACKAGE).get_template(PAGE)
    assert compiled == [PAGE]
    assert kept(temporary) == []


def test_everything_is_escaped_and_nothing_may_be_undefined() -> None:
    pages = environment(PACKAGE)
    assert pages.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        pages.from_string("{{ text }}").render()
