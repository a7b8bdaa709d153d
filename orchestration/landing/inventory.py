"""Which source files there are now, and which of them are the same by content."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import SOURCE_NAMES, Settings

_PATTERNS = {
    "mainmanager": (".xlsx", ".csv", ".tsv"),
    "survey": (".xlsx", ".csv"),
    "opening_hours": (".json",),
    "presence": (".csv", ".xlsx"),
}
_WAVE = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_PARTS = ("dataset", "labels", "structure")


@dataclass(frozen=True)
class SourceFile:
    """One file as received.

    Attributes:
        source: mainmanager, survey, opening_hours or presence.
        source_file_id: SHA-256 of the content.
        path: where it lies; of several copies, the one exported last.
        file_name: path below the source's folder.
        exported_at: modification time, UTC.
        wave_id: month of fielding, for survey files.
        part: dataset, labels, structure or workbook, for survey files.
    """

    source: str
    source_file_id: str
    path: Path
    file_name: str
    exported_at: dt.datetime
    wave_id: str | None = None
    part: str | None = None

    @property
    def order(self) -> tuple[dt.datetime, str]:
        """Export order: by time, then by name."""
        return self.exported_at, self.file_name


def take_inventory(settings: Settings) -> list[SourceFile]:
    """All source files in the sources folder and among the fetched snapshots, in export order.

    Files with the same content in one source are one source file: the copy exported last. Survey
    parts are kept apart by wave, since two waves may share their labels.
    """
    hashes = _HashCache(settings.home / "archive" / "hashes.json")
    found: dict[tuple[str, ...], SourceFile] = {}
    for root in (settings.sources, settings.archive / "fetched"):
        for source in SOURCE_NAMES:
            for path in _files(root / source, _PATTERNS[source]):
                wave = _wave_and_part(path, root / source) if source == "survey" else (None, None)
                if wave is None:
                    continue
                status = path.stat()
                file = SourceFile(
                    source=source,
                    source_file_id=hashes.of(path),
                    path=path,
                    file_name=path.relative_to(root / source).as_posix(),
                    exported_at=dt.datetime.fromtimestamp(status.st_mtime, tz=dt.UTC),
                    wave_id=wave[0],
                    part=wave[1],
                )
                key = (source, file.source_file_id, file.wave_id or "", file.part or "")
                if key not in found or found[key].order < file.order:
                    found[key] = file
    hashes.save()
    return sorted(found.values(), key=lambda file: (file.source, file.order, file.part or ""))


def is_synthetic(sources: Path) -> bool:
    """Whether a sources folder says of itself that it is the synthetic sample."""
    note = sources / "LÆSMIG.txt"
    return note.is_file() and "SYNTETISK" in note.read_text(encoding="utf-8-sig").upper()


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix.casefold() in suffixes
        and not path.name.startswith((".", "~$"))
    ]


def _wave_and_part(path: Path, folder: Path) -> tuple[str, str] | None:
    """Wave and part of a survey file; None for a file that is no part of an export."""
    inner = path.relative_to(folder)
    if len(inner.parts) == 1 and _WAVE.fullmatch(path.stem) and path.suffix.casefold() == ".xlsx":
        return path.stem, "workbook"
    part = path.stem.casefold()
    if len(inner.parts) == 2 and _WAVE.fullmatch(inner.parts[0]) and part in _PARTS:
        return inner.parts[0], part
    return None


class _HashCache:
    """Content hashes by path, size and modification time, so that nothing is hashed twice."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        if path.is_file():
            self.known = json.loads(path.read_text(encoding="utf-8"))

    def of(self, path: Path) -> str:
        status = path.stat()
        key = f"{path}|{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}"
        if key in self.known:
            digest = self.known[key]
        else:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.seen[key] = digest
        return digest

    def save(self) -> None:
        if self.seen != self.known:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, json.dumps(self.seen, indent=0).encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that others see the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.chmod(0o600)
    temporary.replace(path)
