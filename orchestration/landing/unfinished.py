"""Files that somebody is still writing: told by their names, by who has them open, by two looks."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on this system: the other two signs remain
    fcntl = None  # type: ignore[assignment]

UNFINISHED = "its name is that of a file still being written"
WAVE_UNFINISHED = "another file of its wave is still being written or cannot be read"
YOUNG_SECONDS = 10.0
PAUSE_SECONDS = 0.4
_ENDINGS = (".part", ".partial", ".tmp", ".filepart", ".crdownload")


def has_unfinished_name(name: str, suffixes: tuple[str, ...]) -> bool:
    """Whether a name is one that programs give to a file until it is whole.

    Args:
        name: the file's name.
        suffixes: endings of the files that are read; a hidden file without one of them, such as
            a folder's own settings, is no export at all.
    """
    folded = name.casefold()
    if folded.endswith(_ENDINGS):
        return True
    # rsync writes .NAME.XXXXXX, spreadsheet programs leave ~$NAME while a file is open in them
    return folded.startswith((".", "~$")) and any(suffix in folded for suffix in suffixes)


def being_written(paths: Iterable[Path]) -> dict[Path, str]:
    """Those of the files that are still being written, each with how it was told.

    Only files changed within the last seconds are looked at twice, after one short pause for all.
    """
    found: dict[Path, str] = {}
    young: dict[Path, tuple[int, int]] = {}
    for path in paths:
        if _is_open_for_writing(path):
            found[path] = "another program has it open for writing"
        elif (state := _state(path)) and time.time() - state[1] / 1e9 < YOUNG_SECONDS:
            young[path] = state
    if young:
        time.sleep(PAUSE_SECONDS)
        for path, before in young.items():
            if _state(path) != before:
                found[path] = "it is still changing"
    return found


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _is_open_for_writing(path: Path) -> bool:
    """Whether Linux refuses a read lease, which it does while anybody writes.

    Leases are for owners of a file, on file systems that have them; elsewhere this says no.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        # a writer that comes in this very moment must not kill us with SIGIO, which it would by
        # default; SIGURG is ignored
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
