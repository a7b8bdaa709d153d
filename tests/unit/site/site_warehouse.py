"""A small published warehouse and a catalogue for the site's tests: the briefing's and more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.catalogue import Column, Table
from tests.unit.briefing.briefing_warehouse import AS_OF, HOSTILE, write_empty_warehouse
from tests.unit.briefing.briefing_warehouse import write_warehouse as write_briefing_warehouse

REASON = "the file is damaged at byte 17; export it again"


LATE_AFTER = {"mainmanager": 35, "opening_hours": 56, "presence": 190, "survey": 400}
TIMEZONE = "Europe/Copenhagen"

CATALOGUE = [
    Table(
        name="fct_library_half_year",
        description_en="Incidents and hours per half-year and library.",
        description_da="Hændelser og timer pr. halvår og bibliotek.",
        grain_en="half-year × library",
        grain_da="halvår × bibliotek",
        owner="Bibliotekernes dataansvarlige",
        key=("half_year_id", "library_id"),
        columns=(
            Column("half_year_id", "VARCHAR", "The half-year.", "Halvåret.", None),
            Column("open_hours", "DOUBLE", "Hours open.", "Timer, der var åbent.", "hours"),
        ),
    ),
    Table(
        name="meta_run",
        description_en="The run.",
        description_da="Kørslen.",
        grain_en="key",
        grain_da="nøgle",
        owner="Dataspor",
        key=("key",),
        columns=(Column("key", "VARCHAR", "A key.", "En nøgle.", None),),
    ),
]
HOSTILE_CATALOGUE = [
    replace(
        CATALOGUE[0],
        description_da=HOSTILE,
        columns=(Column("half_year_id", HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )
]


def write_warehouse(path: Path, *, sample: bool | None = True, hostile: bool = False) -> Path:
    """The briefing's small warehouse with ledger, evidence, claims and completeness."""
    write_briefing_warehouse(path, sample=sample, hostile=hostile)
    odd = HOSTILE if hostile else ""
    exported = {"a": (2024, 10, 8), "b": (2025, 11, 10), "c": (2025, 11, 16), "d": (2025, 3, 10),
                "e": (2025, 1, 13), "f": (2025, 11, 1)}  # fmt: skip
    with duckdb.connect(str(path)) as connection:
        _add_columns(connection)
        for letter, day in exported.items():
            connection.execute(
                "update marts.meta_source_file set exported_at = ? where source_file_id = ?",
                [dt.datetime(*day, 9, 30), letter * 64],
            )
        connection.execute(
            "update marts.meta_source_file set reason = ? where status = 'unreadable'",
            [REASON + odd],
        )
        connection.execute(
            "update marts.meta_source_file set file_name = file_name || ? "
            "where source = 'presence'",
            [odd],
        )
        connection.execute("update marts.meta_quarantine set source = 'mainmanager'")
        connection.executemany(
            "insert into marts.meta_quarantine values (?, ?, ?, ?, 'mainmanager')",
            [
                ("a" * 64, 18, "unknown_location", "the place is not in places.csv"),
                ("b" * 64, 5, "unknown_location", "the place is not in places.csv"),
                ("b" * 64, 6, "odd_reason" + odd, "a reason without a Danish sentence" + odd),
            ],
        )
        connection.executemany(
            "insert into marts.fct_figure_evidence values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                ("vesterbro_incidents_winter", 1, "exact", None, "Forhold, eksakt" + odd, 0.5,
                 0.37, 0.68, "ratio", None),
                ("noerrebro_staff_safe", 1, "share", "2024-10", "Andel", 0.75, 0.3, 0.95, "share",
                 None),
            ],
        )  # fmt: skip
        connection.execute(
            "insert into marts.fct_claim values ('c1', 'vesterbro_incidents_winter', ?, "
            "'supported', 'Tallene siger det.')",
            ["Antallet er halveret" + odd],
        )
        connection.executemany(
            "insert into marts.fct_incident_completeness values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                ("2022-10", "vesterbro", 120, 123, 124, 124.0, 124.0, 124.0, 1.0, None),
                ("2024-10", "vesterbro", 60, 61, 62, 62.4, 62.0, 65.0, 62 / 62.4, None),
                ("2025-10", "vesterbro", 9, 9, 9, 35.5, 24.0, 48.0, 9 / 35.5,
                 dt.date(2026, 4, 2)),
            ],
        )  # fmt: skip
        connection.executemany(
            "insert into marts.fct_incident_month values (?, ?, 'vesterbro', 'x', ?)",
            [("2025-10", "2025-10", 7), ("2025-11", "2025-10", 2), ("2025-12", "2025-10", 0)],
        )
        if sample is not None:
            connection.execute(
                "insert into marts.meta_run values ('municipality', ?)", [f"By{odd}"]
            )
    return path


def tell_staff(path: Path) -> None:
    """Let the interval of a figure take account of how many could answer."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into marts.fct_figure_evidence values ('blaagaarden_staff_safe', 1, 'staff', "
            "'2024-10', 'Medarbejdere, der kunne svare', 20, null, null, 'count', null)"
        )


def write_empty(path: Path) -> Path:
    """The tables of a warehouse of which nothing is known."""
    write_empty_warehouse(path)
    with duckdb.connect(str(path)) as connection:
        _add_columns(connection)
        connection.execute("insert into marts.meta_run values ('as_of', ?)", [AS_OF.isoformat()])
    return path


def _add_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """What the published ledger has beyond the contract, and the tables the briefing can miss."""
    for column in ("reason varchar", "notes varchar", "exported_at timestamp"):
        connection.execute(f"alter table marts.meta_source_file add column {column}")
    connection.execute("alter table marts.meta_quarantine add column source varchar")
    for table, columns in {
        "fct_figure_evidence": "figure_id varchar, item_order integer, item varchar, half_year_id "
        "varchar, label_da varchar, value double, ci_low double, ci_high double, unit varchar, "
        "note_da varchar",
        "fct_claim": "claim_id varchar, figure_id varchar, text_da varchar, judgement varchar, "
        "reason_da varchar",
        "fct_incident_completeness": "half_year_id varchar, library_id varchar, incidents_at_end "
        "integer, incidents_at_maturity integer, incidents integer, incidents_expected double, "
        "expected_low double, expected_high double, share_reported double, complete_on date",
        "fct_incident_month": "month varchar, half_year_id varchar, library_id varchar, "
        "category_id varchar, incidents integer",
    }.items():
        connection.execute(f"create table marts.{table} ({columns})")
