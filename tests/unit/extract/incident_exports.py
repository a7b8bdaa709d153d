"""Writing incident exports in every flavour, and reading them with nothing but the extraction."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import xlsxwriter
import xlwt

from orchestration.config import Config, load_config
from orchestration.config.model import Correction
from orchestration.extract import mainmanager
from orchestration.extract.rows import LANDED_TABLES, Landed
from orchestration.extract.tabular import Workplace, workplace
from orchestration.settings import PACKAGED_CONFIG

Grid = Sequence[Sequence[object]]
CONFIG = load_config(PACKAGED_CONFIG)
FILE_ID = "the-file"
# longer than what DuckDB reads of a text in one go: several parts of it, at once
LONG_ROWS = 8_000
LONG_TEXT = "Beskrivelse af det, der skete. " * 18
HEADER = ("Nr.", "Oprettet", "Sted", "Kategori")
# row number is not stored: a row's place below the header is its number
STORED = (LANDED_TABLES["mainmanager_incident"].keys() - {"row_number"}) | {"first_row"}


@dataclass(frozen=True)
class Row:
    """A data row as landed, with the number that a person sees."""

    number: int
    sheet: str
    incident_id: str | None
    reported_at: dt.datetime | None
    occurred_at: dt.datetime | None
    library_id: str | None
    category_id: str | None
    status: str | None
    is_void: bool
    updated_at: dt.datetime | None
    count: int | None
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class Reading:
    """What came out of one export; ``stored`` is every cell of the Parquet files."""

    landed: Landed
    rows: list[Row]
    columns: set[str]
    not_data: int
    stored: list[tuple[object, ...]]

    @property
    def brief(self) -> list[tuple[object, ...]]:
        """The usable rows: number, id, time, library and category."""
        return [
            (row.number, row.incident_id, row.reported_at, row.library_id, row.category_id)
            for row in self.rows
            if row.outcome == "usable"
        ]

    @property
    def quarantined(self) -> list[tuple[int, str | None]]:
        """Number and reason code of rows not used."""
        return [(row.number, row.reason) for row in self.rows if row.outcome == "quarantined"]

    @property
    def balances(self) -> bool:
        """The ledger's equation: every row read has one outcome, all others are not data."""
        outcomes = {"usable", "excluded", "quarantined"}
        return (
            self.landed.rows_read == len(self.rows)
            and self.landed.rows_not_data == self.not_data
            and all(row.outcome in outcomes for row in self.rows)
            and all((row.outcome == "quarantined") == (row.reason is not None) for row in self.rows)
            and (not self.columns or self.columns == STORED)
        )


@dataclass(frozen=True)
class Desk:
    """A folder for exports, and a workplace to read one after another."""

    folder: Path
    work: Workplace

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def read(self, path: Path, config: Config = CONFIG) -> Reading:
        """The export's rows; whatever was unpacked is gone afterwards."""
        with self.work.cleared() as cleared:
            landed = mainmanager.extract(path, FILE_ID, config, cleared)
            return reading(landed, cleared.connection)

    def read_text(self, content: str | bytes, encoding: str = "utf-8") -> Reading:
        return self.read(self.write("export.csv", content, encoding))

    def leftovers(self) -> list[Path]:
        """What lies in the private folder between two files: nothing, if all is well."""
        return list(self.work.folder.iterdir())


def with_incidents(**changes: object) -> Config:
    """The packaged configuration with other keys in incidents.yml."""
    incidents = CONFIG.incidents.model_copy(update=changes)
    return CONFIG.model_copy(update={"incidents": incidents})


def with_corrections(*corrections: tuple[str, str, str | None, str | None]) -> Config:
    """The packaged configuration with corrections: match, field, old and new value of each."""
    made = [
        Correction(
            correction_id=f"k{number}",
            match=match,
            field=field,
            old_value=old,
            new_value=new,
            reason="Tastefejl",
            decided_by="fagkonsulent",
            decided_on=dt.date(2025, 1, 10),
        )
        for number, (match, field, old, new) in enumerate(corrections, start=1)
    ]
    return CONFIG.model_copy(update={"corrections": made})


