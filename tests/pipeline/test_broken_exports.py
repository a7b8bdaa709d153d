"""Files that cannot be used: each is a line of the ledger, and everything else is published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.sample import write_sample
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.installation import AS_OF, OUTCOMES, Place, ledger_gaps, made_once

WHOLE = "Hændelser 2024 (SYNTETISK).xlsx"
HEADER = "Nr.;Oprettet;Hændelsestidspunkt;Ejendom;Kategori;Status\r\n"
BROKEN = (
    ("mainmanager", "afbrudt.xlsx", "unreadable"),
    ("mainmanager", "forkerte kolonner.csv", "wrong_columns"),
    ("mainmanager", "låst.csv", "unreadable"),
    ("mainmanager", "tom.csv", "empty"),
    ("opening_hours", "2021-01-04.json", "unreadable"),
    ("presence", "forkerte kolonner.csv", "wrong_columns"),
    ("survey", "2022-11.xlsx", "unreadable"),
)


def write_broken_exports(sources: Path) -> None:
    """The sample, and beside it a file of each kind that cannot be used."""
    write_sample(sources)
    incidents = sources / "mainmanager"
    whole = (incidents / WHOLE).read_bytes()
    (incidents / "afbrudt.xlsx").write_bytes(whole[: len(whole) // 2])
    (incidents / "forkerte kolonner.csv").write_text("Navn;Alder\r\nAnna;41\r\n", "utf-8")
    # can be opened, cannot be read from its beginning
    (incidents / "låst.csv").symlink_to("/proc/self/mem")
    (incidents / "tom.csv").touch()
    (incidents / "kun overskrifter.csv").write_text(HEADER, "utf-8")
    (sources / "opening_hours" / "2021-01-04.json").write_text('[{"id": 1,', "utf-8")
    (sources / "presence" / "forkerte kolonner.csv").write_text("Hus;Hund\r\n1;2\r\n", "utf-8")
    (sources / "survey" / "2022-11.xlsx").write_bytes(whole[:2000])


@pytest.fixture(scope="session")
def broken_run(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Run with a configuration that requires incidents, and is the packaged one otherwise."""

    def make(place: Place) -> None:
        write_broken_exports(place.sources)
        shutil.copytree(PACKAGED_CONFIG, place.config)
        rules = place.config / "municipality.yml"
        text = rules.read_text(encoding="utf-8")
        assert "required_sources: []" in text
        rules.write_text(
            text.replace("required_sources: []", "required_sources: [mainmanager]"), "utf-8"
        )
        place.noted("run", "run", "--as-of", AS_OF)
        new, known = (place.sources / "mainmanager" / name for name in ("ny.csv", WHOLE))
        with new.open("w"), known.open("r+b") as overwritten:
            overwritten.write(b"PK")
            overwritten.flush()
            place.noted("meanwhile", "run", "--as-of", AS_OF)

    return made_once(tmp_path_factory, "broken", make)


# test_personal_data.py has a run with many more, none of which the configuration requires: exit 0
def test_a_run_with_unusable_files_publishes_and_says_which_they_are(broken_run: Place) -> None:
    answer = broken_run.note("run")
    for source, file_name, _ in BROKEN:
        assert f"Not used: {source}/{file_name}:" in answer.told


@pytest.mark.parametrize(("source", "file_name", "status"), BROKEN)
def test_an_unusable_file_is_a_line_of_the_ledger_with_its_reason(
    broken_run: Place, source: str, file_name: str, status: str
) -> None:
    (line,) = broken_run.rows(
        "select * from marts.meta_source_file where source = ? and file_name = ?",
        source,
        file_name,
    )
    assert line["status"] == status
    assert len(line["reason"]) > 10
    assert "Traceback" not in line["reason"]
    assert [line["rows_read"], *(line[f"rows_{outcome}"] for outcome in OUTCOMES)] == [0] * 7


def test_an_export_of_nothing_but_headers_is_landed_with_no_rows(broken_run: Place) -> None:
    (line,) = broken_run.rows(
        "select status, rows_read from marts.meta_source_file where file_name = ?",
        "kun overskrifter.csv",
    )
    assert line == {"status": "landed", "rows_read": 0}


def test_unusable_files_change_no_figure(broken_run: Place, sample_run: Place) -> None:
    assert broken_run.figures() == sample_run.figures()
    assert ledger_gaps(broken_run) == []


def test_an_unusable_file_of_a_required_source_ends_the_run_with_1_after_publishing(
    broken_run: Place,
) -> None:
    answer = broken_run.note("run")
    assert answer.exit_code == 1
    assert "The configuration requires mainmanager" in answer.told
    assert "Traceback" not in answer.told
    as_of = broken_run.value("select value from marts.meta_run where key = 'as_of'")
    assert as_of == AS_OF


def test_an_export_that_is_overwritten_during_a_run_counts_as_it_was(broken_run: Place) -> None:
    answer = broken_run.note("meanwhile")
    assert "Nothing new since the last published run" in answer.told
    assert (
        f"Left for the next run: mainmanager/{WHOLE}: another program has it open for writing; "
        "until it can be read, its last version counts"
    ) in answer.told


def test_a_new_export_of_a_required_source_that_is_being_written_ends_the_run_with_1(
    broken_run: Place,
) -> None:
    answer = broken_run.note("meanwhile")
    assert answer.exit_code == 1
    told = "Left for the next run: mainmanager/ny.csv: another program has it open for writing"
    assert told in answer.told
    assert "mainmanager, of which a file is left for the next run" in answer.told
