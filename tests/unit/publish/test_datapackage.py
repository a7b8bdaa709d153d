"""The data package of the Parquet tables: what it says of them, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.publish.datapackage import foreign_keys, write_datapackage
from tests.unit.publish.made_warehouse import published

TITLE = "Dataspor: half-year facts and status figures for public libraries"
LICENCE = {"name": "other-closed", "title": "For use within the municipality (not open)"}


def written(folder: Path, *, is_synthetic: bool) -> dict[str, Any]:
    write_datapackage(folder, published(), is_synthetic=is_synthetic)
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def test_the_data_package_names_types_keys_licence_and_both_languages(tmp_path: Path) -> None:
    package = written(tmp_path, is_synthetic=True)
    resources = {resource["name"]: resource for resource in package["resources"]}

    assert package | {"resources": []} == {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dataspor",
        "title": f"SYNTHETIC DATA. {TITLE}",
        "licenses": [LICENCE],
        "contributors": [
            {"title": owner, "roles": ["publisher"]}
            for owner in sorted({table.owner for table in published()})
        ],
        "resources": [],
    }
    assert set(resources) == {table.name for table in published()}
    facts = resources["fct_library_half_year"]
    (described,) = [table for table in published() if table.name == "fct_library_half_year"]
    assert facts | {"schema": {}} == {
        "name": "fct_library_half_year",
        "path": "fct_library_half_year.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "title": f"One row per {described.grain_en}",
        "description": described.description_en,
        "description_da": described.description_da,
        "grain_da": described.grain_da,
        "owner": described.owner,
        "licenses": [LICENCE],
        "schema": {},
    }
    assert facts["schema"]["primaryKey"] == ["half_year_id", "library_id"]
    assert sorted(facts["schema"]["foreignKeys"], key=repr) == [
        {"fields": [name], "reference": {"resource": f"dim_{name[:-3]}", "fields": [name]}}
        for name in ("half_year_id", "library_id")
    ]
    (hours,) = [field for field in facts["schema"]["fields"] if field["name"] == "open_hours"]
    assert hours == {
        "name": "open_hours",
        "type": "number",
        "description": "Hours the door was open, of the days whose opening hours are known.",
        "description_da": "Timer, hvor døren var åben, på de dage, hvis åbningstider er kendt.",
        "unit": "hours",
    }
    for resource in package["resources"]:
        assert all(f["description"] and f["description_da"] for f in resource["schema"]["fields"])


def test_a_column_without_a_unit_has_none_in_the_data_package(tmp_path: Path) -> None:
    package = written(tmp_path, is_synthetic=True)
    told = {
        (resource["name"], field["name"]): field["unit"]
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if "unit" in field
    }
    units = {
        (table.name, column.name): column.unit for table in published() for column in table.columns
    }
    assert told == {place: unit for place, unit in units.items() if unit}
    assert None in units.values()


def test_what_is_not_synthetic_is_not_called_so_and_its_texts_stay_as_they_are(
    tmp_path: Path,
) -> None:
    assert written(tmp_path, is_synthetic=False)["title"] == TITLE
    text = (tmp_path / "datapackage.json").read_text(encoding="utf-8")
    assert "SYNTHETIC" not in text
    assert "døren var åben" in text
    assert "\\u" not in text


def test_a_dimension_does_not_refer_to_itself() -> None:
    (library,) = [table for table in published() if table.name == "dim_library"]
    assert foreign_keys(library, published()) == {"district_id": "dim_district"}


def test_a_column_refers_to_a_dimension_with_one_key_and_to_no_other_table() -> None:
    of = {table.name: foreign_keys(table, published()) for table in published()}
    # and not by figure_id, the only key of fct_status_figure
    assert of["fct_figure_evidence"] == {"half_year_id": "dim_half_year"}
    assert all(name.startswith("dim_") for keys in of.values() for name in keys.values())
    by_two_keys = [
        replace(table, key=("library_id", "isil")) if table.name == "dim_library" else table
        for table in published()
    ]
    (facts,) = [table for table in published() if table.name == "fct_library_half_year"]
    assert foreign_keys(facts, by_two_keys) == {"half_year_id": "dim_half_year"}
