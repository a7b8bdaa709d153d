from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres, running_postgres
from tests.unit.publish.made_warehouse import write_working_warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working warehouse with seven rows in each table; not to be changed."""
    return write_working_warehouse(tmp_path_factory.mktemp("working") / "w.duckdb", rows=7)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real server for all tests of a worker."""
    with running_postgres() as server:
        yield server
