"""Random incident exports, and what must come out of them: for the round trip and the fuzzing."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import random
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from orchestration.config.model import match_key
from tests.unit.extract.incident_exports import CONFIG, Row, csv_text, ods, xls, xlsx, zipped

INCIDENTS = CONFIG.incidents
HEADERS = INCIDENTS.headers.model_dump()
REQUIRED = ("incident_id", "reported_at", "location", "category")
DATE_FORMATS = [name for name in INCIDENTS.date_formats if name != "excel"]
EXTRA = ("Beskrivelse", "Titel", "Melder", "Ansvarlig", "")
STATUSES = ("Lukket", "Åben", "Annulleret", "Fejloprettet", "Dublet", "I gang; venter", "")
TITLES = ("Udtræk fra MainManager", "Filter: alle", "Periode: vinter", 'Kaldt "hændelser"')
FOOTERS = ("I alt", "Antal: 123", "Udskrevet den 01-02-2024", "TOTAL", "Sum:")
_NASTY = "ab æøå ÆØÅ;,|\t\"'=+-@\n\r 01_x000D_é"


@dataclass(frozen=True)
class Incident:
    """What a person reported, before any export spells it."""

    number: str
    reported_at: dt.datetime
    occurred_at: dt.datetime | None
    place: str
    category: str
    status: str
    updated_at: dt.datetime | None
    count: int
    free_text: str


@dataclass(frozen=True)
class Flavour:
    """How an export spells its incidents."""

    kind: str
    encoding: str
    delimiter: str
    quoting: int
    line_end: str
    is_ended: bool
    has_sep_line: bool
    date_format: str
    titles: tuple[str, ...]
    footers: tuple[str, ...]
    blank_rows: tuple[int, ...]
    repeated_header_at: int
    columns: tuple[tuple[str, str], ...]
    spelling: int
    sheets: int

    @property
    def is_workbook(self) -> bool:
        return self.kind in ("xlsx", "xls", "ods", "xlsx in zip")


def _moments() -> st.SearchStrategy[dt.datetime]:
    return st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2049, 12, 31, 23, 59, 59)).map(
        lambda moment: moment.replace(microsecond=0)
    )


def _numbers() -> st.SearchStrategy[str]:
    digits = st.integers(1, 999_999_999).map(str)
    return st.one_of(
        digits,
        digits.map(lambda text: ("000" + text)[-9:]),
        digits.map(lambda text: f"MM-{text}"),
        digits.map(lambda text: f"Å{text}/24"),
    )


INCIDENT = st.builds(
    Incident,
    number=_numbers(),
    reported_at=_moments(),
    occurred_at=st.none() | _moments(),
    place=st.sampled_from([place.alias for place in CONFIG.places]),
    category=st.sampled_from([alias.alias for alias in CONFIG.category_aliases]),
    status=st.sampled_from(STATUSES),
    updated_at=st.none() | _moments(),
    count=st.integers(1, 12_345),
    free_text=st.text(st.sampled_from(_NASTY), max_size=25),
)


@st.composite
def flavours(draw: st.DrawFn, kinds: tuple[str, ...]) -> Flavour:
    kind = draw(st.sampled_from(kinds))
    optional = [name for name in HEADERS if name not in (*REQUIRED, "occurred_time")]
    chosen = [*REQUIRED, *draw(st.lists(st.sampled_from(optional), unique=True))]
    columns = [(name, draw(st.sampled_from(HEADERS[name]))) for name in chosen]
    columns += [("", text) for text in draw(st.lists(st.sampled_from(EXTRA), unique=True))]
    delimiter = draw(st.sampled_from([";", ",", "\t", "|"]))
    return Flavour(
        kind=kind,
        encoding=draw(
            st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
        ),
        delimiter=delimiter,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r\n", "\r"])),
        is_ended=draw(st.booleans()),
        has_sep_line=draw(st.booleans()) and draw(st.booleans()),
        date_format=draw(st.sampled_from(DATE_FORMATS)),
        titles=tuple(draw(st.lists(st.sampled_from(TITLES), max_size=3))),
        footers=tuple(draw(st.lists(st.sampled_from(FOOTERS), max_size=3))),
        blank_rows=tuple(draw(st.lists(st.integers(0, 12), max_size=3))),
        repeated_header_at=draw(st.sampled_from([-1, -1, 0, 1, 3])),
        columns=tuple(draw(st.permutations(columns))),
        spelling=draw(st.integers(0, 2**32)),
        sheets=draw(st.integers(1, 2)),
    )


TEXT_KINDS = ("csv", "csv", "csv", "csv in gz", "csv in zip")
WORKBOOK_KINDS = ("xlsx", "xls", "ods", "xlsx in zip")


def exports(kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[list[Incident], Flavour]]:
    """Incidents and a flavour to write them in."""
    return st.tuples(st.lists(INCIDENT, max_size=8), flavours(kinds))


def write(
    folder: Path, incidents: list[Incident], flavour: Flavour
) -> tuple[Path, list[Row], list[list[list[object]]]]:
    """Write an export; its path, the rows that must come out, and its grids."""
    dice = random.Random(flavour.spelling)
    share = -(-len(incidents) // flavour.sheets) if incidents else 0
    parts = [incidents[n * share : (n + 1) * share] for n in range(flavour.sheets)]
    if flavour.kind in ("csv", "csv in gz", "xlsx in zip"):
        parts = [incidents]
    grids, rows = [], []
    for number, part in enumerate(parts):
        names = {"csv in zip": f"{number}.csv", "xlsx in zip": "b.xlsx A0"}
        sheet = names.get(flavour.kind, f"A{number}" if flavour.is_workbook else "")
        grid, expected = _grid(part, flavour, dice, sheet)
        grids.append(grid)
        rows += expected
    return _file(folder, grids, flavour), rows, grids


def _grid(
    incidents: list[Incident], flavour: Flavour, dice: random.Random, sheet: str
) -> tuple[list[list[object]], list[Row]]:
    width = len(flavour.columns)
    header: list[object] = [_spelled_header(text, dice, flavour) for _, text in flavour.columns]
    grid: list[list[object]] = []
    if flavour.has_sep_line and not flavour.is_workbook:
        grid.append([f"sep={flavour.delimiter}"])
    for title in flavour.titles:
        grid += [[title], [""] * dice.choice([0, width])]
    grid.append(header)
    rows: list[Row] = []
    for place, incident in enumerate(incidents):
        if place == flavour.repeated_header_at:
            grid.append(list(header))
        for _ in range(flavour.blank_rows.count(place)):
            grid.append([""] * dice.choice([0, width]))
        grid.append([_cell(name, incident, flavour, dice) for name, _ in flavour.columns])
        rows.append(_expected(incident, flavour, len(grid), sheet))
    for footer in flavour.footers:
        grid.append([footer, *[""] * dice.choice([0, width - 1])])
    return grid, rows


def _spelled_header(text: str, dice: random.Random, flavour: Flavour) -> str:
    if not text:
        return text
    spelled = dice.choice([text, text.upper(), text.lower(), f" {text} ", text])
    return f"\n{spelled}" if dice.random() < 0.1 and flavour.line_end != "\r" else spelled


def _spelled(text: str, dice: random.Random, flavour: Flavour) -> str:
    """Another spelling that means the same."""
    composed = [text, text, text.upper(), f" {text}", f"{text} ", text.replace(" ", "\xa0")]
    if flavour.is_workbook or flavour.encoding != "cp1252":
        composed.append(unicodedata.normalize("NFD", text))
    return dice.choice(composed)


def _cell(name: str, incident: Incident, flavour: Flavour, dice: random.Random) -> object:
    if name == "incident_id":
        if flavour.is_workbook and incident.number.isdecimal() and incident.number[0] != "0":
            return dice.choice([incident.number, int(incident.number)])
        return dice.choice([incident.number, f" {incident.number}"])
    if name in ("reported_at", "occurred_at", "updated_at"):
        moment = getattr(incident, name)
        if moment is None:
            return ""
        kept = _kept(moment, flavour)
        if flavour.is_workbook and flavour.kind != "ods" and dice.random() < 0.4:
            return kept
        text = moment.strftime(flavour.date_format)
        return text.replace(" ", " kl. ") if dice.random() < 0.1 else text
    if name == "count":
        number = str(incident.count)
        grouped = f"{incident.count:,}"
        spellings = [
            number,
            f"{number},00",
            grouped.replace(",", "."),
            grouped.replace(",", "\xa0"),
        ]
        return (
            incident.count
            if flavour.is_workbook and dice.random() < 0.5
            else dice.choice(spellings)
        )
    if name == "":
        return incident.free_text
    field = {"location": "place"}.get(name, name)
    text = getattr(incident, field)
    return _spelled(text, dice, flavour) if text else ""


def _kept(moment: dt.datetime, flavour: Flavour) -> dt.datetime:
    """What is left of a moment in the file's date format."""
    return dt.datetime.strptime(moment.strftime(flavour.date_format), flavour.date_format)


