"""The briefing of the small warehouse, written once for all tests that only read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.briefing import write_briefing
from tests.unit.briefing.briefing_warehouse import published_figures, write_warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warehouse(tmp_path_factory.mktemp("briefing") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def figures(warehouse: Path) -> list[dict[str, Any]]:
    return published_figures(warehouse)


@pytest.fixture(scope="session")
def written(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("written") / "2024-10"
    write_briefing(warehouse, "2024-10", directory)
    return directory


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A briefing whose names and labels look like formulas and markup."""
    folder = tmp_path_factory.mktemp("hostile")
    write_briefing(
        write_warehouse(folder / "warehouse.duckdb", hostile=True), "2024-10", folder / "out"
    )
    return folder / "out"
