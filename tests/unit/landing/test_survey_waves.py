"""Which export of a survey wave is landed, by where its files lie."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
from orchestration.config.model import PlausibleDates
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import LandedFile, land
from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.unit.extract.survey_exports import ANSWERS, COUNTED, FLAVOURS


def written(tmp_path: Path, *flavours: str) -> Settings:
    """Sources with exports of wave 2025-02, each where the contract wants it."""
    survey = tmp_path / "sources" / "survey"
    survey.mkdir(parents=True)
    for flavour in flavours:
        is_in_parts = flavour in ("surveyxact semicolons", "surveyxact commas", "surveyxact tabs")
        FLAVOURS[flavour](survey / "2025-02" if is_in_parts else survey)
    return Settings(sources=tmp_path / "sources", home=tmp_path / "home", config=PACKAGED_CONFIG)


def landed(settings: Settings) -> list[LandedFile]:
    return land(settings, load_config(settings.config), take_inventory(settings))


def paths(line: LandedFile, table: str) -> list[str]:
    return line.parquet.get(table, [])


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_an_export_of_any_flavour_is_landed_from_where_it_lies(
    flavour: str, tmp_path: Path
) -> None:
    lines = landed(written(tmp_path, flavour))
    assert {line.status for line in lines} == {"landed"}
    assert {line.file.wave_id for line in lines} == {"2025-02"}
    assert sum(line.rows_read - line.description_rows for line in lines) == len(ANSWERS)
    (answers,) = (path for line in lines for path in paths(line, "survey_answer"))
    columns = "row_number, question_id, is_favourable"
    read = duckdb.sql(f"select {columns} from read_parquet('{answers}')").fetchall()
    assert sorted(read) == sorted(COUNTED)


@pytest.mark.parametrize(
    "flavours",
    [
        ("surveyxact tabs", "limesurvey texts"),
        ("surveyxact commas", "forms workbook"),
        ("limesurvey codes", "surveyxact workbook"),
    ],
)
def test_a_second_export_of_a_wave_is_not_counted_on_top(
    flavours: tuple[str, ...], tmp_path: Path
) -> None:
    lines = landed(written(tmp_path, *flavours))
    assert len(lines) > 1
    for line in lines:
        assert line.status == "unreadable"
        assert "wave 2025-02 lies there as more than one export" in str(line.reason)
        assert not paths(line, "survey_response")


@pytest.mark.parametrize("part", ["dataset", "labels"])
@pytest.mark.parametrize("first", ["csv", "xlsx"])
def test_a_wave_with_one_of_its_parts_twice_is_refused_with_the_names_of_both(
    part: str, first: str, tmp_path: Path
) -> None:
    settings = written(tmp_path, "surveyxact tabs")
    wave = settings.sources / "survey" / "2025-02"
    other = wave / f"{part}.xlsx"
    other.write_bytes((wave / f"{part}.csv").read_bytes() + b"\n")
    for path in (wave / f"{part}.csv", other):
        moment = 1_600_000_000 if path.suffix == f".{first}" else 1_700_000_000
        os.utime(path, (moment, moment))
    lines = landed(settings)
    assert len(lines) == 4
    for line in lines:
        assert line.status == "unreadable"
        assert f"has its {part} twice" in str(line.reason)
        assert f"2025-02/{part}.csv" in str(line.reason)
        assert f"2025-02/{part}.xlsx" in str(line.reason)
        assert not line.parquet
    other.unlink()
    assert {line.status for line in landed(settings)} == {"landed"}


def test_two_workbooks_of_one_wave_are_refused_with_the_names_of_both(tmp_path: Path) -> None:
    settings = written(tmp_path, "forms workbook")
    (book,) = (settings.sources / "survey").iterdir()
    book.with_suffix(".ods").write_bytes(b"another")
    (reason,) = {str(line.reason) for line in landed(settings)}
    assert "2025-02.xlsx" in reason
    assert "2025-02.ods" in reason


@pytest.mark.parametrize(
    "name",
    [
        *("2025-13.csv", "2025-2.csv", "februar 2025.csv", "a/2025-02.csv"),
        *("2025-2/dataset.csv", "2025-02/2025-02_dataset.csv", "a/2025-02/dataset.csv"),
    ],
)
def test_a_survey_under_another_name_is_in_the_ledger_with_the_names_expected(
    name: str, tmp_path: Path
) -> None:
    settings = written(tmp_path, "limesurvey codes")
    survey = settings.sources / "survey"
    (survey / name).parent.mkdir(parents=True, exist_ok=True)
    (survey / "2025-02.csv").rename(survey / name)
    (line,) = landed(settings)
    assert (line.file.file_name, line.status, line.rows_read) == (name, "wrong_name", 0)
    assert "2025-02.xlsx, 2025-02.csv, or a folder 2025-02 with dataset.csv" in str(line.reason)
    assert not line.parquet


def test_several_surveys_under_other_names_have_a_line_each(tmp_path: Path) -> None:
    settings = written(tmp_path, "limesurvey codes")
    survey = settings.sources / "survey"
    (survey / "2025-2.csv").write_text("a;b")
    (survey / "2025-3.csv").write_text("a;c")
    assert {line.file.file_name: line.status for line in landed(settings)} == {
        "2025-02.csv": "landed",
        "2025-2.csv": "wrong_name",
        "2025-3.csv": "wrong_name",
    }


@pytest.mark.parametrize("is_later", [False, True])
def test_a_copy_of_a_wave_under_a_wrong_name_is_the_same_source_file(
    is_later: bool, tmp_path: Path
) -> None:
    settings = written(tmp_path, "limesurvey codes")
    survey = settings.sources / "survey"
    shutil.copy(survey / "2025-02.csv", survey / "februar.csv")
    moment = 1_900_000_000 if is_later else 1_000_000_000
    os.utime(survey / "februar.csv", (moment, moment))
    assert [(line.file.file_name, line.status) for line in landed(settings)] == [
        ("2025-02.csv", "landed")
    ]


def test_a_wave_outside_the_plausible_dates_is_refused_as_long_as_they_are_so(
    tmp_path: Path,
) -> None:
    settings = written(tmp_path, "limesurvey codes")
    files = take_inventory(settings)
    config = load_config(settings.config)

    def status(first: str, last: str) -> tuple[str, str]:
        dates = PlausibleDates.model_validate({"from": first, "to": last})
        rules = config.municipality.model_copy(update={"plausible_dates": dates})
        (line,) = land(settings, config.model_copy(update={"municipality": rules}), files)
        return line.status, str(line.reason)

    assert status("2020-01-01", "2035-12-31")[0] == "landed"
    for first, last in (("2025-03-01", "2035-12-31"), ("2020-01-01", "2025-01-31")):
        refused, reason = status(first, last)
        assert refused == "wrong_name"
        assert f"wave 2025-02 lies outside the plausible dates configured, {first[:7]}" in reason
    assert status("2025-02-28", "2025-02-28")[0] == "landed"


def test_the_same_answers_under_two_waves_count_once_for_the_wave_exported_last(
    tmp_path: Path,
) -> None:
    settings = written(tmp_path, "surveyxact tabs")
    survey = settings.sources / "survey"
    shutil.copytree(survey / "2025-02", survey / "2025-06")
    for path in (survey / "2025-02").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    lines = landed(settings)
    with_answers = [line for line in lines if paths(line, "survey_answer")]
    assert [line.file.wave_id for line in with_answers] == ["2025-06"]
    lacking = [line for line in lines if line.file.wave_id == "2025-02"]
    assert {line.status for line in lacking} == {"unreadable"}
    assert all("lacks dataset" in str(line.reason) for line in lacking)
