"""The ``dataspor`` command: what it prints, and its exit codes."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.config import load_config
from orchestration.half_year import last_ended
from orchestration.publish import read_run_of
from orchestration.releases.diff import diff
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.pipeline.installation import (
    AS_OF,
    CLOSED,
    DATASPOR,
    Place,
    begun_from,
    copied,
    made_once,
)
from tests.pipeline.test_operation import export

COMMANDS = (
    ("run",),
    ("fetch",),
    ("figures",),
    ("trace",),
    ("sources",),
    ("quarantine",),
    ("purge",),
    ("close",),
    ("briefing",),
    ("diff",),
    ("releases",),
    ("reproduce",),
    ("claims",),
    ("check-text",),
    ("disclosure",),
    ("sample",),
    ("instance",),
    ("postgres-roles",),
    ("backup",),
    ("backup", "create"),
    ("backup", "verify"),
    ("backup", "restore"),
    ("config",),
    ("config", "init"),
    ("config", "check"),
    ("config", "schema"),
)
LATE_EXPORT = "haendelser_sene_SYNTETISK.csv"


def content_of(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def late_export(place: Place) -> str:
    """Late reports, a withdrawal, a move and a recode, all of Vesterbro."""
    summer = _incidents(place, "vesterbro_incidents_summer", "2025-04")
    winter = _incidents(place, "vesterbro_unsafe_behaviour_winter", "2024-10")
    withdrawn, moved = (row for row in summer[:2])
    recoded = winter[0]
    lines = ["Nr.;Oprettet;Hændelsestidspunkt;Ejendom;Kategori;Status;Senest ændret;Antal"]
    for number in ("7700001", "7700002"):
        lines.append(
            f"{number};30-09-2025 12:00;29-09-2025 12:00;Vesterbro Bibliotek;Trusler;"
            "Afsluttet;12-11-2025 08:00;2"
        )
    for row, place_name, category, status, day in (
        (withdrawn, "Vesterbro Bibliotek", "Trusler", "Annulleret", "01-06-2025"),
        (moved, "Sundby Bibliotek", "Trusler", "Afsluttet", "01-06-2025"),
        (recoded, "Vesterbro Bibliotek", "Chikane", "Afsluttet", "01-12-2024"),
    ):
        lines.append(
            f"{row['incident_id']};{day} 12:00;{day} 11:00;{place_name};{category};{status};"
            f"15-11-2025 08:00;{row['incident_count']}"
        )
    return "\r\n".join(lines) + "\r\n"


def _incidents(place: Place, figure_id: str, half_year_id: str) -> list[dict[str, Any]]:
    rows = json.loads(place.dataspor("trace", figure_id, "--format", "json").output)
    return [row for row in rows if row["half_year_id"] == half_year_id]


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory, released: Place) -> Place:
    """The sample's installation after a close, late reports, another run and another close."""

    def make(place: Place) -> None:
        begun_from(place, released)
        first = content_of(place.settings.releases / CLOSED / "r1")
        (place.folder / "r1.txt").write_text(json.dumps(first), encoding="utf-8")
        late = place.sources / "mainmanager" / LATE_EXPORT
        late.write_text(late_export(place), encoding="utf-8")
        place.noted("late_run", "run", "--as-of", "2025-11-18")
        place.noted("second_close", "close", CLOSED)

    return made_once(tmp_path_factory, "closed", make)


# --- help and unusable arguments ----------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")
    assert len(result.output.split("\n\n")) > 1


def test_the_help_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert set(main.commands) == {command[0] for command in COMMANDS}
    assert all(f"\n  {name} " in result.output for name in main.commands)


