"""Declared corrections of exports: what they change, what the ledger says, and when they fail."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orchestration.config import load_config
from orchestration.errors import ConfigError, DatasporError
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build
from tests.pipeline.drift_exports import CATEGORIES, PLACES, Row, counted, write_first

HEADER = "correction_id;incident_id;match;field;old_value;new_value;reason;decided_by;decided_on\n"
END = "Forkert hus valgt;fagkonsulent;2025-01-10\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shutil.copytree(PACKAGED_CONFIG, tmp_path / "config")
    (tmp_path / "sources" / "mainmanager").mkdir(parents=True)
    return Settings(tmp_path / "sources", tmp_path / "home", tmp_path / "config")


def write_corrections(settings: Settings, *rows: str) -> None:
    text = HEADER + "".join(f"{row};{END}" for row in rows)
    (settings.config / "corrections.csv").write_text(text, encoding="utf-8")


def published(
    settings: Settings, models: list[Model]
) -> tuple[dict[tuple[str, str, str], int], list[dict[str, Any]], dict[str, int]]:
    """Counts by month, library and category; the corrections made; the file's ledger line."""
    with build(settings, load_config(settings.config), models) as connection:
        counts = connection.execute(
            "select month, library_id, category_id, incidents from marts.fct_incident_month "
            "where incidents > 0"
        ).fetchall()
        made = connection.execute("select * from marts.meta_correction").df().to_dict("records")
        (line,) = connection.execute("select * from marts.meta_source_file").df().to_dict("records")
    return {row[:3]: row[3] for row in counts}, made, line


def corrected(rows: list[Row], number: int, column: int, text: str) -> Counter[tuple[str, ...]]:
    changed = [list(row) for row in rows]
    changed[number][column] = text
    return counted(changed)


@pytest.mark.parametrize(
    ("field", "column", "number", "new"),
    [
        ("location", 3, 4, list(PLACES)[0]),
        ("category", 4, 4, list(CATEGORIES)[0]),
        ("status", 5, 4, "Annulleret"),
        ("count", 7, 4, "9"),
        ("occurred_at", 2, 4, "01-12-2024 10:00"),
    ],
)
def test_a_correction_changes_the_count_it_is_about_and_stands_in_the_ledger(
    settings: Settings, models: list[Model], field: str, column: int, number: int, new: str
) -> None:
    rows = write_first(settings.sources / "mainmanager")
    row = rows[number]
    write_corrections(settings, f"k1;{row[0]};;{field};{row[column]};{new}")
    counts, made, line = published(settings, models)
    assert counts == dict(corrected(rows, number, column, new)) != dict(counted(rows))
    (correction,) = made
    assert correction["correction_id"] == "k1"
    assert correction["corrected_column"] == field
    assert correction["rows_corrected"] == 1
    assert correction["source_file_id"] == line["source_file_id"]
    assert "correction k1 changed 1 rows" in line["notes"]
    assert line["rows_unaccounted"] == 0


def test_a_row_that_would_be_quarantined_can_be_put_right(
    settings: Settings, models: list[Model]
) -> None:
    rows = write_first(settings.sources / "mainmanager")
    path = settings.sources / "mainmanager" / "gammel.csv"
    wrong = path.read_text(encoding="utf-8").splitlines()
    wrong[5] = wrong[5].replace(rows[4][3], "Vestrebro")
    path.write_text("\n".join(wrong) + "\n", encoding="utf-8")
    _, _, before = published(settings, models)
    assert before["rows_quarantined"] == 1
    write_corrections(settings, f"k1;{rows[4][0]};;location;Vestrebro;{rows[4][3]}")
    counts, _, after = published(settings, models)
    assert after["rows_quarantined"] == 0
    assert counts == dict(counted(rows))


def test_rows_can_be_named_by_other_columns(settings: Settings, models: list[Model]) -> None:
    rows = write_first(settings.sources / "mainmanager")
    place, new = list(PLACES)
    same = [r for r in rows if r[3] == place and r[4] == "Vold"]
    write_corrections(settings, f"k1;;location={place} & category=Vold;location;{place};{new}")
    counts, (made,), _ = published(settings, models)
    moved = [[*r[:3], new, *r[4:]] if r in same else r for r in rows]
    assert counts == dict(counted(moved))
    assert made["rows_corrected"] == len(same) > 1


@pytest.mark.parametrize(
    "row",
    [
        "k1;99999;;status;Afsluttet;Annulleret",
        "k1;00005;;status;Fejloprettet;Afsluttet",
        "k1;;location=Ukendt;status;Afsluttet;Annulleret",
    ],
)
def test_a_correction_that_matches_nothing_stops_the_build_by_name(
    settings: Settings, models: list[Model], row: str
) -> None:
    write_first(settings.sources / "mainmanager")
    write_corrections(settings, row)
    with pytest.raises(DatasporError, match="corrections.csv: k1 matched no row"):
        published(settings, models)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("k1;;;status;Afsluttet;Annulleret", "names no rows"),
        ("k1;00005;;status;Afsluttet;Afsluttet", "are the same"),
        ("k1;00005;;description;a;b", "field"),
        ("k1;;colour=red;status;a;b", "'colour' is none of"),
    ],
)
def test_an_unusable_correction_is_refused_with_its_line(
    settings: Settings, row: str, told: str
) -> None:
    write_corrections(settings, row)
    with pytest.raises(ConfigError) as refused:
        load_config(settings.config)
    assert "corrections.csv, line 2: " in str(refused.value)
    assert told in str(refused.value)


def test_old_and_new_values_and_who_decided_are_not_published(
    settings: Settings, models: list[Model]
) -> None:
    rows = write_first(settings.sources / "mainmanager")
    write_corrections(settings, f"k1;{rows[4][0]};;count;{rows[4][7]};9")
    _, (made,), _ = published(settings, models)
    assert set(made) == {
        "correction_id",
        "source_file_id",
        "corrected_column",
        "reason",
        "decided_on",
        "rows_corrected",
    }
