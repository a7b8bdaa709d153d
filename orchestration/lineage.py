"""Which columns a column of a dbt model comes from, read out of the compiled SQL.

``python -m orchestration.lineage`` computes it at set-up; it takes seconds, and changes with the
models only. Runs attach it to what they materialise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.catalogue import DBT, MANIFEST, already_parsed, ensure_manifest
from orchestration.errors import DatasporError
from orchestration.extract.rows import LANDED_TABLES
from orchestration.landing.reference import REFERENCE_COLUMNS
from orchestration.settings import DBT_PROJECT

LINEAGE = MANIFEST.with_name("column_lineage.json")

# layer.model to column to the columns [layer, table, column] that it is computed from
Lineage = dict[str, dict[str, list[list[str]]]]


def ensure_lineage() -> Lineage:
    """The lineage of every model, computed anew only where the dbt project changed since.

    Raises:
        DatasporError: the dbt project does not compile.
    """
    manifest = ensure_manifest()
    if not LINEAGE.is_file() or LINEAGE.stat().st_mtime < manifest.stat().st_mtime:
        found = column_lineage(_compiled())
        temporary = LINEAGE.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(found, indent=1), encoding="utf-8")
        temporary.replace(LINEAGE)
    read: Lineage = json.loads(LINEAGE.read_text(encoding="utf-8"))
    return read


def _compiled() -> Mapping[str, Any]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "build").mkdir()  # where the profile has the warehouse
        where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        result = subprocess.run(
            [DBT, "compile", "--quiet", *where, "--target-path", folder, "--log-path", folder],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=os.environ | already_parsed() | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        )
        if result.returncode != 0:
            raise DatasporError(f"The dbt project does not compile:\n{result.stdout}")
        told = (Path(folder) / "manifest.json").read_text(encoding="utf-8")
    compiled: Mapping[str, Any] = json.loads(told)
    return compiled


def column_lineage(manifest: Mapping[str, Any]) -> Lineage:
    """The lineage of every compiled model of a manifest.

    Raises:
        DatasporError: a model reads a column that there is not, or is no query that can be read.
    """
    # loaded here, so that a run that finds the lineage written does not pay for it
    from sqlglot.errors import SqlglotError

    schema: dict[str, Any] = {
        "landing": {
            name: dict.fromkeys(columns, "varchar")
            for name, columns in (LANDED_TABLES | REFERENCE_COLUMNS).items()
        }
    }
    found: Lineage = {}
    for model in _in_order(manifest):
        layer, name = model["schema"], model["alias"]
        try:
            columns = _origins(model["compiled_code"], schema)
        except SqlglotError as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise DatasporError(
                f"Model {name} ({model['original_file_path']}): what its columns come from cannot "
                f"be told: {reason}. Correct the model."
            ) from error
        schema.setdefault(layer, {})[name] = dict.fromkeys(columns, "varchar")
        found[f"{layer}.{name}"] = columns
    return found


def _origins(sql: str, schema: dict[str, Any]) -> dict[str, list[list[str]]]:
    """What each column of a query comes from: layer, table and column.

    Args:
        sql: the query.
        schema: the columns of what it reads, by layer and table.
    """
    from sqlglot import exp, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    query = qualify(
        parse_one(sql, dialect="duckdb"),
        schema=schema,
        dialect="duckdb",
        validate_qualify_columns=False,
    )
    assert isinstance(query, exp.Query)  # a model selects
    scope = build_scope(query)
    found: dict[str, list[list[str]]] = {}
    for column in (selected.alias_or_name for selected in query.selects):
        origins = {
            (node.expression.db, node.expression.name, node.name.split(".")[-1].strip('"'))
            for node in lineage(column, query, schema, scope=scope, dialect="duckdb").walk()
            if isinstance(node.expression, exp.Table)
        }
        found[column] = [list(origin) for origin in sorted(origins)]
    return found


def _in_order(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Models, each after those it reads, so that their columns are known."""
    models = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    seen: set[str] = set()

    def visit(unique_id: str) -> Iterator[Mapping[str, Any]]:
        if unique_id in models and unique_id not in seen:
            seen.add(unique_id)
            for parent in models[unique_id]["depends_on"]["nodes"]:
                yield from visit(parent)
            yield models[unique_id]

    for unique_id in models:
        yield from visit(unique_id)


if __name__ == "__main__":
    try:
        ensure_lineage()
    except DatasporError as error:
        sys.exit(str(error))
