"""One small survey, and writers of it in every kind of export that is read."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from orchestration.config import Config
from orchestration.extract import survey
from orchestration.extract.rows import Landed

Files = dict[str, tuple[Path, str]]
Grid = Sequence[Sequence[object]]
FILE_ID = "the-file"
TRYG = "Hvor tryg føler du dig, når du går på arbejde?"
KOMPETENCE = (
    "I hvor høj grad oplever du at have kompetencer til at håndtere situationer med "
    "utryghedsskabende adfærd?"
)
# What must never come out of a file: names, addresses, free text.
PERSONAL = ("Synnøve Syntetisk", "synnoeve@example.invalid", "Min nabo; ham kender alle")


def extracted(files: Files, wave_id: str, config: Config) -> dict[str, Landed]:
    """What survey.extract gives, with a private folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        return survey.extract(files, wave_id, config, Path(folder))


@dataclass(frozen=True)
class Answer:
    is_completed: bool
    library: str
    tryg: str
    kompetence: str


ANSWERS = (
    Answer(True, "Vesterbro Bibliotek og Kulturhus", "Meget tryg", "I høj grad"),
    Answer(True, "Vesterbro Bibliotek og Kulturhus", "Tryg", "I mindre grad"),
    Answer(True, "Blågårdens Bibliotek", "Meget utryg", "Ved ikke"),
    Answer(True, "Blågårdens Bibliotek", "", "I meget høj grad"),
    Answer(False, "Blågårdens Bibliotek", "Tryg", ""),
    Answer(False, "", "", ""),
    Answer(True, "", "Tryg", "I høj grad"),
    Answer(True, "Biblioteket i Testby", "Tryg", "I høj grad"),
    Answer(True, "Rådhuset", "Tryg", "I høj grad"),
    Answer(True, "Nørrebro Bibliotek", "Sådan da", "I høj grad"),
)
# Row number, library, outcome, reason code.
RESPONSES = [
    (2, "vesterbro", "usable", None),
    (3, "vesterbro", "usable", None),
    (4, "blaagaarden", "usable", None),
    (5, "blaagaarden", "usable", None),
    (6, "blaagaarden", "excluded", "not_completed"),
    (7, None, "excluded", "not_completed"),
    (8, None, "quarantined", "missing_library"),
    (9, None, "quarantined", "unknown_library"),
    (10, None, "excluded", "not_a_library"),
    (11, "noerrebro", "quarantined", "unknown_answer"),
]
# Row number, question, favourable.
COUNTED = [
    (2, "tryg", True),
    (2, "kompetence", True),
    (3, "tryg", True),
    (3, "kompetence", False),
    (4, "tryg", False),
    (5, "kompetence", True),
]

_CODES = {
    "bibliotek": {
        "3": "Vesterbro Bibliotek og Kulturhus  ",
        "1": "Nørrebro Bibliotek",
        "17": "Blågårdens Bibliotek ",
        "2": "Rådhuset",
        "9": "Biblioteket i Testby",
    },
    "tryg": {
        "4": "Meget tryg ",
        "1": "Tryg",
        "2": "Meget utryg  ",
        "3": "Ved ikke",
        "5": "Sådan da",
    },
    "kompetence": {
        "2": "I mindre grad",
        "5": "I meget høj grad ",
        "1": "I høj grad",
        "3": "Ved ikke ",
    },
}
VARIABLES = (
    "email",
    "navn",
    "bibliotek",
    "stoette_1",
    "stoette_2",
    "tryg",
    "kompetence",
    "kommentar",
    "stato_3",
    "stato_4",
)
_STRUCTURE_HEADER = (
    "questionName",
    "variableName",
    "questionType",
    "subType",
    "questionText",
    "choiceValue",
    "choiceText",
)


def dataset() -> list[list[str]]:
    """Header and rows of a SurveyXact dataset."""
    name, email, comment = PERSONAL
    rows = []
    for answer in ANSWERS:
        done = answer.is_completed
        rows.append(
            [
                email,
                name,
                code("bibliotek", answer.library),
                "1",
                "0",
                code("tryg", answer.tryg),
                code("kompetence", answer.kompetence),
                comment,
                "0" if done else "1",
                "1" if done else "0",
            ]
        )
    return [list(VARIABLES), *rows]


def code(variable: str, label: str) -> str:
    return next((c for c, text in _CODES[variable].items() if label and text.strip() == label), "")


def labels() -> list[list[str]]:
    rows = [[variable, c, text] for variable, texts in _CODES.items() for c, text in texts.items()]
    for variable in ("stoette_1", "stoette_2", "stato_3", "stato_4"):
        rows += [[variable, "0", "Ikke valgt"], [variable, "1", "Valgt"]]
    return rows


def structure(*, ragged: bool = False) -> list[list[str]]:
    rows = [[v, v, "Closed", "Single", f"Spørgsmål, om {v}, ja", "", ""] for v in VARIABLES]
    ragged_rows = [[*row, ""] if ragged and i % 2 else row for i, row in enumerate(rows)]
    return [list(_STRUCTURE_HEADER), *ragged_rows]


