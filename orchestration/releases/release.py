"""Closing a half-year: what was published and its inputs, frozen as a numbered revision."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import __version__
from orchestration.errors import DatasporError, UsageError
from orchestration.half_year import HalfYear
from orchestration.publish import read_run, read_table
from orchestration.settings import Settings

NOW = "now"


@dataclass(frozen=True)
class Release:
    """One frozen revision.

    Attributes:
        release_id: half-year and revision, ``2025-04.r1``.
        folder: holds ``warehouse.duckdb`` (published tables), ``private/incidents.parquet`` (the
            incidents counted, for its owner only), ``config/`` and ``release.json``.
    """

    release_id: str
    folder: Path

    @property
    def warehouse(self) -> Path:
        """The release's published tables."""
        return self.folder / "warehouse.duckdb"

    @property
    def incidents(self) -> Path:
        """The incidents that its figures count."""
        return self.folder / "private" / "incidents.parquet"

    @property
    def facts(self) -> dict[str, object]:
        """What ``release.json`` says."""
        return json.loads((self.folder / "release.json").read_text(encoding="utf-8"))


def check_closable(settings: Settings, half_year: HalfYear) -> dict[str, str]:
    """What is told of the published run, if a half-year can be closed on it.

    Raises:
        UsageError: the half-year had not ended on the day of the published run.
        DatasporError: nothing is published yet.
    """
    run = read_run(settings)
    if not run or not settings.audited_warehouse.exists():
        raise DatasporError("Nothing is published yet. Run `dataspor run` first.")
    as_of = dt.date.fromisoformat(run["as_of"])
    if as_of <= half_year.ends_on:
        raise UsageError(
            f"{half_year.label_da} ends on {half_year.ends_on}; the published figures are as of "
            f"{as_of}. Only an ended half-year is closed."
        )
    return run


def close(settings: Settings, half_year: HalfYear) -> Release:
    """Freeze the published state as the next revision of a half-year's release.

    Raises:
        UsageError: the half-year had not ended on the day of the published run.
        DatasporError: nothing is published yet.
    """
    run = check_closable(settings, half_year)
    revision = len(_revisions(settings, half_year)) + 1
    folder = settings.releases / half_year.id / f"r{revision}"
    temporary = folder.with_name(f".r{revision}.tmp")
    if temporary.exists():
        shutil.rmtree(temporary)
    (temporary / "private").mkdir(parents=True)
    (temporary / "private").chmod(0o700)
    shutil.copyfile(settings.published_warehouse.resolve(), temporary / "warehouse.duckdb")
    shutil.copytree(settings.config, temporary / "config")
    incidents = temporary / "private" / "incidents.parquet"
    with duckdb.connect(str(settings.audited_warehouse), read_only=True) as connection:
        connection.execute(f"copy ({_INCIDENTS}) to '{_quoted(incidents)}' (format parquet)")
    files = sorted(path for path in temporary.rglob("*") if path.is_file())
    facts = {
        "release_id": f"{half_year.id}.r{revision}",
        "half_year_id": half_year.id,
        "label_da": half_year.label_da,
        "revision": revision,
        "as_of": run["as_of"],
        "code_version": __version__,
        "run_fingerprint": run["fingerprint"],
        "sha256": {
            path.relative_to(temporary).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        },
    }
    (temporary / "release.json").write_text(
        json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    temporary.rename(folder)
    return Release(str(facts["release_id"]), folder)


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
    revisions = _revisions(settings, half_year)
    if not revisions:
        raise UsageError(
            f"There is no release of {half_year.label_da}. "
            f"`dataspor close {half_year.id}` makes one."
        )
    folder = revisions[-1] if not revision else settings.releases / half_year_id / revision
    if folder not in revisions:
        known = ", ".join(f"{half_year_id}.{path.name}" for path in revisions)
        raise UsageError(f"There is no release {release_id!r}. Known: {known}")
    return Release(f"{half_year_id}.{folder.name}", folder)


def current_incidents(settings: Settings):  # noqa: ANN201
    """The incidents that the published figures count, as a release would freeze them."""
    return read_table(settings.audited_warehouse, _INCIDENTS)


def _revisions(settings: Settings, half_year: HalfYear) -> list[Path]:
    folder = settings.releases / half_year.id
    found = [p for p in folder.glob("r*") if p.name[1:].isdigit()] if folder.is_dir() else []
    return sorted(found, key=lambda path: int(path.name[1:]))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


_INCIDENTS = """
    select i.incident_id, i.library_id, l.district_id, i.category_id, c.is_unsafe_behaviour,
        i.half_year_id, i.incident_count, i.reported_at
    from intermediate.int_incidents as i
    join marts.dim_library as l on l.library_id = i.library_id
    join marts.dim_incident_category as c on c.category_id = i.category_id
    order by i.incident_id
"""
