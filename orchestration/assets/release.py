"""Releases and briefings as assets, partitioned by half-year: the UI shows which are closed."""

import json
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    Installation,
    half_year_partitions,
    table_metadata,
)
from orchestration.assets.publishing import KEY as PUBLISHED_KEY
from orchestration.config import Config
from orchestration.half_year import HalfYear

if TYPE_CHECKING:
    import pandas as pd

    from orchestration.releases.release import Release

RELEASE_KEY = dg.AssetKey(["releases", "release"])
BRIEFING_KEY = dg.AssetKey(["releases", "briefing"])


def build_release_assets(config: Config) -> list[dg.AssetsDefinition]:
    """The release of a half-year, and its briefing."""
    partitions = half_year_partitions(config)

    @dg.asset(
        key=RELEASE_KEY,
        deps=[PUBLISHED_KEY],
        partitions_def=partitions,
        group_name="releases",
        owners=OWNERS,
        kinds={"duckdb"},
        description="The frozen status figures of a half-year close; a second close is a revision.",
        pool=WAREHOUSE_POOL,
    )
    def release(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> dg.MaterializeResult:
        from orchestration.releases.freeze import close

        closed = close(installation.settings, HalfYear.parse(context.partition_key))
        return dg.MaterializeResult(
            metadata={
                "release": closed.release_id,
                "path": dg.MetadataValue.path(str(closed.folder)),
                "facts": dg.MetadataValue.json(closed.facts),
                "since": closed.facts["since"] or "the first release",
                "moved": table_metadata(_moved(closed)),
            }
        )

    @dg.asset(
        key=BRIEFING_KEY,
        deps=[RELEASE_KEY],
        partitions_def=partitions,
        group_name="releases",
        owners=OWNERS,
        kinds={"docx"},
        description="The briefing's section Dataspor of the release: html, docx, xlsx, charts.",
        pool=WAREHOUSE_POOL,
    )
    def briefing(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> dg.MaterializeResult:
        from orchestration.briefing import write_briefing
        from orchestration.releases.release import find_release

        closed = find_release(installation.settings, context.partition_key)
        files = write_briefing(closed.warehouse, context.partition_key, closed.folder / "briefing")
        return dg.MaterializeResult(
            metadata={
                "files": dg.MetadataValue.json([path.name for path in files]),
                "path": dg.MetadataValue.path(str(closed.folder / "briefing")),
            }
        )

    return [release, briefing]


def _moved(release: "Release") -> "pd.DataFrame":
    """What moved since the release before, a row a cause."""
    import pandas as pd

    moved = json.loads(release.diff.read_text(encoding="utf-8"))["moved"]
    rows = [
        {"figure": figure["figure_id"]} | cause for figure in moved for cause in figure["causes"]
    ]
    return pd.DataFrame(rows, columns=["figure", "end", "cause", "amount"])