def write_text(
    path: Path, grid: Grid, *, delimiter: str, encoding: str, quoting: int = csv.QUOTE_MINIMAL
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(grid)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(path: Path, sheets: Mapping[str, Grid]) -> None:
    """A workbook; texts that are whole numbers become number cells, moments become date cells."""
    with xlsxwriter.Workbook(path) as book:
        moment = book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for y, row in enumerate(grid):
                for x, cell in enumerate(row):
                    if isinstance(cell, dt.datetime):
                        sheet.write_datetime(y, x, cell, moment)
                    elif isinstance(cell, str) and cell.isdigit():
                        sheet.write_number(y, x, int(cell))
                    elif cell != "":
                        sheet.write(y, x, cell)


def surveyxact_files(
    folder: Path,
    *,
    delimiter: str = ";",
    encoding: str = "cp1252",
    quoting: int = csv.QUOTE_MINIMAL,
    ragged: bool = False,
    data: Grid | None = None,
    label_rows: Grid | None = None,
) -> Files:
    """Three csv files; ``data`` and ``label_rows`` stand in for the survey's own."""
    parts = {
        "dataset": dataset() if data is None else data,
        "labels": labels() if label_rows is None else label_rows,
        "structure": structure(ragged=ragged),
    }
    for part, grid in parts.items():
        write_text(
            folder / f"{part}.csv", grid, delimiter=delimiter, encoding=encoding, quoting=quoting
        )
    return {part: (folder / f"{part}.csv", FILE_ID) for part in parts}


def surveyxact_workbook(folder: Path) -> Files:
    """A workbook whose wide dataset goes on in Dataset(1) and Dataset(2)."""
    path = folder / "2025-02.xlsx"
    wide = dataset()
    write_workbook(
        path,
        {
            "Labels": labels(),
            "Dataset": [row[:4] for row in wide],
            "Structure": structure(),
            "Dataset(2)": [row[7:] for row in wide],
            "Dataset(1)": [row[4:7] for row in wide],
        },
    )
    return {"workbook": (path, FILE_ID)}


def limesurvey_grid(bibliotek: str, tryg: str, kompetence: str, done: str) -> list[list[str]]:
    """Header and rows of LimeSurvey's "full answers"."""
    name, email, comment = PERSONAL
    header = ["Response ID", done, "Last page", tryg, "Email address", bibliotek, kompetence, "Why"]
    rows = [
        [
            str(number),
            "2025-02-14 09:30:00" if answer.is_completed else "",
            "3",
            answer.tryg,
            email,
            answer.library,
            answer.kompetence,
            f"{comment}\n{name}",
        ]
        for number, answer in enumerate(ANSWERS, start=1)
    ]
    return [header, *rows]


def limesurvey_texts(folder: Path) -> Files:
    """Commas, quotes and headers such as ``G01Q02. Hvor tryg …``."""
    # LimeSurvey may break lines inside quotes; rows are then counted as rows, not as lines
    grid = limesurvey_grid(
        "G01Q01. Bibliotek",
        f"G01Q02. {TRYG}",
        f"G01Q03. {KOMPETENCE}",
        "submitdate. Date submitted",
    )
    path = folder / "2025-02.csv"
    write_text(path, grid, delimiter=",", encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
    return {"table": (path, FILE_ID)}


def limesurvey_codes(folder: Path) -> Files:
    """Semicolons, quotes and question codes as headers."""
    path = folder / "2025-02.csv"
    grid = limesurvey_grid("bibliotek", "tryg", "kompetence", "submitdate")
    write_text(path, grid, delimiter=";", encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
    return {"table": (path, FILE_ID)}


def forms_grid() -> list[list[object]]:
    """Header and rows of a Microsoft Forms workbook; all of its answers are completed."""
    name, email, comment = PERSONAL
    start, end = dt.datetime(2025, 2, 14, 9, 0), dt.datetime(2025, 2, 14, 9, 4, 12)
    header = [
        "Id",
        "Starttidspunkt",
        "Fuldførelsestidspunkt",
        "Mail",
        "Navn",
        "Hvilket bibliotek\u00a0arbejder du på?",
        "Hvor tryg føler du dig,\nnår du går på arbejde?\u00a0",
        KOMPETENCE,
        "Har du kommentarer?",
    ]
    rows = [
        [
            number,
            start,
            end if answer.is_completed else "",
            email,
            name,
            answer.library,
            answer.tryg,
            answer.kompetence,
            comment,
        ]
        for number, answer in enumerate(ANSWERS, start=1)
    ]
    return [header, *rows]


def forms_workbook(folder: Path) -> Files:
    path = folder / "2025-02.xlsx"
    write_workbook(path, {"Form1": forms_grid()})
    return {"workbook": (path, FILE_ID)}


FLAVOURS: dict[str, Callable[[Path], Files]] = {
    "surveyxact semicolons": surveyxact_files,
    "surveyxact commas": lambda folder: surveyxact_files(
        folder, delimiter=",", quoting=csv.QUOTE_ALL, ragged=True
    ),
    "surveyxact tabs": lambda folder: surveyxact_files(folder, delimiter="\t", encoding="utf-16"),
    "surveyxact workbook": surveyxact_workbook,
    "limesurvey texts": limesurvey_texts,
    "limesurvey codes": limesurvey_codes,
    "forms workbook": forms_workbook,
}
