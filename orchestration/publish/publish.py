"""Write, then swap: a new version's folder is complete before one symbolic link names it.

``published/current`` names a version; ``published/warehouse.duckdb``, ``published/parquet``,
``published/public`` and ``published/site`` go through it, so that all change at the same moment and
a reader that has the old file open keeps it. The audited warehouse, which traces and releases read,
is chosen by the same link, so that rows and figures are always of one run.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestration.catalogue import PUBLISHED_TABLES, table
from orchestration.config import Config
from orchestration.disclosure import write_public
from orchestration.errors import DatasporError
from orchestration.publish.files import write_files
from orchestration.publish.published import is_of_sample, read_run
from orchestration.settings import Settings
from orchestration.site import write_site

_PARTS = ("warehouse.duckdb", "parquet", "public", "site")


def publish(settings: Settings, config: Config, version: str) -> dict[str, int]:
    """Publish the working warehouse's marts as ``version``; it becomes the audited warehouse.

    Args:
        settings: where things are.
        config: the municipality's configuration, which says what is public.
        version: name of the version's folder, unique to the run.

    Returns:
        Rows published, by table.

    Raises:
        DatasporError: the working warehouse lacks a table or has other columns than described, or
            what has been public cannot be told.
    """
    versions = settings.published / "versions"
    while (versions / version).exists():
        version += "-again"  # the run was killed after its swap: readers may have that folder open
    tables = [table(name) for name in PUBLISHED_TABLES]
    with _unfinished(versions) as folder:
        counts = write_files(settings.working_warehouse, tables, folder)
        write_public(
            settings.working_warehouse,
            config,
            settings.disclosed,
            folder,
            follows_sample=_shows_sample(settings),
        )
        rules = config.municipality
        site, limits = folder / "site", dict[str, int](rules.late_after_days.items())
        write_site(folder / "warehouse.duckdb", tables, site, limits, rules.timezone)
        folder.rename(versions / version)
    audited = settings.audited_warehouse_of(version)
    audited.parent.mkdir(parents=True, exist_ok=True)
    settings.working_warehouse.replace(audited)
    _swap(settings.published / "current", Path("versions") / version)
    for part in _PARTS:
        _link(settings.published / part, Path("current") / part)
    _remove_old(versions, keep=version, kept=settings.kept_versions)
    for old in audited.parent.parent.iterdir():
        if old != audited.parent:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    return counts


def _shows_sample(settings: Settings) -> bool:
    """Whether what is published now is of the sample; not, where its file is damaged."""
    try:
        return is_of_sample(read_run(settings))
    except DatasporError:
        return False


@contextlib.contextmanager
def _unfinished(versions: Path) -> Iterator[Path]:
    """A folder for a version until it is whole; it goes where writing fails or was killed."""
    folder = versions / ".unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(link: Path, target: Path) -> None:
    """Point a symbolic link elsewhere in one step."""
    temporary = link.with_name(f".{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        _swap(link, target)


def _remove_old(versions: Path, *, keep: str, kept: int) -> None:
    """Remove all but the latest versions; a reader that has one open keeps its file."""
    old = sorted(
        (folder for folder in versions.iterdir() if folder.name != keep),
        key=lambda folder: folder.stat().st_mtime,
        reverse=True,
    )
    for folder in old[kept - 1 :]:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
