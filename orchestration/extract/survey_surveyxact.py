"""What a SurveyXact export means, in all four flavours: codes, and labels that give them meaning.

Variables are found by name and answers by their label; codes are not in scale order. Format: the
real exports in readSX (github.com/NIFU-NO/readSX, MIT).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from orchestration.config.model import Survey, match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.delimited import Row
from orchestration.extract.survey_answers import AnswerText, Respondent
from orchestration.extract.survey_rows import NumberedRows

PARTS = ("dataset", "labels", "structure")
SHORT_NAME_LENGTH = 8
_LABEL_CELLS = 3


@dataclass(frozen=True)
class Export:
    """The tables of an export that are read; the structure only describes the others."""

    dataset: NumberedRows
    labels: NumberedRows
    structure: NumberedRows

    @property
    def row_counts(self) -> dict[str, int]:
        """Data rows of each part; the labels have no header."""
        return {
            "dataset": max(len(self.dataset) - 1, 0),
            "labels": len(self.labels),
            "structure": max(len(self.structure) - 1, 0),
        }


def fits(part: str, survey: Survey) -> Callable[[NumberedRows], bool]:
    """Whether rows look like a part of an export, to tell its delimiter."""
    if part == "labels":
        return lambda rows: all(len(row) >= _LABEL_CELLS for _, row in rows)
    wanted = "variableName" if part == "structure" else survey.library_variable
    return lambda rows: bool(rows) and bool(_positions(rows[0][1], wanted))


def is_workbook_of(sheets: Mapping[str, NumberedRows]) -> bool:
    """Whether a workbook's sheets are named as this system names them."""
    return not {"dataset", "labels"}.isdisjoint(map(match_key, sheets))


def export_of_sheets(sheets: Mapping[str, NumberedRows]) -> Export:
    """The parts of a workbook; a wide dataset goes on in Dataset(1), Dataset(2) …

    Raises:
        UnreadableFileError: a sheet is missing, or a continuation has rows that Dataset lacks.
    """
    named = {match_key(name): rows for name, rows in sheets.items()}
    missing = [part for part in ("dataset", "labels") if part not in named]
    if missing:
        raise UnreadableFileError(
            "wrong_columns", f"the workbook has no sheet {' and '.join(missing)}; export it again"
        )
    wide = {number: list(row) for number, row in named["dataset"]}
    for name, rows in named.items():
        # the header goes on as well, so that the order of the continuations does not matter
        if not re.fullmatch(r"dataset ?\(\d+\)", name):
            continue
        width = max(map(len, wide.values()), default=0)
        for number, more in rows:
            if number not in wide:
                raise UnreadableFileError(
                    "unreadable",
                    f"sheet {name} has row {number}, which dataset has not; "
                    "export the workbook again",
                )
            wide[number].extend([""] * (width - len(wide[number])))
            wide[number].extend(more)
    return Export(sorted(wide.items()), named["labels"], named.get("structure", []))


def respondents(export: Export, survey: Survey) -> Iterator[Respondent]:
    """The configured answers of each row of the dataset, codes replaced by their labels.

    Raises:
        UnreadableFileError: a variable is missing, or stands there twice; codes mean two things.
    """
    if not export.dataset:
        raise UnreadableFileError("empty", "the dataset has no header and no answers")
    header = export.dataset[0][1]
    completed = next(
        (c for c in survey.completed if _positions(header, c.variable)), survey.completed[0]
    )
    questions = {question.question_id: question.variable for question in survey.questions}
    wanted = [completed.variable, survey.library_variable, *questions.values()]
    columns = _columns(header, wanted)
    labels = {
        variable: _labels(export.labels, header[columns[variable]], variable)
        for variable in wanted[1:]
    }
    for number, row in export.dataset[1:]:

        def text(variable: str, row: Row = row) -> AnswerText:
            code = _code(_cell(row, columns[variable]))
            return labels[variable].get(code) if code else ""

        yield Respondent(
            row_number=number,
            is_completed=_code(_cell(row, columns[completed.variable])) == _code(completed.value),
            library=text(survey.library_variable),
            answers={question_id: text(variable) for question_id, variable in questions.items()},
            is_ragged=any(row[len(header) :]) or len(row) <= columns[completed.variable],
        )


def _columns(header: Row, wanted: list[str]) -> dict[str, int]:
    """Where each wanted variable is, each in a column of its own."""
    columns: dict[str, int] = {}
    for variable in wanted:
        found = _positions(header, variable)
        if not found:
            raise UnreadableFileError(
                "wrong_columns",
                f"the dataset has no variable {variable!r} (nor its first {SHORT_NAME_LENGTH} "
                "letters); name the export's variable in survey.yml",
            )
        rival = next((v for v, at in columns.items() if at in found), variable)
        if len(found) > 1 or match_key(rival) != match_key(variable):
            names = repr(variable) if rival == variable else f"{rival!r} and {variable!r}"
            raise UnreadableFileError(
                "wrong_columns",
                f"the dataset's columns for {names} cannot be told apart; export it again with "
                "long variable names, each variable once",
            )
        columns[variable] = found[0]
    return columns


def _positions(header: Row, variable: str) -> list[int]:
    """Columns with a variable's name, else with its first letters (short-name exports)."""
    keys = [match_key(name) for name in header]
    for wanted in (match_key(variable), match_key(variable[:SHORT_NAME_LENGTH])):
        found = [position for position, key in enumerate(keys) if key == wanted]
        if found:
            return found
    return []


def _labels(rows: NumberedRows, column: str, variable: str) -> dict[str, str]:
    """Code to label of one variable, which the labels may call as the dataset does, or in full."""
    named: dict[str, list[Row]] = {}
    for _, row in rows:
        if len(row) >= _LABEL_CELLS and row[2]:
            named.setdefault(match_key(row[0]), []).append(row)
    names = (column, variable, variable[:SHORT_NAME_LENGTH])
    own = next((named[key] for key in map(match_key, names) if key in named), [])
    labels: dict[str, str] = {}
    for row in own:
        first = labels.setdefault(_code(row[1]), row[2])
        if match_key(first) != match_key(row[2]):
            raise UnreadableFileError(
                "unreadable",
                f"the labels give one code of {variable!r} two texts; export the labels again "
                "together with the dataset",
            )
    return labels


def _cell(row: Row, position: int) -> str:
    return row[position] if position < len(row) else ""


def _code(text: str) -> str:
    """A numeric code without the decimals that spreadsheets add: ``3,0`` is ``3``."""
    return re.sub(r"^(-?\d+)[.,]0+$", r"\1", text.strip())
