"""Workbooks (xlsx, xlsm, xlsb, xls, ods) to one csv per visible sheet, in a process of its own.

A workbook can name a cell so far out that reading it takes all memory, and no reader minds. So a
child process with limits on memory and time reads it, and what goes wrong there is one sentence
here. The child imports little but the reader: ``python -m orchestration.extract.workbook``.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from orchestration.errors import DiskError, writing

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MEMORY_BYTES = 4_000_000_000
SECONDS = 600
MAX_CELLS = 100_000_000
MAX_COLUMNS = 1_000
_ROWS_FOR_TWO = 20_000
DELIMITER = "\t"  # of the csv files; seldom in a cell, so that few need quotes
_MEMORY, _PASSWORD, _DAMAGED, _TOO_LARGE, _DISK = 3, 4, 5, 6, 7
_SENTENCES = {
    _MEMORY: f"reading the workbook takes more than {MEMORY_BYTES // 10**9} GB of memory; export "
    "fewer rows, or as csv",
    _PASSWORD: "the workbook is protected by a password; save it without one",
    _DAMAGED: "not a readable workbook (damaged, cut off, or another format than its name says); "
    "export it again",
    _TOO_LARGE: f"a sheet spans more than {MAX_COLUMNS} columns or {MAX_CELLS:,} cells; delete "
    "stray cells far to the right or below, or export as csv",
}


class WorkbookError(Exception):
    """The workbook cannot be read; the text is a sentence for its owner."""


@dataclass(frozen=True)
class Sheet:
    """A visible sheet as csv: tabs, quotes where needed, all rows from the first on.

    Attributes:
        name: as the workbook has it.
        path: the csv file.
        rows: how many rows it has, blank ones included.
        date1904: whether serial numbers count days from 1904 instead of 1900.
    """

    name: str
    path: Path
    rows: int
    date1904: bool


def read_sheets(path: Path, folder: Path) -> list[Sheet]:
    """The visible sheets of a workbook, written to ``folder``.

    Formulas come as the values stored with them; nothing is evaluated, no link is followed.

    Raises:
        WorkbookError: damaged, protected, or larger than the limits.
        DiskError: the csv files cannot be written.
    """
    # not resolved: a link gives the file the name by which the reader knows its format
    places = [str(path.absolute()), str(folder.absolute())]
    limits = [str(MEMORY_BYTES), str(SECONDS)]
    command = [sys.executable, "-m", "orchestration.extract.workbook", *places, *limits]
    try:
        child = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired:
        raise WorkbookError(
            f"reading the workbook takes longer than {SECONDS} seconds; export fewer rows"
        ) from None
    if child.returncode == _DISK:
        raise DiskError
    if child.returncode != 0:
        # below 0: ended by a signal, as when memory cannot be had; 1: the reader gave up midway
        other = _MEMORY if child.returncode < 0 else _DAMAGED
        raise WorkbookError(_SENTENCES.get(child.returncode, _SENTENCES[other]))
    return [
        Sheet(sheet["name"], folder / sheet["file"], sheet["rows"], sheet["date1904"])
        for sheet in json.loads(child.stdout)
    ]


def _write_sheets(path: Path, folder: Path) -> list[dict[str, object]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_path(str(path))
    date1904 = _counts_from_1904(path)
    written: list[dict[str, object]] = []
    for number, meta in enumerate(workbook.sheets_metadata):
        if meta.visible != SheetVisibleEnum.Visible or meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
        if width > MAX_COLUMNS or height * width > MAX_CELLS:
            raise OverflowError
        file = folder / f"sheet{number}.csv"
        if height < _ROWS_FOR_TWO:
            _write_csv(file, sheet.iter_rows())
        else:
            _write_in_two(file, sheet.iter_rows, height // 2)
        written.append({"name": meta.name, "file": file.name, "rows": height, "date1904": date1904})
    return written


def _write_in_two(file: Path, rows: Callable[[], Iterable[Sequence[object]]], half: int) -> None:
    """Write a csv file on both cores: to text is the longest way of a cell after the parsing."""
    rest = file.with_suffix(".rest")
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            _write_csv(rest, itertools.islice(rows(), half, None))
            code = 0
        except MemoryError:
            code = _MEMORY
        except DiskError:
            code = _DISK
        finally:
            os._exit(code)  # nothing of the parent's is to be flushed or freed twice
    try:
        _write_csv(file, itertools.islice(rows(), half))
    finally:
        code = os.waitstatus_to_exitcode(os.waitpid(helper, 0)[1])
    if code in (_MEMORY, -signal.SIGKILL):
        raise MemoryError
    if code == _DISK:
        raise DiskError
    if code != 0:
        raise OSError(f"the second half of a sheet was not written: {code}")
    with writing(), rest.open("rb") as more, file.open("ab") as output:
        shutil.copyfileobj(more, output)
    rest.unlink()


def _write_csv(file: Path, rows: Iterable[Sequence[object]]) -> None:
    with writing(), file.open("w", encoding="utf-8", newline="") as output:
        _write_rows(output, rows)


def _write_rows(output: TextIO, rows: Iterable[Sequence[object]]) -> None:
    """Rows as `csv.writer` writes them, which looks at every letter: only where that is needed."""
    # what ends a line is what the writer quotes in a cell: both characters must be in it
    writer = csv.writer(output, delimiter=DELIMITER, lineterminator="\r\n")
    for row in rows:
        line = DELIMITER.join(map(str, row))
        is_plain = line and line.count(DELIMITER) == len(row) - 1
        if is_plain and '"' not in line and "\n" not in line and "\r" not in line:
            output.write(f"{line}\r\n")
        else:
            writer.writerow(row)


def _counts_from_1904(path: Path) -> bool:
    """Whether serial numbers count from 1904: ECMA-376 workbookPr, [MS-XLS] Date1904."""
    if path.suffix.casefold() == ".xls":
        with path.open("rb") as file:
            return b"\x22\x00\x02\x00\x01\x00" in file.read(65_536)
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            return re.search(rb"date1904=[\"'](?:1|true)", part.read(1_000_000)) is not None
    except (zipfile.BadZipFile, KeyError):
        return False


def _main() -> int:
    path, folder, (memory, seconds) = sys.argv[1], sys.argv[2], map(int, sys.argv[3:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, PasswordError

    try:
        print(json.dumps(_write_sheets(Path(path), Path(folder))))
    except MemoryError:
        return _MEMORY
    except PasswordError:
        return _PASSWORD
    except OverflowError:
        return _TOO_LARGE
    except DiskError:
        return _DISK
    except (CalamineError, OSError, ValueError, UnicodeError):
        return _DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(_main())
