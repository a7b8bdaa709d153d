from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.config import load_config
from orchestration.landing.archive import Tombstone, tombstones
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.landing.purge import Purge, purge
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.settings import Settings

Export = Callable[..., Path]
NOW = dt.datetime(2031, 6, 1, tzinfo=dt.UTC)
ROW = "Vesterbro;Vagt og Sikring;01-10-2024;31-10-2024;man-fre;10:00;12:00;1;planlagt;x\n"
HEADER = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"


def age(settings: Settings, days: int) -> None:
    """Make everything archived and landed so far come in so many days before NOW."""
    came = NOW - dt.timedelta(days=days)
    for note in settings.archive.glob("*/*.json"):
        told = json.loads(note.read_text()) | {"archived_at": came.isoformat()}
        note.write_text(json.dumps(told))
    for path in settings.landing.rglob("*.*"):
        os.utime(path, (came.timestamp(), came.timestamp()))


def land_all(settings: Settings) -> list[str]:
    """Land what there is; the ledger's statuses."""
    config = load_config(settings.config)
    return [line.status for line in land(settings, config, take_inventory(settings))]


def purged(settings: Settings, days: int = 30, *, dry_run: bool = False) -> Purge:
    return purge(settings, load_config(settings.config), days, NOW, dry_run=dry_run)


def archived_ids(settings: Settings) -> set[str]:
    return {path.parent.name for path in settings.archive.glob("*/*/*") if path.is_file()}


def snapshot(settings: Settings) -> set[tuple[str, int]]:
    return {(str(path), path.stat().st_size) for path in settings.home.rglob("*") if path.is_file()}


def test_raw_exports_older_than_the_retention_go_and_leave_a_record(
    settings: Settings, export: Export
) -> None:
    export("presence/Mette Hansen gammel.csv", HEADER)
    (old,) = take_inventory(settings)
    age(settings, days=31)
    done = purged(settings)
    (stone,) = done.raw
    assert stone == Tombstone(
        source_file_id=old.source_file_id,
        source="presence",
        archived_at="2031-05-01T00:00:00+00:00",
        purged_at="2031-06-01T00:00:00+00:00",
        bytes=len(HEADER),
        rule="archived more than 30 days ago",
    )
    record = settings.archive / "purged.jsonl"
    told = [json.loads(line) for line in record.read_text().splitlines()]
    assert told == [stone.__dict__]
    assert set(told[0]) == {
        "source_file_id", "source", "archived_at", "purged_at", "bytes", "rule",
    }  # fmt: skip
    assert "Mette" not in record.read_text()
    assert record.stat().st_mode & 0o777 == 0o600
    assert archived_ids(settings) == set()


def test_what_came_exactly_so_many_days_ago_stays(settings: Settings, export: Export) -> None:
    gone = export("presence/a.csv", HEADER + ROW)
    land_all(settings)
    gone.unlink()
    age(settings, days=30)
    assert purged(settings) == Purge([], 0, [])
    age(settings, days=31)
    done = purged(settings)
    assert (len(done.raw), len(done.landed)) == (1, 2)


def test_rows_that_the_published_run_s_traces_read_stay(settings: Settings, export: Export) -> None:
    gone = export("presence/a.csv", HEADER + ROW)
    config = load_config(settings.config)
    lines = land(settings, config, take_inventory(settings))
    made = open_working_warehouse(
        settings, config, lines, as_of=NOW.date(), is_sample=False, run_fingerprint="", run_id=""
    )
    settings.audited_warehouse.parent.mkdir(parents=True)
    made.rename(settings.audited_warehouse)
    gone.unlink()
    age(settings, days=31)
    with duckdb.connect(str(settings.audited_warehouse), read_only=True):  # as a trace has it
        assert purged(settings).landed == []
    settings.audited_warehouse.unlink()
    assert [path.suffix for path in purged(settings).landed] == [".json", ".parquet"]


def test_raw_exports_younger_than_the_retention_stay(settings: Settings, export: Export) -> None:
    export("presence/a.csv", HEADER)
    take_inventory(settings)
    age(settings, days=29)
    assert purged(settings).raw == []
    assert len(archived_ids(settings)) == 1


def test_a_young_export_among_old_ones_is_the_only_one_that_stays(
    settings: Settings, export: Export
) -> None:
    for letter in "abc":
        export(f"presence/{letter}.csv", letter)
    first = min(file.source_file_id for file in take_inventory(settings))
    age(settings, days=31)
    note = settings.archive / "presence" / f"{first}.json"
    note.write_text(json.dumps({"archived_at": NOW.isoformat()}))
    assert len(purged(settings).raw) == 2
    assert archived_ids(settings) == {first}


