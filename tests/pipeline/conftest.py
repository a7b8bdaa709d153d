from __future__ import annotations

import pytest

from orchestration.sample import write_sample
from tests.pipeline.installation import AS_OF, Place, made_once


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The synthetic sample, run once; not to be changed by anyone."""

    def make(place: Place) -> None:
        write_sample(place.sources)
        place.noted("run", "run", "--as-of", AS_OF)
        first = place.fingerprint()
        place.noted("second_run", "run", "--as-of", AS_OF)
        (place.folder / "fingerprints.txt").write_text(f"{first} {place.fingerprint()}")

    return made_once(tmp_path_factory, "sample", make)
