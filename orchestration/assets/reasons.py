"""Why a run failed, or what it warns of, as sentences read from its events."""

import re
from collections.abc import Iterable
from typing import Any

import dagster as dg

# what a failed check stops, and dbt's own exit code, are no reasons of their own
_OF_CHECKS = ("DagsterAssetCheckFailedError", "DagsterDbtCliRuntimeError")


def reasons(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """Why a run failed: failed checks and errors of steps, else how it ended; no stack traces."""
    events = list(events)
    checks = [
        _sentence(evaluation)
        for evaluation in _failed_checks(events)
        if evaluation.severity == dg.AssetCheckSeverity.ERROR
    ]
    steps = [
        _told(event)
        for event in events
        if event.is_step_failure and not (checks and _class_of_error(event) in _OF_CHECKS)
    ]
    return [*checks, *steps] or _how_it_ended(events)


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


def _class_of_error(event: dg.DagsterEvent) -> str | None:
    error = event.step_failure_data.error
    return error.cls_name if error else None


def _told(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None:  # raised on purpose: its words stand for themselves
        return str(data.user_failure_data.description)
    return _in_words(data.error, f"Step {event.step_key}")


def _how_it_ended(events: list[dg.DagsterEvent]) -> list[str]:
    """Of a run of which no step failed: the error before them, or what was noted of its process."""
    number = next((n for n, event in enumerate(events) if event.is_run_failure), None)
    if number is None:
        return []
    failure = events[number]
    data = failure.job_failure_data  # none where the run was given up from outside
    if data and data.error:
        return [_in_words(data.error, "The run")]
    # Dagster notes how a process ended as an event of its own, right before it gives up the run
    noted = [event for event in events[max(number - 1, 0) : number] if event.is_engine_event]
    begun = [event.step_key for event in events if event.is_step_start]
    return [
        *(event.message for event in (*noted, failure) if event.message),
        f"Its last step was {begun[-1]}." if begun else "The run ended before any of its steps.",
    ]


def _in_words(error: Any, what: str) -> str:
    """What first went wrong, in a line."""
    while error is not None and error.cause is not None:
        error = error.cause
    lines = [line.strip() for line in (error.message if error else "").splitlines()]
    text = next((line for line in lines if line), "no reason given")
    # "module.Class: what happened" is for programmers; the rest will do
    kind, _, told = text.partition(": ")
    if kind.startswith("orchestration.errors."):
        return told
    text = re.sub(r"^[\w.]+: ", "", text)
    return f"{what} ended with an error: {text}"