def test_every_command_seldom_looks_for_garbage() -> None:
    code = (
        "import gc; from click.testing import CliRunner; from orchestration.cli import main; "
        "CliRunner().invoke(main, ['figures', '--help']); print(gc.get_threshold()[0])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "50000\n"


def test_the_installed_command_says_its_version() -> None:
    told = subprocess.run([DATASPOR, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("dataspor, version ")


def test_the_module_knows_the_commands_that_the_installed_command_knows() -> None:
    told = subprocess.run(
        [sys.executable, "-P", "-m", "orchestration.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(f"\n  {name} " in told.stdout for name in main.commands)


@pytest.mark.parametrize("day", ["2025-13-01", "yesterday", "17-11-2025"])
def test_a_bad_as_of_is_unusable(tmp_path: Path, day: str) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    answer = place.dataspor("run", "--as-of", day)
    assert answer.exit_code == 2
    assert "--as-of" in answer.told
    assert not place.home.exists()


@pytest.mark.parametrize("variable", ["DATASPOR_SOURCES", "DATASPOR_CONFIG"])
def test_a_variable_that_names_no_folder_is_unusable(tmp_path: Path, variable: str) -> None:
    environment = {**os.environ, "DATASPOR_HOME": str(tmp_path), variable: str(tmp_path / "none")}
    told = subprocess.run(
        [DATASPOR, "run"], env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert f"{variable} is {tmp_path / 'none'}, which is not a folder" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_mistyped_url_is_not_shown(tmp_path: Path) -> None:
    environment = {"DATASPOR_HOME": str(tmp_path), "DATASPOR_SOURCES": "sftp:/me:secret@host/x"}
    told = CliRunner().invoke(main, ["run"], env=environment)
    assert told.exit_code == 2
    assert "DATASPOR_SOURCES is […] (a URL needs ://)" in told.stderr
    assert "secret" not in told.output


def test_a_home_without_sources_says_how_to_get_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASPOR_HOME", str(tmp_path))
    monkeypatch.delenv("DATASPOR_SOURCES", raising=False)
    monkeypatch.delenv("DATASPOR_CONFIG", raising=False)
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert "dataspor sample" in result.stderr


@pytest.mark.parametrize(
    "command",
    [("figures",), ("sources",), ("quarantine",), ("trace", "any"), ("close", CLOSED)],
    ids=" ".join,
)
def test_before_the_first_run_a_sentence_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    answer = place.dataspor(*command)
    assert answer.exit_code == 1
    assert "Run `dataspor run` first" in answer.told


# --- reading what is published ------------------------------------------------------------------


def test_the_figures_as_json_are_the_published_rows(sample_run: Place) -> None:
    answer = sample_run.dataspor("figures", "--format", "json")
    rows = json.loads(answer.output)
    published = sample_run.figures()
    assert [row["figure_id"] for row in rows] == list(published)
    for row in rows:
        for column in ("value", "value_from", "value_to"):
            wanted = published[row["figure_id"]][column]
            assert row[column] == (None if wanted is None else pytest.approx(wanted))
    assert "vinterhalvåret" in answer.output


def test_the_figures_as_csv_are_the_published_rows(sample_run: Place) -> None:
    rows = list(
        csv.DictReader(io.StringIO(sample_run.dataspor("figures", "--format", "csv").output))
    )
    assert [row["figure_id"] for row in rows] == list(sample_run.figures())
    assert float(rows[0]["value"]) == pytest.approx(-50)


def test_the_figures_as_a_table_say_that_the_data_are_synthetic(sample_run: Place) -> None:
    answer = sample_run.dataspor("figures")
    assert "SYNTHETIC DATA" in answer.told
    assert "-63 %" in answer.told


def test_sources_prints_a_line_for_every_source_file(sample_run: Place) -> None:
    answer = sample_run.dataspor("sources")
    assert answer.exit_code == 0
    number = sample_run.value("select count(*) from marts.meta_source_file")
    assert (
        sum(
            line.startswith(("  mainmanager ", "  survey ", "  opening_hours ", "  presence "))
            for line in answer.output.splitlines()
        )
        == number
    )


def test_quarantine_prints_every_row_with_its_reason(sample_run: Place) -> None:
    answer = sample_run.dataspor("quarantine")
    number = sample_run.value("select count(*) from marts.meta_quarantine")
    assert number == sample_run.value("select sum(rows_quarantined) from marts.meta_source_file")
    assert _lines_of_rows(answer.output) == number
    assert "the place is not in places.csv" in answer.told
    assert "Ukendt afdeling (SYNTETISK)" not in answer.told


def test_who_may_read_published_tables_alone_is_shown_the_ledger(
    sample_run: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists, refused = Path.exists, []

    def exists_for_readers(self: Path) -> bool:
        if self.is_relative_to(sample_run.settings.build):
            refused.append(self)
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return exists(self)

    monkeypatch.setattr(Path, "exists", exists_for_readers)
    answer = sample_run.dataspor("sources")
    assert answer.exit_code == 0, answer.error
    assert refused
    assert _lines_of_rows(answer.output) > 0


def test_refused_values_are_read_again_from_the_files_on_demand(sample_run: Place) -> None:
    answer = sample_run.dataspor("quarantine", "--values")
    assert _lines_of_rows(answer.output) == _lines_of_rows(sample_run.dataspor("quarantine").output)
    assert "Ukendt afdeling (SYNTETISK)" in answer.told


def test_quarantine_of_one_source_file_prints_its_rows_only(sample_run: Place) -> None:
    (line,) = sample_run.rows(
        "select source_file_id, rows_quarantined from marts.meta_source_file "
        "where file_name = 'Hændelser 2023 (SYNTETISK).xlsx'"
    )
    for wanted in (line["source_file_id"], line["source_file_id"][:10]):
        answer = sample_run.dataspor("quarantine", "--source-file", wanted)
        assert _lines_of_rows(answer.output) == line["rows_quarantined"] == 3


def _lines_of_rows(output: str) -> int:
    return sum(line.startswith("  mainmanager ") for line in output.splitlines())


def test_a_warehouse_of_an_earlier_version_is_told_in_a_sentence(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    place.settings.prepare()
    with duckdb.connect(str(place.settings.published_warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.meta_source_file (source varchar)")
    answer = place.dataspor("sources")
    assert answer.exit_code == 1
    assert "another version of Dataspor" in answer.told


def test_an_unknown_figure_is_answered_with_those_that_there_are(sample_run: Place) -> None:
    answer = sample_run.dataspor("trace", "no_such_figure")
    assert answer.exit_code == 1
    assert "vesterbro_incidents_winter" in answer.told


def test_trace_prints_the_count_of_each_end(sample_run: Place) -> None:
    answer = sample_run.dataspor("trace", "vesterbro_incidents_winter")
    figure = sample_run.figures()["vesterbro_incidents_winter"]
    assert f"2022-10: {figure['value_from']:.0f} incidents" in answer.output
    assert f"2024-10: {figure['value_to']:.0f} incidents" in answer.output


# --- damaged files ------------------------------------------------------------------------------


def damaged(place: Place, home: Path, of: str) -> tuple[Path, dict[str, str]]:
    """A copy of a home with one file damaged, and the environment that names it.

    The sources stay where they are, since other ones would be something new.
    """
    shutil.copytree(place.home, home, symlinks=True)
    warehouse: Path = getattr(Settings(place.sources, home, PACKAGED_CONFIG), of)
    warehouse.unlink()
    warehouse.write_bytes(b"garbage" * 1000)
    return warehouse, {
        "DATASPOR_SOURCES": str(place.sources),
        "DATASPOR_HOME": str(home),
        "DATASPOR_CONFIG": str(PACKAGED_CONFIG),
    }


@pytest.mark.ledger_not_asked(reason="a warehouse is damaged on purpose")
@pytest.mark.parametrize(
    ("of", "commands"),
    [
        ("published_warehouse", ("figures", "sources", "claims", f"close {CLOSED}")),
        (
            "audited_warehouse",
            ("trace any", "quarantine", "sources", "purge --older-than 9", f"close {CLOSED}"),
        ),
    ],
)
def test_a_damaged_warehouse_is_told_by_its_path(
    tmp_path: Path, sample_run: Place, of: str, commands: tuple[str, ...]
) -> None:
    warehouse, environment = damaged(sample_run, tmp_path / "home", of)
    for command in commands:
        answer = CliRunner().invoke(main, command.split(), env=environment)
        assert isinstance(answer.exception, SystemExit), command
        assert answer.exit_code == 1
        assert f"{warehouse} cannot be read" in answer.stderr


@pytest.mark.wide
def test_a_run_publishes_in_place_of_a_damaged_warehouse(tmp_path: Path, sample_run: Place) -> None:
    warehouse, environment = damaged(sample_run, tmp_path / "home", "published_warehouse")
    answer = CliRunner().invoke(main, ["run", "--as-of", AS_OF], env=environment)
    assert answer.exit_code == 0, answer.stderr
    assert "Nothing new" not in answer.output
    assert "vesterbro_incidents_winter" in answer.output
    assert read_run_of(warehouse)["as_of"] == AS_OF


@pytest.mark.ledger_not_asked(reason="a warehouse is damaged on purpose")
@pytest.mark.parametrize("state", ["damaged", "of another home", "whole"])
def test_nothing_is_new_only_where_traces_can_be_read_in_the_home_itself(
    tmp_path: Path, sample_run: Place, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    warehouse, environment = damaged(sample_run, tmp_path / "home", "audited_warehouse")
    if state != "damaged":
        shutil.copy(sample_run.settings.audited_warehouse, warehouse)
    if state == "whole":
        with duckdb.connect(str(warehouse)) as connection:
            views = connection.execute(
                "select sql from duckdb_views() where schema_name = 'landing'"
            ).fetchall()
            for (view,) in views:
                here = view.replace(str(sample_run.home), str(tmp_path / "home"))
                connection.execute(here.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
    begun: list[object] = []
    monkeypatch.setattr("orchestration.cli._execute_run", lambda *told: begun.append(told))
    answer = CliRunner().invoke(main, ["run", "--as-of", AS_OF], env=environment)
    assert answer.exit_code == 0, answer.stderr
    assert bool(begun) == (state != "whole")
    assert ("Nothing new" in answer.output) == (state == "whole")


@pytest.mark.wide
def test_a_home_that_was_moved_is_built_anew_on_its_own_landed_rows(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.sources / "mainmanager").mkdir(parents=True)
    export(place, "a.csv", 1)
    assert place.dataspor("run", "--as-of", AS_OF).exit_code == 0
    published = place.fingerprint()
    place.home.rename(tmp_path / "moved")
    moved = {
        "DATASPOR_SOURCES": str(place.sources),
        "DATASPOR_HOME": str(tmp_path / "moved"),
        "DATASPOR_CONFIG": str(PACKAGED_CONFIG),
    }
    figure_id = "vesterbro_incidents_winter"
    for command in (f"trace {figure_id}", "quarantine", f"close {CLOSED}"):
        answer = CliRunner().invoke(main, command.split(), env=moved)
        assert isinstance(answer.exception, SystemExit), command
        assert answer.exit_code == 1
        assert "the landed rows that it reads are gone" in answer.stderr
        assert "`dataspor run`" in answer.stderr
    for is_new in (True, False):
        answer = CliRunner().invoke(main, ["run", "--as-of", AS_OF], env=moved)
        assert answer.exit_code == 0, answer.stderr
        assert ("Nothing new" in answer.output) == (not is_new)
    answer = CliRunner().invoke(main, ["trace", figure_id], env=moved)
    assert answer.exit_code == 0, answer.stderr
    # what is published does not tell where the home is
    (tmp_path / "moved").rename(place.home)
    assert place.fingerprint() == published


# --- releases -----------------------------------------------------------------------------------


def test_a_half_year_that_has_not_ended_is_not_closed(sample_run: Place) -> None:
    answer = sample_run.dataspor("close", "2025-10")
    assert answer.exit_code == 2
    assert "Only an ended half-year is closed" in answer.told


@pytest.mark.parametrize("half_year_id", ["2025-05", "winter", "2025", "2025-4"])
def test_what_is_no_half_year_is_not_closed(sample_run: Place, half_year_id: str) -> None:
    answer = sample_run.dataspor("close", half_year_id)
    assert answer.exit_code == 2
    assert "is not a half-year" in answer.told


@pytest.mark.parametrize("command", [("briefing", "2023-04"), ("diff", "2023-04")], ids=" ".join)
def test_a_release_that_is_not_there_is_unusable(
    sample_run: Place, command: tuple[str, ...]
) -> None:
    answer = sample_run.dataspor(*command)
    assert answer.exit_code == 2
    assert "`dataspor close 2023-04` makes one" in answer.told


def test_a_close_freezes_what_is_published_with_its_briefing(
    closed: Place, sample_run: Place
) -> None:
    answer = closed.note("close")
    assert answer.exit_code == 0, answer.error
    assert f"release {CLOSED}.r1" in answer.told
    folder = closed.settings.releases / CLOSED / "r1"
    facts = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    assert facts["as_of"] == "2025-11-17"
    assert facts["sha256"]["warehouse.duckdb"] == sample_run.fingerprint()
    for name, digest in facts["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    for name in ("briefing.html", "briefing.docx", "briefing.xlsx"):
        assert (folder / "briefing" / name).stat().st_size > 1000


def test_a_second_close_is_a_revision_and_keeps_the_first(closed: Place) -> None:
    assert closed.note("late_run").exit_code == 0
    answer = closed.note("second_close")
    assert answer.exit_code == 0, answer.error
    assert f"release {CLOSED}.r2" in answer.told
    kept = json.loads((closed.folder / "r1.txt").read_text(encoding="utf-8"))
    first = content_of(closed.settings.releases / CLOSED / "r1")
    assert {name: first.get(name) for name in kept} == kept


def test_a_close_if_missing_leaves_a_closed_half_year_alone(closed: Place) -> None:
    answer = closed.dataspor("close", "--if-missing", CLOSED)
    assert answer.exit_code == 0
    folder = closed.settings.releases / CLOSED
    assert answer.output == (
        f"Already closed: {CLOSED}.r2\nBriefing: {folder / 'r2' / 'briefing' / 'briefing.html'}\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["r1", "r2"]


def test_a_close_if_missing_writes_the_briefing_that_failed(closed: Place, tmp_path: Path) -> None:
    place = copied(closed, tmp_path / "place")
    folder = place.settings.releases / CLOSED / "r2" / "briefing"
    before = content_of(folder)
    shutil.rmtree(folder)
    answer = place.dataspor("close", "--if-missing", CLOSED)
    assert answer.exit_code == 0, answer.error
    assert answer.output.endswith(f"Briefing: {folder / 'briefing.html'}\n")
    assert content_of(folder) == before


def test_the_causes_of_a_difference_add_up_to_it_exactly(closed: Place) -> None:
    with_figures = {
        revision: _figures_of(closed, revision) for revision in (f"{CLOSED}.r1", f"{CLOSED}.r2")
    }
    before, after = with_figures.values()
    moved = {figure.figure_id: figure for figure in diff(closed.settings, *with_figures).moved}
    for figure_id, row in after.items():
        for end in ("value_from", "value_to"):
            change = (row[end] or 0) - (before[figure_id][end] or 0)
            causes = moved[figure_id].causes if figure_id in moved else []
            assert sum(cause.amount for cause in causes if cause.end == end) == change
    causes = moved["vesterbro_incidents_summer"].causes
    summer = {c.cause: c.amount for c in causes if c.end == "value_to"}
    assert summer.keys() == {"late_report", "withdrawal", "edit"}
    assert summer["late_report"] == 4
    assert max(summer["withdrawal"], summer["edit"]) < 0
    winter = {c.cause for c in moved["vesterbro_unsafe_behaviour_winter"].causes}
    assert winter == {"recode"}


def _figures_of(place: Place, release_id: str) -> dict[str, dict[str, Any]]:
    from orchestration.publish import read_table
    from orchestration.releases.release import find_release

    table = read_table(
        find_release(place.settings, release_id).warehouse,
        "select figure_id, value_from, value_to from marts.fct_status_figure",
    )
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {row["figure_id"]: row for row in rows}


def test_diff_prints_what_moved_and_why(closed: Place) -> None:
    answer = closed.dataspor("diff", f"{CLOSED}.r1", f"{CLOSED}.r2")
    assert answer.exit_code == 0
    assert "vesterbro_incidents_summer:" in answer.told
    assert "+4 by late_report" in answer.told
    assert closed.dataspor("diff", f"{CLOSED}.r1").output == answer.output
    assert "No figure moved." in closed.dataspor("diff", CLOSED, "now").output


def test_briefing_writes_the_files_that_it_names(closed: Place, tmp_path: Path) -> None:
    place = copied(closed, tmp_path / "place")
    folder = place.settings.releases / CLOSED / "r2" / "briefing"
    shutil.rmtree(folder)
    answer = place.dataspor("briefing", CLOSED)
    assert answer.exit_code == 0, answer.error
    named = [Path(line.strip()) for line in answer.output.splitlines()[1:]]
    assert {"briefing.html", "briefing.docx", "briefing.xlsx"} <= {path.name for path in named}
    assert all(path.is_file() and path.is_relative_to(folder) for path in named)
    assert "SYNTET" in (folder / "briefing.html").read_text(encoding="utf-8").upper()


# --- configuration and sample -------------------------------------------------------------------


def test_a_new_configuration_is_a_copy_that_is_in_order(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    answer = place.dataspor("config", "init", str(place.config))
    assert answer.exit_code == 0
    written = {path.name: path.read_text("utf-8") for path in place.config.iterdir() if path.suffix}
    for path in PACKAGED_CONFIG.iterdir():
        told = f"# yaml-language-server: $schema=schema/{path.stem}.json\n"
        text = path.read_text(encoding="utf-8")
        assert written.pop(path.name) == (told + text if path.suffix == ".yml" else text)
    assert written == {}
    checked = place.dataspor("config", "check")
    assert checked.exit_code == 0
    assert "in order" in checked.told
    assert str(place.config) in checked.output.replace("\n", "")
    again = place.dataspor("config", "init", str(place.config))
    assert again.exit_code == 2
    assert "not empty" in again.told


@pytest.mark.parametrize(
    ("file_name", "good", "bad", "told"),
    [
        (
            "municipality.yml",
            "maturity_days: 14",
            "maturity_days: soon",
            "municipality.yml, line 6",
        ),
        ("libraries.csv", "DK-710119;", "DK-710104;", "libraries.csv, line"),
        (
            "figures.yml",
            'id: "3"',
            'id: "33"',
            "figures.yml, line 62: noerrebro_district_rank_2023_10",
        ),
        ("sentences.yml", "change:", "change: [", "sentences.yml, line"),
    ],
)
@pytest.mark.parametrize("command", [("config", "check"), ("run",)], ids=" ".join)
def test_a_wrong_configuration_is_unusable_and_says_where(
    tmp_path: Path, command: tuple[str, ...], file_name: str, good: str, bad: str, told: str
) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    shutil.copytree(PACKAGED_CONFIG, place.config)
    path = place.config / file_name
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), encoding="utf-8")
    answer = place.dataspor(*command)
    assert answer.exit_code == 2
    assert told in answer.told
    assert "Traceback" not in answer.told


def test_sample_writes_the_exports_and_says_how_many(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sample", str(tmp_path / "sample")])
    written = [path for path in (tmp_path / "sample").rglob("*") if path.is_file()]
    assert result.exit_code == 0
    assert f"{len(written)} synthetic exports" in result.output


@pytest.mark.wide
def test_a_municipality_that_begins_with_the_running_half_year_publishes_and_closes_nothing_yet(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    shutil.copytree(PACKAGED_CONFIG, place.config)
    last = last_ended(load_config(place.config).municipality.today())
    rules = place.config / "municipality.yml"
    text = rules.read_text(encoding="utf-8")
    assert '"2022-10"' in text
    rules.write_text(text.replace('"2022-10"', f'"{last.next.id}"'), encoding="utf-8")
    export = place.sources / "mainmanager" / "export.csv"
    export.parent.mkdir(parents=True)
    day = last.next.starts_on.strftime("%d-%m-%Y")
    export.write_text(f"Nr.;Oprettet;Ejendom;Kategori\n1;{day} 12:00;Valby Bibliotek;Vold\n")
    os.utime(export, (1_750_000_000, 1_750_000_000))
    answer = place.dataspor("run")
    assert answer.exit_code == 0, answer.error
    assert place.value("select sum(incidents) from marts.fct_incident_half_year") == 1
    answer = place.dataspor("close", last.id)
    assert answer.exit_code == 2
    assert f"{last.id} is before {last.next.id}" in answer.told


def test_the_screen_of_a_run_holds_what_the_run_has_to_say_and_nothing_of_its_libraries(
    sample_run: Place,
) -> None:
    told = sample_run.note("run")  # of the installed command
    assert told.exit_code == 0, told.error
    assert told.output.startswith("SYNTHETIC DATA: ")
    assert told.output.rstrip().endswith(f"Published: {sample_run.settings.published_warehouse}")
    assert told.error == ""
