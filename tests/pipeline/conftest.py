from __future__ import annotations

import pytest

from orchestration.config import load_config
from orchestration.sample import write_sample
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, compile_models
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


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    """The models of counts and ledger, compiled, so that many small cases need no run of dbt."""
    folder = tmp_path_factory.mktemp("compiled")
    return compile_models(
        Settings(folder / "sources", folder / "home", PACKAGED_CONFIG),
        load_config(PACKAGED_CONFIG),
        only=(
            "fct_incident_month",
            "int_incidents",
            "meta_source_file",
            "meta_correction",
            "meta_quarantine",
        ),
    )
