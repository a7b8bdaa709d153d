"""Staff surveys: what a SurveyXact export means, in all four flavours.

Variables are found by name and answers by their label; codes are not in scale order. Only the
library, the status and the configured questions are read from a respondent's row. Format: the
real exports in readSX (github.com/NIFU-NO/readSX, MIT).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.errors import UnreadableFileError
from orchestration.extract.rows import Landed, Reason, frame
from orchestration.extract.tables import Row, decode, delimiters_of, read_workbook, split_rows

PARTS = ("dataset", "labels", "structure")
SHORT_NAME_LENGTH = 8
MISSING_LIBRARY = Reason("missing_library", "the completed answer names no library")
UNKNOWN_LIBRARY = Reason("unknown_library", "the library's label is not in places.csv")
NOT_COMPLETED = Reason("not_completed", "the answer was not completed")
NOT_A_LIBRARY = Reason("not_a_library", "the answer is from a place that is not a library")


@dataclass(frozen=True)
class Sheets:
    """The three tables of an export, as rows of text cells with the file's row numbers."""

    dataset: list[tuple[int, Row]]
    labels: list[tuple[int, Row]]
    structure: list[tuple[int, Row]]


def extract(
    files: Mapping[str, tuple[Path, str]], wave_id: str, config: Config
) -> dict[str, Landed]:
    """The answers of one survey wave.

    Args:
        files: part (dataset, labels, structure, or workbook alone) to path and source file id.
        wave_id: month of fielding, ``2025-02``.
        config: the municipality's configuration.

    Returns:
        What came out of each file, by part.

    Raises:
        UnreadableFileError: the wave as a whole cannot be used.
    """
    if "workbook" in files:
        path, dataset_id = files["workbook"]
        sheets = _from_workbook(path)
    else:
        missing = [part for part in ("dataset", "labels") if part not in files]
        if missing:
            raise UnreadableFileError(
                "incomplete", f"survey wave {wave_id} lacks {' and '.join(missing)}.csv; add it"
            )
        dataset_id = files["dataset"][1]
        sheets = Sheets(
            **{part: _from_csv(files[part][0]) if part in files else [] for part in PARTS}
        )
    tables = _answers(sheets, wave_id, dataset_id, config)
    counts = {
        "dataset": max(len(sheets.dataset) - 1, 0),
        "labels": len(sheets.labels),
        "structure": max(len(sheets.structure) - 1, 0),
    }
    if "workbook" in files:
        described = counts["labels"] + counts["structure"]
        return {"workbook": Landed(sum(counts.values()), tables, described)}
    return {
        part: Landed(counts[part], tables)
        if part == "dataset"
        else Landed(counts[part], description_rows=counts[part])
        for part in files
    }


