import csv
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from orchestration.config import Config, load_config
from orchestration.config.model import Survey
from orchestration.errors import UnreadableFileError
from orchestration.extract.rows import Landed
from orchestration.settings import PACKAGED_CONFIG
from tests.unit.extract.survey_exports import (
    COUNTED,
    FILE_ID,
    FLAVOURS,
    PERSONAL,
    RESPONSES,
    Files,
    dataset,
    extracted,
    labels,
    structure,
    surveyxact_files,
    write_workbook,
)

CONFIG = load_config(PACKAGED_CONFIG)
FIXTURES = Path(__file__).parent / "fixtures" / "surveyxact"


def landed(files: Files, config: Config = CONFIG) -> Landed:
    (of_answers,) = [part for part in extracted(files, "2025-02", config).values() if part.tables]
    return of_answers


def responses(result: Landed) -> list[tuple[object, ...]]:
    columns = ["row_number", "library_id", "outcome", "reason_code"]
    return list(result.tables["survey_response"][columns].itertuples(index=False, name=None))


def counted(result: Landed) -> list[tuple[object, ...]]:
    columns = ["row_number", "question_id", "is_favourable"]
    return list(result.tables["survey_answer"][columns].itertuples(index=False, name=None))


def judged(result: Landed, row_number: int) -> tuple[str, str | None]:
    (row,) = [row for row in responses(result) if row[0] == row_number]
    return str(row[2]), row[3] and str(row[3])


def refusal(files: Files, config: Config = CONFIG) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as refused:
        extracted(files, "2025-02", config)
    assert not any(text in str(refused.value) for text in PERSONAL)
    return refused.value


def with_survey(**changes: object) -> Config:
    values = CONFIG.survey.model_dump() | changes
    return CONFIG.model_copy(update={"survey": Survey.model_validate(values)})


def edited(rows: list[list[str]], row: int, column: str, text: str) -> list[list[str]]:
    rows[row - 1][rows[0].index(column)] = text
    return rows


def renamed(old: str, new: str) -> list[list[str]]:
    return edited(dataset(), 1, old, new)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_flavour_of_one_survey_gives_the_same_answers(flavour: str, tmp_path: Path) -> None:
    result = landed(FLAVOURS[flavour](tmp_path))
    assert responses(result) == RESPONSES
    assert counted(result) == COUNTED
    assert set(result.tables["survey_answer"]["wave_id"]) == {"2025-02"}
    assert set(result.tables["survey_response"]["source_file_id"]) == {FILE_ID}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_names_addresses_free_text_and_refused_values_never_come_out(
    flavour: str, tmp_path: Path
) -> None:
    result = landed(FLAVOURS[flavour](tmp_path))
    everything = "\n".join(table.to_csv() for table in result.tables.values())
    for text in (*PERSONAL, "example", "Synnøve", "Biblioteket i Testby", "Sådan da"):
        assert text not in everything


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_rows_read_are_the_rows_below_the_header(flavour: str, tmp_path: Path) -> None:
    parts = extracted(FLAVOURS[flavour](tmp_path), "2025-02", CONFIG)
    described = sum(part.description_rows for part in parts.values())
    assert sum(part.rows_read for part in parts.values()) - described == len(RESPONSES)
    is_surveyxact = flavour.startswith("surveyxact")
    assert described == (len(labels()) + len(structure()) - 1 if is_surveyxact else 0)


def test_reasons_name_the_variable_or_question(tmp_path: Path) -> None:
    table = landed(surveyxact_files(tmp_path)).tables["survey_response"]
    reasons = table.dropna(subset=["reason"]).set_index("reason_code")["reason"]
    for code in ("missing_library", "unknown_library", "not_a_library"):
        assert "bibliotek" in reasons[code]
    assert "tryg" in reasons["unknown_answer"]


