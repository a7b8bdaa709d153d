"""Personal data in every cell and name of all sources: nothing of it is kept, logged or shown."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
import sqlite3
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.execute import instance_folder
from orchestration.sample import write_sample
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.canaries import (
    CPR,
    FREE_TEXT,
    MAIL,
    NAME,
    ODD_VALUE,
    PERSONS,
    found_in,
    opening_items,
    survey_parts,
    write_canaries,
)
from tests.pipeline.installation import AS_OF, Place, ledger_gaps, made_once
from tests.pipeline.remains import comparable, texts_below, texts_in
from tests.servers import (
    PASSWORD,
    USER,
    LibraryWebsite,
    SurveyServer,
    days_between,
    other,
    serving,
    status,
)

HALF_YEAR = "2025-04"
# what they print of cells is for the person who mends the file or the mapping
SHOWS_CELLS = ("quarantine --values", "config check")


class _Terminal:
    """Commands run on an installation, and all that they printed."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.printed: list[dict[str, object]] = []

    def __call__(self, *arguments: str, **environment: str) -> None:
        with self.place.environment(), pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(main, list(arguments))
        shown = result.output + result.stderr
        if result.exception is not None:
            shown += repr(result.exception)
        line = {"command": " ".join(arguments), "exit_code": result.exit_code, "shown": shown}
        self.printed.append(line)


def _fetch_and_run(terminal: _Terminal) -> None:
    """Answers that are kept, and answers that are refused, all full of canaries."""
    today = dt.date.today()
    near = days_between(today - dt.timedelta(days=20), today - dt.timedelta(days=10))
    items = opening_items(near)
    html = f"<h1>{NAME} {CPR} {MAIL}</h1>".encode()
    faults = [
        status(403, X_Contact=MAIL),
        other(f"{MAIL}; charset=utf-8", html),
        other(body=json.dumps([{"id": NAME, "date": CPR, NAME: MAIL}]).encode()),
        other(body=json.dumps({"message": f"{NAME} {CPR}"}).encode()),
        other(body=f'[{{"id": 1, "category": "{NAME}'.encode()),
        other(body=html + b"\xff\x81"),
    ]
    parts = {
        part: "\r\n".join("\t".join(row) for row in rows) for part, rows in survey_parts().items()
    }
    with serving(LibraryWebsite(items)) as website, serving(SurveyServer({77: parts})) as surveys:
        environment = {
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "DATASPOR_OPENING_HOURS_URL": website.base_url,
            "DATASPOR_SURVEYXACT_URL": f"{surveys.base_url}/rest",
            "DATASPOR_SURVEYXACT_USER": USER,
            "DATASPOR_SURVEYXACT_PASSWORD": PASSWORD,
        }
        surveys.faults = [other("text/html", html), other(body=f"{NAME};{CPR}".encode())]
        for fault in faults:
            website.faults = [fault]
            terminal("fetch", **environment)
        terminal("fetch", **environment)
        terminal("run", "--as-of", AS_OF, **environment)
        terminal("run", "--as-of", AS_OF, **environment)


