"""Libraries that tests preload: faults at the n-th change of a file, a bad block, a moved clock."""

from __future__ import annotations

import mmap
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDER_OF_SOURCES = Path(__file__).parent
OFF, COUNT, KILL, FULL, BROKEN = range(5)
MODES = {"kill": KILL, "full disk": FULL, "input/output error": BROKEN}
_HEAD, _FOLDER, _KINDS = struct.Struct("<qqii"), 1024, 1 << 20


def compiled(folder: Path, name: str = "shim") -> Path:
    """A library (shim.c, reads.c or clock.c), built by the machine's own compiler."""
    library = folder / f"{name}.so"
    source = _FOLDER_OF_SOURCES / f"{name}.c"
    options = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["gcc", *options, "-o", library, source, "-ldl"], check=True)
    return library


def made_state(path: Path) -> Path:
    """The file that all processes share, with no fault in it."""
    path.write_bytes(bytes(_HEAD.size + _FOLDER + _KINDS))
    return path


class Faults:
    """What is to happen, and what did."""

    def __init__(self, path: Path, folder: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._map[_HEAD.size : _HEAD.size + _FOLDER] = str(folder).encode().ljust(_FOLDER, b"\0")

    @contextmanager
    def at(self, mode: int, call: int = 0) -> Iterator[None]:
        """Let calls count, and one of them fail, until the block ends."""
        self._map[: _HEAD.size] = _HEAD.pack(0, call, mode, 0)
        try:
            yield
        finally:
            count, at, _, happened = _HEAD.unpack(self._map[: _HEAD.size])
            self._map[: _HEAD.size] = _HEAD.pack(count, at, OFF, happened)

    @property
    def happened(self) -> bool:
        """Whether the fault took place."""
        return bool(_HEAD.unpack(self._map[: _HEAD.size])[3])

    @property
    def calls(self) -> str:
        """What was called since the block began, a letter a call; see shim.c."""
        count = min(_HEAD.unpack(self._map[: _HEAD.size])[0], _KINDS)
        start = _HEAD.size + _FOLDER
        return self._map[start : start + count].decode()
