from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.conftest import sample_run as sample_run
from tests.unit.extract.incident_exports import Desk, desk


@pytest.fixture(scope="module")
def shared_desk() -> Iterator[Desk]:
    with desk() as made:
        yield made
