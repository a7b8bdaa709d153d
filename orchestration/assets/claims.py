"""The claims of past briefings, judged by the figures of the run, as an asset."""

from dataclasses import asdict

import dagster as dg

from orchestration.assets.audit import key_of
from orchestration.assets.common import OWNERS, WAREHOUSE_POOL, Installation, table_metadata
from orchestration.claims import TABLE


@dg.asset(
    key=key_of(TABLE),
    deps=[key_of("fct_status_figure"), key_of("fct_figure_evidence")],
    group_name="figures",
    owners=OWNERS,
    kinds={"python", "duckdb"},
    pool=WAREHOUSE_POOL,
)
def claims(installation: Installation) -> dg.MaterializeResult:
    """Judge every claim of the configuration."""
    import pandas as pd

    from orchestration.claims.store import judge_claims

    with installation.warehouse() as connection:
        judged = judge_claims(connection, installation.config)
    table = pd.DataFrame(map(asdict, judged))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(judged),
            "claims": table_metadata(table, "dataspor claims"),
            **{
                judgement.replace("_", " "): int(count)
                for judgement, count in (
                    table.judgement.value_counts().items() if len(table) else ()
                )
            },
        }
    )
