"""``build_definitions()``: everything Dagster shows and runs, the one code location.

Libraries that only a run needs (of tables, statistics, documents) are imported where the assets use
them, so that the UI, its daemon and each tick of a sensor need not wait for them.
"""

from __future__ import annotations

import dagster as dg

from orchestration import dbt_process
from orchestration.assets.alerts import build_alerts
from orchestration.assets.audit import build_checks
from orchestration.assets.automation import build_jobs, build_schedules, build_sensors
from orchestration.assets.claims import claims
from orchestration.assets.common import Installation, described
from orchestration.assets.figures import build_figures_asset
from orchestration.assets.landing import build_landing_assets
from orchestration.assets.publishing import published_postgres, published_warehouse
from orchestration.assets.release import build_release_assets
from orchestration.assets.sources import build_source_checks, build_source_specs
from orchestration.assets.warehouse import build_warehouse_assets
from orchestration.catalogue import table
from orchestration.claims import TABLE as CLAIMS_TABLE
from orchestration.config import load_config
from orchestration.fetch import is_configured
from orchestration.settings import Settings


def build_definitions(waiting_dbt: dbt_process.Process | None = None) -> dg.Definitions:
    """Fresh definitions for the environment's configuration.

    Args:
        waiting_dbt: a process of dbt that was made ready for the one run that they are for.

    Raises:
        ConfigError: the configuration folder is wrong.
        UsageError: the engine that is set cannot be used here.
    """
    settings = Settings.from_environment()
    if settings.builds_elsewhere:
        from orchestration.engines import check_usable

        check_usable(settings)
    config = load_config(settings.config)
    return dg.Definitions(
        assets=[
            *build_source_specs(config),
            *build_landing_assets(
                is_fetching=is_configured(settings, config),
                is_mirroring=settings.sources_url is not None,
            ),
            build_warehouse_assets(),
            build_figures_asset(config),
            claims.map_asset_specs(lambda spec: described(spec, table(CLAIMS_TABLE))),
            published_warehouse,
            *([published_postgres] if settings.postgres_dsn else []),
            *build_release_assets(config),
        ],
        asset_checks=[*build_source_checks(config), *build_checks()],
        jobs=build_jobs(),
        schedules=build_schedules(config, is_on=settings.is_production),
        sensors=[
            *build_sensors(config, is_on=settings.is_production),
            *build_alerts(settings),
        ],
        resources={"installation": Installation(waiting_dbt=waiting_dbt)},
        executor=dg.in_process_executor,
    )
