"""Where tests keep files in memory: what they write there waits for no disk."""

from __future__ import annotations

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")


def memory(enough: int) -> Path | None:
    """The folder whose files lie in memory, where there is one with so many bytes free."""
    is_enough = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > enough
    return _MEMORY if is_enough else None
