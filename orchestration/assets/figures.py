"""The status figures as an asset, partitioned by half-year."""

import base64

import dagster as dg
import duckdb
import pandas as pd

from orchestration.assets.audit import figures_key
from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    Installation,
    half_year_partitions,
    table_metadata,
)
from orchestration.config import Config
from orchestration.figures.compute import StatusFigure, compute_figures
from orchestration.figures.facts import read_facts
from orchestration.figures.store import store_figures

_INPUTS = (
    ["marts", "fct_library_half_year"],
    ["marts", "fct_district_half_year"],
    ["marts", "fct_survey_half_year"],
    ["marts", "dim_library"],
    ["intermediate", "int_library_opening_days"],
    ["intermediate", "int_presence_days"],
)


def build_figures_asset(config: Config) -> dg.AssetsDefinition:
    """The asset; its partitions are the half-years of the configuration."""

    @dg.asset(
        key=figures_key(),
        deps=[dg.AssetKey(key) for key in _INPUTS],
        partitions_def=half_year_partitions(config),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="figures",
        owners=OWNERS,
        kinds={"python", "duckdb"},
        description="The numbers that a status quotes, each with interval, evidence and sentence. "
        "All are computed at every run; a half-year's partition shows those that speak of it.",
        pool=WAREHOUSE_POOL,
    )
    def status_figures(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> dg.MaterializeResult:
        with duckdb.connect(str(installation.settings.working_warehouse)) as connection:
            facts = read_facts(connection)
            figures = compute_figures(installation.config, facts)
            store_figures(connection, figures)
        for half_year_id in context.partition_keys:
            of_half_year = [f for f in figures if f.half_year_to == half_year_id]
            context.add_asset_metadata(
                {
                    "figures of this half-year": table_metadata(_table(of_half_year)),
                    "incidents in libraries": _chart(facts.library_half_year),
                },
                asset_key=figures_key(),
                partition_key=half_year_id,
            )
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(figures),
                "all figures": table_metadata(_table(figures)),
            }
        )

    return status_figures


def _table(figures: list[StatusFigure]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "figure": f.figure_id,
                "from": f.value_from,
                "to": f.value_to,
                "value": f.value,
                "unit": f.unit,
                "evidence": f.evidence,
                "maturity": f.maturity,
                "statement": f.statement_da,
            }
            for f in figures
        ]
    )


def _chart(library_half_year: pd.DataFrame) -> dg.MetadataValue:
    """Incidents in all libraries by half-year, as a small picture."""
    totals = library_half_year.groupby("half_year_id").incidents.sum()
    top = max(totals.max(), 1)
    bars = "".join(
        f'<rect x="{60 * i + 10}" y="{110 - 90 * n / top:.0f}" width="40" '
        f'height="{90 * n / top:.0f}" fill="{"#1b5e8c" if key.endswith("10") else "#e0a030"}"/>'
        f'<text x="{60 * i + 30}" y="{105 - 90 * n / top:.0f}" font-size="11" '
        f'text-anchor="middle">{int(n)}</text>'
        f'<text x="{60 * i + 30}" y="125" font-size="11" text-anchor="middle">{key}</text>'
        for i, (key, n) in enumerate(totals.items())
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{60 * len(totals) + 20}" height="130" '
        f'font-family="sans-serif">{bars}</svg>'
    )
    encoded = base64.b64encode(picture.encode()).decode()
    return dg.MetadataValue.md(f"![incidents by half-year](data:image/svg+xml;base64,{encoded})")
