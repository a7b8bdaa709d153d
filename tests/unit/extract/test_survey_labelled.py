import csv
from pathlib import Path

import pytest

from orchestration.config import Config, load_config
from orchestration.config.model import Survey
from orchestration.errors import UnreadableFileError
from orchestration.settings import PACKAGED_CONFIG
from tests.unit.extract.survey_exports import (
    COUNTED,
    FILE_ID,
    KOMPETENCE,
    PERSONAL,
    TRYG,
    extracted,
    forms_grid,
    limesurvey_grid,
    write_text,
    write_workbook,
)

CONFIG = load_config(PACKAGED_CONFIG)


def write(folder: Path, grid: list[list[str]], delimiter: str = ",") -> Path:
    path = folder / "2025-02.csv"
    write_text(path, grid, delimiter=delimiter, encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
    return path


def counted(path: Path, config: Config = CONFIG) -> list[tuple[object, ...]]:
    part = "table" if path.suffix == ".csv" else "workbook"
    landed = extracted({part: (path, FILE_ID)}, "2025-02", config)[part]
    columns = ["row_number", "question_id", "is_favourable"]
    return list(landed.tables["survey_answer"][columns].itertuples(index=False, name=None))


def refusal(path: Path, config: Config = CONFIG) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        counted(path, config)
    assert refused.value.status == "wrong_columns"
    assert not any(text in str(refused.value) for text in PERSONAL)
    return str(refused.value)


def with_survey(**changes: object) -> Config:
    values = CONFIG.survey.model_dump() | changes
    return CONFIG.model_copy(update={"survey": Survey.model_validate(values)})


@pytest.mark.parametrize(
    ("bibliotek", "tryg", "done"),
    [
        ("Library", "tryg", "Completion time"),
        ("Hvor arbejder du?", TRYG.upper(), "Date submitted"),
        ("q1. Bibliotek", f"tryg. {TRYG}", "submitdate"),
        ("bibliotek. Her er du ansat", "tryg. Your safety", "submitdate. Date submitted"),
    ],
)
def test_headers_may_be_code_text_or_both(
    bibliotek: str, tryg: str, done: str, tmp_path: Path
) -> None:
    grid = limesurvey_grid(bibliotek, tryg, KOMPETENCE, done)
    assert counted(write(tmp_path, grid)) == COUNTED


def test_a_header_of_the_configuration_is_accepted(tmp_path: Path) -> None:
    questions = [question.model_dump() for question in CONFIG.survey.questions]
    questions[0]["headers"] = ["G02Q07"]
    config = with_survey(
        questions=questions,
        labelled={"completed_headers": ["Sendt"], "library_headers": ["Arbejdssted"]},
    )
    grid = limesurvey_grid("Arbejdssted", "G02Q07", KOMPETENCE, "Sendt")
    assert counted(write(tmp_path, grid), config) == COUNTED


def test_a_configuration_without_the_setting_reads_the_products_own_headers() -> None:
    values = CONFIG.survey.model_dump()
    del values["labelled"]
    for question in values["questions"]:
        del question["headers"]
    labelled = Survey.model_validate(values).labelled
    assert {"Completion time", "Fuldførelsestidspunkt", "submitdate"} <= set(
        labelled.completed_headers
    )
    assert "Bibliotek" in labelled.library_headers


def test_a_header_in_whole_wins_over_one_that_only_ends_so(tmp_path: Path) -> None:
    grid = limesurvey_grid("Bibliotek", "tryg", "kompetence", "submitdate")
    for number, row in enumerate(grid):
        row.insert(0, "note. Bibliotek" if number == 0 else "et eller andet")
    assert counted(write(tmp_path, grid)) == COUNTED


def test_delimiters_inside_question_texts_do_not_decide(tmp_path: Path) -> None:
    grid = limesurvey_grid("Bibliotek", TRYG, KOMPETENCE, "submitdate")
    grid[0][-1] = "Hvorfor, " * 30
    assert counted(write(tmp_path, grid, delimiter=";")) == COUNTED


def test_titles_above_the_header_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    write_workbook(path, {"Svar": [["Trivsel 2025"], [], *forms_grid()]})
    assert counted(path) == [(number + 2, *rest) for number, *rest in COUNTED]


def test_a_table_without_library_or_completion_is_refused(tmp_path: Path) -> None:
    grid = limesurvey_grid("Bibliotek", TRYG, KOMPETENCE, "Last action")
    message = refusal(write(tmp_path, grid))
    assert "Fuldførelsestidspunkt" in message
    assert "survey.yml" in message


def test_a_table_without_a_question_is_refused_by_the_question(tmp_path: Path) -> None:
    message = refusal(
        write(tmp_path, limesurvey_grid("Bibliotek", "Noget andet", KOMPETENCE, "submitdate"))
    )
    assert "question tryg" in message
    assert "Noget andet" not in message


@pytest.mark.parametrize("header", ["Bibliotek", TRYG, "submitdate"])
def test_two_columns_with_one_meaning_are_refused(header: str, tmp_path: Path) -> None:
    grid = limesurvey_grid("Bibliotek", TRYG, KOMPETENCE, "submitdate")
    grid[0][-1] = header
    assert "2 columns are headed by one of the" in refusal(write(tmp_path, grid))


def test_two_sheets_with_answers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    write_workbook(path, {"Form1": forms_grid(), "Kopi": forms_grid()})
    assert "more than one sheet holds answers" in refusal(path)


def test_a_sheet_of_something_else_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    write_workbook(path, {"Noter": [["Husk", "at", "rydde op"]], "Form1": forms_grid()})
    assert counted(path) == COUNTED


def test_a_row_with_more_cells_than_the_header_is_quarantined(tmp_path: Path) -> None:
    grid = limesurvey_grid("Bibliotek", TRYG, KOMPETENCE, "submitdate")
    grid[1].append("for meget")
    del grid[3][1:]
    path = write(tmp_path, grid)
    landed = extracted({"table": (path, FILE_ID)}, "2025-02", CONFIG)["table"]
    reasons = landed.tables["survey_response"].set_index("row_number")["reason_code"]
    assert (reasons[2], reasons[4]) == ("ragged_row", "ragged_row")


def test_questions_that_share_a_header_are_refused_in_the_configuration() -> None:
    questions = [question.model_dump() for question in CONFIG.survey.questions]
    questions[1]["headers"] = [" TRYG"]
    with pytest.raises(ValueError, match="of both 'tryg' and 'kompetence'"):
        with_survey(questions=questions)


def test_a_question_that_stands_twice_is_refused_in_the_configuration() -> None:
    questions = [question.model_dump() for question in CONFIG.survey.questions]
    with pytest.raises(ValueError, match="question 'tryg' stands there twice"):
        with_survey(questions=[questions[0], questions[0]])
