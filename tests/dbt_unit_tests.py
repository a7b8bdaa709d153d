"""dbt's unit tests on a warehouse without any rows: making it, and holding dbt to all of them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess

from orchestration.config import load_config
from orchestration.dbt_process import RUN_RESULTS
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.settings import Settings

# of a relation in PostgreSQL, which dbt makes for each unit test
# (https://www.postgresql.org/docs/current/limits.html)
LONGEST_NAME = 63


def open_empty_warehouse(settings: Settings) -> None:
    """The working warehouse of an installation without exports."""
    settings.prepare()
    open_working_warehouse(
        settings,
        load_config(settings.config),
        [],
        as_of=dt.date(2025, 11, 17),
        is_sample=False,
        run_fingerprint="",
        run_id="",
    )


def assert_all_passed(settings: Settings, result: subprocess.CompletedProcess[str]) -> None:
    """``dbt build`` ended well and ran every unit test there is, which PostgreSQL can name too."""
    assert result.returncode == 0, result.stdout
    results = json.loads((settings.dbt_target / RUN_RESULTS).read_text())["results"]
    unit_tests = {
        r["unique_id"].rpartition(".")[2]: r["status"]
        for r in results
        if r["unique_id"].startswith("unit_test.")
    }
    assert len(unit_tests) >= 7
    assert set(unit_tests.values()) == {"pass"}
    assert [name for name in unit_tests if len(name) > LONGEST_NAME] == []