def long_grid(places: Sequence[str], categories: dict[int, str]) -> list[list[str]]:
    """More than 4 MB of rows that each tell their number; their categories by number."""
    rows = [
        [str(n), "01-02-2024 10:00", places[n % len(places)], categories.get(n, "Vold"), LONG_TEXT]
        for n in range(2, LONG_ROWS + 2)
    ]
    return [[*HEADER, "Beskrivelse"], *rows]


@contextmanager
def desk() -> Iterator[Desk]:
    with TemporaryDirectory() as name, workplace(Path(name), "1GB") as work:
        yield Desk(Path(name), work)


def reading(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Reading:
    """The rows of the Parquet files that hold them, which are about to go."""
    rows, columns, not_data, stored = [], set(), 0, []
    for path in landed.parquet.get(mainmanager.TABLE, []):
        relation = f"read_parquet('{path}', file_row_number = true)"
        found = connection.execute(
            "select first_row + file_row_number, sheet, incident_id, reported_at, occurred_at, "
            "library_id, category_id, status, is_void, updated_at, incident_count, outcome, "
            f"reason_code from {relation} order by file_row_number"
        ).fetchall()
        stored += connection.execute(f"from read_parquet('{path}')").fetchall()
        kept = [Row(*row) for row in found if row[11] != "not_data"]
        rows += kept
        not_data += len(found) - len(kept)
        columns |= {
            row[0] for row in connection.execute(f"describe from read_parquet('{path}')").fetchall()
        }
    return Reading(landed, rows, columns, not_data, stored)


def at(text: str) -> dt.datetime:
    """A local time, for tests that read well."""
    return dt.datetime.fromisoformat(text)


def csv_text(grid: Grid, delimiter: str = ";", line_end: str = "\n", quoting: int = 0) -> str:
    """A grid as delimited text; blank rows are empty lines."""
    output = io.StringIO()
    # what ends a line is what the csv module quotes in a cell: always both characters
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    lines = []
    for row in grid:
        if any(str(cell) for cell in row):
            writer.writerow(row)
        lines.append(output.getvalue().removesuffix("\r\n") + line_end)
        output.seek(output.truncate(0))
    return "".join(lines)


def xlsx(path: Path, sheets: dict[str, Grid], **options: object) -> Path:
    """A workbook; texts stay texts, numbers numbers, datetimes dates. ``-name``: hidden."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_numbers": False, "strings_to_formulas": False, **options}
    ) as book:
        form = book.add_format({"num_format": "dd-mm-yyyy hh:mm"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name.removeprefix("-"))
            for number, row in enumerate(grid):
                for position, cell in enumerate(row):
                    if isinstance(cell, dt.datetime):
                        sheet.write_datetime(number, position, cell, form)
                    elif isinstance(cell, str):
                        sheet.write_string(number, position, cell) if cell else None
                    elif cell is not None:
                        sheet.write(number, position, cell)
            if name.startswith("-"):
                sheet.hide()
    return path


def edited_xlsx(path: Path, edit: Callable[[xlsxwriter.Workbook], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        edit(book)
    return path


def xls(path: Path, sheets: dict[str, Grid], *, date1904: bool = False) -> Path:
    """A workbook of Excel 97 to 2003."""
    book = xlwt.Workbook()
    book.dates_1904 = date1904
    style = xlwt.easyxf(num_format_str="DD-MM-YYYY HH:MM")
    for name, grid in sheets.items():
        sheet = book.add_sheet(name.removeprefix("-"))
        for number, row in enumerate(grid):
            for position, cell in enumerate(row):
                if isinstance(cell, dt.datetime):
                    sheet.write(number, position, cell, style)
                elif cell not in ("", None):
                    sheet.write(number, position, cell)
        if name.startswith("-"):
            sheet.visibility = 1
    book.save(str(path))
    return path


def ods(path: Path, sheets: dict[str, Grid]) -> Path:
    """A workbook of LibreOffice."""
    with pd.ExcelWriter(path, engine="odf") as writer:
        for name, grid in sheets.items():
            width = max((len(row) for row in grid), default=0)
            cells = [
                [cell if cell != "" else None for cell in row] + [None] * (width - len(row))
                for row in grid
            ]
            pd.DataFrame(cells, dtype=object).to_excel(
                writer, sheet_name=name, header=False, index=False
            )
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def patched(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The zip with one member changed, in place."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = change(members[member])
    return zipped(path, members)
