from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.sample import write_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, written once."""
    directory = tmp_path_factory.mktemp("sample")
    write_sample(directory)
    return directory
