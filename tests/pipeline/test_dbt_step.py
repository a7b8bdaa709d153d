"""A build of dbt in which one test fails, a model and a test error: each is told as what it is."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import duckdb

from orchestration.assets.common import Installation
from orchestration.assets.reasons import reasons
from orchestration.assets.warehouse import build_warehouse_assets
from tests.dbt_unit_tests import open_empty_warehouse
from tests.pipeline.installation import Place

# one that is built and tested, one that cannot be built, and one whose test has nothing to ask
SELECTED = ("dim_incident_category", "dim_district", "stg_surveyxact__responses")


def test_what_failed_what_errored_and_what_was_left_out_are_told_apart(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    open_empty_warehouse(place.settings)
    with duckdb.connect(str(place.settings.working_warehouse)) as connection:
        connection.execute("insert into landing.category by name from landing.category limit 1")
        connection.execute("drop table landing.district")
    dbt = build_warehouse_assets()
    keys = [key for key in dbt.keys if key.path[-1] in SELECTED]

    with place.environment(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        result = dg.materialize(
            [dbt],
            selection=dg.AssetSelection.assets(*keys),
            resources={"installation": Installation()},
            instance=instance,
            raise_on_error=False,
        )

    assert not result.success
    failed, errored = reasons(result.all_events)
    assert failed == (
        "Check unique_dim_incident_category_category_id on marts/dim_incident_category failed: "
        "1 row(s) break it."
    )
    test = "relationships_stg_surveyxact__responses_wave_id__wave_id__ref_fct_survey_half_year_"
    assert errored == (
        "Model dim_district (models/marts/dim_district.sql) could not be built: "
        "Catalog Error: Table with name district does not exist! "
        f"Test {test} (models/staging/stg_surveyxact__responses.yml) could not be carried out: "
        "Catalog Error: Table with name fct_survey_half_year does not exist! "
        "2 model(s) and test(s) that need what did not pass were not run."
    )
    evaluated = {check.check_name: check.passed for check in result.get_asset_check_evaluations()}
    assert evaluated["unique_dim_incident_category_category_id"] is False
    assert test not in evaluated  # shown as errored, since it has no result
