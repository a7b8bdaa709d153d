"""The catalogue: everything published is described in two languages, or nothing is published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestration.catalogue import catalogue, described, ensure_manifest
from orchestration.errors import DatasporError
from orchestration.publish import PUBLISHED_TABLES


@pytest.fixture
def manifest() -> dict[str, Any]:
    return json.loads(ensure_manifest().read_text(encoding="utf-8"))


def test_what_is_published_is_what_is_described() -> None:
    assert {table.name for table in catalogue()} == set(PUBLISHED_TABLES)


def test_every_key_is_tested_by_dbt_to_be_unique(manifest: dict[str, Any]) -> None:
    tested: dict[str, set[tuple[str, ...]]] = {}
    for node in manifest["nodes"].values():
        kind = node.get("test_metadata", {})
        if kind.get("name") == "unique":
            columns = (kind["kwargs"]["column_name"],)
        elif kind.get("name") == "unique_together":
            columns = tuple(kind["kwargs"]["columns"])
        else:
            continue
        tested.setdefault(node["attached_node"].split(".")[-1], set()).add(columns)
    for table in catalogue():
        if table.from_dbt:
            assert table.key in tested[table.name], table.name


def test_keys_and_units_are_told() -> None:
    (table,) = [table for table in catalogue() if table.name == "fct_library_half_year"]
    units = {column.name: column.unit for column in table.columns}
    assert table.key == ("half_year_id", "library_id")
    assert units["incidents_per_1000_open_hours"] == "incidents per 1,000 open hours"
    assert units["library_id"] is None


def test_every_number_that_can_be_added_or_compared_has_a_unit() -> None:
    plain = {"district_id", "row_number", "incident_rank", "item_order"}
    for table in catalogue():
        for column in table.columns:
            if column.type in ("integer", "bigint", "double") and column.name not in plain:
                assert column.unit, f"{table.name}.{column.name}"


def test_all_that_is_missing_is_named_at_once(manifest: dict[str, Any]) -> None:
    library = manifest["nodes"]["model.dataspor.dim_library"]
    library["columns"]["isil"]["description"] = ""
    library["columns"]["library_name"]["config"]["meta"].pop("description_da")
    library["config"]["meta"].pop("grain_da")
    manifest["sources"]["source.dataspor.figures.fct_claim"]["columns"]["reason_da"][
        "data_type"
    ] = None

    with pytest.raises(DatasporError) as raised:
        described(manifest)

    for told in (
        "dim_library: description of isil",
        "dim_library: description_da of library_name",
        "dim_library: grain_da",
        "fct_claim: data_type of reason_da",
    ):
        assert told in str(raised.value)
