"""``datapackage.json`` of the Parquet tables: Data Package v2, from the catalogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from orchestration.catalogue import Table

_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "datetime",
}
# the whole tables are the municipality's own; what everybody may use lies in published/public
_LICENCE = {"name": "other-closed", "title": "For use within the municipality (not open)"}


def write_datapackage(folder: Path, tables: Sequence[Table], *, is_synthetic: bool) -> None:
    """Describe a folder's Parquet files, see https://datapackage.org/standard/data-package/."""
    title = "Dataspor: half-year facts and status figures for public libraries"
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dataspor",
        "title": f"SYNTHETIC DATA. {title}" if is_synthetic else title,
        "licenses": [_LICENCE],
        "contributors": [
            {"title": owner, "roles": ["publisher"]} for owner in sorted({t.owner for t in tables})
        ],
        "resources": [_resource(table, tables) for table in tables],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def foreign_keys(table: Table, tables: Sequence[Table]) -> dict[str, str]:
    """Column to the dimension that it names a row of: ``library_id`` to ``dim_library``.

    A column refers to the dimension whose only key has its name.
    """
    dimensions = {
        other.key[0]: other.name
        for other in tables
        if other.name.startswith("dim_") and len(other.key) == 1
    }
    return {
        column.name: dimensions[column.name]
        for column in table.columns
        if column.name in dimensions and dimensions[column.name] != table.name
    }


def _resource(table: Table, tables: Sequence[Table]) -> dict[str, object]:
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "title": f"One row per {table.grain_en}",
        "description": table.description_en,
        "description_da": table.description_da,
        "grain_da": table.grain_da,
        "owner": table.owner,
        "licenses": [_LICENCE],
        "schema": {
            "fields": [
                {
                    "name": column.name,
                    "type": _TYPES[column.type],
                    "description": column.description_en,
                    "description_da": column.description_da,
                    **({"unit": column.unit} if column.unit else {}),
                }
                for column in table.columns
            ],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": [name], "reference": {"resource": other, "fields": [name]}}
                for name, other in foreign_keys(table, tables).items()
            ],
        },
    }