def test_a_dry_run_removes_nothing_and_says_the_same(settings: Settings, export: Export) -> None:
    export("presence/a.csv", HEADER + ROW)
    land_all(settings)
    (settings.sources / "presence" / "a.csv").unlink()
    take_inventory(settings)
    age(settings, days=31)
    before = snapshot(settings)
    dry = purged(settings, dry_run=True)
    assert snapshot(settings) == before
    assert len(dry.raw) == 1
    assert len(dry.landed) >= 1
    assert purged(settings) == dry


def test_a_purged_export_still_in_the_sources_is_used_but_not_archived_again(
    settings: Settings, export: Export
) -> None:
    path = export("presence/a.csv", HEADER + ROW)
    assert land_all(settings) == ["landed"]
    age(settings, days=31)
    purged(settings)
    (settings.archive / "hashes.json").unlink()  # not even when it must be hashed again
    for landed in settings.landing.rglob("*.json"):
        landed.unlink()  # nor when it must be read again
    (file,) = take_inventory(settings)
    assert file.path == path
    assert land_all(settings) == ["landed"]
    assert archived_ids(settings) == set()
    assert len(tombstones(settings.archive / "purged.jsonl")) == 1


def test_rows_of_files_that_are_present_stay_and_rows_of_absent_files_go(
    settings: Settings, export: Export
) -> None:
    export("presence/present.csv", HEADER + ROW)
    gone = [export(f"presence/gone{n}.csv", HEADER + ROW + ROW * n) for n in (1, 2)]
    land_all(settings)
    everything = {path for path in settings.landing.rglob("*") if path.is_file()}
    for path in gone:
        path.unlink()
    age(settings, days=31)
    done = purged(settings)
    left = {path for path in settings.landing.rglob("*") if path.is_file()}
    assert left == everything - set(done.landed)
    assert left
    assert sum(path.suffix == ".json" for path in done.landed) == len(gone)
    assert land_all(settings) == ["landed"]
    assert {path for path in settings.landing.rglob("*") if path.is_file()} == left


def test_fetched_answers_are_sources_and_stay_with_their_archived_bytes(
    settings: Settings,
) -> None:
    answer = settings.fetched / "opening_hours" / "2025-01-13.json"
    answer.parent.mkdir(parents=True)
    answer.write_text("[]")
    answer.with_name("2025-01-20.json").write_text("[ ]")
    files = take_inventory(settings)
    age(settings, days=31)
    done = purged(settings)
    assert (done.raw, done.still_sources) == ([], 2)
    assert answer.exists()
    assert all(file.path.is_file() for file in files)
    answer.unlink()
    done = purged(settings)
    assert (len(done.raw), done.still_sources) == (1, 1)


def test_published_and_released_files_are_never_touched(settings: Settings, export: Export) -> None:
    kept = [settings.published / "warehouse.duckdb", settings.releases / "2025-04" / "r1" / "x"]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
        os.utime(path, (1, 1))
    export("presence/a.csv", HEADER)
    take_inventory(settings)
    age(settings, days=31)
    assert len(purged(settings).raw) == 1
    assert [path.read_text() for path in kept] == ["kept", "kept"]


def test_a_purge_that_was_broken_off_is_completed_with_one_record(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER)
    take_inventory(settings)
    age(settings, days=31)
    (stone,) = purged(settings, dry_run=True).raw
    # the record is written first: this is what a power cut in between leaves
    (settings.archive / "purged.jsonl").write_text(json.dumps(stone.__dict__) + "\n")
    purged(settings)
    assert archived_ids(settings) == set()
    assert tombstones(settings.archive / "purged.jsonl") == [stone]


def test_the_command_purges_what_the_configuration_or_the_option_says(
    settings: Settings, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_HOME", str(settings.home))
    monkeypatch.setenv("DATASPOR_SOURCES", str(settings.sources))
    export("presence/a.csv", HEADER)
    take_inventory(settings)
    silent = CliRunner().invoke(main, ["purge"])
    assert (silent.exit_code, "--older-than" in silent.stderr) == (2, True)
    dry = CliRunner().invoke(main, ["purge", "--older-than", "0", "--dry-run"])
    assert (dry.exit_code, dry.stdout[:28]) == (0, "Would remove 1 raw exports (")
    assert len(archived_ids(settings)) == 1

    CliRunner().invoke(main, ["config", "init", str(tmp_path / "config")])
    rules = tmp_path / "config" / "municipality.yml"
    text = rules.read_text(encoding="utf-8")
    assert "archive_retention_days: null" in text
    rules.write_text(text.replace("archive_retention_days: null", "archive_retention_days: 400"))
    monkeypatch.setenv("DATASPOR_CONFIG", str(tmp_path / "config"))
    kept = CliRunner().invoke(main, ["purge"])
    assert (kept.exit_code, kept.stdout[:22]) == (0, "Removed 0 raw exports ")
    done = CliRunner().invoke(main, ["purge", "--older-than", "0"])
    assert (done.exit_code, done.stdout[:22]) == (0, "Removed 1 raw exports ")
    assert archived_ids(settings) == set()
