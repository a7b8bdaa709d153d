"""Random exports through the whole pipeline; every published cell is what the oracle counted."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.budget import SHARE
from tests.oracle import Case, compare, expected, write_case, write_long_case
from tests.pipeline.installation import Place, ledger_gaps

TABLES = (
    "fct_incident_half_year",
    "fct_library_half_year",
    "fct_survey_half_year",
    "meta_source_file",
)
KEPT = "dagster"  # its schema, which holds no data


@pytest.fixture(scope="session")
def worker_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("oracle"))


@pytest.fixture
def place(worker_place: Place) -> Place:
    """The worker's installation, without data of the case before."""
    shutil.rmtree(worker_place.sources, ignore_errors=True)
    worker_place.sources.mkdir()
    worker_place.home.mkdir(exist_ok=True)
    for path in worker_place.home.iterdir():
        if path.is_dir() and path.name != KEPT:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    return worker_place


def assert_as_the_oracle_says(case: Case, place: Place) -> None:
    execution = place.execute(case.as_of)
    assert execution.succeeded, execution.reasons
    wanted = expected(case)
    differences = [
        f"{table}: {difference}"
        for table in TABLES
        for difference in compare(
            getattr(wanted, table), place.rows(f"select * from marts.{table}")
        )
    ]
    assert not differences, f"{len(differences)} differences\n" + "\n".join(differences[:20])
    assert ledger_gaps(place) == []


# each is a whole run; between them, 113 and 130 have every source, outcome of a row and extension
# of a file, files that cannot be read, a source that is missing, and 191 of 223 features of exports
IN_SHORT = (113,)
IN_WIDE = (130, *range(round(38 * SHARE)))
SEEDS = [*IN_SHORT, *(pytest.param(seed, marks=pytest.mark.wide) for seed in IN_WIDE)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_published_cell_is_what_the_oracle_counted(seed: int, place: Place) -> None:
    assert_as_the_oracle_says(write_case(seed, place.sources), place)


# the random cases are too small for it: a text is read in several parts from 2 MB on
@pytest.mark.wide
def test_in_an_export_of_several_megabytes_the_later_row_counts(place: Place) -> None:
    assert_as_the_oracle_says(write_long_case(place.sources), place)


def test_a_folder_without_any_exports_is_published_as_empty_facts(place: Place) -> None:
    assert_as_the_oracle_says(Case(as_of=dt.date(2025, 5, 1), directory=place.sources), place)
    evidence = place.rows("select distinct evidence from marts.fct_status_figure")
    assert evidence == [{"evidence": "not_available"}]


@pytest.mark.wide
def test_exports_without_any_incidents_are_published(place: Place) -> None:
    case = write_case(3, place.sources)
    _remove(place.sources / "mainmanager")
    assert_as_the_oracle_says(replace(case, incident_files=()), place)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
