"""The whole dbt project, its unit tests included, on a warehouse without any rows."""

import subprocess
from pathlib import Path

from orchestration.catalogue import DBT
from orchestration.dbt_process import environment
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.dbt_unit_tests import assert_all_passed, open_empty_warehouse


def test_every_unit_test_of_the_models_passes(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    open_empty_warehouse(settings)
    result = subprocess.run(
        [DBT, "build"],
        env=environment(settings),
        cwd=settings.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert_all_passed(settings, result)
