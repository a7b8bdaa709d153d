"""One synthetic file and how it reaches the disk; what is in the files belongs elsewhere."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SampleFile:
    """A file as it would have been received.

    Attributes:
        path: where it lies, relative to the sample's folder, with forward slashes.
        content: its bytes.
        exported_at: when the source system is pretended to have written it (read as UTC).
    """

    path: str
    content: bytes
    exported_at: dt.datetime


def write(directory: Path, file: SampleFile) -> Path:
    """Put a file in place with its export time; one that is there already is not rewritten."""
    path = directory / file.path
    if not path.is_file() or path.read_bytes() != file.content:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(file.content)
        partial.replace(path)
    seconds = file.exported_at.replace(tzinfo=dt.UTC).timestamp()
    if path.stat().st_mtime != seconds:
        os.utime(path, (seconds, seconds))
    return path
