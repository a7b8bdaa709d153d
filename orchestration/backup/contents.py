"""What a backup is: the parts of its tar file, and reading one back."""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.errors import DatasporError, UsageError

MANIFEST, DUMP, HOME, CONFIG = "manifest.json", "dagster.dump", "home", "config"


@dataclass(frozen=True)
class Entry:
    """One file, folder or symbolic link of a backup, by its path in it.

    Attributes:
        sha256: checksum of a file's bytes.
        target: where a symbolic link points.
    """

    path: str
    mode: int
    mtime_ns: int
    sha256: str | None = None
    target: str | None = None


def verify(backup: Path) -> list[Entry]:
    """Read a backup whole and compare each file with its checksum.

    Raises:
        DatasporError: it is cut off, damaged, or not a backup of Dataspor.
    """
    return verified(backup)[0]


def verified(backup: Path) -> tuple[list[Entry], Path]:
    """The entries of a backup that is as it was written, and the home it was made of.

    Raises:
        DatasporError: it is cut off, damaged, or not a backup of Dataspor.
    """
    found: dict[str, str | None] = {}
    entries: list[Entry] = []
    home = Path()
    try:
        with tarfile.open(backup, "r|gz") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() else None
                if member.name == MANIFEST and stream is not None:
                    manifest = json.load(stream)
                    entries = [Entry(**entry) for entry in manifest["entries"]]
                    home = Path(manifest["home"])
                    continue
                found[member.name] = digest(stream) if stream is not None else None
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise DatasporError(
            f"{backup} is cut off or damaged ({error}). Take another backup."
        ) from error
    if not entries:
        raise DatasporError(f"{backup} has no manifest: it is not a backup of Dataspor.")
    wrong = {entry.path for entry in entries if found.get(entry.path, "") != entry.sha256}
    wrong |= found.keys() - {entry.path for entry in entries}
    if wrong:
        raise DatasporError(f"{backup} is not what was backed up: {some(wrong)}.")
    return entries, home


def make(folder: Path, mode: int) -> None:
    """Make a folder that may be there, and be sure to be allowed to write in it."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}. Make it as root, and give it to the "
            "user who runs this."
        ) from error


def digest(stream: IO[bytes]) -> str:
    """SHA-256 of what a stream holds."""
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def some(paths: set[str]) -> str:
    """The first of some differing paths, for a sentence."""
    shown = ", ".join(sorted(paths)[:3])
    return f"{shown} and {len(paths) - 3} more differ" if len(paths) > 3 else f"{shown} differ(s)"
