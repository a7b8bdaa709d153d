"""Landing: when rows are read anew, what lies where, and what the ledger lines say."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.config import Config, load_config
from orchestration.extract.rows import LANDED_TABLES, frame
from orchestration.extract.tabular import workplace
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import fingerprint, land, notes_of, reading_code, write_parquet
from orchestration.landing.ledger import LandedFile
from orchestration.settings import PACKAGED_CONFIG, PROJECT, SOURCE_NAMES, Settings
from tests.unit.extract.survey_exports import FLAVOURS

Export = Callable[..., Path]
CONFIG = load_config(PACKAGED_CONFIG)
HEADER = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"
ROW = "Vesterbro;Vagt og Sikring;01-10-2024;31-10-2024;man-fre;10:00;12:00;1;planlagt;x\n"
INCIDENTS = "Nr.;Oprettet;Ejendom;Kategori\n{};01-10-2024 10:00;Hovedbiblioteket;Trusler\n"
PARTS = {
    "mainmanager": {"incidents", "places", "category_aliases", "municipality", "corrections"},
    "survey": {"survey", "places", "municipality"},
    "opening_hours": {"opening_hours", "libraries", "municipality"},
    "presence": {"presence", "places", "municipality"},
}


def landed(settings: Settings, config: Config = CONFIG) -> list[LandedFile]:
    """Land what there is, one source after another."""
    files = take_inventory(settings)
    by_source = [[file for file in files if file.source == source] for source in SOURCE_NAMES]
    return [line for of_source in by_source for line in land(settings, config, of_source)]


def kept(settings: Settings) -> set[str]:
    return {
        path.relative_to(settings.landing).as_posix()
        for path in settings.landing.rglob("*")
        if path.is_file()
    }


def test_a_file_is_read_once_and_its_line_and_rows_are_found_again(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW + ROW.replace("Vesterbro", "Månen"))
    (first,) = landed(settings)
    before = kept(settings)
    (again,) = landed(settings)
    assert (first.is_new, again.is_new) == (True, False)
    assert kept(settings) == before
    assert again.parquet == first.parquet
    for line in (first, again):
        assert (line.status, line.reason) == ("landed", None)
        assert (line.rows_read, line.rows_not_data, line.description_rows) == (2, 0, 0)
        assert line.notes == []
    assert list(settings.archive.glob(".work-*")) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mainmanager/a.csv", INCIDENTS.format(1)),
        ("presence/a.csv", HEADER + ROW),
        ("opening_hours/2025-01-13.json", "[{}]"),
    ],
)
def test_rows_name_the_file_that_they_came_from(
    settings: Settings, export: Export, name: str, content: str
) -> None:
    export(name, content)
    (line,) = landed(settings)
    (files,) = line.parquet.values()
    named = duckdb.execute("select distinct source_file_id from read_parquet(?)", [files])
    assert named.fetchall() == [(line.file.source_file_id,)]


def test_rows_lie_for_their_owner_only_below_their_source_by_content_meaning_and_code(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW)
    (line,) = landed(settings)
    stem = f"presence/{line.file.source_file_id[:40]}-{fingerprint('presence', CONFIG)}"
    assert kept(settings) == {f"{stem}.json", f"{stem}.file.presence.0.parquet"}
    ((path,),) = line.parquet.values()
    assert Path(path) == settings.landing / f"{stem}.file.presence.0.parquet"
    assert {p.stat().st_mode & 0o777 for p in (settings.landing / "presence").iterdir()} == {0o600}
    rows = duckdb.sql(f"select library_id, start_minute from read_parquet('{path}')").fetchall()
    assert rows == [("vesterbro", 600)]


def test_a_file_that_cannot_be_read_is_in_the_ledger_with_its_reason_and_is_not_tried_again(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", "no;header\n1;2\n")
    export("presence/b.csv", HEADER + ROW)
    for is_new in (True, False):
        lines = {line.file.file_name: line for line in landed(settings)}
        broken = lines["a.csv"]
        assert (broken.status, broken.is_new) == ("wrong_columns", is_new)
        assert broken.reason
        assert (broken.rows_read, broken.parquet, broken.notes) == (0, {}, [])
        assert lines["b.csv"].status == "landed"


@pytest.mark.parametrize("source", SOURCE_NAMES)
def test_the_parts_of_the_configuration_that_give_rows_their_meaning_decide(source: str) -> None:
    usual = fingerprint(source, CONFIG)
    assert (len(usual), usual) == (12, fingerprint(source, load_config(PACKAGED_CONFIG)))
    changed = {
        part
        for part in CONFIG.model_fields_set | set(type(CONFIG).model_fields)
        if fingerprint(source, CONFIG.model_copy(update={part: "changed"})) != usual
    }
    assert changed == PARTS[source]
    assert len({fingerprint(name, CONFIG) for name in SOURCE_NAMES}) == len(SOURCE_NAMES)


def test_all_code_that_reads_exports_decides_how_they_are_landed() -> None:
    decides = {path.relative_to(PROJECT).as_posix() for path in reading_code()}
    imported = {
        name.replace(".", "/") + ".py"
        for path in (PROJECT / "orchestration" / "extract").glob("*.py")
        for name in re.findall(
            r"(?m)^\s*from (orchestration[.\w]*) import", path.read_text("utf-8")
        )
    }
    assert len(imported) > 10
    # packages by their name, and the exceptions, which say nothing of a row
    others = {"orchestration/config.py", "orchestration/extract.py", "orchestration/errors.py"}
    assert imported - others <= decides
    assert all((PROJECT / path).is_file() for path in decides)


def test_a_change_of_meaning_lands_anew_and_one_of_another_source_does_not(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW)
    landed(settings)
    (other,) = landed(settings, CONFIG.model_copy(update={"survey": None}))
    assert not other.is_new
    elsewhere = [place for place in CONFIG.places if place.library_id != "vesterbro"]
    (anew,) = landed(settings, CONFIG.model_copy(update={"places": elsewhere}))
    assert anew.is_new
    assert anew.parquet != other.parquet


def test_a_snapshot_s_date_is_part_of_its_meaning_and_a_register_s_name_is_not(
    settings: Settings, export: Export
) -> None:
    for name in ("opening_hours/2025-01-13.json", "opening_hours/2025-01-20.json"):
        export(name, "[]")
        assert [line.is_new for line in landed(settings)] == [True]
        (settings.sources / name).unlink()
    for name, is_new in (("presence/a.csv", True), ("presence/b.csv", False)):
        export(name, HEADER + ROW)
        assert [line.is_new for line in landed(settings)] == [is_new]
        (settings.sources / name).unlink()


@pytest.mark.parametrize("names", [("a.xlsx", "a.csv"), ("a.csv", "a.xlsx")])
def test_a_csv_saved_as_a_workbook_is_read_and_once_whatever_it_is_renamed_to(
    settings: Settings, export: Export, names: tuple[str, str]
) -> None:
    for name, is_new in zip(names, (True, False), strict=True):
        for other in (settings.sources / "mainmanager").glob("*"):
            other.unlink()
        export(f"mainmanager/{name}", INCIDENTS.format(1))
        assert [(line.status, line.rows_read, line.is_new) for line in landed(settings)] == [
            ("landed", 1, is_new)
        ]
    export(f"mainmanager/{names[0]}", INCIDENTS.format(1))
    assert [line.rows_read for line in landed(settings)] == [1]


def test_the_parts_of_a_wave_are_landed_together_and_each_has_its_line(settings: Settings) -> None:
    FLAVOURS["surveyxact tabs"](settings.sources / "survey" / "2025-02")
    lines = landed(settings)
    assert sorted(str(line.file.part) for line in lines) == ["dataset", "labels", "structure"]
    assert len([name for name in kept(settings) if name.endswith(".json")]) == 1
    (with_rows,) = [line for line in lines if line.parquet]
    assert with_rows.file.part == "dataset"
    assert set(with_rows.parquet) == {"survey_response", "survey_answer"}
    for table, paths in with_rows.parquet.items():
        assert [path.rpartition("/")[2].split(".", 1)[1] for path in paths] == [
            f"dataset.{table}.0.parquet"
        ]
        assert all(Path(path).is_file() for path in paths)


def test_a_file_that_cannot_be_read_is_a_line_with_its_reason_and_one_that_can_is_landed_later(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW)
    locked = settings.sources / "presence" / "b.csv"
    # one that takes a number and gives none, to nobody: not to root either
    locked.symlink_to("/proc/sys/vm/compact_memory")
    lines = {line.file.file_name: line for line in landed(settings)}
    assert lines["a.csv"].status == "landed"
    assert (lines["b.csv"].status, lines["b.csv"].rows_read) == ("unreadable", 0)
    assert lines["b.csv"].reason == (
        "it cannot be read (Permission denied); give the account that Dataspor runs as leave to "
        "read it, or copy it anew"
    )
    locked.unlink()
    export("presence/b.csv", HEADER + ROW + ROW)
    assert [(line.status, line.rows_read) for line in landed(settings)] == [
        ("landed", 1),
        ("landed", 2),
    ]


def test_a_wave_of_which_a_part_cannot_be_read_has_its_name_in_each_line(
    settings: Settings,
) -> None:
    survey = settings.sources / "survey" / "2025-02"
    FLAVOURS["surveyxact tabs"](survey)
    (survey / "labels.csv").unlink()
    (survey / "labels.csv").symlink_to("/proc/sys/vm/compact_memory")
    reasons = {line.file.part: line.reason for line in landed(settings)}
    assert reasons.keys() == {"dataset", "labels", "structure"}
    assert str(reasons["labels"]).startswith("it cannot be read (Permission denied); ")
    for part in ("dataset", "structure"):
        assert str(reasons[part]).startswith("2025-02/labels.csv: it cannot be read (Perm")


def test_waves_that_share_their_labels_are_landed_apart(settings: Settings) -> None:
    survey = settings.sources / "survey"
    FLAVOURS["surveyxact semicolons"](survey / "2025-02")
    shutil.copytree(survey / "2025-02", survey / "2025-06")
    dataset = survey / "2025-06" / "dataset.csv"
    dataset.write_bytes(b"".join(dataset.read_bytes().splitlines(keepends=True)[:-1]))
    for wave in survey.iterdir():
        os.utime(wave / "labels.csv", (1_700_000_000, 1_700_000_000))  # the first of each wave
    rows = {
        line.file.wave_id: line.parquet["survey_response"]
        for line in landed(settings)
        if line.parquet
    }
    assert set(rows) == {"2025-02", "2025-06"}
    assert rows["2025-02"] != rows["2025-06"]


def test_a_wave_whose_parts_cannot_be_read_together_has_a_reason_in_each_line(
    settings: Settings,
) -> None:
    survey = settings.sources / "survey" / "2025-02"
    FLAVOURS["surveyxact tabs"](survey)
    (survey / "labels.csv").unlink()
    lines = landed(settings)
    assert len(lines) == 2
    assert {line.status for line in lines} == {"unreadable"}
    assert all("labels" in str(line.reason) for line in lines)


def test_incident_exports_are_held_to_the_one_before_and_other_sources_are_not(
    settings: Settings, export: Export
) -> None:
    first, second = INCIDENTS.format(1) + ";;;\n", INCIDENTS.format(2).replace("Ejendom", "Bygning")
    export("mainmanager/b.csv", first, modified=1_700_000_000)
    export("mainmanager/a.csv", second, modified=1_700_000_100)
    lines = landed(settings)
    assert [(line.file.file_name, line.notes) for line in lines] == [
        ("b.csv", ["1 rows are no data (blank, headers, totals, groups)"]),
        ("a.csv", ["column location is called Bygning, before Ejendom"]),
    ]
    assert land(settings, CONFIG, []) == []
    export("presence/a.csv", HEADER + ROW)
    export("presence/b.csv", HEADER.replace("Bibliotek;", "Bibliotek ;") + ROW + ROW)
    assert [line.notes for line in landed(settings) if line.file.source == "presence"] == [[], []]


def test_the_notes_of_what_is_present_are_named_whether_landed_or_not(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW)
    export("mainmanager/a.csv", INCIDENTS.format(1))
    export("opening_hours/2025-01-13.json", "[]")
    FLAVOURS["surveyxact tabs"](settings.sources / "survey" / "2025-02")
    named = notes_of(settings, CONFIG, take_inventory(settings))
    landed(settings)
    assert named == set(settings.landing.rglob("*.json"))
    assert len(named) == 4


def test_rows_left_without_a_note_do_not_count_and_are_written_anew(
    settings: Settings, export: Export
) -> None:
    export("presence/a.csv", HEADER + ROW)
    (line,) = landed(settings)
    ((path,),) = line.parquet.values()
    Path(path).write_text("half")
    os.utime(path, (1, 1))
    for note in settings.landing.rglob("*.json"):
        note.unlink()
    (anew,) = landed(settings)
    assert (anew.is_new, anew.parquet) == (True, line.parquet)
    assert duckdb.sql(f"select count(*) from read_parquet('{path}')").fetchall() == [(1,)]


def test_the_declared_types_hold_for_rows_that_begin_with_a_thousand_empty_cells(
    tmp_path: Path,
) -> None:
    rows = [{"source_file_id": "æ", "row_number": number} for number in range(1, 2001)]
    day = dt.date(2024, 2, 29)
    rows.append({"snapshot_on": day, "on_date": day, "start_minute": 600, "kind": "1"})
    path = tmp_path / "rows.parquet"
    with workplace(tmp_path) as work:
        write_parquet(work, path, "opening_hours", frame("opening_hours", rows))
    written = duckdb.read_parquet(str(path))
    declared = LANDED_TABLES["opening_hours"].values()
    assert [str(kind).lower() for kind in written.types] == list(declared)
    assert written.fetchall()[0] == ("æ", None, 1, *[None] * (len(declared) - 3))
    assert written.fetchall()[-1] == (
        *(None, None, None, day, None, "1", day, 600),
        *[None] * (len(declared) - 8),
    )
