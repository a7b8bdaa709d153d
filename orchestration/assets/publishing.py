"""The published warehouse as assets: the only steps whose results others see."""

import dagster as dg

from orchestration.assets.audit import key_of
from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    Installation,
    asked_again,
    table_metadata,
)
from orchestration.assets.names import RUN_JOB
from orchestration.catalogue import PUBLISHED_TABLES, data_tests
from orchestration.catalogue import table as described
from orchestration.errors import DatasporError

KEY = dg.AssetKey(["published", "warehouse"])
POSTGRES_KEY = dg.AssetKey(["published", "postgres"])


@dg.asset(
    key=KEY,
    deps=[key_of(table) for table in PUBLISHED_TABLES],
    group_name="published",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    description="What others read: published/warehouse.duckdb, published/parquet and "
    "published/site; and published/public, what everybody may read. Replaced in one step, after "
    "every blocking check has passed.",
    pool=WAREHOUSE_POOL,
)
def published_warehouse(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult:
    """Publish the working warehouse that this run built and audited."""
    from orchestration.dbt_process import RUN_RESULTS
    from orchestration.disclosure import SUPPRESSED, read_report
    from orchestration.publish import publish, read_table
    from orchestration.publish.complete import refuse_incomplete, refuse_unchecked

    settings = installation.settings
    _refuse_foreign_warehouse(context, installation)
    refuse_unchecked(settings.dbt_target / RUN_RESULTS, data_tests())
    refuse_incomplete(settings.working_warehouse, installation.config)
    counts = publish(settings, installation.config, version=context.run.run_id)
    left_out = read_report(settings)
    ledger = read_table(
        settings.published_warehouse,
        "select source, file_name, status, rows_read, rows_loaded, rows_superseded, "
        "rows_duplicate, rows_void, rows_excluded, rows_quarantined "
        "from marts.meta_source_file order by exported_at desc, source, file_name",
    )
    quarantine = read_table(
        settings.published_warehouse,
        "select file_name, sheet, row_number, refused.reason_code, refused.reason "
        "from marts.meta_quarantine as refused join marts.meta_source_file as files "
        "using (source, source_file_id) order by exported_at desc, file_name, sheet, row_number",
    )
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(settings.published_warehouse)),
            "site": dg.MetadataValue.path(str(settings.published / "site" / "index.html")),
            "rows read": int(ledger.rows_read.sum()),
            "rows loaded": int(ledger.rows_loaded.sum()),
            "rows quarantined": int(ledger.rows_quarantined.sum()),
            "ledger": table_metadata(ledger, "dataspor sources"),
            "quarantine, newest files first": table_metadata(quarantine, "dataspor quarantine"),
            "rows by table": dg.MetadataValue.json(counts),
            "not shown to the public": int(left_out.reason.isin(SUPPRESSED).sum()),
            "not shown, by reason": dg.MetadataValue.json(
                {str(reason): int(n) for reason, n in left_out.reason.value_counts().items()}
            ),
        }
    )


@dg.asset(
    key=POSTGRES_KEY,
    deps=[KEY],
    group_name="published",
    owners=OWNERS,
    kinds={"postgres"},
    description="The published tables in PostgreSQL, schema marts, for the role bi_reader. All "
    "rows are replaced in one transaction; where it fails, the rows before stay.",
    pool=WAREHOUSE_POOL,
)
def published_postgres(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult:
    """Bring PostgreSQL to what was published; there only where DATASPOR_POSTGRES_DSN is set."""
    from orchestration.publish.postgres import publish_postgres

    settings = installation.settings
    tables = [described(name) for name in PUBLISHED_TABLES]
    with asked_again(context):
        counts = publish_postgres(str(settings.postgres_dsn), settings.published_warehouse, tables)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(counts.values()),
            "rows by table": dg.MetadataValue.json(counts),
        }
    )


def _refuse_foreign_warehouse(
    context: dg.AssetExecutionContext, installation: Installation
) -> None:
    """What another run has built, also one that this run repeats a part of, it has not audited."""
    with installation.warehouse(read_only=True) as connection:
        built_by = connection.execute("select run_id from landing.run").fetchone()
    if built_by is None or built_by[0] != context.run.run_id:
        raise DatasporError(
            "The working warehouse was built by another run. A run publishes only what it has "
            "built and audited itself, so nothing was published. Materialise the whole job "
            f"{RUN_JOB}, not a part of it or of an earlier run."
        )
