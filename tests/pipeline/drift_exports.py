"""Two exports of one installation, the second of which is changed by each case of drift."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

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
)
PLACES = {"Vesterbro Bibliotek og Kulturhus": "vesterbro", "Blågårdens Bibliotek": "blaagaarden"}
CATEGORIES = {"Trusler": "threats", "Vold": "violence", "Hærværk": "vandalism"}
Row = list[str]


@dataclass
class Export:
    """The second export as a grid, open to any change before it is written.

    Attributes:
        above: rows above the header.
        sheets: names of the sheets that the rows go to, in turn; extra are sheets of other rows.
    """

    header: Row = field(default_factory=lambda: list(HEADERS))
    rows: list[Row] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    kind: str = "csv"
    delimiter: str = ";"
    encoding: str = "utf-8"
    sheet: str = "Data"
    extra_sheets: dict[str, list[Row]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    second_header: Row = field(default_factory=list)

    def at(self, header: str) -> int:
        return self.header.index(header)

    def rename(self, old: str, new: str) -> None:
        self.header[self.at(old)] = new

    def drop(self, name: str) -> None:
        position = self.at(name)
        for row in (self.header, *self.rows):
            del row[position]

    def insert(self, position: int, name: str, value: str) -> None:
        self.header.insert(position, name)
        for row in self.rows:
            row.insert(position, value)

    def reorder(self, order: Sequence[int]) -> None:
        self.header = [self.header[i] for i in order]
        self.rows = [[row[i] for i in order] for row in self.rows]

    def set(self, name: str, value: str, rows: Sequence[int] = ()) -> None:
        for number in rows or range(len(self.rows)):
            self.rows[number][self.at(name)] = value

    def rewrite_dates(self, text: Callable[[dt.datetime], str]) -> None:
        for name in ("Oprettet", "Hændelsestidspunkt", "Senest ændret"):
            for row in self.rows:
                moment = dt.datetime.strptime(row[self.at(name)], "%d-%m-%Y %H:%M")
                row[self.at(name)] = text(moment)

    def grid(self) -> list[Row]:
        head = [self.header] + ([self.second_header] if self.second_header else [])
        return [*self.above, *head, *self.rows, *self.below]

    def write(self, folder: Path) -> None:
        if self.kind == "xlsx":
            with xlsxwriter.Workbook(str(folder / "ny.xlsx")) as book:
                for name, grid in {self.sheet: self.grid(), **self.extra_sheets}.items():
                    sheet = book.add_worksheet(name)
                    for number, row in enumerate(grid):
                        sheet.write_row(number, 0, row)
                    if name in self.hidden:
                        sheet.hide()
            return
        with (folder / "ny.csv").open("w", encoding=self.encoding, newline="") as file:
            csv.writer(file, delimiter=self.delimiter).writerows(self.grid())


def base_rows(first: int, count: int, *, day: dt.date) -> list[Row]:
    """Reports of the days from ``day`` on; some are void, some count two or three incidents."""
    places, categories = list(PLACES), list(CATEGORIES)
    rows = []
    for number in range(first, first + count):
        occurred = dt.datetime.combine(day + dt.timedelta(days=number % 28), dt.time(9, 30))
        rows.append(
            [
                f"{number:05d}",
                f"{occurred + dt.timedelta(hours=5):%d-%m-%Y %H:%M}",
                f"{occurred:%d-%m-%Y %H:%M}",
                places[number % 2],
                categories[number % 3],
                "Annulleret" if number % 7 == 0 else "Afsluttet",
                f"{occurred + dt.timedelta(hours=8):%d-%m-%Y %H:%M}",
                str(1 + number % 3),
                "Syntetisk beskrivelse",
            ]
        )
    return rows


def write_first(folder: Path) -> list[Row]:
    """The export before: forty reports of October 2024."""
    rows = base_rows(1, 40, day=dt.date(2024, 10, 1))
    path = folder / "gammel.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([list(HEADERS), *rows])
    os.utime(path, (1_730_000_000, 1_730_000_000))
    return rows


def counted(rows: Sequence[Row]) -> Counter[tuple[str, str, str]]:
    """Incidents by month, library and category, void ones left out; later rows replace earlier."""
    current = {row[0]: row for row in rows}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in current.values():
        if row[5] != "Annulleret":
            month = f"{row[2][6:10]}-{row[2][3:5]}"
            counts[month, PLACES[row[3]], CATEGORIES[row[4]]] += int(row[7])
    return counts
