"""Assets of landing: one a source system, and the working warehouse they are laid into."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.common import OWNERS, WAREHOUSE_POOL, Installation, table_metadata
from orchestration.assets.fetching import KEY as FETCHED_KEY
from orchestration.assets.fetching import fetched_answers
from orchestration.assets.mirroring import KEY as MIRRORED_KEY
from orchestration.assets.mirroring import mirrored_exports
from orchestration.assets.sources import source_key, tell_arrival
from orchestration.landing.inventory import is_synthetic, look, take_inventory
from orchestration.landing.reference import REFERENCE_TABLES
from orchestration.run import run_fingerprint
from orchestration.settings import SOURCE_NAMES

if TYPE_CHECKING:
    from orchestration.landing.ledger import LandedFile

GROUP = "landing"
_TABLES = {
    "mainmanager": ("mainmanager_incident",),
    "survey": ("survey_response", "survey_answer"),
    "opening_hours": ("opening_hours",),
    "presence": ("presence",),
}
_DESCRIPTIONS = {
    "mainmanager_incident": "Rows of MainManager's incident exports, allow-listed columns only.",
    "survey_response": "Respondents of SurveyXact exports: wave and library, nothing else.",
    "survey_answer": "Counted answers to the configured questions.",
    "opening_hours": "Items of the library CMS's opening-hours snapshots.",
    "presence": "Rows of the register of guards, night hosts and relation workers.",
}


class RunParameters(dg.Config):
    """What a run may be told.

    Attributes:
        as_of: the day the run pretends it is, YYYY-MM-DD; empty for today.
    """

    as_of: str = ""

    def day(self, today: dt.date) -> dt.date:
        """The day, today if none was given."""
        return dt.date.fromisoformat(self.as_of) if self.as_of else today


def _landing_asset(source: str, upstream: list[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"land_{source}",
        specs=[
            dg.AssetSpec(
                ["landing", table],
                deps=[source_key(source), *upstream],
                group_name=GROUP,
                owners=OWNERS,
                kinds={"parquet", "duckdb"},
                description=_DESCRIPTIONS[table],
            )
            for table in _TABLES[source]
        ],
        pool=WAREHOUSE_POOL,
    )
    def landing_asset(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> Iterator[dg.MaterializeResult]:
        import pandas as pd

        from orchestration.landing.land import land

        inventory = look(installation.settings)
        for left in inventory.left:
            if left.source == source:
                context.log.warning(str(left))
        files = [file for file in inventory.files if file.source == source]
        landed = land(installation.settings, installation.config, files)
        tell_arrival(context, source, landed)
        refused = [line for line in landed if line.status != "landed"]
        for line in refused:
            context.log.warning(f"{source}/{line.file.file_name} cannot be used: {line.reason}")
        # one line, not one a file: each event is a transaction in Dagster's storage
        context.log.info(
            f"{source}: {len(landed)} source files, {sum(line.is_new for line in landed)} new, "
            f"{sum(line.rows_read for line in landed if line.is_new)} rows read"
        )
        table = pd.DataFrame(
            [
                {
                    "file": line.file.file_name,
                    "status": line.status,
                    "rows read": line.rows_read,
                    "rows refused": sum(line.reasons.values()),
                    "new": "new" if line.is_new else "",
                    "exported at (UTC)": line.file.exported_at.strftime("%Y-%m-%d %H:%M"),
                    "reason": line.reason or "",
                }
                for line in sorted(landed, key=lambda line: line.file.order, reverse=True)
            ]
        )
        metadata: dict[str, Any] = {
            "source files": len(landed),
            "new files": sum(line.is_new for line in landed),
            "unusable files": len(refused),
            "rows refused, by reason": dg.MetadataValue.json(dict(_refusals(landed))),
            "dagster/row_count": sum(line.rows_read for line in landed),
            "files": table_metadata(table, "dataspor sources"),
        }
        for name in _TABLES[source]:
            yield dg.MaterializeResult(asset_key=["landing", name], metadata=metadata)

    return landing_asset


def _refusals(landed: "list[LandedFile]") -> Counter[str]:
    """Rows that landing could not read, by reason code; dbt may leave out others of them later."""
    return sum((Counter(line.reasons) for line in landed), Counter())


@dg.multi_asset(
    name="open_working_warehouse",
    specs=[
        dg.AssetSpec(
            ["landing", table],
            deps=[["landing", name] for names in _TABLES.values() for name in names],
            group_name=GROUP,
            owners=OWNERS,
            kinds={"duckdb"},
            description=description,
        )
        for table, description in REFERENCE_TABLES.items()
    ],
    pool=WAREHOUSE_POOL,
)
def reference_tables(
    context: dg.AssetExecutionContext, config: RunParameters, installation: Installation
) -> Iterator[dg.MaterializeResult]:
    """The configuration as tables, the files present, and the calendar."""
    from orchestration.landing.land import land
    from orchestration.landing.warehouse import open_working_warehouse

    settings = installation.settings
    as_of = config.day(installation.config.municipality.today())
    files = take_inventory(settings)
    landed = [
        line
        for source in SOURCE_NAMES
        for line in land(settings, installation.config, [f for f in files if f.source == source])
    ]
    open_working_warehouse(
        settings,
        installation.config,
        landed,
        as_of=as_of,
        is_sample=is_synthetic(settings.sources),
        run_fingerprint=run_fingerprint(settings, installation.config, files, as_of),
        run_id=context.run.run_id,
    )
    for table in REFERENCE_TABLES:
        yield dg.MaterializeResult(asset_key=["landing", table], metadata={"as of": str(as_of)})


def build_landing_assets(*, is_fetching: bool, is_mirroring: bool) -> list[dg.AssetsDefinition]:
    """The assets of landing; where something is fetched or mirrored, its asset comes before."""
    before = {FETCHED_KEY: fetched_answers} if is_fetching else {}
    before |= {MIRRORED_KEY: mirrored_exports} if is_mirroring else {}
    return [
        *before.values(),
        *(_landing_asset(source, list(before)) for source in SOURCE_NAMES),
        reference_tables,
    ]
