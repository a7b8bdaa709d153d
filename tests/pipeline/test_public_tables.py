"""The public tables of the sample: nothing small in them, internal tables whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.publishing import KEY
from orchestration.config.model import Disclosure
from orchestration.disclosure.history import of_sample
from tests.pipeline.installation import Place

SMALL_BELOW = Disclosure().small_below


@pytest.fixture
def public(sample_run: Place) -> Path:
    return sample_run.settings.published / "public"


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_package_describes_every_table_and_column(public: Path) -> None:
    package = json.loads((public / "datapackage.json").read_text(encoding="utf-8"))
    assert package["title"].startswith("SYNTHETIC DATA")
    for resource in package["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        assert list(rows(public, resource["name"])[0]) == columns
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert len(package["resources"]) == 4


def test_no_small_count_is_shown_and_shown_ones_are_those_of_the_warehouse(
    public: Path, sample_run: Place
) -> None:
    internal = {
        (row["half_year_id"], row["library_id"]): row
        for row in sample_run.rows("select * from marts.fct_library_half_year")
    }
    shown = hidden = 0
    for row in rows(public, "incidents_by_library"):
        if row["suppressed"] == "true":
            assert row["incidents"] == ""
            hidden += 1
            continue
        count = int(row["incidents"])
        assert count == 0 or count >= SMALL_BELOW
        if row["level"] == "library" and row["measure"] != "other_incidents":
            fact = internal[row["half_year_id"], row["place_id"]]
            assert count == fact[row["measure"]]
            shown += 1
    assert shown > 100
    assert hidden > 10
    small = "select count(*) from marts.fct_incident_half_year where incidents between 1 and 2"
    assert sample_run.value(small) > 50  # internal tables are whole


def test_half_years_that_are_not_final_are_not_public(public: Path) -> None:
    half_years = {row["half_year_id"] for row in rows(public, "incidents_by_library")}
    assert "2025-10" not in half_years and "2025-04" in half_years
    figures = {row["figure_id"] for row in rows(public, "status_figures")}
    assert "vesterbro_incidents_winter" in figures


def test_answers_of_nearly_unanimous_groups_are_left_out(public: Path) -> None:
    for row in rows(public, "survey_shares"):
        if row["suppressed"] == "true":
            assert row["respondents"] == row["favourable"] == row["favourable_share"] == ""
        else:
            favourable, respondents = int(row["favourable"]), int(row["respondents"])
            assert respondents >= 5
            assert min(favourable, respondents - favourable) >= 3


def test_the_command_says_what_is_left_out_and_why_without_counts(sample_run: Place) -> None:
    answer = sample_run.dataspor("disclosure")
    assert answer.exit_code == 0
    assert "primary: a small count, or a small group of answers" in answer.told
    assert "secondary: a small count could be computed from it" in answer.told


def test_the_record_of_what_was_public_is_for_its_owner_only(sample_run: Place) -> None:
    record = of_sample(sample_run.settings.disclosed)
    assert record.stat().st_mode & 0o077 == 0
    assert record.parent.stat().st_mode & 0o077 == 0


def test_public_tables_change_in_the_same_step_as_the_warehouse(
    public: Path, sample_run: Place
) -> None:
    version = sample_run.settings.published_warehouse.resolve().parent
    assert public.is_symlink() and public.resolve() == version / "public"


def test_sums_of_what_is_shown_hold(public: Path) -> None:
    places: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows(public, "incidents_by_library"):
        key = (row["half_year_id"], row["level"], row["place_id"])
        places.setdefault(key, {})[row["measure"]] = row["incidents"]
    whole = 0
    for counts in places.values():
        assert sum(not count for count in counts.values()) != 1  # it would be what remains
        if all(counts.values()):
            unsafe, other = counts["unsafe_behaviour_incidents"], counts["other_incidents"]
            assert int(counts["incidents"]) == int(unsafe) + int(other)
            whole += 1
    assert whole > 100


def test_the_published_asset_tells_how_many_numbers_are_not_shown(
    public: Path, sample_run: Place
) -> None:
    with dg.DagsterInstance.from_config(str(sample_run.settings.dagster_home)) as instance:
        event = instance.get_latest_materialization_event(KEY)
    assert event is not None and event.asset_materialization is not None
    told = event.asset_materialization.metadata["not shown to the public"].value
    cells = sum(row["suppressed"] == "true" for row in rows(public, "incidents_by_library"))
    answers = sum(row["suppressed"] == "true" for row in rows(public, "survey_shares"))
    assert told == cells + answers > 30
