"""Reproducing a release: made anew from archive and configuration, and compared byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestration.briefing import write_briefing
from orchestration.releases.freeze import write_contents
from orchestration.releases.rebuild import rebuilt
from orchestration.releases.release import Release, sha256
from orchestration.releases.state import state_of
from orchestration.run import code_digest
from orchestration.settings import Settings


@dataclass(frozen=True)
class Reproduction:
    """What came of it.

    Attributes:
        same: files with the same bytes, by their path in the release.
        different: files with other bytes, or that only one side has.
        is_same_code: whether the code is the release's own.
    """

    same: list[str]
    different: list[str]
    is_same_code: bool


def reproduce(
    settings: Settings, release: Release, on_step: Callable[[str], None] = lambda _: None
) -> Reproduction:
    """Make a release anew and compare tables, incidents and briefing with what was frozen.

    ``warehouse.duckdb`` holds the same tables as ``tables/``, but DuckDB gives each file an
    identity of its own: it is compared through them.

    Raises:
        NotInArchiveError: raw bytes were purged or are lost.
        DatasporError: the run failed.
    """
    frozen = state_of(release)
    on_step("running the pipeline on archived exports")
    with (
        tempfile.TemporaryDirectory(dir=settings.archive, prefix=".reproduced-") as name,
        rebuilt(
            settings,
            frozen.sources,
            release.config,
            frozen.as_of,
            is_sample=release.is_sample,
        ) as anew,
    ):
        made = Release(release.release_id, Path(name))
        (made.folder / "private").mkdir()
        write_contents(anew, made)
        compared = ["tables", "private", "config"]
        if (release.folder / "briefing").is_dir():
            on_step("writing the briefing")
            half_year_id = release.release_id.partition(".")[0]
            write_briefing(made.warehouse, half_year_id, made.folder / "briefing")
            compared.append("briefing")
        on_step("comparing")
        names = sorted(
            {
                path.relative_to(side.folder).as_posix()
                for side in (release, made)
                for part in compared
                for path in (side.folder / part).rglob("*")
                if path.is_file()
            }
        )
        same = [name for name in names if _digest(release, name) == _digest(made, name)]
    different = [name for name in names if name not in same]
    return Reproduction(same, different, frozen.code == code_digest())


def _digest(release: Release, name: str) -> str | None:
    path = release.folder / name
    return sha256(path) if path.is_file() else None