@pytest.mark.parametrize(
    ("folder", "part_suffix"), [("semicolon_ansi", ".csv"), ("tab_utf16", ".csv")]
)
def test_real_exports_are_read_alike(folder: str, part_suffix: str) -> None:
    files = {
        part: (FIXTURES / folder / f"{part}{part_suffix}", FILE_ID)
        for part in ("dataset", "labels", "structure")
    }
    places = {
        "I løpet av ungdomsskolen": "vesterbro",
        "Vårhalvåret på Vg1": "blaagaarden",
        "Høsthalvåret på Vg1": "noerrebro",
    }
    place = type(CONFIG.places[0])
    maths = {
        "question_id": "maths",
        "variable": "m_1",
        "text_da": "Hvilket matematikkfag hadde du på Vg1?",
        "answers": ["Matematikk 1T", "Matematikk 1P"],
        "favourable": ["Matematikk 1T"],
    }
    sciences = {  # one choice of several: a column of its own, 0 or 1
        "question_id": "sciences",
        "variable": "s_11_2",
        "text_da": "Hvilke fag har du valgt/skal du velge?",
        "answers": ["Ikke valgt", "Valgt"],
        "favourable": ["Valgt"],
    }
    config = with_survey(library_variable="s_6", questions=[maths, sciences]).model_copy(
        update={"places": [place(alias=a, library_id=i) for a, i in places.items()]}
    )
    result = landed(files, config)
    frame = result.tables["survey_response"]
    assert result.rows_read == 23
    assert frame.groupby(["outcome"]).size().to_dict() == {
        "usable": 14,
        "excluded": 7,
        "quarantined": 2,
    }
    rated = result.tables["survey_answer"].merge(frame, on="row_number")
    shares = rated.groupby(["library_id", "question_id"])["is_favourable"].agg(["sum", "count"])
    assert {key: tuple(row) for key, row in shares.iterrows()} == {
        ("vesterbro", "maths"): (4, 7),
        ("vesterbro", "sciences"): (4, 7),
        ("blaagaarden", "maths"): (6, 6),
        ("blaagaarden", "sciences"): (5, 6),
        ("noerrebro", "maths"): (0, 1),
        ("noerrebro", "sciences"): (0, 1),
    }


def test_short_variable_names_are_found_by_their_first_eight_letters(tmp_path: Path) -> None:
    data = [[name[:8] for name in dataset()[0]], *dataset()[1:]]
    short_labels = [[row[0][:8], *row[1:]] for row in labels()]
    result = landed(surveyxact_files(tmp_path, data=data, label_rows=short_labels))
    assert (responses(result), counted(result)) == (RESPONSES, COUNTED)


def test_labels_may_use_long_names_where_the_dataset_uses_short_ones(tmp_path: Path) -> None:
    data = [[name[:8] for name in dataset()[0]], *dataset()[1:]]
    assert counted(landed(surveyxact_files(tmp_path, data=data))) == COUNTED


def test_a_name_that_two_shortened_variables_share_is_refused(tmp_path: Path) -> None:
    data = edited(renamed("kompetence", "kompeten"), 1, "stoette_1", "kompeten")
    error = refusal(surveyxact_files(tmp_path, data=data))
    assert error.status == "wrong_columns"
    assert "'kompetence' cannot be told apart" in str(error)


def test_two_questions_whose_variables_shorten_to_one_column_are_refused(tmp_path: Path) -> None:
    questions = [question.model_dump() for question in CONFIG.survey.questions]
    questions[0] |= {"variable": "kompetence_a"}
    questions[1] |= {"variable": "kompetence_b"}
    error = refusal(
        surveyxact_files(tmp_path, data=renamed("kompetence", "kompeten")),
        with_survey(questions=questions),
    )
    assert "'kompetence_a' and 'kompetence_b' cannot be told apart" in str(error)


@pytest.mark.parametrize("variable", ["bibliotek", "tryg", "stato_4"])
def test_a_variable_that_stands_there_twice_is_refused(variable: str, tmp_path: Path) -> None:
    error = refusal(surveyxact_files(tmp_path, data=renamed("stoette_2", variable)))
    assert f"{variable!r} cannot be told apart" in str(error)


def test_a_variable_that_nobody_asks_for_may_stand_there_twice(tmp_path: Path) -> None:
    data = renamed("stoette_2", "stoette_1")
    assert counted(landed(surveyxact_files(tmp_path, data=data))) == COUNTED


@pytest.mark.parametrize("variable", ["bibliotek", "tryg", "stato_4"])
def test_a_missing_variable_is_refused_by_its_name(variable: str, tmp_path: Path) -> None:
    error = refusal(surveyxact_files(tmp_path, data=renamed(variable, "noget_andet")))
    assert error.status == "wrong_columns"
    assert f"no variable {variable!r}" in str(error)


