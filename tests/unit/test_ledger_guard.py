from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.ledger_guard import OUTCOMES, LedgerGuard

INCIDENTS = "Nr.;Oprettet;Ejendom;Kategori\n1;02-01-2024;Hovedbiblioteket;Trusler\n"


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    """An installation, two folders below the guard's root, that landed one export."""
    settings = Settings(tmp_path / "one" / "sources", tmp_path / "one" / "home", PACKAGED_CONFIG)
    settings.prepare()
    export = settings.sources / "mainmanager" / "export.csv"
    export.parent.mkdir(parents=True)
    export.write_text(INCIDENTS, encoding="utf-8")
    (line,) = land(settings, load_config(PACKAGED_CONFIG), take_inventory(settings))
    assert line.rows_read == 1
    return settings


@pytest.fixture
def guard(tmp_path: Path) -> LedgerGuard:
    return LedgerGuard(roots=(tmp_path,))


def published(settings: Settings, **rows: int) -> None:
    """A published version whose ledger has one line with these counts."""
    path = settings.published / "versions" / "v1" / "warehouse.duckdb"
    path.parent.mkdir(parents=True)
    columns = {f"rows_{outcome}": 0 for outcome in OUTCOMES} | rows
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.meta_source_file as select 'export.csv' as file_name, "
            "'mainmanager' as source, " + ", ".join(f"{n} as {name}" for name, n in columns.items())
        )


def test_a_ledger_that_adds_up_has_no_gaps_and_is_counted_once(
    guard: LedgerGuard, installation: Settings
) -> None:
    published(installation, rows_read=3, rows_loaded=1, rows_void=2)
    assert guard.gaps() == []
    assert (guard.files, guard.warehouses, guard.tests) == (1, 1, 1)
    assert guard.gaps() == []
    assert (guard.files, guard.warehouses, guard.tests) == (1, 1, 1)


@pytest.mark.ledger_not_asked(reason="the row is lost on purpose")
@pytest.mark.parametrize("rows_read", [0, 2])
def test_a_row_that_was_read_and_not_landed_is_told(
    guard: LedgerGuard, installation: Settings, rows_read: int
) -> None:
    (note,) = installation.landing.glob("*/*.json")
    lines = json.loads(note.read_text(encoding="utf-8"))
    lines["file"]["rows_read"] = rows_read
    note.write_text(json.dumps(lines), encoding="utf-8")
    (gap,) = guard.gaps()
    assert gap.endswith(f"{rows_read} rows read, 1 landed")


@pytest.mark.ledger_not_asked(reason="the row is lost on purpose")
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_row_that_was_read_and_not_published_is_told(
    guard: LedgerGuard, installation: Settings, outcome: str
) -> None:
    published(installation, rows_read=3, **{f"rows_{outcome}": 2})
    (gap,) = guard.gaps()
    assert gap.endswith("v1: export.csv: 3 rows in, 2 out")


def test_what_is_landed_later_in_a_folder_known_already_is_looked_at(
    guard: LedgerGuard, installation: Settings
) -> None:
    guard.gaps()
    later: Callable[..., int] = (installation.sources / "mainmanager" / "later.csv").write_text
    later(INCIDENTS.replace("Trusler", "Vold"), encoding="utf-8")
    land(installation, load_config(PACKAGED_CONFIG), take_inventory(installation))
    assert guard.gaps() == []
    assert guard.files == 2
