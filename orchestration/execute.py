"""Executing a job of the code location in this process, on the installation's own instance."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import uuid
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.settings import Settings

_INSTANCE = """\
# Written by Dataspor where there is none; telemetry stays off, one writer at a time.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
"""


@dataclass
class Execution:
    """What came of a run: whether it succeeded, and the reasons, as sentences, if not."""

    succeeded: bool
    run_id: str
    reasons: list[str] = field(default_factory=list)


def instance_folder(settings: Settings) -> Path:
    """Dagster's home of this installation, made where it is missing."""
    settings.prepare()
    config = settings.dagster_home / "dagster.yaml"
    if not config.exists():
        config.write_text(_INSTANCE, encoding="utf-8")
    return settings.dagster_home


def execute(
    settings: Settings,
    job_name: str,
    *,
    tags: Mapping[str, str] | None = None,
    partition_key: str | None = None,
    run_config: Mapping[str, Any] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Execution:
    """Run a job and wait for it.

    Args:
        settings: where things are.
        job_name: a job of the definitions.
        tags: tags of the run, such as a range of partitions.
        partition_key: the half-year, for jobs of one partition.
        run_config: configuration of the run's assets.
        on_step: called with each step's name as it starts, for progress.
    """
    os.environ["DAGSTER_HOME"] = str(instance_folder(settings))
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg

    from orchestration.definitions import build_definitions

    # a library that logs before anything is set up would print every later line of the others
    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("dagster", "dagster_dbt", "dagster-dbt", "great_expectations"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    job = build_definitions().resolve_job_def(job_name)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    run_id = str(uuid.uuid4())
    with dg.DagsterInstance.get() as instance:

        def listen(entry: Any) -> None:
            event = entry.dagster_event
            if event is not None and event.event_type_value == "STEP_START":
                on_step(event.step_key)

        instance.add_event_listener(run_id, listen)
        # dbt's own lines go to a log; the progress shown is that of the steps
        log = settings.dagster_home / "last_run.log"
        with log.open("w", encoding="utf-8") as output, contextlib.redirect_stdout(output):
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                tags=dict(tags or {}),
                partition_key=partition_key,
                run_config={**quiet, **(run_config or {})},
                raise_on_error=False,
            )
        return Execution(result.success, run_id, [] if result.success else _reasons(result))


def _reasons(result: Any) -> list[str]:
    """Why a run failed: failed checks, else the errors of steps; sentences, no stack traces."""
    checks = [
        _sentence(evaluation)
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    ]
    errors = []
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        data = event.step_failure_data
        if data.user_failure_data is not None:  # raised on purpose: its words stand for themselves
            errors.append(str(data.user_failure_data.description))
            continue
        error = data.error
        while error is not None and error.cause is not None:
            error = error.cause
        lines = [line.strip() for line in (error.message if error else "").splitlines()]
        text = next((line for line in lines if line), "no reason given")
        # "module.Class: what happened" is for programmers; the step's name and the rest will do
        kind, _, told = text.partition(": ")
        if kind.startswith("orchestration.errors."):
            errors.append(told)
            continue
        text = re.sub(r"^[\w.]+: ", "", text)
        errors.append(f"Step {event.step_key} ended with an error: {text}")
    # what a failed check stops, and dbt's own exit code, are no reasons of their own
    return checks or errors


def _sentence(evaluation: Any) -> str:
    if evaluation.description:
        return f"Check {evaluation.check_name} failed. {evaluation.description}"
    asset = evaluation.asset_key.to_user_string()
    rows = evaluation.metadata.get("dagster_dbt/failed_row_count")
    count = f"{rows.value} row(s) break it" if rows is not None else "it does not hold"
    return f"Check {evaluation.check_name} on {asset} failed: {count}."
