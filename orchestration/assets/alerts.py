"""Alerts by Dagster's own hooks: a failed run, and a run that warns."""

from collections.abc import Iterator

import dagster as dg

from orchestration.assets.reasons import reasons, warnings
from orchestration.settings import Settings


def build_alerts(settings: Settings) -> list[dg.SensorDefinition]:
    """Sensors that send an alert; none where DATASPOR_ALERTS names no address.

    Raises:
        UsageError: one of the addresses is none.
    """
    if not settings.alerts:
        return []
    from orchestration.alerts import messenger

    messenger(settings.alerts)  # a slip is to be told now, not when an alert should have come

    @dg.run_failure_sensor(
        name="alert_on_failure",
        monitor_all_code_locations=True,  # a run of the command line is of none
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends why a run failed: the failed checks, or the error of a step.",
    )
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        told = reasons(_events(context))
        _send(settings, f"Dataspor: {run.job_name} failed", run.run_id, told)

    @dg.run_status_sensor(
        name="alert_on_warning",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends what a run warns of though it published, such as a late source.",
    )
    def alert_on_warning(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
        run = context.dagster_run
        told = warnings(_events(context))
        if not told:
            return dg.SkipReason("no warnings")
        _send(settings, f"Dataspor: {run.job_name} warns", run.run_id, told)
        return None

    return [alert_on_failure, alert_on_warning]


def _events(context: dg.RunStatusSensorContext) -> Iterator[dg.DagsterEvent]:
    for entry in context.instance.all_logs(context.dagster_run.run_id):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def _send(settings: Settings, title: str, run_id: str, told: list[str]) -> None:
    from orchestration.alerts import send_alert

    send_alert(settings.alerts, title, [*told, f"Run {run_id} in Dagster's UI."])
