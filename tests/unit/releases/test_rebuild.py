"""What is said where a release's raw bytes are gone, and that it can be done."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestration.backup import create, restore
from orchestration.config import load_config
from orchestration.landing.inventory import SourceFile, look
from orchestration.landing.purge import purge
from orchestration.releases.rebuild import NotInArchiveError, rebuilt
from orchestration.releases.state import Source
from orchestration.settings import PACKAGED_CONFIG, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with two exports."""
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    settings.prepare()
    for name in ("a.csv", "b.csv"):
        path = settings.sources / "presence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return settings


def purge_all(settings: Settings) -> None:
    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=1)
    purge(settings, load_config(settings.config), 0, later, dry_run=False)


def refusal(settings: Settings, files: Sequence[SourceFile]) -> str:
    """Why these files' figures cannot be made anew."""
    wanted = [
        Source(f.source, f.source_file_id, f.file_name, f.exported_at.isoformat()) for f in files
    ]
    with (
        pytest.raises(NotInArchiveError) as told,
        rebuilt(settings, wanted, settings.config, "2025-11-17", is_sample=False),
    ):
        pass
    return str(told.value)


def test_what_was_purged_is_told_to_be_in_backups_only_and_is_there(
    settings: Settings, tmp_path: Path
) -> None:
    files = look(settings).files
    (tmp_path / "backups").mkdir()
    backup = create(settings, tmp_path / "backups")
    purge_all(settings)
    look(settings)  # what still lies in the sources is not archived again
    told = refusal(settings, files)
    assert told.startswith("The raw bytes of presence/a.csv, presence/b.csv are not in the archive")
    assert "backup made before the purge" in told
    assert "back into the sources" not in told
    restore(backup, tmp_path / "restored")
    for file in files:
        kept = tmp_path / "restored" / file.path.relative_to(settings.home)
        assert kept.read_text() == file.file_name


def test_what_is_lost_but_was_not_purged_is_told_to_be_put_back_and_then_is_there(
    settings: Settings,
) -> None:
    first, second = look(settings).files
    first.path.unlink()
    told = refusal(settings, [first, second])
    assert told.startswith("The raw bytes of presence/a.csv are not in the archive any more")
    assert "Put the same files back into the sources" in told
    look(settings)
    assert first.path.read_text() == "a.csv"
