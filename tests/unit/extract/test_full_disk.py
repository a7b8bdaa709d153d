"""A disk that is full or does not answer is told of, and is no fault of the export."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.errors import TransientError
from orchestration.extract.tabular import workplace
from tests.unit.extract.incident_exports import HEADER, Desk, csv_text, xlsx, zipped

ROWS = 25_000  # of a workbook so long, two processes write the text
GRID = [HEADER, *([str(n), "31-03-2024 14:30", "Husum Bibliotek", "Vold"] for n in range(ROWS))]


def text(folder: Path) -> Path:
    path = folder / "export.csv"
    path.write_text(csv_text(GRID), encoding="utf-8")
    return path


def packed(folder: Path) -> Path:
    return zipped(folder / "export.zip", {"export.csv": csv_text(GRID).encode()})


def workbook(folder: Path) -> Path:
    return xlsx(folder / "export.xlsx", {"Data": GRID})


def short_workbook(folder: Path) -> Path:
    return xlsx(folder / "short.xlsx", {"Data": GRID[:1000]})


@contextmanager
def full_disk() -> Iterator[None]:
    """A limit on the size of files stands for it: the system refuses the write."""
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("write", [text, packed, workbook, short_workbook])
def test_a_disk_that_cannot_be_written_is_no_fault_of_the_export(
    exports: Desk, write: Callable[[Path], Path]
) -> None:
    path = write(exports.folder)
    with full_disk(), pytest.raises(TransientError, match="cannot be written"):
        exports.read(path)
    assert len(exports.read(path).rows) == (999 if write is short_workbook else ROWS)


def test_too_little_memory_is_no_fault_of_the_export(tmp_path: Path) -> None:
    # the unknown category asks for a thorough pass, which keeps all rows
    grid = [*GRID * 6, ["1", "31-03-2024 14:30", "Husum Bibliotek", "Ukendt"]]
    with workplace(tmp_path, "30MB") as work:
        desk = Desk(tmp_path, work)
        work.connection.execute("set max_temp_directory_size = '1KB'")
        path = desk.write("export.csv", csv_text(grid))
        with pytest.raises(TransientError, match="want of memory"):
            desk.read(path)
