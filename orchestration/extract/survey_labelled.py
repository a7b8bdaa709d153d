"""What a survey export with the answers' full texts means: one table, a row per respondent.

LimeSurvey (csv or Excel, "full answers") and Microsoft Forms write such files. Columns are found
by their header, which may be the question's text, its code, or LimeSurvey's ``code. text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.config.model import Survey, match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.delimited import Row
from orchestration.extract.survey_answers import Respondent
from orchestration.extract.survey_rows import NumberedRows
from orchestration.extract.tabular import HEAD_ROWS

_CODE_AND_TEXT = re.compile(r"([a-z][a-z0-9_]*(?:\[[^\]]*\])?)\. ?(.+)")


@dataclass(frozen=True)
class Table:
    """The rows below a header, and where the wanted columns are."""

    rows: NumberedRows
    width: int
    completed: int
    library: int
    questions: Mapping[str, int]


def fits(rows: NumberedRows, survey: Survey) -> bool:
    """Whether there is a header with the library and the completion, to tell the delimiter."""
    return _header_index(rows, survey) is not None


def table_of(sheets: Mapping[str, NumberedRows], survey: Survey) -> Table:
    """The one table with answers among a file's sheets.

    Raises:
        UnreadableFileError: there is none or more than one, a question has no column or several.
    """
    found = [
        (rows, index)
        for rows in sheets.values()
        if (index := _header_index(rows, survey)) is not None
    ]
    labelled = survey.labelled
    if not found:
        raise UnreadableFileError(
            "wrong_columns",
            "no header row that names the library "
            f"({', '.join(labelled.library_headers)}) and the completion "
            f"({', '.join(labelled.completed_headers)}) among the first {HEAD_ROWS} rows; add the "
            "file's headers to labelled in survey.yml, or export the missing columns",
        )
    if len(found) > 1:
        raise UnreadableFileError(
            "wrong_columns", "more than one sheet holds answers; keep the one that counts"
        )
    rows, index = found[0]
    header = rows[index][1]
    return Table(
        rows=rows[index + 1 :],
        width=len(header),
        completed=_column(header, labelled.completed_headers, "completed_headers"),
        library=_column(header, labelled.library_headers, "library_headers"),
        questions={
            question.question_id: _column(
                header, question.accepted_headers, f"headers of question {question.question_id}"
            )
            for question in survey.questions
        },
    )


def respondents(table: Table) -> Iterator[Respondent]:
    """The configured answers of each row; nothing else of the row is taken."""
    for number, row in table.rows:
        cells = [*row, *[""] * (table.width - len(row))]
        yield Respondent(
            row_number=number,
            is_completed=bool(cells[table.completed]),
            library=cells[table.library],
            answers={question_id: cells[at] for question_id, at in table.questions.items()},
            is_ragged=any(row[table.width :]) or len(row) <= table.completed,
        )


def _header_index(rows: NumberedRows, survey: Survey) -> int | None:
    labelled = survey.labelled
    for index, (_, row) in enumerate(rows[:HEAD_ROWS]):
        if _positions(row, labelled.completed_headers) and _positions(
            row, labelled.library_headers
        ):
            return index
    return None


def _column(header: Row, accepted: Sequence[str], setting: str) -> int:
    found = _positions(header, accepted)
    if not found:
        raise UnreadableFileError(
            "wrong_columns",
            f"no column is headed by one of the {setting} in survey.yml ({', '.join(accepted)}); "
            "add the file's header there",
        )
    if len(found) > 1:
        raise UnreadableFileError(
            "wrong_columns",
            f"{len(found)} columns are headed by one of the {setting} in survey.yml "
            f"({', '.join(accepted)}); keep one of the columns",
        )
    return found[0]


def _positions(header: Row, accepted: Sequence[str]) -> list[int]:
    """Columns headed by an accepted text, else by an accepted code or text in ``code. text``."""
    wanted = set(map(match_key, accepted))
    keys = [match_key(cell) for cell in header]
    whole = [position for position, key in enumerate(keys) if key in wanted]
    if whole:
        return whole
    parts = [_CODE_AND_TEXT.fullmatch(key) for key in keys]
    return [position for position, part in enumerate(parts) if part and wanted & set(part.groups())]
