"""Texts and file names that mean something to SQL, Jinja, a shell or a path are texts only."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pandas as pd
import pytest

from orchestration.assets.common import table_metadata
from orchestration.config import load_config
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build
from tests.hostile import CODE, FORMULAS, MARKDOWN, MARKUP

TEXTS = (*CODE, *FORMULAS, *MARKUP, *MARKDOWN)
NAMES = (
    "linje\nskift.csv",
    "citat'\".csv",
    "$(touch dataspor-was-here).csv",
    "`id`;rm -rf x.csv",
    "x..  .. ..csv.csv",
    "{{ 1 div 0 }}.csv",
    "'; drop table x; --.csv",
    "<script>.csv",
    "æ" * 120 + ".csv",  # as long as a name may be
    "*?[a].csv",
    "-rf.csv",
)
HEADER = ["ID", "Oprettet", "Hændelsesdato", "Bibliotek", "Type", "Status"]
DAY = "01-03-2025"


def test_hostile_file_names_cells_and_library_names_are_landed_as_texts(
    models: list[Model], tmp_path: Path
) -> None:
    config = load_config(PACKAGED_CONFIG)
    libraries = [
        library.model_copy(update={"library_name": TEXTS[n % len(TEXTS)]})
        for n, library in enumerate(config.libraries)
    ]
    config = config.model_copy(update={"libraries": libraries})
    folder = tmp_path / "sources" / "mainmanager"
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(HEADER)
            for n, text in enumerate(TEXTS):
                which = str(100_000 + 1000 * number + n)
                writer.writerow([which, DAY, DAY, "Hovedbiblioteket", "Trusler", text])
                writer.writerow([f"9{which}", DAY, DAY, text, text, "Afsluttet"])
        os.utime(folder / name, (1.74e9 + number, 1.74e9 + number))

    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    with build(settings, config, models) as connection:
        ledger = connection.execute(
            "select file_name, rows_read, rows_loaded, rows_quarantined, rows_unaccounted "
            "from marts.meta_source_file order by source_file_id"
        ).fetchall()
        names = {
            row[0]
            for row in connection.execute("select library_name from marts.dim_library").fetchall()
        }
    assert len(ledger) == len(NAMES)
    assert {row[1:] for row in ledger} == {(2 * len(TEXTS), len(TEXTS), len(TEXTS), 0)}
    assert names == {library.library_name for library in libraries}
    assert {path.name for path in tmp_path.iterdir()} == {"sources", "home"}
    assert not Path("/tmp/dataspor-was-here").exists()


def test_a_small_number_in_dagster_s_table_is_not_shown_as_none() -> None:
    shown = str(table_metadata(pd.DataFrame({"p": [0.0031, 0.0, 1234.5]})).value)
    assert shown.splitlines()[2:] == ["| 0.0031 |", "| 0 |", "| 1,234.5 |"]


@pytest.mark.parametrize("text", (*MARKDOWN, *MARKUP, *FORMULAS, *CODE))
def test_a_file_name_in_dagster_s_table_is_one_cell_of_text(text: str) -> None:
    shown = str(table_metadata(pd.DataFrame({"file": [text], "rows": [1]})).value)
    header, rule, row = shown.splitlines()
    assert row.endswith(" | 1 |")
    bare = row.replace("\\\\", "").replace("\\|", "").replace("\\[", "").replace("\\]", "")
    assert bare.count("|") == 3
    for special in ("<", "[", "]"):
        assert special not in bare
    assert "`" not in bare.replace("\\`", "")
