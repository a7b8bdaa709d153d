"""Jobs, schedules and the sensor: what runs, when, and for which half-years."""

import datetime as dt
import hashlib
from typing import Any

import dagster as dg

from orchestration.assets.names import CLOSE_JOB, RUN_JOB, all_half_years
from orchestration.config import Config
from orchestration.errors import DatasporError
from orchestration.half_year import last_ended
from orchestration.landing.inventory import take_inventory
from orchestration.landing.mirror import mirror
from orchestration.settings import Settings


def build_jobs() -> list[Any]:
    """The pipeline, and the close of a half-year."""
    releases = dg.AssetSelection.groups("releases")
    return [
        dg.define_asset_job(
            RUN_JOB,
            selection=dg.AssetSelection.all() - releases,
            description="Lands what is new, builds, audits, publishes.",
            executor_def=dg.in_process_executor,
        ),
        dg.define_asset_job(
            CLOSE_JOB,
            selection=releases,
            description="Freezes the release of an ended half-year and writes its briefing.",
            executor_def=dg.in_process_executor,
        ),
    ]


def build_schedules(config: Config) -> list[dg.ScheduleDefinition]:
    """The weekly refresh, the refresh before a close, and the close of the half-year."""
    rules = config.municipality

    def today(context: dg.ScheduleEvaluationContext) -> dt.date:
        return context.scheduled_execution_time.date()

    def refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags=all_half_years(config, today(context)))

    def close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = today(context)
        half_year = last_ended(day)
        if day != half_year.final_from(rules.maturity_days) + dt.timedelta(days=1):
            return dg.SkipReason(f"{half_year.label_da} is not closed on {day}")
        return dg.RunRequest(run_key=f"close-{half_year.id}", partition_key=half_year.id)

    weekly = dg.ScheduleDefinition(
        name="weekly_refresh",
        job_name=RUN_JOB,
        cron_schedule="0 5 * * 1",
        execution_timezone=rules.timezone,
        execution_fn=refresh,
        description="Keeps the provisional figures fresh, Mondays at 5.",
    )
    daily_close = dg.ScheduleDefinition(
        name="half_year_close",
        job_name=CLOSE_JOB,
        cron_schedule="0 7 * * *",
        execution_timezone=rules.timezone,
        execution_fn=close,
        description=f"Closes the half-year that ended, on the day after it became final "
        f"({rules.maturity_days} days after its end); other days are skipped.",
    )
    return [weekly, daily_close]


def build_sensors(config: Config) -> list[dg.SensorDefinition]:
    """A run when files in the sources folder are new or changed."""

    @dg.sensor(
        name="new_source_files",
        job_name=RUN_JOB,
        minimum_interval_seconds=60,
        description="Starts a run when a source file is new, changed or gone.",
    )
    def new_source_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        settings = Settings.from_environment()
        try:
            mirror(settings)
        except DatasporError as error:
            return dg.SkipReason(str(error))
        files = take_inventory(settings)
        present = hashlib.sha256(
            "".join(f"{f.source}{f.source_file_id}{f.order}" for f in files).encode()
        ).hexdigest()
        if not files:
            return dg.SkipReason("no source files")
        if present == context.cursor:
            return dg.SkipReason("no new source files")
        tags = all_half_years(config, dt.datetime.now(tz=dt.UTC).date())
        return dg.SensorResult([dg.RunRequest(run_key=present, tags=tags)], cursor=present)

    return [new_source_files]
