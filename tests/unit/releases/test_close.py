from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.execute import Execution
from orchestration.half_year import HalfYear, last_ended
from orchestration.releases.release import next_revision
from orchestration.run import made_with
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.installation import AS_OF, CLOSED, Place


@pytest.fixture
def published(tmp_path: Path) -> Place:
    """As much of a published run as the command asks for before its job begins."""
    place = Place(tmp_path)
    place.sources.mkdir()
    write_run(place)
    return place


def write_run(place: Place, as_of: str = AS_OF) -> None:
    settings = place.settings
    settings.prepare()
    made = made_with(load_config(settings.config))
    for path, schema, tables in (
        (
            settings.published_warehouse,
            "marts",
            [f"meta_run as select 'as_of' as key, '{as_of}' as value"],
        ),
        (
            settings.audited_warehouse,
            "landing",
            [f"run as select '{made}' as made_with", "mainmanager_incident (incident_id text)"],
        ),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"create schema {schema}")
            for table in tables:
                connection.execute(f"create table {schema}.{table}")


def job_that_makes(
    place: Place, monkeypatch: pytest.MonkeyPatch, *reasons: str, as_of: str | None = AS_OF
) -> None:
    """Let the job make a release of a day, or none, and fail where there are reasons."""

    def execute(*_: object, **__: object) -> Execution:
        if as_of is not None:
            write_release(place, as_of)
        return Execution(not reasons, "run", list(reasons))

    monkeypatch.setattr("orchestration.execute.execute", execute)


def write_release(place: Place, as_of: str) -> None:
    half_year = HalfYear.parse(CLOSED)
    folder = place.settings.releases / CLOSED / f"r{next_revision(place.settings, half_year)}"
    folder.mkdir(parents=True)
    facts = {"as_of": as_of, "half_year_id": CLOSED}
    (folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")


def test_a_release_whose_briefing_fails_is_told_as_closed(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(published, AS_OF)
    job_that_makes(published, monkeypatch, "The disk is full.")
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert answer.told == (
        f"Error: Closed as {CLOSED}.r2; its briefing could not be written. The disk is full. "
        f"`dataspor briefing {CLOSED}` writes it."
    )


def test_a_job_that_made_no_release_closed_nothing_though_one_was_there(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(published, AS_OF)
    job_that_makes(published, monkeypatch, "The disk is full.", as_of=None)
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert answer.told == "Error: Nothing was closed. The disk is full."


def test_where_a_revision_was_removed_the_next_has_a_number_of_its_own(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(published, AS_OF)
    write_release(published, AS_OF)
    shutil.rmtree(published.settings.releases / CLOSED / "r1")
    job_that_makes(published, monkeypatch)
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 0, answer.error
    assert f"release {CLOSED}.r3 in" in answer.told


def test_a_home_whose_landed_rows_are_gone_is_told_before_anything_is_closed(
    published: Place,
) -> None:
    audited, landed = published.settings.audited_warehouse, published.folder / "a.parquet"
    with duckdb.connect(str(audited)) as connection:
        connection.execute(f"copy (select 'a' as incident_id) to '{landed}'")
        connection.execute("drop table landing.mainmanager_incident")
        connection.execute(f"create view landing.mainmanager_incident as from '{landed}'")
    landed.unlink()
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert f"{audited} cannot be read" in answer.told
    assert "the landed rows that it reads are gone" in answer.told


@pytest.mark.parametrize(("as_of", "is_told"), [("2025-10-13", True), ("2025-10-14", False)])
def test_a_close_before_the_figures_are_final_says_from_when_they_are(
    published: Place, monkeypatch: pytest.MonkeyPatch, as_of: str, is_told: bool
) -> None:
    write_run(published, as_of)
    job_that_makes(published, monkeypatch, as_of=as_of)
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 0, answer.error
    assert ("provisional: they are final from 2025-10-14" in answer.told) == is_told


def test_a_half_year_before_the_first_is_refused_with_the_key_that_says_so(
    published: Place,
) -> None:
    answer = published.dataspor("close", "2022-04")
    assert answer.exit_code == 2
    assert "2022-04 is before 2022-10" in answer.told
    assert "`first_half_year`" in answer.told
    assert "municipality.yml" in answer.told


def test_a_half_year_that_has_ended_under_a_future_as_of_only_is_refused(
    published: Place,
) -> None:
    last = last_ended(load_config(PACKAGED_CONFIG).municipality.today())
    write_run(published, last.next.next.starts_on.isoformat())
    answer = published.dataspor("close", last.next.id)
    assert answer.exit_code == 2
    assert f"{last.next.id} has not ended today" in answer.told
    assert f"the last that has is {last.id}" in answer.told


def test_a_configuration_that_changed_since_the_run_is_not_frozen_until_it_has_run(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_that_makes(published, monkeypatch)
    shutil.copytree(PACKAGED_CONFIG, published.config)
    assert published.dataspor("close", CLOSED).exit_code == 0  # the same one in another place
    rules = published.config / "municipality.yml"
    text = rules.read_text(encoding="utf-8")
    assert "minimum_respondents: 5" in text
    rules.write_text(text.replace("minimum_respondents: 5", "minimum_respondents: 6"), "utf-8")
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert f"has changed since the published run as of {AS_OF}" in answer.told
    assert "run `dataspor run` first" in answer.told
    assert not (published.settings.releases / CLOSED / "r2").exists()
    compared = published.dataspor("diff", "now")
    assert (compared.exit_code, compared.error) == (1, answer.error)
    write_run(published)
    assert published.dataspor("close", CLOSED).exit_code == 0


def test_code_that_changed_since_the_run_is_not_frozen(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_that_makes(published, monkeypatch)
    monkeypatch.setattr("orchestration.run.code_digest", lambda: "other")
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert "run `dataspor run` first" in answer.told


def test_a_run_of_a_version_that_did_not_say_what_made_it_is_to_be_done_again(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_that_makes(published, monkeypatch)
    with duckdb.connect(str(published.settings.audited_warehouse)) as connection:
        connection.execute("alter table landing.run rename made_with to run_id")
    answer = published.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert "Publish it again: `dataspor run`" in answer.told
