"""The swap: what a publish leaves behind, after one, after several, after one that failed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.disclosure.history import of_sample
from orchestration.errors import DatasporError
from orchestration.publish import (
    PUBLISHED_TABLES,
    publish,
    read_figures,
    read_run,
    read_run_of,
    read_table,
)
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.unit.publish.made_warehouse import write_working_warehouse

pytestmark = pytest.mark.ledger_not_asked(reason="the tables hold made-up numbers")

WHOLE = load_config(PACKAGED_CONFIG)
# of a warehouse without rows no figure can be told
CONFIG = WHOLE.model_copy(update={"figures": WHOLE.figures.model_copy(update={"figures": []})})
PARTS = ("warehouse.duckdb", "parquet", "public", "site")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path, tmp_path / "home", PACKAGED_CONFIG, kept_versions=2)
    made.prepare()
    return made


def build(settings: Settings, run: str) -> None:
    write_working_warehouse(settings.working_warehouse, rows=0, run=run)
    with duckdb.connect(str(settings.working_warehouse)) as connection:
        connection.execute(
            "insert into marts.meta_run values ('as_of', '2025-11-17'), ('municipality', 'By')"
        )


def published(settings: Settings, version: str) -> dict[str, int]:
    """Build a warehouse whose fingerprint is the version, and publish it."""
    build(settings, version)
    return publish(settings, CONFIG, version)


def versions(settings: Settings) -> set[str]:
    return {path.name for path in (settings.published / "versions").iterdir()}


def aged(settings: Settings, **seconds: int) -> None:
    for version, when in seconds.items():
        os.utime(settings.published / "versions" / version, (when, when))


def test_a_publish_shows_all_parts_of_one_version_through_one_link(settings: Settings) -> None:
    counts = published(settings, "one")
    assert counts == dict.fromkeys(PUBLISHED_TABLES, 0) | {"meta_run": 4}
    assert (settings.published / "current").readlink() == Path("versions/one")
    for part in PARTS:
        assert (settings.published / part).readlink() == Path("current") / part
        assert (settings.published / part).exists()
    assert {path.name for path in settings.published.iterdir()} == {*PARTS, "current", "versions"}
    assert versions(settings) == {"one"}
    assert read_run(settings)["fingerprint"] == "one"
    assert (settings.published / "public" / "datapackage.json").is_file()
    assert (settings.published / "site" / "index.html").is_file()
    assert of_sample(settings.disclosed).is_file()


def test_the_working_warehouse_becomes_the_audited_one_of_that_version(settings: Settings) -> None:
    published(settings, "one")
    assert not settings.working_warehouse.exists()
    assert settings.audited_warehouse == settings.build / "audited" / "one" / "warehouse.duckdb"
    assert read_run_of(settings.audited_warehouse)["fingerprint"] == "one"
    (settings.build / "audited" / "warehouse.duckdb").write_text("of an earlier Dataspor")
    published(settings, "two")
    assert [path.name for path in (settings.build / "audited").iterdir()] == ["two"]
    assert read_run_of(settings.audited_warehouse)["fingerprint"] == "two"


def test_the_next_publish_moves_one_link_and_leaves_the_others(settings: Settings) -> None:
    published(settings, "one")
    before = {part: (settings.published / part).lstat().st_ino for part in PARTS}
    published(settings, "two")
    assert read_run(settings)["fingerprint"] == "two"
    assert {part: (settings.published / part).lstat().st_ino for part in PARTS} == before
    assert versions(settings) == {"one", "two"}


def test_a_link_that_leads_elsewhere_or_a_file_in_its_place_is_put_right(
    settings: Settings,
) -> None:
    (settings.published / "site").symlink_to("versions/old/site")
    (settings.published / "warehouse.duckdb").write_text("of an earlier Dataspor")
    (settings.published / ".current.new").symlink_to("left/by/a/killed/run")
    published(settings, "one")
    for part in PARTS:
        assert (settings.published / part).readlink() == Path("current") / part
    assert read_run(settings)["fingerprint"] == "one"


def test_the_versions_published_last_are_kept_and_older_ones_go(settings: Settings) -> None:
    for version in ("c", "b", "a"):
        published(settings, version)
        aged(settings, **{version: 1_700_000_000 + 10 * "cba".index(version)})
    assert versions(settings) == {"b", "a"}
    # the older by their age, not by their names
    published(replace(settings, kept_versions=3), "d")
    assert versions(settings) == {"b", "a", "d"}
    published(replace(settings, kept_versions=1), "e")
    assert versions(settings) == {"e"}


def test_what_cannot_be_removed_among_the_versions_stays_and_holds_no_publish_up(
    settings: Settings,
) -> None:
    published(settings, "one")
    note = settings.published / "versions" / "note.txt"
    note.write_text("a file, which is not removed as a folder is")
    aged(settings, **{"note.txt": 1_600_000_000, "one": 1_500_000_000})
    published(replace(settings, kept_versions=1), "two")
    assert read_run(settings)["fingerprint"] == "two"
    assert versions(settings) == {"note.txt", "two"}


def test_a_version_that_was_published_already_keeps_its_folder(settings: Settings) -> None:
    published(settings, "one")
    kept = (settings.published / "versions" / "one").stat().st_ino
    published(settings, "one")
    assert (settings.published / "versions" / "one").stat().st_ino == kept
    assert (settings.published / "current").readlink() == Path("versions/one-again")
    aged(settings, one=1_700_000_000)
    published(settings, "one")
    assert versions(settings) == {"one-again", "one-again-again"}


def test_a_publish_that_fails_shows_what_was_there_before_and_leaves_nothing(
    settings: Settings,
) -> None:
    published(settings, "one")
    build(settings, "two")
    with duckdb.connect(str(settings.working_warehouse)) as connection:
        connection.execute("drop table marts.fct_claim")
    with pytest.raises(DatasporError, match="lacks fct_claim"):
        publish(settings, CONFIG, "two")
    assert versions(settings) == {"one"}
    assert read_run(settings)["fingerprint"] == "one"
    assert read_run_of(settings.audited_warehouse)["fingerprint"] == "one"
    assert settings.working_warehouse.exists()


def test_what_a_killed_publish_left_does_not_get_into_the_next(settings: Settings) -> None:
    left = settings.published / "versions" / ".unfinished" / "parquet"
    left.mkdir(parents=True)
    (left / "old.parquet").write_text("half")
    published(settings, "one")
    assert versions(settings) == {"one"}
    assert not (settings.published / "parquet" / "old.parquet").exists()


# --- reading it ---------------------------------------------------------------------------------


def test_before_the_first_publish_nothing_is_read_and_a_sentence_says_so(
    settings: Settings,
) -> None:
    assert read_run(settings) == {}
    with pytest.raises(DatasporError) as told:
        read_figures(settings)
    assert str(told.value) == (
        f"Nothing is published at {settings.published_warehouse}. Run `dataspor run` first."
    )


def test_what_another_version_of_dataspor_did_not_publish_is_told_in_a_sentence(
    warehouse: Path,
) -> None:
    for query in ("select moon from marts.dim_library", "from marts.moon"):
        with pytest.raises(DatasporError) as told:
            read_table(warehouse, query)
        assert str(told.value) == (
            f"{warehouse} was published by another version of Dataspor and lacks what is asked "
            "for. Publish it again: `dataspor run`."
        )


def test_a_query_may_have_parameters_and_the_file_is_only_read(warehouse: Path) -> None:
    rows = read_table(warehouse, "select value from marts.meta_run where key = ?", ["sample"])
    assert list(rows.value) == ["true"]
    with pytest.raises(duckdb.InvalidInputException):
        read_table(warehouse, "delete from marts.meta_run")


def test_the_figures_are_read_in_the_order_in_which_they_were_published(
    settings: Settings, warehouse: Path
) -> None:
    settings.published_warehouse.symlink_to(warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        wanted = connection.execute("select figure_id from marts.fct_status_figure").fetchall()
    assert [(name,) for name in read_figures(settings).figure_id] == wanted
    assert read_run(settings) == {"fingerprint": "a", "sample": "true"}
