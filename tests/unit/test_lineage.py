from __future__ import annotations

from typing import Any

import pytest

from orchestration.errors import DatasporError
from orchestration.lineage import column_lineage


def manifest(**queries: str) -> dict[str, Any]:
    """Models by name, each of which reads those before it."""
    nodes: dict[str, Any] = {}
    for name, query in queries.items():
        nodes[f"model.dataspor.{name}"] = {
            "resource_type": "model",
            "schema": "marts",
            "alias": name,
            "compiled_code": query,
            "depends_on": {"nodes": list(nodes)},
            "original_file_path": f"models/marts/{name}.sql",
        }
    return {"nodes": dict(reversed(nodes.items()))}


def test_a_column_comes_from_those_of_the_landed_tables_and_of_the_models_that_it_is_made_of() -> (
    None
):
    found = column_lineage(
        manifest(
            per_category="select category_id || category_name_en as both from landing.category",
            number="select count(*) as categories, max(both) as last from marts.per_category",
        )
    )
    assert found["marts.per_category"]["both"] == [
        ["landing", "category", "category_id"],
        ["landing", "category", "category_name_en"],
    ]
    assert found["marts.number"] == {
        "categories": [],
        "last": [["marts", "per_category", "both"]],
    }


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select c.nowhere from (select category_id from landing.category) as c", "nowhere"),
        ("select from where", ""),
    ],
)
def test_a_model_whose_columns_cannot_be_traced_is_named_with_its_file(
    query: str, reason: str
) -> None:
    with pytest.raises(DatasporError) as told:
        column_lineage(manifest(broken=query))
    sentence = str(told.value)
    assert sentence.startswith("Model broken (models/marts/broken.sql): what its columns come from")
    assert reason in sentence
    assert "\n" not in sentence
    assert sentence.endswith(" Correct the model.")
