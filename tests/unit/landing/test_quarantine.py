"""Rows that were not used: which are told, in which order, and what stands in their cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.errors import DatasporError, UsageError
from orchestration.extract.refused import refused_values
from orchestration.extract.tabular import workplace
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.landing.quarantine import quarantined_rows, with_values
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.settings import PACKAGED_CONFIG, SOURCE_NAMES, Settings
from tests.unit.extract.incident_exports import zipped

Export = Callable[..., Path]
CONFIG = load_config(PACKAGED_CONFIG)
INCIDENTS = (
    "Nr.;Oprettet;Ejendom;Kategori\n"
    "1;01-10-2024 10:00;Månebasen;Trusler\n"
    "2;01-10-2024 10:00;Hovedbiblioteket;Trusler\n"
    "3;i går;Hovedbiblioteket;Trusler\n"
    "4;01-10-2024 10:00;Marsbasen;Trusler\n"
)
PRESENCE = (
    "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"
    "Vesterbro;Gøgler;01-10-2024;31-10-2024;man-fre;10:00;12:00;1;planlagt;x\n"
)


@pytest.fixture
def working(settings: Settings, export: Export) -> Path:
    """A working warehouse with quarantined rows of two sources."""
    export("presence/vagter.csv", PRESENCE)
    export("mainmanager/b.csv", INCIDENTS)
    export("mainmanager/a.csv", INCIDENTS.replace("\n4;", "\n5;"))
    files = take_inventory(settings)
    return open_working_warehouse(
        settings,
        CONFIG,
        [
            line
            for source in SOURCE_NAMES
            for line in land(settings, CONFIG, [file for file in files if file.source == source])
        ],
        as_of=dt.date(2025, 11, 17),
        is_sample=False,
        run_fingerprint="",
        run_id="",
    )


def test_before_the_first_publish_there_are_none_and_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasporError) as told:
        quarantined_rows(tmp_path / "none.duckdb")
    assert str(told.value) == "Nothing is published yet. Run `dataspor run` first."


def test_every_quarantined_row_is_told_by_source_file_and_row_with_its_reason(
    working: Path,
) -> None:
    rows = quarantined_rows(working)
    assert list(rows.columns) == [
        *("source", "file_name", "sheet", "row_number", "reason_code", "reason", "source_file_id"),
    ]
    told = rows[["source", "file_name", "row_number", "reason_code"]]
    assert list(told.itertuples(index=False, name=None)) == [
        ("mainmanager", "a.csv", 2, "unknown_location"),
        ("mainmanager", "a.csv", 4, "bad_reported_at"),
        ("mainmanager", "a.csv", 5, "unknown_location"),
        ("mainmanager", "b.csv", 2, "unknown_location"),
        ("mainmanager", "b.csv", 4, "bad_reported_at"),
        ("mainmanager", "b.csv", 5, "unknown_location"),
        ("presence", "vagter.csv", 2, "unknown_function"),
    ]
    assert rows.reason[0] == "the place is not in places.csv"


def test_the_rows_of_one_file_are_told_by_the_beginning_of_its_id(working: Path) -> None:
    with duckdb.connect(str(working), read_only=True):  # as others have it meanwhile
        everything = quarantined_rows(working)
    of_presence = everything.source_file_id[6]
    assert list(quarantined_rows(working, of_presence[:12]).source) == ["presence"]
    assert len(quarantined_rows(working, "")) == len(everything)


@pytest.mark.parametrize("name", ["a.csv", "mainmanager/a.csv"])
def test_the_rows_of_one_file_are_told_by_its_name(working: Path, name: str) -> None:
    rows = quarantined_rows(working, name)
    assert list(rows.file_name) == ["a.csv"] * 3


@pytest.mark.parametrize("mistyped", ["c.csv", "csv", "presence/a.csv", "0" * 12, "A.csv"])
def test_a_file_that_there_is_not_is_told_instead_of_no_rows(working: Path, mistyped: str) -> None:
    with pytest.raises(UsageError, match=f"There is no source file '{mistyped}'") as told:
        quarantined_rows(working, mistyped)
    assert "`dataspor sources`" in str(told.value)


def test_what_stands_in_the_refused_cells_is_read_again_from_the_files(
    working: Path, settings: Settings
) -> None:
    rows = with_values(quarantined_rows(working), settings, CONFIG)
    assert list(rows.columns)[-2:] == ["value", "source_file_id"]
    assert list(rows.columns).count("source_file_id") == 1
    assert list(rows.value) == [
        *("Månebasen", "i går", "Marsbasen"),
        *("Månebasen", "i går", "Marsbasen"),
        "Gøgler",
    ]


def test_files_that_are_gone_have_no_values_and_the_others_have_theirs(
    working: Path, settings: Settings
) -> None:
    (settings.sources / "mainmanager" / "a.csv").unlink()
    rows = with_values(quarantined_rows(working), settings, CONFIG)
    assert list(rows.value) == ["", "", "", "Månebasen", "i går", "Marsbasen", "Gøgler"]
    assert [path.name for path in settings.archive.glob(".work-*")] == []


def test_of_packed_files_with_the_same_name_each_has_the_values_of_its_own_rows(
    tmp_path: Path,
) -> None:
    other = INCIDENTS.replace("Månebasen", "Solbasen")
    path = zipped(tmp_path / "a.zip", {"1/u.csv": INCIDENTS.encode(), "2/u.csv": other.encode()})
    rows = [(sheet, 2, "unknown_location") for sheet in ("u.csv", "u.csv (2)")]
    with workplace(tmp_path / "work") as work:
        values = refused_values("mainmanager", path, rows, CONFIG, work)
    assert values == {("u.csv", 2): "Månebasen", ("u.csv (2)", 2): "Solbasen"}
