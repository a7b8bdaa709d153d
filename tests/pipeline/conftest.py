from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from orchestration import dbt_process
from orchestration.sample import write_sample
from orchestration.settings import Settings
from tests.browser import chromium
from tests.compiled_models import Model, models_of_run
from tests.dbt_loaded import have_dbt_parse
from tests.pipeline.installation import AS_OF, CLOSED, Place, begun_from, made_once


@pytest.fixture(scope="session", autouse=True)
def _dbt_is_forked() -> Iterator[None]:
    """Runs fork dbt, as those of the command line do, though pytest's workers have threads."""

    def forked(settings: Settings) -> dbt_process.Forked:
        have_dbt_parse()
        return dbt_process.forked(settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_process, "started", forked)
        yield


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The synthetic sample, run once; not to be changed by anyone."""

    def make(place: Place) -> None:
        write_sample(place.sources)
        place.noted_of_the_command("run", "run", "--as-of", AS_OF)
        first = place.fingerprint()
        place.noted("second_run", "run", "--as-of", AS_OF)
        (place.folder / "fingerprints.txt").write_text(f"{first} {place.fingerprint()}")

    return made_once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory, sample_run: Place) -> Place:
    """The sample's installation after one close; not to be changed by anyone."""

    def make(place: Place) -> None:
        begun_from(place, sample_run)
        place.noted("close", "close", CLOSED)

    return made_once(tmp_path_factory, "released", make)


@pytest.fixture(scope="session")
def models(sample_run: Place) -> list[Model]:
    """The models of counts and ledger, as the sample's run compiled them.

    So many small cases need no run of dbt. What dbt compiles says nothing of the installation.
    """
    return models_of_run(
        sample_run.settings,
        only=(
            "fct_incident_month",
            "int_incidents",
            "meta_source_file",
            "meta_correction",
            "meta_quarantine",
        ),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for all pages of a module."""
    with chromium() as running:
        yield running