def test_the_overall_status_tells_where_there_is_no_column_for_completed(tmp_path: Path) -> None:
    data = renamed("stato_4", "statover")
    for row in data[1:]:
        row[-1] = "4" if row[-1] == "1" else "3"
    assert responses(landed(surveyxact_files(tmp_path, data=data))) == RESPONSES


@pytest.mark.parametrize("decimals", [",0", ".0", ",00"])
def test_codes_with_decimals_are_the_same_codes(decimals: str, tmp_path: Path) -> None:
    data = [[cell + decimals if cell.isdigit() else cell for cell in row] for row in dataset()]
    result = landed(surveyxact_files(tmp_path, data=data))
    assert (responses(result), counted(result)) == (RESPONSES, COUNTED)


def test_a_code_without_a_label_is_an_unknown_answer(tmp_path: Path) -> None:
    data = edited(dataset(), 2, "tryg", "77")
    result = landed(surveyxact_files(tmp_path, data=data))
    assert judged(result, 2) == ("quarantined", "unknown_answer")
    assert counted(result) == [row for row in COUNTED if row[0] != 2]


def test_a_code_is_not_taken_for_a_text(tmp_path: Path) -> None:
    data = edited(dataset(), 2, "tryg", "Meget tryg")
    assert judged(landed(surveyxact_files(tmp_path, data=data)), 2)[0] == "quarantined"


def test_a_library_code_without_a_label_is_an_unknown_library(tmp_path: Path) -> None:
    data = edited(dataset(), 2, "bibliotek", "77")
    assert judged(landed(surveyxact_files(tmp_path, data=data)), 2) == (
        "quarantined",
        "unknown_library",
    )


def test_labels_that_repeat_a_code_with_another_text_are_refused(tmp_path: Path) -> None:
    repeated = [*labels(), ["tryg", "4,0", "Utryg"]]
    error = refusal(surveyxact_files(tmp_path, label_rows=repeated))
    assert "the labels give one code of 'tryg' two texts" in str(error)
    assert "Utryg" not in str(error)


def test_labels_may_repeat_a_code_with_the_same_text(tmp_path: Path) -> None:
    repeated = [*labels(), ["tryg", "4", "  meget tryg"], ["stoette_1", "1", "Noget andet"]]
    assert counted(landed(surveyxact_files(tmp_path, label_rows=repeated))) == COUNTED


def test_labels_with_many_commas_are_still_split_at_semicolons(tmp_path: Path) -> None:
    wordy = [*labels(), *(["emne", str(i), "ord, ord, ord, ord, og ord"] for i in range(40))]
    assert counted(landed(surveyxact_files(tmp_path, label_rows=wordy))) == COUNTED


def test_a_dataset_with_many_commas_is_still_split_at_semicolons(tmp_path: Path) -> None:
    data = edited(dataset(), 2, "kommentar", "ord, ord, ord, " * 60)
    assert counted(landed(surveyxact_files(tmp_path, data=data))) == COUNTED


def test_a_row_with_more_cells_than_the_header_is_quarantined(tmp_path: Path) -> None:
    data = dataset()
    data[1].insert(7, "et semikolon for meget")
    result = landed(surveyxact_files(tmp_path, data=data))
    assert judged(result, 2) == ("quarantined", "ragged_row")


def test_a_row_that_ends_before_its_status_is_quarantined(tmp_path: Path) -> None:
    data = dataset()
    del data[1][5:]
    assert judged(landed(surveyxact_files(tmp_path, data=data)), 2) == (
        "quarantined",
        "ragged_row",
    )


def test_empty_cells_beyond_the_header_do_not_matter(tmp_path: Path) -> None:
    data = [[*row, "", ""] if number else row for number, row in enumerate(dataset())]
    assert responses(landed(surveyxact_files(tmp_path, data=data))) == RESPONSES


def test_a_sep_line_is_no_row_of_the_dataset(tmp_path: Path) -> None:
    files = surveyxact_files(tmp_path)
    for path, _ in files.values():
        path.write_bytes(b"sep=;\r\n" + path.read_bytes())
    parts = extracted(files, "2025-02", CONFIG)
    assert parts["labels"].rows_read == len(labels())
    assert [row[1:] for row in responses(parts["dataset"])] == [row[1:] for row in RESPONSES]


@pytest.mark.parametrize("part", ["dataset", "labels"])
def test_a_wave_that_lacks_a_part_is_refused(part: str, tmp_path: Path) -> None:
    files = surveyxact_files(tmp_path)
    del files[part]
    error = refusal(files)
    assert error.status == "unreadable"
    assert f"lacks {part}.csv" in str(error)


