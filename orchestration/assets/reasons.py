"""Why a run failed, or what it warns of, as sentences read from its events."""

import re
from collections.abc import Iterable
from typing import Any

import dagster as dg


def reasons(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """Why a run failed: failed checks, else the errors of steps; sentences, no stack traces."""
    events = list(events)
    checks = [
        _sentence(evaluation)
        for evaluation in _failed_checks(events)
        if evaluation.severity == dg.AssetCheckSeverity.ERROR
    ]
    # what a failed check stops, and dbt's own exit code, are no reasons of their own
    return checks or [_told(event) for event in events if event.is_step_failure]


def warnings(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """What a run warns of though it succeeded: failed checks that block nothing."""
    return [
        _sentence(evaluation)
        for evaluation in _failed_checks(events)
        if evaluation.severity == dg.AssetCheckSeverity.WARN
    ]


def _failed_checks(events: Iterable[dg.DagsterEvent]) -> list[Any]:
    evaluations = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    return [evaluation for evaluation in evaluations if not evaluation.passed]


def _sentence(evaluation: Any) -> str:
    if evaluation.description:
        return f"Check {evaluation.check_name} failed. {evaluation.description}"
    asset = evaluation.asset_key.to_user_string()
    rows = evaluation.metadata.get("dagster_dbt/failed_row_count")
    count = f"{rows.value} row(s) break it" if rows is not None else "it does not hold"
    return f"Check {evaluation.check_name} on {asset} failed: {count}."


def _told(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None:  # raised on purpose: its words stand for themselves
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    lines = [line.strip() for line in (error.message if error else "").splitlines()]
    text = next((line for line in lines if line), "no reason given")
    # "module.Class: what happened" is for programmers; the step's name and the rest will do
    kind, _, told = text.partition(": ")
    if kind.startswith("orchestration.errors."):
        return told
    text = re.sub(r"^[\w.]+: ", "", text)
    return f"Step {event.step_key} ended with an error: {text}"
