"""Asset checks: each suite of ``expectations/`` is one blocking check on its table."""

from collections.abc import Iterator

import dagster as dg

from expectations.adapter import Suite, SuiteResult, run_suite, suites
from orchestration.assets.common import WAREHOUSE_POOL, Installation
from orchestration.assets.names import FIGURE_TABLES
from orchestration.claims import TABLE as CLAIMS


def key_of(table: str) -> dg.AssetKey:
    """The asset key of a published table."""
    return dg.AssetKey(["figures" if table in FIGURE_TABLES else "marts", table])


def check_name(suite: Suite) -> str:
    """The check's name in the UI."""
    return f"expectations_{suite.table}"


def build_checks() -> list[dg.AssetChecksDefinition]:
    """One check definition for the marts, one for the figures, and one for what judges by them.

    Each is blocking for what comes after it, so that no claim is judged by figures that failed.
    """
    of_claims = [suite for suite in suites().values() if suite.table == CLAIMS]
    of_figures = [
        suite
        for suite in suites().values()
        if suite.table in FIGURE_TABLES and suite not in of_claims
    ]
    of_marts = [suite for suite in suites().values() if suite.table not in FIGURE_TABLES]
    return [
        _checks("audit_marts", of_marts),
        _checks("audit_figures", of_figures),
        _checks("audit_claims", of_claims),
    ]


def _checks(name: str, audited: list[Suite]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name=name,
        specs=[
            dg.AssetCheckSpec(
                name=check_name(suite),
                asset=key_of(suite.table),
                blocking=True,
                description=f"{suite.description} {len(suite.expectations)} expectations.",
            )
            for suite in audited
        ],
        pool=WAREHOUSE_POOL,
    )
    def audit(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        results: dict[str, SuiteResult] = {}
        with installation.warehouse(read_only=True) as connection:
            for suite in audited:
                table = connection.execute(f"select * from marts.{suite.table}").df()
                results[suite.table] = run_suite(suite, table)
        for suite in audited:
            result = results[suite.table]
            # an errored check gives no result: the UI then shows it as errored, not as failed
            if result.status != "errored":
                yield _as_check(suite, result)
        errored = [r.sentence for r in results.values() if r.status == "errored"]
        if errored:
            raise dg.Failure("An audit could not be carried out. " + " ".join(errored))

    return audit


def _as_check(suite: Suite, result: SuiteResult) -> dg.AssetCheckResult:
    rows = "\n".join(
        f"| {outcome.name} | {outcome.status} | {outcome.unexpected_count} | {outcome.because} |"
        for outcome in result.outcomes
    )
    failing = [
        {"expectation": outcome.name, **{k: str(v) for k, v in row.items()}}
        for outcome in result.outcomes
        for row in outcome.row_ids
    ]
    return dg.AssetCheckResult(
        check_name=check_name(suite),
        asset_key=key_of(suite.table),
        passed=result.status == "passed",
        severity=dg.AssetCheckSeverity.ERROR,
        description=result.sentence,
        metadata={
            "rows": result.rows,
            "expectations": dg.MetadataValue.md(
                f"| expectation | outcome | rows | because |\n|---|---|---|---|\n{rows}"
            ),
            "failing row ids": dg.MetadataValue.json(failing),
        },
    )
