"""The archive: raw bytes as received, once by content, for their owner only; and what left it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from itertools import chain, cycle
from pathlib import Path
from typing import BinaryIO

from orchestration.errors import DatasporError, UnreadableFileError
from orchestration.settings import Settings

_BLOCK = 1 << 20
# what a killed process leaves; raw bytes may lie in it
_LEFTOVERS = (
    *(".work-*", ".rebuild-*", ".reproduced-*", "*/.*.received"),
    *(".*.tmp", "*/.*.tmp", "fetched/*/.*.tmp", "fetched/*/*/.*.tmp"),
)
_LEFTOVER_SECONDS = 24 * 3600  # no command works on one of them for so long


class ChangedFileError(DatasporError):
    """A file became another while its bytes were read, or is still being written."""


@dataclass(frozen=True)
class Tombstone:
    """What stays of raw bytes that were removed; no file name, which may name a person.

    Attributes:
        archived_at: when they came into the archive, ISO, UTC.
        purged_at: when they were removed, ISO, UTC.
        rule: the rule by which they were removed, as a sentence.
    """

    source_file_id: str
    source: str
    archived_at: str
    purged_at: str
    bytes: int
    rule: str


class Archive:
    """``archive/SOURCE/ID/NAME``, ID being the SHA-256 of the content, and ``ID.json`` beside it.

    Name and modification time are kept because they have a meaning: the date of a snapshot, the
    kind of a file, the order of exports. What was purged does not come back.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder, self.landing = settings.archive, settings.landing
        self.record = self.folder / "purged.jsonl"
        self.purged = {stone.source_file_id for stone in tombstones(self.record)}

    def receive(self, source: str, path: Path) -> str:
        """Take a file's bytes in and return their SHA-256, which is of the very bytes kept.

        Raises:
            ChangedFileError: the file changed meanwhile; nothing is kept.
            UnreadableFileError: it cannot be read to its end; nothing is kept.
            OSError: the file cannot be opened.
            DatasporError: the archive cannot be written; the file is not to blame for it.
        """
        temporary = self.folder / source / f".{os.getpid()}.received"
        digest = hashlib.sha256()
        before = _state(path)
        with path.open("rb", buffering=0) as raw, self._written(path):
            folder = private_folder(self.folder / source)
            try:
                with private_file(temporary) as copy, ThreadPoolExecutor(1) as other:
                    hashed = None
                    for block in _blocks(raw):
                        if hashed:
                            hashed.result()
                        # while the copy is written and the next block is read
                        hashed = other.submit(digest.update, block)
                        copy.write(block)
                if _state(path) != before:
                    raise ChangedFileError("it changed while it was read")
                source_file_id = digest.hexdigest()
                if source_file_id not in self.purged:
                    kept = private_folder(folder / source_file_id) / path.name
                    if not kept.exists():
                        os.utime(temporary, ns=(before[1], before[1]))
                        temporary.replace(kept)
                        self._note(source, source_file_id, exported_at=before[1], size=before[0])
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
        return source_file_id

    @contextmanager
    def _written(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not path.exists():
                raise  # the file that is read has gone
            raise DatasporError(
                f"The archive {self.folder} cannot be written ({error.strerror}). Make room or "
                "mend the disk, and run again."
            ) from None

    def tidy(self) -> None:
        """Remove what killed processes left, once it is old enough to be theirs for certain."""
        before = time.time() - _LEFTOVER_SECONDS
        left = (path for pattern in _LEFTOVERS for path in self.folder.glob(pattern))
        for path in chain(left, self.landing.glob("*/.*.tmp")):
            with suppress(FileNotFoundError):  # another process removed it first
                if path.lstat().st_mtime < before:
                    if path.is_dir():
                        shutil.rmtree(path, ignore_errors=True)
                    else:
                        path.unlink()

    def kept(self, source: str, source_file_id: str, name: str) -> Path | None:
        """Where a file's bytes lie; None where they were purged or never came."""
        path = self.folder / source / source_file_id / name
        return path if path.is_file() else None

    def lacks(self, source: str, source_file_id: str, name: str) -> bool:
        """Whether bytes known by their id should be here and are not."""
        is_purged = source_file_id in self.purged
        return not is_purged and self.kept(source, source_file_id, name) is None

    def bury(self, stone: Tombstone) -> None:
        """Remove bytes; the record comes first, so that nothing is ever gone without one."""
        if stone.source_file_id not in self.purged:
            line = json.dumps(stone.__dict__) + "\n"
            with self.record.open("a", encoding="utf-8") as record:
                self.record.chmod(0o600)
                record.write(line)
                record.flush()
                os.fsync(record.fileno())
            self.purged.add(stone.source_file_id)
        folder = self.folder / stone.source
        shutil.rmtree(folder / stone.source_file_id)
        (folder / f"{stone.source_file_id}.json").unlink(missing_ok=True)

    def archived_at(self, source: str, source_file_id: str) -> dt.datetime:
        """When bytes first came, UTC."""
        note = self.folder / source / f"{source_file_id}.json"
        if note.is_file():
            return dt.datetime.fromisoformat(json.loads(note.read_text("utf-8"))["archived_at"])
        status = (self.folder / source / source_file_id).stat()
        return dt.datetime.fromtimestamp(status.st_mtime, tz=dt.UTC)

    def _note(self, source: str, source_file_id: str, *, exported_at: int, size: int) -> None:
        note = self.folder / source / f"{source_file_id}.json"
        if not note.exists():
            told = {
                "archived_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
                "exported_at": dt.datetime.fromtimestamp(exported_at / 1e9, tz=dt.UTC).isoformat(),
                "bytes": size,
            }
            write_atomically(note, json.dumps(told, indent=1).encode())


def tombstones(record: Path) -> list[Tombstone]:
    """What was purged, in order."""
    if not record.is_file():
        return []
    lines = record.read_text(encoding="utf-8").splitlines()
    return [Tombstone(**json.loads(line)) for line in lines if line]


def private_folder(path: Path) -> Path:
    """A folder for its owner only, made with its parents where it is missing."""
    if not path.is_dir():
        if not path.parent.is_dir():
            private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that others see the old content or the new, never a part.

    Several processes may write one file at once, as two that look at the same exports do.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with private_file(temporary) as file:
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def private_file(path: Path) -> BinaryIO:
    """A new file for its owner only, open for writing."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _blocks(raw: FileIO) -> Iterator[memoryview]:
    """A file's bytes, in two buffers by turns: a block lasts until the one after the next."""
    buffers = cycle((memoryview(bytearray(_BLOCK)), memoryview(bytearray(_BLOCK))))
    try:
        for buffer in buffers:
            length = raw.readinto(buffer)
            if not length:
                return
            yield buffer[:length]
    except OSError as error:
        raise UnreadableFileError("unreadable", f"it cannot be read ({error.strerror})") from None


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino
