"""Executing a job of the code location in this process, on the installation's own instance."""

from __future__ import annotations

import contextlib
import logging
import os
import uuid
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.dbt_process import Process

_INSTANCE = """\
# Written by Dataspor where there is none; telemetry stays off, one writer at a time, a run whose
# process died gives its place back.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  cancel_timeout_seconds: 300
  max_runtime_seconds: 7200
"""
_BEGUN_HERE = {"dataspor/begun_by": "command line"}


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
    waiting_dbt: Process | None = None,
) -> Execution:
    """Run a job and wait for it, holding the installation's lock.

    Args:
        settings: where things are.
        job_name: a job of the definitions.
        tags: tags of the run, such as a range of partitions.
        partition_key: the half-year, for jobs of one partition.
        run_config: configuration of the run's assets.
        on_step: called with each step's name as it starts, for progress.
        waiting_dbt: a process of dbt that was made ready for this run.

    Raises:
        DatasporError: another process holds the lock for longer than a run takes.
    """
    os.environ["DAGSTER_HOME"] = str(instance_folder(settings))
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg

    from orchestration.assets.reasons import reasons
    from orchestration.dagster_files import kept_open
    from orchestration.definitions import build_definitions
    from orchestration.run import lock

    for name in ("dagster", "dagster_dbt", "dagster-dbt", "great_expectations"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    job = build_definitions(waiting_dbt).resolve_job_def(job_name)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    run_id = str(uuid.uuid4())
    with lock(settings), kept_open(), dg.DagsterInstance.get() as instance:
        _report_killed(instance)

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
                tags={**(tags or {}), **_BEGUN_HERE},
                partition_key=partition_key,
                run_config={**quiet, **(run_config or {})},
                raise_on_error=False,
            )
        return Execution(
            result.success, run_id, [] if result.success else reasons(result.all_events)
        )


def _report_killed(instance: dg.DagsterInstance) -> None:
    """Report runs of the command line that were killed as failed.

    They would keep the one place of the pool, for which all runs that Dagster starts queue. Such a
    run holds the lock as long as it lives, so whoever has the lock knows that none does. A run of
    Dagster's own may live and wait for the lock; Dagster watches over its process itself.
    """
    import dagster as dg

    status = dg.DagsterRunStatus
    unfinished = dg.RunsFilter(
        tags=_BEGUN_HERE, statuses=[status.NOT_STARTED, status.STARTED, status.CANCELING]
    )
    for record in instance.get_run_records(unfinished):
        instance.report_run_failed(
            record.dagster_run,
            "The process of this run was killed, or its machine stopped; the next run found it so.",
        )
