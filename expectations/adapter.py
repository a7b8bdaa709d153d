"""The adapter: reads the suites and runs one on a table; the only place that knows the library.

Great Expectations runs on pandas batches of small published tables. What comes back is counts and
row ids, never a value; an expectation that could not be evaluated is told from one that failed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).resolve().parent
MAX_ROW_IDS = 20


@dataclass(frozen=True)
class Suite:
    """One suite file: what is expected of one table.

    Attributes:
        table: table of schema ``marts``.
        description: what the table is, in a sentence.
        row_id: columns that identify a row; their values are shown for failing rows.
        expectations: name, because, expect (the library's name) and with (its arguments).
    """

    table: str
    description: str
    row_id: list[str]
    expectations: list[dict[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What one expectation came to: ``passed``, ``failed`` or ``errored``."""

    name: str
    because: str
    status: str
    unexpected_count: int = 0
    row_ids: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class SuiteResult:
    """What a suite came to. A suite that evaluated nothing is an error."""

    table: str
    rows: int
    outcomes: list[Outcome]

    @property
    def status(self) -> str:
        """``errored`` beats ``failed`` beats ``passed``."""
        found = {outcome.status for outcome in self.outcomes} or {"errored"}
        return next(s for s in ("errored", "failed", "passed") if s in found)

    @property
    def sentence(self) -> str:
        """What went wrong, for a person."""
        if not self.outcomes:
            return f"{self.table}: the suite evaluated no expectation"
        parts = []
        for outcome in self.outcomes:
            if outcome.status == "failed":
                ids = "; ".join(
                    ", ".join(f"{k}={v}" for k, v in row.items()) for row in outcome.row_ids[:3]
                )
                where = f" (rows: {ids})" if ids else ""
                parts.append(
                    f"{outcome.name} failed for {outcome.unexpected_count} row(s){where}: "
                    f"{outcome.because}"
                )
            elif outcome.status == "errored":
                parts.append(f"{outcome.name} could not be evaluated: {outcome.error}")
        return f"{self.table}: " + ("; ".join(parts) or "as expected")


@cache
def suites(folder: Path = FOLDER) -> dict[str, Suite]:
    """All suites by table, from the YAML files of a folder."""
    found = {}
    for path in sorted(folder.glob("*.yml")):
        suite = Suite(**YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        found[suite.table] = suite
    return found


@cache
def _whole_table() -> Any:
    """The library's definition of a batch that is all of a table, in memory; made once a process.

    Each table could have one of its own, but the library writes all that it has as YAML each time.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    table = context.data_sources.add_pandas("run").add_dataframe_asset("table")
    return table.add_batch_definition_whole_dataframe("all")


@contextmanager
def audit_loading() -> Iterator[None]:
    """Load the library, which takes seconds, while this process waits for another one."""
    import pandas  # noqa: F401  which both threads use, so that neither meets it half loaded

    loading = Thread(target=_whole_table)
    loading.start()
    try:
        yield
    finally:
        loading.join()


def run_suite(suite: Suite, table: pd.DataFrame) -> SuiteResult:
    """Evaluate a suite on a table."""
    whole_table = _whole_table()
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    outcomes: dict[str, Outcome] = {}
    configured = gx.ExpectationSuite(name=suite.table)
    for expectation in suite.expectations:
        name = expectation["name"]
        try:
            configured.add_expectation_configuration(
                ExpectationConfiguration(
                    type=expectation["expect"],
                    kwargs=dict(expectation["with"]),
                    meta={"name": name},
                )
            )
        except Exception as error:  # whatever the library raises, it was not evaluated
            outcomes[name] = _errored(expectation, type(error).__name__)
    batch = whole_table.get_batch({"dataframe": table})
    # all expectations at once: the library then computes what they share only once
    results = batch.validate(configured, result_format="BOOLEAN_ONLY")
    if not results.success:  # which rows it is takes as long again, and is seldom asked
        results = batch.validate(
            configured,
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": suite.row_id,
                "include_unexpected_rows": False,
            },
        )
    by_name = {result.expectation_config.meta["name"]: result for result in results.results}
    for expectation in suite.expectations:
        name = expectation["name"]
        if name in by_name:
            outcomes[name] = _outcome(suite, expectation, by_name[name])
        elif name not in outcomes:
            outcomes[name] = _errored(expectation, "the library returned no result for it")
    return SuiteResult(suite.table, len(table), [outcomes[e["name"]] for e in suite.expectations])


def _outcome(suite: Suite, expectation: dict[str, Any], result: Any) -> Outcome:
    exceptions = _exceptions(result.exception_info)
    if exceptions:
        return _errored(expectation, exceptions[0])
    if result.success:
        return Outcome(expectation["name"], expectation["because"], "passed")
    details = result.result or {}
    ids = [
        {column: row[column] for column in suite.row_id if column in row}
        for row in (details.get("unexpected_index_list") or [])[:MAX_ROW_IDS]
        if isinstance(row, dict)
    ]
    return Outcome(
        expectation["name"],
        expectation["because"],
        "failed",
        int(details.get("unexpected_count") or 0),
        ids,
    )


def _exceptions(info: Any) -> list[str]:
    """Names of the exceptions that an evaluation raised; the library nests them by metric."""
    if not isinstance(info, dict):
        return []
    if "raised_exception" in info:
        message = str(info.get("exception_message") or "the library gives no reason")
        return [message.splitlines()[0][:200]] if info["raised_exception"] else []
    return [name for nested in info.values() for name in _exceptions(nested)]


def _errored(expectation: dict[str, Any], error: str) -> Outcome:
    return Outcome(expectation["name"], expectation["because"], "errored", error=error)
