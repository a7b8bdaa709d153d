"""The site of the small warehouse, written once for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.site import write_site
from tests.unit.site.site_warehouse import (
    CATALOGUE,
    HOSTILE_CATALOGUE,
    LATE_AFTER,
    TIMEZONE,
    write_empty,
    write_warehouse,
)


@pytest.fixture(scope="session")
def site_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warehouse(tmp_path_factory.mktemp("published") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def site(site_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version") / "site"
    write_site(site_warehouse, CATALOGUE, folder, LATE_AFTER, TIMEZONE)
    return folder


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose names, sentences and reasons look like markup."""
    folder = tmp_path_factory.mktemp("hostile")
    warehouse = write_warehouse(folder / "warehouse.duckdb", hostile=True)
    write_site(warehouse, HOSTILE_CATALOGUE, folder / "site", LATE_AFTER, TIMEZONE)
    return folder / "site"


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of tables without a row."""
    folder = tmp_path_factory.mktemp("empty")
    write_site(write_empty(folder / "warehouse.duckdb"), [], folder / "site", LATE_AFTER, TIMEZONE)
    return folder / "site"
