"""The public tables of one home in which the sample and real exports took turns."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.config.model import Figures
from orchestration.disclosure import write_public
from orchestration.disclosure.history import History, read_history, write_history
from orchestration.errors import DatasporError
from orchestration.settings import PACKAGED_CONFIG
from tests.unit.publish.made_warehouse import write_working_warehouse

pytestmark = pytest.mark.ledger_not_asked(reason="the tables hold made-up numbers")

CONFIG = load_config(PACKAGED_CONFIG).model_copy(update={"figures": Figures(figures=[])})
LIBRARIES = {"vesterbro": 4, "valby": 7}


def shown(
    home: Path, incidents: int, *, is_sample: bool, follows_sample: bool = True
) -> tuple[int, str]:
    """The city's incidents as the public reads them, and the day from which they are."""
    warehouse = write_working_warehouse(home / "warehouse.duckdb", rows=0)
    number = len(list(home.glob("version*")))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.meta_run set value = 'x' where key = 'fingerprint'")
        connection.execute(
            "update marts.meta_run set value = ? where key = 'sample'", [str(is_sample).lower()]
        )
        connection.execute(
            "insert into marts.meta_run values ('as_of', ?)", [f"2025-11-{number + 10}"]
        )
        for library, district in LIBRARIES.items():
            connection.execute(
                "insert into marts.dim_library (library_id, library_name, district_id, "
                "district_name) values (?, ?, ?, 'x')",
                [library, library, district],
            )
            for category in CONFIG.categories:
                connection.execute(
                    "insert into marts.fct_incident_half_year (half_year_id, library_id, "
                    "category_id, incidents) values ('2025-04', ?, ?, ?)",
                    [library, category.category_id, incidents],
                )
    folder = home / f"version{number}"
    folder.mkdir()
    write_public(
        warehouse,
        CONFIG,
        home / "disclosed" / "history.json",
        folder,
        follows_sample=follows_sample,
    )
    path = folder / "public" / "incidents_by_library.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = [
            row
            for row in csv.DictReader(file)
            if (row["level"], row["measure"]) == ("city", "incidents")
        ]
    return int(row["incidents"]), row["as_of"]


def test_what_the_sample_showed_holds_no_real_count_back_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    cells = len(LIBRARIES) * len(CONFIG.categories)
    assert shown(tmp_path, 40, is_sample=True) == (40 * cells, "2025-11-10")
    # one more in each is held back where it follows a real count, and not where it follows that
    assert shown(tmp_path, 41, is_sample=False) == (41 * cells, "2025-11-11")
    assert shown(tmp_path, 42, is_sample=False) == (41 * cells, "2025-11-11")
    assert shown(tmp_path, 41, is_sample=True) == (40 * cells, "2025-11-10")
    assert shown(tmp_path, 42, is_sample=False) == (41 * cells, "2025-11-11")


def test_a_record_that_may_be_the_samples_shows_nothing_real_until_somebody_says_what_it_is(
    tmp_path: Path,
) -> None:
    record = tmp_path / "disclosed" / "history.json"
    shown(tmp_path, 40, is_sample=False, follows_sample=False)
    kept = read_history(record)
    assert kept.is_sample is False
    write_history(record, kept.model_copy(update={"is_sample": None}))
    cells = len(LIBRARIES) * len(CONFIG.categories)
    with pytest.raises(DatasporError, match=r"history.json was written by an earlier version"):
        shown(tmp_path, 41, is_sample=False)
    # the sample leaves it alone
    assert shown(tmp_path, 41, is_sample=True)[0] == 41 * cells
    assert read_history(record).incidents == kept.incidents
    # where real tables are what is published, it is of them
    assert shown(tmp_path, 41, is_sample=False, follows_sample=False)[0] == 40 * cells
    assert read_history(record).is_sample is False


def test_a_home_that_has_no_record_yet_shows_real_counts_after_the_sample(tmp_path: Path) -> None:
    record = tmp_path / "disclosed" / "history.json"
    shown(tmp_path, 40, is_sample=True)
    assert read_history(record) == History()
    shown(tmp_path, 41, is_sample=False)
    assert read_history(record).is_sample is False
