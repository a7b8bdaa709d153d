"""The dbt step: every model an asset, every data test an asset check."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.assets.common import OWNERS, WAREHOUSE_POOL, Installation
from orchestration.errors import DatasporError
from orchestration.settings import DBT_PROJECT

MANIFEST = DBT_PROJECT / "target" / "manifest.json"
DBT = Path(sys.executable).with_name("dbt")


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
        return spec.replace_attributes(
            group_name=layer, owners=OWNERS, key=dg.AssetKey([layer, spec.key.path[-1]])
        )


def ensure_manifest() -> Path:
    """dbt's manifest of the project, parsed anew only where a file of it changed since.

    Raises:
        DatasporError: the dbt project does not parse.
    """
    sources = [
        path
        for folder in ("models", "macros", "tests")
        for path in (DBT_PROJECT / folder).rglob("*")
        if path.suffix in (".sql", ".yml")
    ]
    sources += [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]
    newest = max(path.stat().st_mtime for path in sources)
    if MANIFEST.is_file() and MANIFEST.stat().st_mtime >= newest:
        return MANIFEST
    result = subprocess.run(
        [DBT, "parse", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise DatasporError(f"The dbt project does not parse:\n{result.stdout}{result.stderr}")
    MANIFEST.touch()
    return MANIFEST


def build_warehouse_assets() -> dg.AssetsDefinition:
    """The dbt project as assets, from its manifest."""
    manifest = json.loads(ensure_manifest().read_text(encoding="utf-8"))

    @dbt_assets(
        manifest=manifest,
        name="dbt_build",
        dagster_dbt_translator=Translator(),
        pool=WAREHOUSE_POOL,
    )
    def warehouse_assets(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, installation: Installation
    ) -> Iterator[Any]:
        settings = installation.settings
        os.environ["DATASPOR_WORKING_WAREHOUSE"] = str(settings.working_warehouse)
        yield from dbt.cli(["build"], context=context, target_path=settings.dbt_target).stream()

    return warehouse_assets


def dbt_resource() -> DbtCliResource:
    """The dbt command line of this environment, found although nobody activated it."""
    return DbtCliResource(
        project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=str(DBT)
    )
