"""What landing costs beside the reader it rests on: csv beside DuckDB's, xlsx beside calamine.

Landing is everything from the file in the sources folder to rows stored with their ledger: hash and
archive, header, dates, places, categories, refusals, Parquet. Each pair is measured in turn, each
in a process of its own, so that a machine that drifts drifts for both; the ratio is what counts.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from measured import measured
from targets import Target, median_at_most, table

ROUNDS = 9
TARGET = 1.5
HEADERS = (
    "Nr.",
    "Oprettet",
    "Hændelsestidspunkt",
    "Ejendom",
    "Kategori",
    "Status",
    "Senest ændret",
    "Antal",
    "Beskrivelse",
    "Anmelder",
)
PLACES = ("Vesterbro Bibliotek og Kulturhus", "Blågårdens Bibliotek", "Hovedbiblioteket")
CATEGORIES = ("Utryghedsskabende adfærd", "Trusler", "Vold", "Hærværk")
STATUSES = ("Afsluttet", "Annulleret", "Under udførelse")
_READ_CSV = """
import duckdb, sys
connection = duckdb.connect()
connection.execute(
    "create table rows as select * from read_csv(?, delim = ';', store_rejects = true, "
    "timestampformat = '%d-%m-%Y %H:%M')", [sys.argv[1]])
"""
_READ_XLSX = """
import sys
from python_calamine import CalamineWorkbook
CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
"""
_LANDING = Path(__file__).with_name("programs") / "landing_alone.py"
_MOST = 8 * 2**30  # bytes: no limit that landing meets
_IMPORTS = {
    "landing": "from orchestration.config import load_config\n"
    "from orchestration.landing import inventory, land\n"
    "from orchestration.extract import mainmanager\n"
    "from orchestration.settings import PACKAGED_CONFIG\n"
    "load_config(PACKAGED_CONFIG)\n",
    "csv": "import duckdb\n",
    "xlsx": "import python_calamine\n",
}


def incidents(rows: int) -> Callable[[], list[object]]:
    """A source of made-up incident rows, the same at every call of this function."""
    dice = random.Random(rows)
    first, number = dt.datetime(2022, 1, 1), iter(range(rows))  # noqa: DTZ001

    def row() -> list[object]:
        n = next(number)
        occurred = first + dt.timedelta(minutes=dice.randrange(2_000_000))
        reported = occurred + dt.timedelta(minutes=dice.randrange(3_000))
        return [
            f"{n:08d}",
            reported,
            occurred,
            dice.choice(PLACES),
            dice.choice(CATEGORIES),
            dice.choice(STATUSES),
            reported,
            1,
            f"Syntetisk beskrivelse nummer {n}, som er en sætning af almindelig længde",
            f"Syntetisk indberetter {n % 500}",
        ]

    return row


def write_csv(path: Path, rows: int) -> None:
    """An export as csv, `;` and Danish dates."""
    row = incidents(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(";".join(HEADERS) + "\r\n")
        for _ in range(rows):
            cells = [f"{c:%d-%m-%Y %H:%M}" if isinstance(c, dt.datetime) else c for c in row()]
            file.write(";".join(map(str, cells)) + "\r\n")


def write_xlsx(path: Path, rows: int) -> None:
    """An export as xlsx, dates as date cells."""
    row = incidents(rows)
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "default_date_format": "dd-mm-yyyy hh:mm"}
    ) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, HEADERS)
        for number in range(1, rows + 1):
            for column, value in enumerate(row()):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(number, column, value)
                else:
                    sheet.write(number, column, value)


def compare(kind: str, rows: int, write: Callable[[Path, int], None], reader: str) -> Target:
    """Measure landing and its reader in turn, imports of both taken off; the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = folder / "sources"
        (sources / "mainmanager").mkdir(parents=True)
        export = sources / "mainmanager" / f"export.{kind}"
        write(export, rows)
        # as exports usually are when they are read: not written to a moment ago
        os.utime(export, (time.time() - 3600,) * 2)
        walls: dict[str, list[float]] = {"reader": [], "landing": []}
        peak = 0.0
        python = [sys.executable, "-c"]
        for number in range(ROUNDS):
            start_reader = measured([*python, _IMPORTS[kind]])
            read = measured([*python, reader, export])
            walls["reader"].append(read.beyond(start_reader).wall)
            start_landing = measured([*python, _IMPORTS["landing"]])
            home = folder / f"home{number}"
            landed = measured([sys.executable, _LANDING, sources, home, str(_MOST)])
            if landed.output != str(rows):
                raise SystemExit(f"{landed.output} rows were landed of {rows}")
            walls["landing"].append(landed.beyond(start_landing).wall)
            peak = max(peak, landed.peak)
        size = export.stat().st_size / 1e6
    ratios = [b / a for a, b in zip(walls["reader"], walls["landing"], strict=True)]
    reading, landing = (statistics.median(walls[name]) for name in ("reader", "landing"))
    print(
        f"{rows:>9,} {kind} rows ({size:.0f} MB): reader {reading:.2f} s, "
        f"landing {landing:.2f} s, peak {peak:.2f} GB",
        flush=True,
    )
    return median_at_most(f"landing {rows:,} {kind} rows / their bare reader, wall", ratios, TARGET)


def measure_landing() -> list[Target]:
    """Measure both kinds."""
    return [
        compare("xlsx", 100_000, write_xlsx, _READ_XLSX),
        compare("csv", 1_000_000, write_csv, _READ_CSV),
    ]


if __name__ == "__main__":
    print(table(measure_landing()))
