"""Why a run failed, where none of its steps did: what is told of real runs that ended otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.reasons import reasons
from orchestration.errors import DatasporError


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def test_a_check_that_failed_is_told_once_and_with_it_one_that_could_not_be_carried_out(
    instance: dg.DagsterInstance,
) -> None:
    specs = [
        dg.AssetCheckSpec(name, asset="table", blocking=True) for name in ("failing", "errored")
    ]

    @dg.asset
    def table() -> None: ...

    def audited(*errors: Exception) -> list[str]:
        @dg.multi_asset_check(specs=specs)
        def audit() -> Iterator[dg.AssetCheckResult]:
            yield dg.AssetCheckResult(
                check_name="failing", asset_key="table", passed=False, description="It is empty."
            )
            if errors:
                raise errors[0]
            yield dg.AssetCheckResult(check_name="errored", asset_key="table", passed=True)

        definitions = dg.Definitions(assets=[table], asset_checks=[audit])
        job = definitions.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success
        assert reasons(result.all_events) == told(instance, result.run_id)
        return reasons(result.all_events)

    failed = "Check failing failed. It is empty."
    assert audited() == [failed]
    assert audited(dg.Failure("It has no column.")) == [failed, "It has no column."]
    assert audited(DatasporError("It is gone.")) == [failed, "It is gone."]


def test_what_stopped_a_run_before_its_first_step_is_told(instance: dg.DagsterInstance) -> None:
    @dg.resource
    def held() -> None:
        raise DatasporError("Another run has held it. Wait for it to end.")

    @dg.op(required_resource_keys={"held"})
    def step() -> None:
        raise AssertionError

    @dg.job(resource_defs={"held": held})
    def held_up() -> None:
        step()

    result = held_up.execute_in_process(instance=instance, raise_on_error=False)

    assert reasons(result.all_events) == ["Another run has held it. Wait for it to end."]
    assert told(instance, result.run_id) == ["Another run has held it. Wait for it to end."]


def test_what_dagster_noted_of_a_process_that_was_killed_is_told_with_the_step_it_was_in(
    instance: dg.DagsterInstance,
) -> None:
    @dg.op
    def dbt_build() -> None:
        os._exit(9)

    @dg.job
    def killed() -> None:
        dbt_build()

    run = killed_run(instance, killed)
    # as the server of a code location does for its runs
    instance.report_engine_event("The process of the run was terminated by signal 9.", run)
    instance.report_run_failed(run)

    lines = told(instance, run.run_id)
    assert lines[0] == "The process of the run was terminated by signal 9."
    assert lines[-1] == "Its last step was dbt_build."
    assert "before any of its steps" not in " ".join(lines)


def test_a_run_that_was_given_up_before_it_began_says_so(instance: dg.DagsterInstance) -> None:
    @dg.resource
    def deadly() -> None:
        os._exit(9)

    @dg.op(required_resource_keys={"deadly"})
    def step() -> None:
        raise AssertionError

    @dg.job(resource_defs={"deadly": deadly})
    def killed() -> None:
        step()

    run = killed_run(instance, killed)
    instance.report_run_failed(run, "Exceeded maximum runtime of 7200 seconds.")

    lines = told(instance, run.run_id)
    assert "Exceeded maximum runtime of 7200 seconds." in lines
    assert lines[-1] == "The run ended before any of its steps."


def killed_run(instance: dg.DagsterInstance, job: dg.JobDefinition) -> dg.DagsterRun:
    """A run of a job whose process ends without a word."""
    child = os.fork()
    if child == 0:
        with dg.DagsterInstance.from_ref(instance.get_ref()) as own:
            job.execute_in_process(instance=own)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    (record,) = instance.get_run_records()
    assert record.dagster_run.status == dg.DagsterRunStatus.STARTED
    return record.dagster_run


def told(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The reasons as an alert reads them: from what is stored of the run."""
    entries = instance.all_logs(run_id)
    return reasons(entry.dagster_event for entry in entries if entry.dagster_event is not None)
