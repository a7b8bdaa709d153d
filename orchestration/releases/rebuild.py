"""Making figures anew from archived bytes and a configuration, in a home of its own."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from orchestration.errors import DatasporError
from orchestration.landing.archive import Archive
from orchestration.landing.inventory import SYNTHETIC_NOTE, shown_name
from orchestration.releases.state import Source
from orchestration.settings import PROJECT, Settings

SECONDS = 3600
_PURGED = (
    "; they were purged (archive/purged.jsonl says when), and what was purged is not archived "
    "again, even where it lies in the sources. If you have a backup made before the purge, restore "
    "it into an empty folder of its own (dataspor backup restore FILE HOME), and give the command "
    "again with DATASPOR_HOME naming that folder."
)
_LOST = (
    ", although they were not purged. Put the same files back into the sources, start a run, and "
    "give the command again."
)


class NotInArchiveError(DatasporError):
    """Raw bytes that are needed were purged, or are lost."""


@contextmanager
def rebuilt(
    settings: Settings,
    sources: Sequence[Source],
    config_folder: Path,
    as_of: str,
    *,
    is_sample: bool,
) -> Iterator[Settings]:
    """Run the pipeline's job on files of the archive; the home it is in goes afterwards.

    Args:
        settings: the installation whose archive is read; nothing else of it is touched.
        sources: the files, with their names and times.
        config_folder: the configuration.
        as_of: day of the run, ISO.
        is_sample: whether they are the synthetic sample.

    Raises:
        NotInArchiveError: raw bytes were purged or are lost, with their names.
        DatasporError: the run failed, with its reasons.
    """
    missing = [file for file in sources if _bytes_of(settings, file) is None]
    if missing:
        names = ", ".join(f"{file.source}/{file.file_name}" for file in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        purged = Archive(settings).purged
        is_purged = any(file.source_file_id in purged for file in missing)
        raise NotInArchiveError(
            f"The raw bytes of {names}{more} are not in the archive any more"
            + (_PURGED if is_purged else _LOST)
        )
    # below the archive, where raw bytes may lie
    with tempfile.TemporaryDirectory(dir=settings.archive, prefix=".rebuild-") as name:
        folder = Path(name)
        for file in sources:
            _place(settings, file, folder / "sources")
        (folder / "sources").mkdir(exist_ok=True)
        if is_sample:
            note = folder / "sources" / SYNTHETIC_NOTE
            note.write_text("SYNTETISK: genskabt fra arkivet\n", encoding="utf-8")
        anew = Settings(folder / "sources", folder / "home", config_folder)
        _run(anew, as_of)
        yield anew


def _bytes_of(settings: Settings, file: Source) -> Path | None:
    """Where a file's bytes lie; None where they were purged or are lost.

    Names may hold personal data and stand in full in the archive only: a file is found by the name
    as it is shown.
    """
    folder = settings.archive / file.source / file.source_file_id
    wanted = file.file_name.rpartition("/")[2]
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return next((path for path in there if shown_name(PurePath(path.name)) == wanted), None)


def _place(settings: Settings, file: Source, folder: Path) -> None:
    """Put a file where it lay, with its name and time."""
    kept = _bytes_of(settings, file)
    assert kept is not None
    target = folder / file.source / PurePath(file.file_name).parent / kept.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():  # two files of one name in folders whose names were screened alike
        target = target.with_name(f"{file.source_file_id[:8]}-{target.name}")
    shutil.copyfile(kept, target)
    moment = dt.datetime.fromisoformat(file.exported_at).replace(tzinfo=dt.UTC)
    microseconds = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    os.utime(target, ns=(microseconds * 1000, microseconds * 1000))


def _run(anew: Settings, as_of: str) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATASPOR_", "DAGSTER_"))
    } | {
        "DATASPOR_SOURCES": str(anew.sources),
        "DATASPOR_HOME": str(anew.home),
        "DATASPOR_CONFIG": str(anew.config),
    }
    command = [sys.executable, "-m", "orchestration.cli", "run", "--as-of", as_of]
    told = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if not (anew.published / "warehouse.duckdb").exists():
        raise DatasporError(
            "The figures could not be made anew from the archive: " + told.stderr.strip()
        )
