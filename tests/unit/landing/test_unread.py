"""A disk that does not give the bytes of an export is told of, and is no fault of the export."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import DiskError
from orchestration.settings import PROJECT, Settings
from tests.faults.shim import compiled
from tests.unit.extract.incident_exports import HEADER, csv_text, xlsx, zipped

# numbers that do not repeat: packed, they are longer than what can be read
NUMBERS = random.Random(1).sample(range(10**9), 3000)
GRID = [HEADER, *([str(n), "31-03-2024 14:30", "Husum Bibliotek", "Vold"] for n in NUMBERS)]
LANDING = """
import sys
from pathlib import Path
from orchestration.config import load_config
from orchestration.errors import DatasporError
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.settings import PACKAGED_CONFIG, Settings

settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]), PACKAGED_CONFIG)
try:
    (line,) = land(settings, load_config(PACKAGED_CONFIG), take_inventory(settings))
    print(line.status, line.rows_read, line.reason)
except DatasporError as error:
    print(error)
"""


def text(path: Path) -> Path:
    path.with_suffix(".csv").write_text(csv_text(GRID), encoding="utf-8")
    return path.with_suffix(".csv")


def packed(path: Path) -> Path:
    return zipped(path.with_suffix(".zip"), {"export.csv": csv_text(GRID).encode()})


def workbook(path: Path) -> Path:
    return xlsx(path.with_suffix(".xlsx"), {"Data": GRID})


def damaged(path: Path) -> Path:
    whole = workbook(path)
    whole.write_bytes(whole.read_bytes()[:-5000])
    return whole


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("reads"), "reads")


def landed(settings: Settings, **environment: Path) -> str:
    """What is said of the one export, by a process that lands it."""
    return subprocess.run(
        [sys.executable, "-c", LANDING, settings.sources, settings.home],
        env=os.environ | {name: str(value) for name, value in environment.items()},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize(
    ("write", "when_whole"),
    [
        (text, "landed 3000 None"),
        (packed, "landed 3000 None"),
        (workbook, "landed 3000 None"),
        (damaged, "unreadable 0 the file is damaged, cut off or encrypted; export it again"),
    ],
)
def test_a_bad_block_below_an_export_stops_landing_and_the_export_is_read_when_it_is_mended(
    settings: Settings, library: Path, write: Callable[[Path], Path], when_whole: str
) -> None:
    (settings.sources / "mainmanager").mkdir()
    export = write(settings.sources / "mainmanager" / "export")
    assert export.stat().st_size > 3 * 4096
    assert landed(settings) == when_whole
    (kept,) = settings.archive.glob("mainmanager/*/*")
    for path in (settings.landing / "mainmanager").iterdir():
        path.unlink()  # as if the bytes had come into the archive and nothing else had happened

    assert landed(settings, LD_PRELOAD=library, DATASPOR_UNREAD=kept) == str(DiskError())
    assert list((settings.landing / "mainmanager").iterdir()) == []
    assert landed(settings) == when_whole
