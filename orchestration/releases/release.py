"""A release as it lies on disk: its parts, which releases there are, and if one was altered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.errors import UsageError
from orchestration.half_year import HalfYear
from orchestration.publish import is_of_sample, read_run_of
from orchestration.settings import Settings

NOW = "now"


@dataclass(frozen=True)
class Release:
    """One frozen revision.

    Attributes:
        release_id: half-year and revision, ``2025-04.r1``.
        folder: holds ``warehouse.duckdb`` (the published tables), ``tables/`` (the same as Parquet
            whose bytes are reproducible), ``private/`` (incidents counted and source files, for its
            owner only), ``config/``, ``diff.json`` and the manifest ``release.json``; later
            ``briefing/``.
    """

    release_id: str
    folder: Path

    @property
    def revision(self) -> int:
        """The number of the revision."""
        return int(self.release_id.rpartition(".r")[2])

    @property
    def warehouse(self) -> Path:
        """The release's published tables."""
        return self.folder / "warehouse.duckdb"

    @property
    def tables(self) -> Path:
        """The published tables as Parquet, without what differs from run to run."""
        return self.folder / "tables"

    @property
    def incidents(self) -> Path:
        """The current version of each incident; see ``freeze``."""
        return self.folder / "private" / "incidents.parquet"

    @property
    def sources(self) -> Path:
        """The source files that it was made from."""
        return self.folder / "private" / "sources.json"

    @property
    def config(self) -> Path:
        """The configuration folder that it was made with."""
        return self.folder / "config"

    @property
    def diff(self) -> Path:
        """What moved since the release before it."""
        return self.folder / "diff.json"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What ``release.json`` says; that of earlier versions does not say what it follows."""
        told = json.loads((self.folder / "release.json").read_text(encoding="utf-8"))
        return {"since": None, **told}

    @cached_property
    def is_sample(self) -> bool:
        """Whether it was closed on the synthetic sample."""
        return is_of_sample(read_run_of(self.warehouse))

    def altered(self) -> list[str]:
        """Files that are not what was frozen: changed or missing, by their path in the folder."""
        return [
            name
            for name, digest in self.facts["sha256"].items()
            if not (self.folder / name).is_file() or sha256(self.folder / name) != digest
        ]


def find_release(settings: Settings, release_id: str) -> Release:
    """A release by id: ``2025-04`` (its latest revision) or ``2025-04.r1``.

    Raises:
        UsageError: the id is no half-year, or there is no such release.
    """
    half_year_id, _, revision = release_id.partition(".")
    try:
        half_year = HalfYear.parse(half_year_id)
    except ValueError as error:
        raise UsageError(str(error)) from error
    known = revisions(settings, half_year)
    if not known:
        raise UsageError(
            f"There is no release of {half_year.label_da}. "
            f"`dataspor close {half_year.id}` makes one."
        )
    if not revision:
        return known[-1]
    for release in known:
        if release.folder.name == revision:
            return release
    ids = ", ".join(release.release_id for release in known)
    raise UsageError(f"There is no release {release_id!r}. Known: {ids}")


def all_releases(settings: Settings) -> list[Release]:
    """Every release, by half-year and revision."""
    found = []
    for folder in sorted(settings.releases.iterdir()) if settings.releases.is_dir() else ():
        try:
            found += revisions(settings, HalfYear.parse(folder.name))
        except ValueError:
            continue  # not a release's folder
    return found


def revisions(settings: Settings, half_year: HalfYear) -> list[Release]:
    """The releases of one half-year, in order."""
    folder = settings.releases / half_year.id
    found = [p for p in folder.glob("r*") if p.name[1:].isdigit()] if folder.is_dir() else []
    made = [Release(f"{half_year.id}.{path.name}", path) for path in found]
    return sorted(made, key=lambda release: release.revision)


def next_revision(settings: Settings, half_year: HalfYear) -> int:
    """The number of the revision to come: one more than the last, also where one was removed."""
    known = revisions(settings, half_year)
    return known[-1].revision + 1 if known else 1


def release_before(settings: Settings, half_year: HalfYear, *, is_sample: bool) -> Release | None:
    """What a new release of a half-year follows: its own latest, else that of the one before.

    Releases of versions that kept no list of source files cannot be compared, and are passed over;
    so are those of the sample by a real one, and the other way round.
    """
    known = [release for release in all_releases(settings) if release.sources.is_file()]
    own = [release for release in known if release.facts["half_year_id"] == half_year.id]
    earlier = [release for release in known if release.facts["half_year_id"] < half_year.id]
    newest_first = [*reversed(own), *reversed(earlier)]
    return next((release for release in newest_first if release.is_sample == is_sample), None)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
