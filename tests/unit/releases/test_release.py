from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.half_year import HalfYear
from orchestration.releases.release import Release, next_revision, release_before, revisions
from orchestration.settings import PACKAGED_CONFIG, Settings

SUMMER = HalfYear.parse("2025-04")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "sources", tmp_path / "home", PACKAGED_CONFIG)


def released(settings: Settings, release_id: str, *, is_sample: bool = False) -> None:
    """As much of a release as the next one looks at."""
    half_year_id, _, revision = release_id.partition(".")
    folder = settings.releases / half_year_id / revision
    (folder / "private").mkdir(parents=True)
    (folder / "private" / "sources.json").write_text("[]", encoding="utf-8")
    facts = {"as_of": "2025-11-17", "half_year_id": half_year_id}
    (folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.meta_run as select 'sample' as key, "
            f"'{str(is_sample).lower()}' as value"
        )


def test_a_release_of_an_earlier_version_follows_none(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text(json.dumps({"as_of": "2025-11-17"}))
    assert Release("2025-04.r1", tmp_path).facts == {"since": None, "as_of": "2025-11-17"}


def test_a_release_tells_which_one_it_follows(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text(json.dumps({"since": "2024-10.r1"}))
    assert Release("2025-04.r1", tmp_path).facts["since"] == "2024-10.r1"


def test_a_revision_has_the_number_after_the_last_one_that_is_there(settings: Settings) -> None:
    assert next_revision(settings, SUMMER) == 1
    for revision in ("r2", "r9", "r10"):
        released(settings, f"2025-04.{revision}")
    (settings.releases / "2025-04" / ".r11.tmp").mkdir()
    (settings.releases / "2025-04" / "r12 (copy)").mkdir()
    assert [release.revision for release in revisions(settings, SUMMER)] == [2, 9, 10]
    assert next_revision(settings, SUMMER) == 11


def test_a_real_release_follows_the_last_real_one_and_one_of_the_sample_the_samples(
    settings: Settings,
) -> None:
    def before(*, is_sample: bool) -> str | None:
        found = release_before(settings, SUMMER, is_sample=is_sample)
        return found.release_id if found else None

    released(settings, "2024-10.r1", is_sample=True)
    assert (before(is_sample=True), before(is_sample=False)) == ("2024-10.r1", None)
    released(settings, "2024-04.r1")
    released(settings, "2024-04.r2")
    released(settings, "2025-10.r1")  # of a later half-year
    assert before(is_sample=False) == "2024-04.r2"
    released(settings, "2025-04.r1", is_sample=True)
    assert (before(is_sample=True), before(is_sample=False)) == ("2025-04.r1", "2024-04.r2")
    released(settings, "2025-04.r2")
    assert (before(is_sample=True), before(is_sample=False)) == ("2025-04.r1", "2025-04.r2")
