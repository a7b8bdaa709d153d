"""The whole dbt project, its unit tests included, on a warehouse without any rows."""

import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import DBT_PROJECT, PACKAGED_CONFIG, Settings
from tests.dbt_unit_tests import assert_all_passed, open_empty_warehouse


def test_every_unit_test_of_the_models_passes(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    open_empty_warehouse(settings)
    environment = os.environ | {
        "DATASPOR_WORKING_WAREHOUSE": str(settings.working_warehouse),
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "DBT_LOG_PATH": str(settings.dbt_target),
    }
    dbt = Path(sys.executable).with_name("dbt")
    result = subprocess.run(
        [dbt, "build", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert_all_passed(settings, result)
