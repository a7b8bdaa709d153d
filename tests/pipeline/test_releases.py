"""Releases: nothing of them changes, and each can be made anew from archive and configuration."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from orchestration.config import load_config
from orchestration.releases.causes import incident_changes
from orchestration.releases.release import find_release
from orchestration.releases.state import INCIDENTS, Source, State
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build
from tests.pipeline.installation import AS_OF, CLOSED, Place, copied


# it is done literally in test_runbooks.py too
@pytest.mark.wide
def test_a_release_is_made_anew_to_the_same_bytes(released: Place) -> None:
    answer = released.dataspor("reproduce", CLOSED)
    assert answer.exit_code == 0, answer.error
    assert "files made anew to the same bytes" in answer.told
    names = {
        path.relative_to(find_release(released.settings, CLOSED).folder).parts[0]
        for path in find_release(released.settings, CLOSED).folder.rglob("*")
        if path.is_file()
    }
    assert {"tables", "private", "config", "briefing"} <= names
    left = [path.name for path in released.settings.archive.glob(".re*")]
    assert left == []


def test_the_first_release_says_that_it_follows_none(released: Place) -> None:
    release = find_release(released.settings, CLOSED)
    assert json.loads(release.diff.read_text("utf-8")) == {"since": None, "moved": []}
    assert "diff.json" in release.facts["sha256"]
    assert len(release.facts["code_digest"]) == 64


def test_a_release_s_files_cannot_be_written_to_and_an_alteration_is_told(
    released: Place, tmp_path: Path
) -> None:
    place = copied(released, tmp_path / "place")
    release = find_release(place.settings, CLOSED)
    assert all(
        not path.stat().st_mode & 0o222
        for path in release.folder.rglob("*")
        if path.is_file() and "briefing" not in path.parts
    )
    assert place.dataspor("releases", "--verify").exit_code == 0
    table = release.tables / "fct_status_figure.parquet"
    table.chmod(0o600)
    table.write_bytes(table.read_bytes() + b" ")
    (release.config / "figures.yml").unlink()
    answer = place.dataspor("releases", "--verify")
    assert answer.exit_code == 1
    assert "config/figures.yml, tables/fct_status_figure.parquet" in answer.told


def test_what_is_no_longer_in_the_archive_is_named(released: Place, tmp_path: Path) -> None:
    place = copied(released, tmp_path / "place")
    shutil.rmtree(place.sources)
    place.sources.mkdir()
    assert place.dataspor("purge", "--older-than", "0").exit_code == 0
    answer = place.dataspor("reproduce", CLOSED)
    assert answer.exit_code == 1
    assert "not in the archive any more" in answer.told
    assert "Traceback" not in answer.told


def test_a_close_whose_diff_cannot_be_told_closes_nothing(released: Place, tmp_path: Path) -> None:
    place = copied(released, tmp_path / "place")
    release = find_release(place.settings, CLOSED)
    release.sources.chmod(0o600)
    release.sources.write_text("[]", encoding="utf-8")
    figures = release.warehouse
    figures.chmod(0o600)
    figures.write_bytes(b"no database")
    answer = place.dataspor("close", CLOSED)
    assert answer.exit_code == 1
    assert "Nothing was closed" in answer.told
    assert [path.name for path in release.folder.parent.iterdir()] == ["r1"]


@pytest.mark.wide
def test_what_a_changed_configuration_did_is_measured_apart_from_late_reports(
    released: Place, tmp_path: Path
) -> None:
    place = copied(released, tmp_path / "place")
    place.dataspor("config", "init", str(place.config))
    aliases = place.config / "category_aliases.csv"
    text = aliases.read_text(encoding="utf-8")
    assert "Trusler;threats" in text
    aliases.write_text(text.replace("Trusler;threats", "Trusler;unsafe_behaviour"), "utf-8")
    row = "KBH-90001;05-09-2025 10:00;05-09-2025 09:00;Vesterbro Bibliotek og Kulturhus;Andet;Ny"
    late = place.sources / "mainmanager" / "sen_SYNTETISK.csv"
    late.write_text(
        f"Nr.;Oprettet;Hændelsestidspunkt;Ejendom;Kategori;Status\n{row}\n", encoding="utf-8"
    )
    assert place.dataspor("run", "--as-of", AS_OF).exit_code == 0
    answer = place.dataspor("close", CLOSED)
    assert answer.exit_code == 0, answer.error
    release = find_release(place.settings, f"{CLOSED}.r2")
    told = json.loads(release.diff.read_text("utf-8"))
    assert told["since"] == f"{CLOSED}.r1"
    assert told["files"]["new"] == ["mainmanager/sen_SYNTETISK.csv"]
    moved = {figure["figure_id"]: figure["causes"] for figure in told["moved"]}
    unsafe = {cause["cause"] for cause in moved["vesterbro_unsafe_behaviour_winter"]}
    assert unsafe == {"config"}
    summer = [c for c in moved["vesterbro_incidents_summer"] if c["end"] == "value_to"]
    assert [(c["cause"], c["amount"]) for c in summer] == [("late_report", 1)]


@pytest.mark.wide
def test_a_release_whose_configuration_is_refused_now_hinders_no_close(
    released: Place, tmp_path: Path
) -> None:
    place = copied(released, tmp_path / "place")
    release = find_release(place.settings, CLOSED)
    rules = release.config / "municipality.yml"
    rules.chmod(0o600)
    rules.write_text(rules.read_text("utf-8") + "\nan_earlier_rule: 1\n", encoding="utf-8")
    answer = place.dataspor("close", CLOSED)
    assert answer.exit_code == 0, answer.error
    told = json.loads(find_release(place.settings, f"{CLOSED}.r2").diff.read_text("utf-8"))
    assert told["since"] == f"{CLOSED}.r1"
    assert told["moved"] == []
    (note,) = told["notes"]
    assert f"refuses the configuration of {CLOSED}.r1" in note


def test_a_release_of_an_earlier_version_is_told_in_a_sentence_and_hinders_no_close(
    released: Place, tmp_path: Path
) -> None:
    place = copied(released, tmp_path / "place")
    release = find_release(place.settings, CLOSED)
    release.sources.unlink()
    answer = place.dataspor("diff", CLOSED)
    assert answer.exit_code == 1
    assert "was closed by an earlier version of Dataspor" in answer.told
    assert place.dataspor("close", CLOSED).exit_code == 0
    told = json.loads(find_release(place.settings, CLOSED).diff.read_text("utf-8"))
    assert told["since"] is None


def state(settings: Settings, models: list[Model], *names: str) -> State:
    """What is counted of some of an installation's exports, in another home."""
    folder = settings.home / "-".join(names)
    exports = folder / "sources" / "mainmanager"
    exports.mkdir(parents=True)
    for name in names:
        shutil.copy2(settings.sources / "mainmanager" / name, exports)
    config = load_config(settings.config)
    anew = Settings(folder / "sources", folder / "home", settings.config)
    with build(anew, config, models) as connection:
        incidents = connection.execute(INCIDENTS).df()
        files = connection.execute("select source_file_id, file_name from landing.source_file")
        sources = [Source("mainmanager", *row, "2025-01-01T00:00:00") for row in files.fetchall()]
    return State("", pd.DataFrame(), incidents, sources, settings.config, "", AS_OF, config)