def test_a_wave_without_its_structure_is_read(tmp_path: Path) -> None:
    files = surveyxact_files(tmp_path)
    del files["structure"]
    assert counted(landed(files)) == COUNTED


def test_an_empty_part_is_refused_by_its_name(tmp_path: Path) -> None:
    files = surveyxact_files(tmp_path)
    stored = tmp_path / "0f3a.csv"  # as the archive calls it
    stored.write_bytes(b"")
    error = refusal(files | {"labels": (stored, FILE_ID)})
    assert error.status == "empty"
    assert "labels.csv" in str(error)


def test_a_dataset_of_blank_lines_is_refused(tmp_path: Path) -> None:
    assert refusal(surveyxact_files(tmp_path, data=[[""], [""]])).status == "empty"


def test_a_workbook_without_labels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    write_workbook(path, {"Dataset": dataset(), "Structure": structure()})
    error = refusal({"workbook": (path, FILE_ID)})
    assert "no sheet labels" in str(error)


def test_a_continued_dataset_may_end_earlier_where_the_last_answers_are_blank(
    tmp_path: Path,
) -> None:
    path = tmp_path / "2025-02.xlsx"
    wide = [[*row[:-2], ""] for row in dataset()]
    status = [row[-2:] for row in dataset()]
    sheets = {"Dataset": status, "Dataset(1)": wide[:-1], "Labels": labels()}
    write_workbook(path, sheets)
    result = landed({"workbook": (path, FILE_ID)})
    assert responses(result)[:-1] == RESPONSES[:-1]
    assert judged(result, 11) == ("quarantined", "missing_library")


def test_a_continued_dataset_that_ends_before_the_status_leaves_a_ragged_row(
    tmp_path: Path,
) -> None:
    path = tmp_path / "2025-02.xlsx"
    wide = dataset()
    sheets = {
        "Dataset": [row[:4] for row in wide],
        "Dataset(1)": [row[4:] for row in wide[:-1]],
        "Labels": labels(),
    }
    write_workbook(path, sheets)
    assert judged(landed({"workbook": (path, FILE_ID)}), 11) == ("quarantined", "ragged_row")


def test_a_row_that_one_continuation_lacks_keeps_its_place_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    wide = dataset()
    sheets = {
        "Dataset": [row[:3] for row in wide],
        "Dataset(1)": [row[3:7] for row in wide[:-1]],
        "Dataset(2)": [row[7:] for row in wide],
        "Labels": labels(),
    }
    write_workbook(path, sheets)
    assert responses(landed({"workbook": (path, FILE_ID)}))[:-1] == RESPONSES[:-1]
    assert judged(landed({"workbook": (path, FILE_ID)}), 11) == ("usable", None)


def test_a_continued_dataset_with_more_rows_than_the_first_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.xlsx"
    wide = dataset()
    sheets = {
        "Dataset": [row[:4] for row in wide[:-1]],
        "Dataset(1)": [row[4:] for row in wide],
        "Labels": labels(),
    }
    write_workbook(path, sheets)
    error = refusal({"workbook": (path, FILE_ID)})
    assert "dataset(1) has row 11, which dataset has not" in str(error)


def test_a_survey_of_nobody_has_no_rows(tmp_path: Path) -> None:
    result = landed(surveyxact_files(tmp_path, data=dataset()[:1], quoting=csv.QUOTE_ALL))
    assert result.rows_read == 0
    assert all(isinstance(table, pd.DataFrame) and table.empty for table in result.tables.values())


def test_two_exports_of_one_wave_are_refused(tmp_path: Path) -> None:
    files = FLAVOURS["surveyxact tabs"](tmp_path) | FLAVOURS["forms workbook"](tmp_path)
    assert "2025-02 lies there as more than one export" in str(refusal(files))


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "0f3a.xlsx"
    path.write_bytes(b"")
    error = refusal({"workbook": (path, FILE_ID)})
    assert error.status == "empty"
    assert "0 bytes" in str(error)


def test_packed_tables_of_the_same_name_do_not_hide_one_another(tmp_path: Path) -> None:
    path = tmp_path / "2025-02.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/answers.csv", "x;y\n1;2\n")
        archive.writestr("b/answers.csv", "x;y\n1;2\n")
    assert "have the same name" in str(refusal({"table": (path, "id")}))
