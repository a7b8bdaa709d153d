"""Exports on a server, as an asset that comes before landing; there only where there is one."""

import dagster as dg

from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    AskParameters,
    Installation,
    asked_again,
)
from orchestration.landing.mirror import mirror

KEY = dg.AssetKey(["landing", "mirrored_exports"])


@dg.asset(
    key=KEY,
    group_name="landing",
    owners=OWNERS,
    kinds={"python"},
    description="The exports that lie on a server, copied below the archive once a run. Where the "
    "server does not answer, the run ends, and what was published before stays.",
    pool=WAREHOUSE_POOL,
)
def mirrored_exports(
    context: dg.AssetExecutionContext, config: AskParameters, installation: Installation
) -> dg.MaterializeResult:
    """Mirror the sources."""
    if not config.ask:
        return dg.MaterializeResult()
    with asked_again(context):
        mirrored = mirror(installation.settings)
    for left in mirrored.left:
        context.log.warning(str(left))
    return dg.MaterializeResult(
        metadata={
            "copied": mirrored.copied,
            "removed": mirrored.removed,
            "left for the next run": len(mirrored.left),
        }
    )
