"""The whole dbt project, its unit tests included, on a warehouse without any rows."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

from orchestration.config import load_config
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.settings import DBT_PROJECT, PACKAGED_CONFIG, Settings


def test_every_unit_test_of_the_models_passes(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    settings.prepare()
    open_working_warehouse(
        settings,
        load_config(PACKAGED_CONFIG),
        [],
        as_of=dt.date(2025, 11, 17),
        is_sample=False,
        run_fingerprint="",
        run_id="",
    )
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
    assert result.returncode == 0, result.stdout
    results = json.loads((settings.dbt_target / "run_results.json").read_text())["results"]
    unit_tests = [r["status"] for r in results if r["unique_id"].startswith("unit_test.")]
    assert len(unit_tests) >= 7
    assert set(unit_tests) == {"pass"}
