"""dbt that waits: it does what it is told, and ends where nobody tells it anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration import dbt_process
from orchestration.settings import PACKAGED_CONFIG, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)
    settings.prepare()
    return settings


def test_what_it_is_told_is_carried_out_and_nothing_is_opened_before(settings: Settings) -> None:
    process = dbt_process.started(settings)
    dbt_process.told(process, ["list", "--resource-type", "model", "--output", "name"])
    assert process.stdout is not None
    events = [json.loads(line) for line in process.stdout]
    assert process.wait() == 0
    assert "fct_claim" not in str(events)  # Python's, no model
    assert "fct_incident_month" in [event["info"]["msg"] for event in events]
    assert not settings.working_warehouse.exists()


def test_a_command_that_is_none_fails_and_says_so(settings: Settings) -> None:
    process = dbt_process.started(settings)
    dbt_process.told(process, ["build", "--no-such-option"])
    assert process.stdout is not None
    told = process.stdout.read().decode()
    assert process.wait() == 1
    assert "--no-such-option" in told


def test_it_ends_where_the_run_ended_before_it_was_told_anything(settings: Settings) -> None:
    process = dbt_process.started(settings)
    dbt_process.ended(process)
    assert process.returncode == 0