def _expected(incident: Incident, flavour: Flavour, number: int, sheet: str) -> Row:
    names = {name for name, _ in flavour.columns}
    library = CONFIG.place_to_library()[match_key(incident.place)]
    status = match_key(incident.status) if "status" in names and incident.status else None
    void = {match_key(text) for text in INCIDENTS.void_statuses}

    def kept(moment: dt.datetime | None, name: str) -> dt.datetime | None:
        return _kept(moment, flavour) if moment is not None and name in names else None

    reported_at = _kept(incident.reported_at, flavour)
    return Row(
        number=number,
        sheet=sheet,
        incident_id=incident.number,
        reported_at=reported_at,
        occurred_at=kept(incident.occurred_at, "occurred_at") or reported_at,
        library_id=library,
        category_id=CONFIG.category_by_alias()[match_key(incident.category)],
        status=status,
        is_void=status in void,
        updated_at=kept(incident.updated_at, "updated_at"),
        count=incident.count if "count" in names else 1,
        outcome="usable" if library else "excluded",
        reason=None,
    )


def _file(folder: Path, grids: list[list[list[object]]], flavour: Flavour) -> Path:
    sheets = {f"A{number}": grid for number, grid in enumerate(grids)}
    if flavour.kind == "xlsx":
        return xlsx(folder / "export.xlsx", sheets)
    if flavour.kind == "xls":
        return xls(folder / "export.xls", sheets)
    if flavour.kind == "ods":
        return ods(folder / "export.ods", sheets)
    if flavour.kind == "xlsx in zip":
        book = xlsx(folder / "inner.xlsx", sheets)
        return zipped(folder / "export.zip", {"b.xlsx": book.read_bytes()})
    contents = [_bytes(grid, flavour) for grid in grids]
    if flavour.kind == "csv in zip":
        members = {f"{number}.csv": content for number, content in enumerate(contents)}
        return zipped(folder / "export.zip", members)
    path = folder / ("export.csv.gz" if flavour.kind == "csv in gz" else "export.csv")
    packed = gzip.compress(contents[0]) if flavour.kind == "csv in gz" else contents[0]
    path.write_bytes(packed)
    return path


def text_of(grid: list[list[object]], flavour: Flavour) -> str:
    """A grid as this flavour's text."""
    has_sep_line = flavour.has_sep_line
    text = csv_text(grid[has_sep_line:], flavour.delimiter, flavour.line_end, flavour.quoting)
    if has_sep_line:
        text = f"sep={flavour.delimiter}{flavour.line_end}{text}"
    return text if flavour.is_ended else text.removesuffix(flavour.line_end)


def _bytes(grid: list[list[object]], flavour: Flavour) -> bytes:
    return text_of(grid, flavour).encode(flavour.encoding)


def may_be_refused(grids: list[list[list[object]]], flavour: Flavour) -> bool:
    """Whether a text has a cell over several lines of which one looks like a whole row."""
    width = len(flavour.columns)
    return not flavour.is_workbook and any(
        line.count(flavour.delimiter) >= width - 1
        for grid in grids
        for row in grid
        for cell in row
        if isinstance(cell, str) and len(lines := io.StringIO(cell, newline=None).readlines()) > 1
        for line in lines
    )
