"""Random survey waves in the flavours that the survey system exports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.oracle.case import UNREADABLE, Respondent, SurveyFile, Text
from tests.oracle.copenhagen import (
    ANSWERS,
    LIBRARIES,
    LIBRARY_VARIABLE,
    NOT_COUNTED,
    QUESTION_TEXTS,
)
from tests.oracle.dice import Dice
from tests.oracle.files import Cell, csv_bytes, save, xlsx_bytes

WAVES: Final = ("2022-10", "2023-02", "2023-09", "2024-03", "2024-04", "2025-02", "2025-03")
FLAVOURS: Final = ("semicolon", "comma", "utf-16")
FOREIGN_LIBRARIES: Final = ("Andet bibliotek", "Hovedkontoret")
STRUCTURE_HEADER: Final = (
    "questionName",
    "variableName",
    "questionType",
    "subType",
    "questionText",
    "choiceValue",
    "choiceText",
)
COMMENTS: Final = ("", "Godt; men travlt", 'Min "makker" er god, tak', "To\nlinjer", "Intet")
STATES: Final = ("stato_1", "stato_2", "stato_3", "stato_4", "stato_5")


@dataclass(frozen=True)
class _Codebook:
    """Codes of a questionnaire: label text by variable and code, in the order of the export."""

    labels: dict[str, dict[str, str]]
    libraries: dict[str, Text]  # what each code of the library variable means
    blanks_after: frozenset[tuple[str, str]]

    def label_rows(self) -> list[list[Cell]]:
        rows: list[list[Cell]] = [
            [variable, code, text + ("  " if (variable, code) in self.blanks_after else "")]
            for variable, texts in self.labels.items()
            for code, text in texts.items()
        ]
        for state in STATES:
            rows += [[state, "0", "Ikke valgt"], [state, "1", "Valgt"]]
        return rows

    def structure_rows(self) -> list[list[Cell]]:
        texts = {**QUESTION_TEXTS, LIBRARY_VARIABLE: "Hvilket bibliotek arbejder du på?"}
        rows: list[list[Cell]] = [
            [variable, variable, "Closed", "Single", texts[variable], code, f"{label} "]
            for variable, by_code in self.labels.items()
            for code, label in by_code.items()
        ]
        return [*rows, ["s_9", "s_9", "Open", "String", "Har du; bemærkninger?", "", ""]]


def write_surveys(dice: Dice, folder: Path) -> tuple[SurveyFile, ...]:
    """Write some waves and say what they hold."""
    files: list[SurveyFile] = []
    codebook = _codebook(dice)
    flavour = dice.choice(FLAVOURS)
    waves = sorted(dice.several(WAVES, 1, 3))
    for number, wave_id in enumerate(waves):
        if number and dice.happens(0.5):
            codebook = _codebook(dice)
            flavour = dice.choice(FLAVOURS)
        respondents, lines = _respondents(dice, codebook, wave_id)
        if dice.happens(0.3):
            files.append(_write_workbook(dice, folder, wave_id, codebook, respondents, lines))
        else:
            files += _write_folder(dice, folder, wave_id, flavour, codebook, respondents, lines)
    codebooks = [file.digest for file in files if not file.has_answers]
    if len(set(codebooks)) < len(codebooks):
        dice.note("labels or structure shared by two waves")
    return tuple(files)


def _codebook(dice: Dice) -> _Codebook:
    places: list[tuple[str, Text]] = []
    for library_id in dice.several(list(LIBRARIES), 2, 5):
        names = LIBRARIES[library_id].names
        places.append((names[0], library_id))
        if dice.happens(0.2, "two labels of one library"):
            places.append((names[1], library_id))
    places.append((dice.choice(FOREIGN_LIBRARIES), UNREADABLE))
    codes = [str(code) for code in dice.sample(range(1, 60), len(places))]
    labels = {LIBRARY_VARIABLE: {c: name for c, (name, _) in zip(codes, places, strict=True)}}
    for question_id, answers in ANSWERS.items():
        texts = [*answers, NOT_COUNTED]
        dice.shuffle(texts)
        labels[question_id] = {str(code): text for code, text in enumerate(texts, start=1)}
    return _Codebook(
        labels=labels,
        libraries={code: place for code, (_, place) in zip(codes, places, strict=True)},
        blanks_after=frozenset(
            (variable, code)
            for variable, texts in labels.items()
            for code in texts
            if dice.happens(0.3, "labels with trailing blanks")
        ),
    )


def _respondents(
    dice: Dice, codebook: _Codebook, wave_id: str
) -> tuple[list[Respondent], list[list[Cell]]]:
    """Answers, and the lines of the dataset that say so, under a header."""
    questions = list(ANSWERS)
    columns = [LIBRARY_VARIABLE, *questions, *STATES, "respondent", "email", "s_9", "m_1", "m_2"]
    if dice.happens(0.5):
        dice.shuffle(columns)
    happy = dice.random()
    respondents: list[Respondent] = []
    lines: list[list[Cell]] = [list(columns)]
    library_codes = list(codebook.libraries)
    for number in range(dice.randint(3, 60)):
        completed = not dice.happens(0.15, "answers not completed")
        code = "" if dice.happens(0.06, "blank library") else dice.choice(library_codes)
        place = codebook.libraries.get(code)
        if place is UNREADABLE and dice.happens(0.5):
            code, place = library_codes[0], codebook.libraries[library_codes[0]]
        if place is UNREADABLE:
            dice.note("label of no library")
        codes = {question: _answer(dice, codebook, question, happy) for question in questions}
        respondents.append(
            Respondent(
                completed=completed,
                library=place,
                answers={q: codebook.labels[q].get(code_) for q, code_ in codes.items()},
            )
        )
        values: dict[str, Cell] = {
            **codes,
            LIBRARY_VARIABLE: code,
            **{state: dice.choice("01") for state in STATES},
            "stato_4": "1" if completed else dice.choice(("0", "")),
            "respondent": f"{wave_id}/{number}",
            "email": f"navn{number}@example.org",
            "s_9": dice.choice(COMMENTS),
            "m_1": dice.choice("01"),
            "m_2": dice.choice("01"),
        }
        lines.append([values[column] for column in columns])
    return respondents, lines


def _answer(dice: Dice, codebook: _Codebook, question_id: str, happy: float) -> str:
    """A code, or nothing."""
    if dice.happens(0.08, "blank answers"):
        return ""
    if dice.happens(0.08, "answers that are not counted"):
        wanted = NOT_COUNTED
    elif dice.happens(happy):
        wanted = ANSWERS[question_id][dice.randrange(2)]
    else:
        wanted = dice.choice(ANSWERS[question_id])
    return next(c for c, text in codebook.labels[question_id].items() if text == wanted)


def _write_folder(
    dice: Dice,
    folder: Path,
    wave_id: str,
    flavour: str,
    codebook: _Codebook,
    respondents: list[Respondent],
    lines: list[list[Cell]],
) -> list[SurveyFile]:
    dice.note(f"survey in {flavour}")
    labels = codebook.label_rows()
    structure = codebook.structure_rows()
    if flavour == "comma":  # every third row has a field too many
        dice.note("ragged structure rows")
        structure = [row + [""] if i % 3 == 1 else row for i, row in enumerate(structure)]
    files = []
    for part, grid, rows in (
        ("dataset", lines, 0),
        ("labels", labels, len(labels)),
        ("structure", [list(STRUCTURE_HEADER), *structure], len(structure)),
    ):
        content = csv_bytes(
            grid,
            encoding="utf-16" if flavour == "utf-16" else "cp1252",
            delimiter={"semicolon": ";", "comma": ",", "utf-16": "\t"}[flavour],
            quote_all=flavour == "comma",
        )
        name = f"{wave_id}/{part}.csv"
        modified = dice.export_time()
        files.append(
            SurveyFile(
                name=name,
                digest=save(folder / name, content, modified),
                modified=modified,
                wave_id=wave_id,
                has_answers=part == "dataset",
                respondents=tuple(respondents) if part == "dataset" else (),
                codebook_rows=rows,
            )
        )
    return files


def _write_workbook(
    dice: Dice,
    folder: Path,
    wave_id: str,
    codebook: _Codebook,
    respondents: list[Respondent],
    lines: list[list[Cell]],
) -> SurveyFile:
    dice.note("survey as xlsx")
    labels = codebook.label_rows()
    structure = codebook.structure_rows()
    sheets = {"Labels": labels, "Dataset": lines, "Structure": [list(STRUCTURE_HEADER), *structure]}
    if dice.happens(0.6, "survey codes as numbers"):
        sheets = {
            name: [[_number(cell) for cell in row] for row in grid] for name, grid in sheets.items()
        }
    content = xlsx_bytes(sheets)
    readable = not dice.happens(0.15, "a truncated survey workbook")
    if not readable:
        content = content[: len(content) // 2]
    name = f"{wave_id}.xlsx"
    modified = dice.export_time()
    return SurveyFile(
        name=name,
        digest=save(folder / name, content, modified),
        modified=modified,
        readable=readable,
        wave_id=wave_id,
        has_answers=True,
        respondents=tuple(respondents) if readable else (),
        codebook_rows=len(labels) + len(structure) if readable else 0,
    )


def _number(cell: Cell) -> Cell:
    return int(cell) if isinstance(cell, str) and cell.isdigit() else cell
