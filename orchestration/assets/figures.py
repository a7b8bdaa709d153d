"""The status figures and their evidence as assets, partitioned by half-year."""

import base64
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.audit import key_of
from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    Installation,
    described,
    half_year_partitions,
    table_metadata,
)
from orchestration.catalogue import table
from orchestration.config import Config

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from orchestration.figures.completeness import CompletenessRow
    from orchestration.figures.status_figure import StatusFigure

_INPUTS = (
    ["marts", "fct_library_half_year"],
    ["marts", "fct_incident_half_year"],
    ["marts", "fct_incident_month"],
    ["marts", "fct_district_half_year"],
    ["marts", "fct_survey_half_year"],
    ["marts", "dim_library"],
    ["marts", "dim_half_year"],
    ["marts", "dim_incident_category"],
    ["intermediate", "int_calendar"],
    ["intermediate", "int_incident_days"],
    ["intermediate", "int_library_opening_days"],
    ["intermediate", "int_presence_days"],
)
_ROWS_SHOWN = 1_000  # of a file, in the UI
_TABLES = ("fct_status_figure", "fct_figure_evidence", "fct_incident_completeness")


def build_figures_asset(config: Config) -> dg.AssetsDefinition:
    """The assets; their partitions are the half-years of the configuration."""

    @dg.multi_asset(
        # Dagster 1.13 plans every asset of a run for the partitions of the last step by name; the
        # last step is to be one without any, so that only the figures are planned for half-years
        name="figures",
        specs=[
            described(
                dg.AssetSpec(
                    key_of(name),
                    deps=[dg.AssetKey(key) for key in _INPUTS],
                    group_name="figures",
                    owners=OWNERS,
                    kinds={"python", "duckdb"},
                ),
                table(name),
            )
            for name in _TABLES
        ],
        partitions_def=half_year_partitions(config),
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=WAREHOUSE_POOL,
    )
    def status_figures(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> Iterator[dg.MaterializeResult]:
        import pandas as pd

        from orchestration.figures.compute import compute_figures
        from orchestration.figures.facts import read_facts
        from orchestration.figures.store import store_figures

        with installation.warehouse() as connection:
            facts = read_facts(connection)
            computed = compute_figures(installation.config, facts)
            counts = store_figures(connection, computed)
            behind = _rows_behind(connection)
        for half_year_id in context.partition_keys:
            of_half_year = [f for f in computed.figures if f.half_year_to == half_year_id]
            context.add_asset_metadata(
                {
                    "figures of this half-year": table_metadata(_table(of_half_year)),
                    "incidents in libraries": incidents_chart(facts.library_half_year),
                },
                asset_key=key_of("fct_status_figure"),
                partition_key=half_year_id,
            )
        shown = {
            "fct_status_figure": {"all figures": _table(computed.figures)},
            "fct_figure_evidence": {"evidence": pd.DataFrame(map(asdict, computed.evidence))},
            "fct_incident_completeness": {"late reports": late_reports(computed.completeness)},
        }
        for name, count in counts.items():
            yield dg.MaterializeResult(
                asset_key=key_of(name),
                metadata={"dagster/row_count": count, **behind.get(name, {})}
                | {title: table_metadata(frame) for title, frame in shown[name].items()},
            )

    return status_figures


def _rows_behind(connection: "duckdb.DuckDBPyConnection") -> dict[str, dict[str, Any]]:
    """Where each figure comes from: source file to row numbers, as metadata of the figures.

    Of a file with very many rows only their number is shown; `dataspor trace` tells all.
    """
    from orchestration.figures.trace import row_numbers_behind

    told = {
        figure_id: {
            name: rows
            if isinstance(rows, list)
            else {"rows": rows, "all": f"dataspor trace {figure_id}"}
            for name, rows in files.items()
        }
        for figure_id, files in row_numbers_behind(connection, _ROWS_SHOWN).items()
    }
    return {"fct_status_figure": {"rows behind each figure": dg.MetadataValue.json(told)}}


def late_reports(rows: "list[CompletenessRow]") -> "pd.DataFrame":
    """Half-years in all libraries together: what was, is and will be known."""
    import pandas as pd

    counts = [
        *("incidents_at_end", "incidents_at_maturity", "incidents", "incidents_expected"),
    ]
    table = pd.DataFrame([asdict(row) for row in rows], columns=["half_year_id", *counts])
    return table.groupby("half_year_id", as_index=False)[counts].sum()


def _table(figures: "list[StatusFigure]") -> "pd.DataFrame":
    import pandas as pd

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


def incidents_chart(library_half_year: "pd.DataFrame") -> dg.MarkdownMetadataValue:
    """Incidents in all libraries by half-year, as a small picture.

    A half-year of which no export of incidents tells has a dash, not a bar of none.
    """
    import pandas as pd

    totals = library_half_year.groupby("half_year_id").incidents.sum(min_count=1)
    top = max([1, *totals.dropna()])
    bars = ""
    for i, (key, total) in enumerate(totals.items()):
        shown, height = ("–", 0) if pd.isna(total) else (int(total), 90 * total / top)
        fill = "#1b5e8c" if key.endswith("10") else "#e0a030"
        bars += (
            f'<rect x="{60 * i + 10}" y="{110 - height:.0f}" width="40" '
            f'height="{height:.0f}" fill="{fill}"/>'
            f'<text x="{60 * i + 30}" y="{105 - height:.0f}" font-size="11" '
            f'text-anchor="middle">{shown}</text>'
            f'<text x="{60 * i + 30}" y="125" font-size="11" text-anchor="middle">{key}</text>'
        )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{60 * len(totals) + 20}" height="130" '
        f'font-family="sans-serif">{bars}</svg>'
    )
    encoded = base64.b64encode(picture.encode()).decode()
    return dg.MetadataValue.md(f"![incidents by half-year](data:image/svg+xml;base64,{encoded})")
