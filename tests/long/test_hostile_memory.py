"""The memory that reading hostile files takes, measured on a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from orchestration.extract.workbook import MEMORY_BYTES
from tests.unit.extract.incident_exports import HEADER

pytestmark = pytest.mark.long

PROJECT = Path(__file__).resolve().parents[2]
PARENT_BYTES = 1_500_000_000
# reads one export and tells what became of it, and the peak of itself and of its child (bytes)
READ = """
import json, resource, sys
from pathlib import Path
from orchestration.errors import UnreadableFileError
from tests.unit.extract.incident_exports import desk
with desk() as made:
    try:
        made.read(Path(sys.argv[1]))
        outcome = "read"
    except UnreadableFileError as refused:
        outcome = str(refused)
# of itself what this program took: getrusage also knows of the process that started it
(own,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
kilobytes = int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([outcome, *(1024 * each for each in kilobytes)]))
"""


def read_apart(path: Path) -> tuple[str, int, int]:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
        check=True,
    )
    # the last line: DuckDB draws how far it is before it
    outcome, own, child = json.loads(done.stdout.splitlines()[-1])
    print(path.name, outcome, f"{own / 1e6:.0f} MB", f"{child / 1e6:.0f} MB")
    return outcome, own, child


@pytest.mark.parametrize(
    ("row", "column"), [(1_048_575, 16_383), (1_048_575, 150), (1_048_575, 60)]
)
def test_a_stray_cell_takes_no_more_memory_than_the_limit(
    tmp_path: Path, row: int, column: int
) -> None:
    path = tmp_path / "stray.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(row, column, "x")
    _, own, child = read_apart(path)
    assert own < PARENT_BYTES
    assert child < MEMORY_BYTES


@pytest.mark.parametrize(
    "rest", [b'"' + b"a;" * 25_000_000, b"a;" * 25_000_000, b"\0" * 50_000_000]
)
def test_fifty_megabytes_on_one_line_take_bounded_memory(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "line.csv"
    path.write_bytes(";".join(HEADER).encode() + b"\n" + rest)
    _, own, _ = read_apart(path)
    assert own < 4 * PARENT_BYTES