def _answers(
    sheets: Sheets, wave_id: str, dataset_id: str, config: Config
) -> dict[str, pd.DataFrame]:
    if not sheets.dataset:
        raise UnreadableFileError("empty", "the dataset has no header and no answers")
    survey, places = config.survey, config.place_to_library()
    header = sheets.dataset[0][1]
    labels: dict[tuple[str, str], str] = {}
    for _, row in sheets.labels:
        if len(row) >= 3:
            labels[match_key(row[0]), _code(row[1])] = row[2].strip()

    def position(variable: str) -> int:
        found = _position(header, variable)
        if found is None:
            raise UnreadableFileError(
                "wrong_columns",
                f"the dataset has no variable {variable!r} (nor its first {SHORT_NAME_LENGTH} "
                "letters); name the export's variable in survey.yml",
            )
        return found

    completed = next(
        (c for c in survey.completed if _position(header, c.variable) is not None), None
    )
    if completed is None:
        position(survey.completed[0].variable)
    completed_at = position(completed.variable)
    library_at = position(survey.library_variable)
    questions = [
        (
            question,
            position(question.variable),
            {match_key(answer) for answer in question.answers},
            {match_key(answer) for answer in question.favourable},
            {match_key(answer) for answer in question.not_counted},
        )
        for question in survey.questions
    ]

    def label(row: Row, at: int) -> str:
        code = row[at] if at < len(row) else ""
        return labels.get((match_key(header[at]), _code(code)), code)

    responses, answers = [], []
    for number, row in sheets.dataset[1:]:
        place = label(row, library_at)
        library_id = places.get(match_key(place))
        outcome, reason, refused = "usable", None, None
        if _code(row[completed_at] if completed_at < len(row) else "") != completed.value:
            outcome, reason = "excluded", NOT_COMPLETED
        elif not place:
            outcome, reason = "quarantined", MISSING_LIBRARY
        elif match_key(place) not in places:
            outcome, reason, refused = "quarantined", UNKNOWN_LIBRARY, place
        elif library_id is None:
            outcome, reason = "excluded", NOT_A_LIBRARY
        where = {
            "source_file_id": dataset_id,
            "sheet": "",
            "row_number": number,
            "wave_id": wave_id,
        }
        counted = []
        for question, at, known, favourable, not_counted in questions:
            text = label(row, at)
            answer = match_key(text)
            if outcome != "usable" or not answer or answer in not_counted:
                continue
            if answer not in known:
                outcome, refused = "quarantined", text
                reason = Reason(
                    "unknown_answer",
                    f"the answer to {question.question_id} is not among those in survey.yml",
                )
                continue
            counted.append(
                where | {"question_id": question.question_id, "is_favourable": answer in favourable}
            )
        responses.append(
            where
            | {
                "library_id": library_id,
                "outcome": outcome,
                "reason_code": reason and reason.code,
                "reason": reason and reason.text,
                "refused_value": refused,
            }
        )
        if outcome == "usable":
            answers.extend(counted)
    return {
        "survey_response": frame("survey_response", responses),
        "survey_answer": frame("survey_answer", answers),
    }


def _position(header: Row, variable: str) -> int | None:
    """Column of a variable by its name, or by its first letters in short-name exports."""
    keys = [match_key(name) for name in header]
    for key in (match_key(variable), match_key(variable[:SHORT_NAME_LENGTH])):
        if key in keys:
            return keys.index(key)
    return None


def _code(text: str) -> str:
    """A numeric code without the decimals that spreadsheets add: ``3,0`` is ``3``."""
    return re.sub(r"^(-?\d+)[.,]0+$", r"\1", text.strip())


def _from_csv(path: Path) -> list[tuple[int, Row]]:
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", f"{path.name} is empty (0 bytes); export it again")
    text = decode(path.read_bytes())
    rows = split_rows(text, next(iter(delimiters_of(text))))
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _from_workbook(path: Path) -> Sheets:
    """The three sheets of an xlsx export; a wide dataset goes on in Dataset(1), Dataset(2) …"""
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", "the file is empty (0 bytes); export it again")
    sheets = {match_key(name): rows for name, rows in read_workbook(path).items()}
    missing = [part for part in ("dataset", "labels") if part not in sheets]
    if missing:
        raise UnreadableFileError(
            "wrong_columns", f"the workbook has no sheet {' and '.join(missing)}; export it again"
        )
    wide = [list(row) for row in sheets["dataset"]]
    for extra in sorted(
        (name for name in sheets if re.fullmatch(r"dataset ?\(\d+\)", name)),
        key=lambda name: int(re.search(r"\d+", name)[0]),
    ):
        if len(sheets[extra]) != len(wide):
            raise UnreadableFileError(
                "unreadable", f"sheet {extra} has another number of rows than Dataset"
            )
        width = max(len(row) for row in wide)
        for row, more in zip(wide, sheets[extra], strict=True):
            row.extend([""] * (width - len(row)))
            row.extend(more)
    return Sheets(
        *(
            [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
            for rows in (wide, sheets["labels"], sheets.get("structure", []))
        )
    )
