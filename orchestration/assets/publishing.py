"""The published warehouse as an asset: the only step whose result others see."""

import dagster as dg
import duckdb

from orchestration.assets.audit import key_of
from orchestration.assets.common import OWNERS, WAREHOUSE_POOL, Installation, table_metadata
from orchestration.disclosure import SUPPRESSED, read_report
from orchestration.errors import DatasporError
from orchestration.publish import PUBLISHED_TABLES, publish, read_table

KEY = dg.AssetKey(["published", "warehouse"])


@dg.asset(
    key=KEY,
    deps=[key_of(table) for table in PUBLISHED_TABLES],
    group_name="published",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    description="What others read: published/warehouse.duckdb and published/parquet; and "
    "published/public, what everybody may read. Replaced in one step, after every blocking check "
    "has passed.",
    pool=WAREHOUSE_POOL,
)
def published_warehouse(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult:
    """Publish the working warehouse that this run built and audited."""
    settings = installation.settings
    _refuse_foreign_warehouse(context, installation)
    counts = publish(settings, installation.config, version=context.run.run_id)
    left_out = read_report(settings)
    ledger = read_table(
        settings.published_warehouse,
        "select source, file_name, status, rows_read, rows_loaded, rows_superseded, "
        "rows_duplicate, rows_void, rows_excluded, rows_quarantined "
        "from marts.meta_source_file order by source, exported_at",
    )
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(settings.published_warehouse)),
            "rows read": int(ledger.rows_read.sum()),
            "rows loaded": int(ledger.rows_loaded.sum()),
            "rows quarantined": int(ledger.rows_quarantined.sum()),
            "ledger": table_metadata(ledger),
            "rows by table": dg.MetadataValue.json(counts),
            "not shown to the public": int(left_out.reason.isin(SUPPRESSED).sum()),
            "not shown, by reason": dg.MetadataValue.json(
                {str(reason): int(n) for reason, n in left_out.reason.value_counts().items()}
            ),
        }
    )


def _refuse_foreign_warehouse(
    context: dg.AssetExecutionContext, installation: Installation
) -> None:
    """A warehouse that another run has begun since was not audited by this one."""
    with duckdb.connect(str(installation.settings.working_warehouse), read_only=True) as connection:
        built_by = connection.execute("select run_id from landing.run").fetchone()
    if built_by is None or built_by[0] != context.run.run_id:
        raise DatasporError(
            "Another run has built the working warehouse since this run audited it; nothing was "
            "published. Materialise the whole job, one run at a time."
        )
