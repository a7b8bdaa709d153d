from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.settings import PACKAGED_CONFIG, Settings

PRESENCE = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with an empty folder of sources."""
    (tmp_path / "sources").mkdir()
    made = Settings(sources=tmp_path / "sources", home=tmp_path / "home", config=PACKAGED_CONFIG)
    made.prepare()
    return made


@pytest.fixture
def export(settings: Settings) -> Callable[..., Path]:
    """Writes an export into the sources, changed an hour ago unless told otherwise."""

    def write(
        name: str, content: str = PRESENCE, *, modified: float | None = 1_700_000_000
    ) -> Path:
        path = settings.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        if modified is not None:
            os.utime(path, (modified, modified))
        return path

    return write


@pytest.fixture(autouse=True)
def _open_umask() -> None:
    """Permissions must not be owed to the umask of whoever runs."""
    before = os.umask(0)
    yield
    os.umask(before)
