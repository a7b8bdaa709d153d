"""What is fetched from servers before landing, as an asset; there only where something is."""

import dagster as dg

from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    AskParameters,
    Installation,
    table_metadata,
)

KEY = dg.AssetKey(["landing", "fetched_answers"])


@dg.asset(
    key=KEY,
    group_name="landing",
    owners=OWNERS,
    kinds={"python"},
    description="Answers of the library CMS and of SurveyXact, kept as source files in the "
    "archive. A server that does not answer fails nothing: what was fetched before is landed.",
    pool=WAREHOUSE_POOL,
)
def fetched_answers(
    context: dg.AssetExecutionContext, config: AskParameters, installation: Installation
) -> dg.MaterializeResult:
    """Fetch what is configured."""
    import pandas as pd

    from orchestration.fetch.answers import fetch_all, last_outcomes

    settings, rules = installation.settings, installation.config
    if config.ask:
        outcomes = fetch_all(settings, rules, rules.municipality.today())
    else:
        outcomes = last_outcomes(settings)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    for outcome in failed:
        context.log.warning(outcome.line)
    table = pd.DataFrame(
        [
            {"what": outcome.name, "status": outcome.status, "told": outcome.told}
            for outcome in outcomes
        ],
        columns=["what", "status", "told"],
    )
    return dg.MaterializeResult(
        metadata={"not fetched": len(failed), "answers": table_metadata(table)}
    )