def _make(place: Place) -> None:
    write_sample(place.sources)
    write_canaries(place.sources)
    shutil.copytree(PACKAGED_CONFIG, place.config)
    with (place.config / "survey.yml").open("a", encoding="utf-8") as file:
        file.write('\nrest: [{wave: "2025-08", survey_id: 77}]\n')
    terminal = _Terminal(place)
    _fetch_and_run(terminal)
    terminal("sources")
    terminal("quarantine")
    terminal("quarantine", "--values")
    terminal("close", HALF_YEAR)
    terminal("briefing", HALF_YEAR)
    terminal("diff", f"{HALF_YEAR}.r1", "now")
    for shape in ("table", "json", "csv"):
        terminal("figures", "--format", shape)
    for figure_id in place.figures():
        terminal("trace", figure_id)
    terminal("config", "check", "--limit", "100000")
    terminal("purge", "--older-than", "0", "--dry-run")
    (place.folder / "printed.json").write_text(json.dumps(terminal.printed), encoding="utf-8")


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation whose sources are full of canaries, after every command."""
    return made_once(tmp_path_factory, "canaries", _make)


def _printed(place: Place) -> list[dict[str, str]]:
    return json.loads((place.folder / "printed.json").read_text(encoding="utf-8"))


def test_the_canaries_were_read_and_everything_was_published(canaries: Place) -> None:
    exits = Counter((line["command"].split()[0], line["exit_code"]) for line in _printed(canaries))
    assert exits.pop(("fetch", 1)) == 6
    assert {code for _, code in exits} == {0}, exits
    runs = [line for line in _printed(canaries) if line["command"].startswith("run")]
    first, second = runs
    assert "Nothing new since the last published run" in second["shown"]
    assert ledger_gaps(canaries) == []
    # rows of each source were refused for what stood in them, and good ones beside them were used
    found = canaries.rows(
        "select f.source, count(distinct q.reason_code) as reasons from marts.meta_quarantine as q "
        "join marts.meta_source_file as f using (source_file_id) group by all"
    )
    reasons = {row["source"]: row["reasons"] for row in found}
    assert reasons["mainmanager"] >= 8 and reasons["presence"] >= 7
    assert reasons["survey"] >= 2 and reasons["opening_hours"] >= 4
    used = canaries.value(
        "select count(*) from marts.meta_source_file where rows_loaded > 0 and "
        "file_name like '%[…]%'"
    )
    assert used >= 5
    unusable = canaries.value(
        "select count(*) from marts.meta_source_file where reason is not null"
    )
    assert unusable >= 20
    assert first["shown"].count("Not used: ") >= unusable  # yet exit 0: none of them is required

    archived = "\n".join(text for _, text in texts_below(canaries.settings.archive))
    for text in (*PERSONS, FREE_TEXT, ODD_VALUE):
        assert comparable(text) in archived, text


def test_nothing_of_a_person_lies_outside_the_archive(canaries: Place) -> None:
    found = {
        place: traces
        for place, text in texts_below(canaries.home, without=(canaries.settings.archive,))
        if (traces := found_in(text))
    }
    assert found == {}


def test_nothing_of_a_person_is_printed(canaries: Place) -> None:
    found = {}
    for line in _printed(canaries):
        shows_cells = line["command"].startswith(SHOWS_CELLS)
        # a terminal folds lines: without the breaks, nothing hides in a fold
        for text in (line["shown"], " ".join(line["shown"].split())):
            if traces := found_in(comparable(text), odd_values=not shows_cells):
                found[line["command"]] = traces
    assert found == {}
    shown = {line["command"]: line["shown"] for line in _printed(canaries)}
    # it is the cells themselves that they show, screened
    assert ODD_VALUE in shown["quarantine --values"] and "[…]" in shown["quarantine --values"]
    assert ODD_VALUE in shown["config check --limit 100000"]


def test_nothing_of_a_person_is_told_by_dagster(canaries: Place) -> None:
    kinds: Counter[str] = Counter()
    found = set()
    with (
        canaries.environment(),
        dg.DagsterInstance.from_config(str(instance_folder(canaries.settings))) as instance,
    ):
        for run in instance.get_runs():
            found |= found_in(comparable(dg.serialize_value(run)))
            for entry in instance.all_logs(run.run_id):
                kinds[str(entry.dagster_event and entry.dagster_event.event_type_value)] += 1
                found |= found_in(comparable(dg.serialize_value(entry)))
                # escapes of JSON hide letters
                found |= found_in(comparable(repr(entry)))
    assert found == set()
    assert kinds["ASSET_MATERIALIZATION"] > 20
    assert kinds["ASSET_CHECK_EVALUATION"] > 20


def test_what_holds_single_rows_is_for_its_owner_only(canaries: Place) -> None:
    settings = canaries.settings
    for folder in (
        settings.archive,
        settings.landing,
        settings.build,
        settings.dbt_target,
        settings.dagster_home,
    ):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    files = list(settings.landing.rglob("*.parquet"))
    assert files and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


# --- the search itself: what it must find -------------------------------------------------------


def _in_duckdb(folder: Path) -> None:
    with duckdb.connect(str(folder / "file.duckdb")) as connection:
        connection.execute("create schema hidden")
        connection.execute(
            "create table hidden.rows as select range, case when range = 77777 then ? "
            "else 'row ' || range end as x from range(100000)",
            [NAME],
        )


def _in_duckdb_as_number(folder: Path) -> None:
    with duckdb.connect(str(folder / "file.duckdb")) as connection:
        connection.execute("create table rows as select range + 28719000 as x from range(1000)")


def _in_parquet(folder: Path) -> None:
    duckdb.execute(
        f"copy (select repeat('x', 50) || '{MAIL}' as x from range(1000)) "
        f"to '{folder / 'file.parquet'}' (format parquet, compression zstd)"
    )


def _in_sqlite(folder: Path) -> None:
    with sqlite3.connect(folder / "runs.db") as connection:
        connection.execute("create table runs (body blob)")
        connection.execute("insert into runs values (?)", [zlib.compress(NAME.encode() * 9)])
    connection.close()


def _in_sqlite_with_a_log(folder: Path) -> None:
    with sqlite3.connect(folder / "source.db") as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table runs (body text)")
        connection.execute("insert into runs values (?)", [NAME])
        connection.commit()
        for name in ("source.db", "source.db-wal"):
            shutil.copy(folder / name, folder / name.replace("source", "runs"))
    connection.close()
    (folder / "source.db").unlink()
    assert (folder / "runs.db-wal").is_file()


def _in_docx(folder: Path) -> None:
    with zipfile.ZipFile(folder / "file.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<w:t>{CPR.replace('-', '')}</w:t>" * 9)


def _in_gz_in_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "file.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.gz", gzip.compress(FREE_TEXT.encode() * 9))


def _in_a_name(folder: Path) -> None:
    (folder / NAME).mkdir()


def _in_bytes(data: bytes) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        (folder / "run.log").write_bytes(b"\x00\x01 before " + data + b" after \xff")

    return plant


@pytest.mark.parametrize(
    "plant",
    [
        _in_duckdb,
        _in_duckdb_as_number,
        _in_parquet,
        _in_sqlite,
        _in_sqlite_with_a_log,
        _in_docx,
        _in_gz_in_zip,
        _in_a_name,
        _in_bytes("Synnøve".encode()),
        _in_bytes("SYNNØVE".encode("cp1252")),
        _in_bytes("Synnøve".encode("utf-16-le")),
        _in_bytes("xSynnøve".encode("utf-16-be")),
        _in_bytes(json.dumps("Synnøve").encode()),
        _in_bytes("Synnøve".encode().decode("latin-1").encode()),
        _in_bytes(unicodedata.normalize("NFD", NAME.upper()).encode()),
        _in_bytes("Synno\u0308ve".encode()),
        _in_bytes(CPR.replace("-", "\xa0").encode()),
        _in_bytes(CPR.replace("-", "").encode("utf-16-le")),
        _in_bytes(b"3.112994321"),
        _in_bytes(b"2871.9364"),
        _in_bytes(b"(+45 28 71 93 64)"),
        _in_bytes(b"004528719364"),
        _in_bytes(ODD_VALUE.encode()),
    ],
)
def test_the_search_finds_what_is_planted(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    assert not any(found_in(text) for _, text in texts_below(tmp_path))
    plant(tmp_path)
    assert any(found_in(text) for _, text in texts_below(tmp_path))


def test_the_search_finds_what_is_planted_in_an_installation(
    canaries: Place, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(canaries.settings.published_warehouse, warehouse)
    assert not any(found_in(text) for _, text in texts_in(warehouse.read_bytes()))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set notes = ? where notes is null", [NAME]
        )
    assert any(found_in(text) for _, text in texts_in(warehouse.read_bytes()))
