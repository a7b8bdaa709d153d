"""Which export of a survey wave is landed, by where its files lie."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.config import load_config
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


def test_other_names_are_no_survey_waves(tmp_path: Path) -> None:
    settings = written(tmp_path, "limesurvey codes")
    survey = settings.sources / "survey"
    (survey / "2025-02.csv").rename(survey / "2025-13.csv")
    assert take_inventory(settings) == []


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
