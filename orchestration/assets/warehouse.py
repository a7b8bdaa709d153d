"""The dbt step: every model an asset, every data test an asset check."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from importlib import metadata
from typing import Any, cast

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, dbt_assets
from packaging.version import Version

from expectations.adapter import audit_loading
from orchestration import dbt_process
from orchestration.assets.common import (
    OWNERS,
    WAREHOUSE_POOL,
    Installation,
    asked_again,
    described,
    table_metadata,
)
from orchestration.assets.unbuilt import unbuilt
from orchestration.catalogue import SCHEMA, manifest, table
from orchestration.errors import DatasporError
from orchestration.lineage import Lineage, ensure_lineage
from orchestration.settings import DBT_PROJECT, Settings


class Translator(DagsterDbtTranslator):
    """Groups by layer, keys by layer and name, owners of the project."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        """The spec of a model; see the base class."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        layer = self.get_resource_props(manifest, unique_id)["fqn"][1]
        if unique_id.startswith("source"):
            return spec
        name = spec.key.path[-1]
        spec = spec.replace_attributes(
            group_name=layer, owners=OWNERS, key=dg.AssetKey([layer, name])
        )
        return described(spec, table(name)) if layer == SCHEMA else spec


def build_warehouse_assets() -> dg.AssetsDefinition:
    """The dbt project as assets, from its manifest."""

    @dbt_assets(
        manifest=manifest(),
        name="dbt_build",
        dagster_dbt_translator=Translator(),
        pool=WAREHOUSE_POOL,
    )
    def warehouse_assets(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> Iterator[Any]:
        installation.refuse_without_warehouse()
        lineage = ensure_lineage()
        for key in context.selected_asset_keys:
            context.add_asset_metadata(_lineage_of(key, lineage), asset_key=key)
        settings = installation.settings
        if settings.builds_elsewhere:
            yield from _build_elsewhere(context, settings)
        else:
            arguments = _arguments(context)
            context.log.info(f"dbt {' '.join(arguments)}")
            dbt_process.told(installation.dbt, arguments)
            with nullcontext() if context.is_subset else audit_loading():
                yield from _built(context, installation.dbt, settings)

    return warehouse_assets


def _lineage_of(key: dg.AssetKey, lineage: Lineage) -> dict[str, Any]:
    """Column lineage for Dagster's API, and as a table, since the open-source UI does not draw it.

    Layers are the first part of every key here.
    """
    import pandas as pd

    found = lineage[".".join(key.path)]
    columns = {
        column: [dg.TableColumnDep(dg.AssetKey([layer, name]), of) for layer, name, of in origins]
        for column, origins in found.items()
    }
    shown = pd.DataFrame(
        [
            {"column": column, "comes from": ", ".join(".".join(origin) for origin in origins)}
            for column, origins in found.items()
        ],
        columns=["column", "comes from"],
    )
    return {
        "dagster/column_lineage": dg.TableColumnLineage(columns),
        "columns come from": table_metadata(shown),
    }


def _build_elsewhere(context: dg.AssetExecutionContext, settings: Settings) -> Iterator[Any]:
    """Build on the engine of the settings, and bring what it built into the working warehouse."""
    if context.is_subset:
        raise DatasporError(
            f"On {settings.engine} the whole warehouse is built at once. Select all models, or "
            "unset DATASPOR_ENGINE."
        )
    # only a run that has an engine pays for loading it
    from orchestration.engines import cleared, handed_over, on_engine, read_back

    with asked_again(context):
        environment = handed_over(settings)
    (settings.dbt_target / dbt_process.RUN_RESULTS).unlink(missing_ok=True)  # of an earlier build
    try:
        process = subprocess.Popen(
            [*on_engine(settings), *_arguments(context), "--target", settings.engine],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dbt_process.environment(settings) | environment,
            cwd=DBT_PROJECT,
        )
        yield from _built(context, process, settings)
        read_back(settings)
    finally:
        cleared(settings)


def _built(
    context: dg.AssetExecutionContext, process: dbt_process.Process, settings: Settings
) -> Iterator[Any]:
    """What Dagster hears of a process of dbt.

    It is asked without ``DbtCliResource.cli``, which asks ``dbt --version`` and loads dbt's adapter
    into this process too: 3 s of processor time that nothing here needs.

    Raises:
        DatasporError: a model could not be built, or a test not carried out.
        DagsterDbtCliRuntimeError: dbt failed otherwise, such as for a test that does not hold.
    """
    invocation = DbtCliInvocation(
        process=cast("subprocess.Popen[bytes]", process),  # a fork answers what it is asked
        manifest=manifest(),
        dagster_dbt_translator=Translator(),
        project_dir=DBT_PROJECT,
        target_path=settings.dbt_target,
        raise_on_error=False,
        cli_version=Version(metadata.version("dbt-core")),
        context=context,
    )
    for event in invocation.stream():
        # an errored check gives no result: the UI then shows it as errored, not as failed
        if not (isinstance(event, dg.AssetCheckResult) and _status(event) == "error"):
            yield event
    if error := invocation.get_error():
        told = unbuilt(settings.dbt_target / dbt_process.RUN_RESULTS)
        raise DatasporError(" ".join(told)) if told else error


def _status(result: dg.AssetCheckResult) -> Any:
    return result.metadata["status"].value


def _arguments(context: dg.AssetExecutionContext) -> list[str]:
    """One ``dbt build`` of what is selected.

    Unit tests prove the SQL, not the data, and are left to the test suite, as dbt's documentation
    advises (docs.getdbt.com/docs/build/unit-tests).
    """
    selected = [key.path[-1] for key in sorted(context.selected_asset_keys)]
    return [
        "build",
        *("--exclude-resource-type", "unit_test"),
        *(["--select", *selected] if context.is_subset else []),
    ]