def test_a_row_that_could_not_be_used_and_is_right_in_a_later_export_is_edited_and_not_late(
    models: list[Model], tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "sources", tmp_path / "homes", PACKAGED_CONFIG)
    (settings.sources / "mainmanager").mkdir(parents=True)
    right, wrong = "Vesterbro Bibliotek", "Vestrebro"
    mended, spoilt, gone, late, unused = "10001", "10002", "10003", "10004", "10005"
    places = {
        "first.csv": {mended: wrong, spoilt: right, gone: right, unused: wrong},
        "second.csv": {mended: right, spoilt: wrong, late: right, unused: wrong},
    }
    for name, rows in places.items():
        lines = [f"{key};01-11-2024 12:00;{place};Vold" for key, place in rows.items()]
        text = "\n".join(["Nr.;Oprettet;Ejendom;Kategori", *lines, ""])
        (settings.sources / "mainmanager" / name).write_text(text, encoding="utf-8")
    first = state(settings, models, "first.csv")
    told = incident_changes(first, state(settings, models, "second.csv"))
    assert dict(zip(told.incident_id, told.cause, strict=True)) == {
        mended: "edit",
        spoilt: "edit",
        gone: "withdrawal",
        late: "late_report",
    }
    # a row that can be used counts before one that cannot, whichever export is later
    both = incident_changes(first, state(settings, models, "first.csv", "second.csv"))
    assert dict(zip(both.incident_id, both.cause, strict=True)) == {
        mended: "edit",
        late: "late_report",
    }
