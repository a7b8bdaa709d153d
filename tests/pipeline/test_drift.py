"""Schema drift: what becomes of an export that differs from the one before it, case by case.

Each case changes the second of two exports. Its declared outcome decides what must be published:
all rows of both (goes on), all but the rows named (quarantines), or the first export's alone
(stops). The models' own SQL counts; no case may publish anything else.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orchestration.config import Config
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build, of_years
from tests.pipeline.drift_exports import HEADERS, Export, base_rows, counted, write_first

CONFIG = of_years(2024, 2025)
NEW = 30
GOES_ON, QUARANTINES, STOPS = "goes_on", "quarantines", "stops"


@dataclass(frozen=True)
class Case:
    """One change of an export.

    Attributes:
        name: what changed.
        change: changes the second export.
        outcome: what is declared to happen.
        refused: rows of it that are quarantined, counted from 0.
        policy: settings of ``drift`` in incidents.yml.
        incidents: other settings of incidents.yml.
    """

    name: str
    change: Callable[[Export], None]
    outcome: str = GOES_ON
    refused: Sequence[int] = ()
    policy: dict[str, Any] = field(default_factory=dict)
    incidents: dict[str, Any] = field(default_factory=dict)


def renamed(old: str, new: str) -> Callable[[Export], None]:
    return lambda export: export.rename(old, new)


def dropped(name: str) -> Callable[[Export], None]:
    return lambda export: export.drop(name)


def added(position: int, name: str, value: str = "x") -> Callable[[Export], None]:
    return lambda export: export.insert(position, name, value)


def ordered(*order: int) -> Callable[[Export], None]:
    return lambda export: export.reorder(order)


def put(name: str, value: str, *rows: int) -> Callable[[Export], None]:
    return lambda export: export.set(name, value, rows)


def dated(date_format: str) -> Callable[[Export], None]:
    return lambda export: export.rewrite_dates(lambda moment: moment.strftime(date_format))


def having(**settings: Any) -> Callable[[Export], None]:
    def change(export: Export) -> None:
        for name, value in settings.items():
            setattr(export, name, value)

    return change


def both(*changes: Callable[[Export], None]) -> Callable[[Export], None]:
    def change(export: Export) -> None:
        for one in changes:
            one(export)

    return change


def serial(export: Export) -> None:
    day0 = dt.datetime(1899, 12, 30)
    export.rewrite_dates(lambda m: repr((m - day0) / dt.timedelta(days=1)).replace(".", ","))


def two_header_rows(export: Export) -> None:
    export.above = [["", "Indmelding", "", "Sted og art", "", "", "", "", ""]]


def header_in_both_rows(export: Export) -> None:
    lower = ["", "", "", "Ejendom", "Kategori", "", "", "", ""]
    export.second_header = lower
    export.header = ["Sted" if lower[i] else name for i, name in enumerate(export.header)]


def repeated_header(export: Export) -> None:
    export.rows.insert(10, list(export.header))


TITLES = [["Udtræk af hændelser"], ["Periode: november 2024"], []]
EVERY = tuple(range(NEW))
MUST_HAVE = {"missing_columns_that_stop": ["status", "count", "occurred_at", "updated_at"]}
KNOWN_STATUSES = {"statuses": ["Afsluttet"]}
CASES = (
    # renamed columns
    *(
        Case(f"{old} is called {new}, a name that is configured", renamed(old, new))
        for old, new in (
            ("Nr.", "Sagsnr."),
            ("Oprettet", "Registreret"),
            ("Hændelsestidspunkt", "Hændelsesdato"),
            ("Ejendom", "Lokation"),
            ("Kategori", "Hændelsestype"),
            ("Status", "Tilstand"),
            ("Senest ændret", "Ændret"),
        )
    ),
    Case("headers in capitals with line breaks", having(header=[h.upper() for h in HEADERS])),
    *(
        Case(f"{old} is called {new}, a name that nobody knows", renamed(old, new), STOPS)
        for old, new in (
            ("Nr.", "Løbenummer"),
            ("Oprettet", "Tidspunkt"),
            ("Ejendom", "Hus"),
            ("Kategori", "Emne"),
        )
    ),
    *(
        Case(f"{old} is called {new}, and must be there", renamed(old, new), STOPS, (), MUST_HAVE)
        for old, new in (
            ("Status", "Fase"),
            ("Antal", "Stk."),
            ("Hændelsestidspunkt", "Skete"),
            ("Senest ændret", "Rettet"),
        )
    ),
    Case(
        "a renamed column where renaming stops",
        renamed("Ejendom", "Bygning"),
        STOPS,
        (),
        {"renamed_column": "stops"},
    ),
    # missing columns
    *(Case(f"{name} is missing", dropped(name), STOPS) for name in HEADERS[:2] + HEADERS[3:5]),
    *(
        Case(f"{name} is missing, and must be there", dropped(name), STOPS, (), MUST_HAVE)
        for name in ("Status", "Antal", "Hændelsestidspunkt", "Senest ændret")
    ),
    Case(
        "Status is missing where a missing column stops",
        dropped("Status"),
        STOPS,
        (),
        {"missing_column": "stops"},
    ),
    Case("the time of the last change is missing", dropped("Senest ændret")),
    Case("a column that is not read is missing", dropped("Beskrivelse")),
    # added columns
    Case("a column is added in front", added(0, "Løbenr.")),
    Case("a column is added in the middle", added(4, "Etage")),
    Case("a column is added at the end", added(9, "Prioritet")),
    Case("a column without a header is added", added(5, "")),
    Case("a second column for the place, of lower rank", added(4, "Lokation", "Stuen")),
    Case("the header of a wanted column stands twice", added(6, "Kategori", "Vold"), STOPS),
    Case("the header of an unread column stands twice", added(2, "Beskrivelse")),
    Case("an added column where that stops", added(9, "Ny"), STOPS, (), {"added_column": "stops"}),
    # other order
    Case("columns the other way round", ordered(8, 7, 6, 5, 4, 3, 2, 1, 0)),
    Case("place and category have changed places", ordered(0, 1, 2, 4, 3, 5, 6, 7, 8)),
    Case("both dates have changed places", ordered(0, 2, 1, 3, 4, 5, 6, 7, 8)),
    Case(
        "another order where that stops",
        ordered(0, 2, 1, 3, 4, 5, 6, 7, 8),
        STOPS,
        (),
        {"reordered_columns": "stops"},
    ),
    # new names
    Case("a new category", put("Kategori", "Droneflyvning", 4), QUARANTINES, [4]),
    Case("only new categories", put("Kategori", "Droneflyvning"), QUARANTINES, EVERY),
    Case(
        "a new category where that stops",
        put("Kategori", "Droneflyvning", 4),
        STOPS,
        (),
        {"new_category": "stops"},
    ),
    Case("a category is empty", put("Kategori", "", 3), QUARANTINES, [3]),
    Case("a new place", put("Ejendom", "Havnebadet", 1, 2), QUARANTINES, [1, 2]),
    Case(
        "a new place where that stops",
        put("Ejendom", "Havnebadet", 1),
        STOPS,
        (),
        {"new_location": "stops"},
    ),
    Case("a place is empty", put("Ejendom", "", 5), QUARANTINES, [5]),
    Case("a new status", put("Status", "Til orientering", 2, 3)),
    Case(
        "a new status where only known ones may stand",
        put("Status", "Til orientering", 1),
        QUARANTINES,
        [1],
        {"new_status": "quarantines"},
        KNOWN_STATUSES,
    ),
    Case(
        "a new status where that stops",
        put("Status", "Til orientering", 1),
        STOPS,
        (),
        {"new_status": "stops"},
        KNOWN_STATUSES,
    ),
    # changed units and formats
    *(
        Case(f"a count of {text!r}", put("Antal", text, 2), QUARANTINES, [2])
        for text in ("2 stk.", "1,5", "0", "-1", "to", "1e3", "50 %")
    ),
    Case(
        "counts that cannot be read, where that stops",
        put("Antal", "2 stk.", 2),
        STOPS,
        (),
        {"changed_unit": "stops"},
    ),
    Case("dates as ISO", dated("%Y-%m-%d %H:%M:%S")),
    Case("dates as ISO with T", dated("%Y-%m-%dT%H:%M:%S")),
    Case("dates with points", dated("%d.%m.%Y %H.%M")),
    Case("dates with kl.", dated("%d.%m.%Y kl. %H.%M")),
    Case("dates as serial numbers", serial),
    Case("month first", dated("%m-%d-%Y %H:%M"), STOPS),
    Case("month first, with slashes and AM or PM", dated("%m/%d/%Y %I:%M %p"), STOPS),
    Case("year, day, month", dated("%Y-%d-%m %H:%M"), STOPS),
    Case("names of months", dated("%d %B %Y"), STOPS),
    Case("seconds since 1970", dated("%s"), STOPS),
    Case("years of two digits", dated("%d-%m-%y %H:%M"), STOPS),
    Case("one date cannot be read", put("Oprettet", "i går", 7), QUARANTINES, [7]),
    Case("a date before all plausible ones", put("Oprettet", "01-02-1924", 7), QUARANTINES, [7]),
    # moved headers
    Case("title rows above the header", having(above=TITLES)),
    Case("thirty rows above the header", having(above=[["Note"]] * 30)),
    Case("the header beyond where it is looked for", having(above=[["Note"]] * 80), STOPS),
    Case("a row of groups above the header", two_header_rows),
    Case("a header whose names stand in two rows", header_in_both_rows),
    Case("the header once more in the middle", repeated_header),
    Case(
        "a moved header where that stops",
        having(above=TITLES),
        STOPS,
        (),
        {"moved_header": "stops"},
    ),
    Case("totals below", having(below=[["I alt", "", "", "", "", "", "", "30"]])),
    # sheets and files
    Case("a workbook instead of csv", having(kind="xlsx")),
    Case("a sheet of another name", having(kind="xlsx", sheet="Ark1")),
    Case(
        "a summary sheet beside the data",
        having(kind="xlsx", extra_sheets={"Oversigt": [["Vold", "12"]]}),
    ),
    Case(
        "a hidden copy of the data",
        having(
            kind="xlsx",
            extra_sheets={"Gammel": [list(HEADERS), *base_rows(900, 5, day=dt.date(2024, 11, 1))]},
            hidden=("Gammel",),
        ),
    ),
    Case("tabs between the cells", having(delimiter="\t")),
    Case("commas between the cells", having(delimiter=",")),
    Case("Windows-1252", having(encoding="cp1252")),
    Case("UTF-16", having(encoding="utf-16")),
    Case("letters broken before", put("Ejendom", "BlÃ¥gÃ¥rdens Bibliotek", 1), STOPS),
)


def configured(case: Case) -> Config:
    policy = CONFIG.incidents.drift.model_validate(
        CONFIG.incidents.drift.model_dump() | case.policy
    )
    incidents = CONFIG.incidents.model_copy(update={"drift": policy, **case.incidents})
    return CONFIG.model_copy(update={"incidents": incidents})


def test_there_are_at_least_sixty_cases_each_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert min(Counter(case.outcome for case in CASES).values()) >= 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_its_declared_outcome_and_no_other_count(
    case: Case, tmp_path: Path, models: list[Model]
) -> None:
    folder = tmp_path / "sources" / "mainmanager"
    folder.mkdir(parents=True)
    before = write_first(folder)
    new = base_rows(41, NEW, day=dt.date(2024, 11, 1))
    export = Export(rows=[list(row) for row in new])
    case.change(export)
    export.write(folder)
    for path in folder.glob("ny.*"):
        os.utime(path, (1_740_000_000, 1_740_000_000))
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    with build(settings, configured(case), models) as connection:
        published = connection.execute(
            "select month, library_id, category_id, incidents from marts.fct_incident_month "
            "where incidents > 0"
        ).fetchall()
        ledger = connection.execute(
            "select status, reason, rows_read, rows_quarantined, rows_unaccounted "
            "from marts.meta_source_file where starts_with(file_name, 'ny.')"
        ).fetchall()
    if case.outcome == STOPS:
        expected = counted(before)
    else:
        used = [row for number, row in enumerate(new) if number not in case.refused]
        expected = counted(before + used)
    assert {row[:3]: row[3] for row in published} == dict(expected)
    ((status, reason, rows_read, quarantined, unaccounted),) = ledger
    assert unaccounted == 0
    if case.outcome == STOPS:
        assert status != "landed" and rows_read == 0
        assert len(reason) > 30
    else:
        assert (status, rows_read, quarantined) == ("landed", NEW, len(case.refused))
