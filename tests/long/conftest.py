from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ledger_guard import GUARD
from tests.memory import memory
from tests.pipeline.conftest import sample_run as sample_run

ENOUGH_BYTES = 4_000_000_000


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose files lie in memory, where the machine has enough of it for them.

    A run makes more than a thousand small transactions, each of which waits for a disk. What
    processes see of one another's files, and what is left of them after a kill, is the same.
    """
    if (folder := memory(ENOUGH_BYTES)) is None:
        yield tmp_path_factory.mktemp("disk")
        return
    with TemporaryDirectory(prefix="dataspor-", dir=folder, ignore_cleanup_errors=True) as name:
        GUARD.roots += (Path(name),)
        yield Path(name)
