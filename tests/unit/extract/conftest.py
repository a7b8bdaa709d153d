from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.extract.incident_exports import Desk, desk


@pytest.fixture(scope="module")
def shared_desk() -> Iterator[Desk]:
    with desk() as made:
        yield made


@pytest.fixture
def exports(shared_desk: Desk) -> Iterator[Desk]:
    """A place to write exports and read them; nothing may be left in its private folder."""
    yield shared_desk
    assert shared_desk.leftovers() == []
