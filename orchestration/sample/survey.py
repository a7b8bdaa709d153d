"""The synthetic staff surveys, as SurveyXact exports: how many gave which answer, and the files."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from orchestration.sample import names
from orchestration.sample.files import SampleFile
from orchestration.sample.notice import LABEL
from orchestration.sample.tables import csv_bytes


@dataclass(frozen=True)
class Counts:
    """The answers of one library's staff.

    Attributes:
        staff: all who were asked; each is a row of the export.
        completed: those whose answer is completed.
        safe: favourable answers to ``tryg`` among the completed.
        safe_out: blank or "Ved ikke" to ``tryg`` among the completed.
        competent: favourable answers to ``kompetence`` among the completed.
        competent_out: blank or "Ved ikke" to ``kompetence`` among the completed.
    """

    staff: int
    completed: int
    safe: int
    safe_out: int
    competent: int
    competent_out: int


@dataclass(frozen=True)
class Wave:
    """One fielding of the survey: its flavour of export, its codes and its answers.

    Codes are not in the order of the scale, and change from wave to wave.
    """

    wave_id: str
    exported_at: dt.datetime
    encoding: str
    delimiter: str
    newline: str
    tryg: dict[str, int]
    kompetence: dict[str, int]
    counts: dict[str, Counts]


_2023 = Wave(
    "2023-02",
    dt.datetime(2023, 3, 6, 9),  # noqa: DTZ001  local, as all times here
    encoding="cp1252",
    delimiter=";",
    newline="\n",
    tryg={
        "Tryg": 1,
        "Meget tryg": 4,
        "Hverken tryg eller utryg": 2,
        "Meget utryg": 3,
        "Utryg": 6,
        "Ved ikke": 5,
    },
    kompetence={
        "I nogen grad": 1,
        "I høj grad": 2,
        "I meget høj grad": 6,
        "I mindre grad": 3,
        "Slet ikke": 4,
        "Ved ikke": 5,
    },
    counts={
        "vesterbro": Counts(35, 34, 22, 1, 17, 1),
        "hovedbiblioteket": Counts(34, 30, 21, 2, 18, 2),
        "sydhavnen": Counts(14, 12, 9, 1, 7, 0),
        "valby": Counts(22, 19, 14, 1, 11, 2),
        "husum": Counts(12, 10, 6, 0, 5, 1),
    },
)
_2025 = Wave(
    "2025-02",
    dt.datetime(2025, 3, 10, 9),  # noqa: DTZ001
    encoding="utf-16-le",
    delimiter="\t",
    newline="\r\n",
    tryg={
        "Utryg": 1,
        "Meget tryg": 2,
        "Ved ikke": 3,
        "Tryg": 5,
        "Hverken tryg eller utryg": 4,
        "Meget utryg": 7,
    },
    kompetence={
        "Slet ikke": 1,
        "I høj grad": 5,
        "I meget høj grad": 3,
        "Ved ikke": 2,
        "I nogen grad": 4,
        "I mindre grad": 6,
    },
    counts={
        "vesterbro": Counts(35, 34, 29, 2, 27, 2),
        "blaagaarden": Counts(31, 28, 21, 1, 17, 2),
        "noerrebro": Counts(28, 25, 20, 1, 16, 1),
        "hovedbiblioteket": Counts(35, 31, 22, 2, 19, 2),
        "broenshoej": Counts(13, 11, 8, 0, 6, 1),
        "christianshavn": Counts(11, 9, 7, 0, 5, 0),
        "husum": Counts(12, 11, 8, 1, 6, 0),
        "islands_brygge": Counts(13, 12, 10, 1, 7, 1),
        "oebro_jagtvej": Counts(15, 13, 10, 1, 7, 1),
        "rentemestervej": Counts(24, 21, 15, 1, 12, 1),
        "solvang": Counts(10, 8, 6, 0, 5, 1),
        "sundby": Counts(20, 17, 13, 1, 9, 1),
        "bibliotekshuset": Counts(14, 12, 9, 1, 7, 0),
        "sydhavnen": Counts(15, 13, 10, 1, 8, 1),
        "tingbjerg": Counts(18, 15, 10, 1, 9, 0),
        "valby": Counts(22, 20, 15, 1, 12, 1),
        "vanloese": Counts(17, 15, 12, 0, 8, 1),
        "vigerslev": Counts(9, 4, 3, 0, 2, 0),
        "oesterbro": Counts(21, 18, 14, 1, 11, 1),
        "oerestad": Counts(16, 14, 11, 1, 8, 1),
    },
)
WAVES = (_2023, _2025)

_SAFE = ("Meget tryg", "Tryg")
_UNSAFE = ("Hverken tryg eller utryg", "Hverken tryg eller utryg", "Utryg", "Meget utryg")
_COMPETENT = ("I meget høj grad", "I høj grad", "I høj grad")
_NOT_COMPETENT = ("I nogen grad", "I nogen grad", "I mindre grad", "Slet ikke")
_OUT = ("Ved ikke", "")
_SUPPORT = ("Leder", "Kolleger", "Relationsmedarbejder ", "Kursus")
_STATUSES = ("Ny", "Distribueret", "Nogen svar", "Gennemført", "Frafaldet")
_PERSONAL = ("respondent", "email", "navn")
_VARIABLES = (
    *_PERSONAL,
    "bibliotek",
    "tryg",
    "kompetence",
    *(f"stoette_{i + 1}" for i in range(len(_SUPPORT))),
    "kommentar",
    *(f"stato_{i + 1}" for i in range(len(_STATUSES))),
)
_TRYG = f"Hvor tryg føler du dig, når du går på arbejde? ({LABEL})"
_KOMPETENCE = (
    "I hvor høj grad oplever du at have kompetencer til at håndtere situationer med "
    f"utryghedsskabende adfærd? ({LABEL})"
)
_STOETTE = f"Hvem eller hvad støtter dig i hverdagen? (flere kryds er mulige) ({LABEL})"


def files() -> list[SampleFile]:
    """Dataset, labels and structure of each wave."""
    return [
        SampleFile(f"survey/{wave.wave_id}/{part}.csv", _bytes(wave, rows), wave.exported_at)
        for wave in WAVES
        for part, rows in (
            ("dataset", _dataset(wave)),
            ("labels", _labels(wave)),
            ("structure", _structure()),
        )
    ]


def _bytes(wave: Wave, rows: list[list[str]]) -> bytes:
    mark = b"\xff\xfe" if wave.encoding == "utf-16-le" else b""
    return mark + csv_bytes(
        rows, encoding=wave.encoding, delimiter=wave.delimiter, newline=wave.newline
    )


def _library_codes(wave: Wave) -> dict[str, int]:
    """A code for each library, in no order that means anything."""
    codes = list(range(1, len(names.LIBRARIES) + 1))
    random.Random(f"codes {wave.wave_id}").shuffle(codes)
    return dict(zip(names.LIBRARIES, codes, strict=True))


def _dataset(wave: Wave) -> list[list[str]]:
    rng = random.Random(f"survey {wave.wave_id}")
    codes = _library_codes(wave)
    rows = []
    for library, counts in wave.counts.items():
        safe = _answers(rng, counts.completed, (counts.safe, _SAFE), (counts.safe_out, _UNSAFE))
        competent = _answers(
            rng,
            counts.completed,
            (counts.competent, _COMPETENT),
            (counts.competent_out, _NOT_COMPETENT),
        )
        for number in range(counts.staff):
            library_code = str(codes[library])
            if number < counts.completed:
                tryg, kompetence, status = safe[number], competent[number], 4
            elif number % 2:
                tryg, kompetence, status = rng.choice(_UNSAFE), "", 3
            else:
                tryg, kompetence, status, library_code = "", "", 2, ""
            is_answered = status == 4
            rows.append(
                [
                    library_code,
                    str(wave.tryg.get(tryg, "")),
                    str(wave.kompetence.get(kompetence, "")),
                    *(str(int(rng.random() < 0.4)) if is_answered else "" for _ in _SUPPORT),
                    "Syntetisk kommentar" if is_answered and rng.random() < 0.2 else "",
                    *(str(int(i == status)) for i in range(1, len(_STATUSES) + 1)),
                ]
            )
    rng.shuffle(rows)
    return [
        list(_VARIABLES),
        *(
            [
                f"syntetisk-{number:04d}",
                f"syntetisk{number}@example.invalid",
                f"Syntetisk Person {number}",
                *row,
            ]
            for number, row in enumerate(rows, start=1)
        ),
    ]


def _answers(
    rng: random.Random,
    completed: int,
    favourable: tuple[int, tuple[str, ...]],
    rest: tuple[int, tuple[str, ...]],
) -> list[str]:
    """Labels of all completed answers: favourable ones, ones left out, and the others."""
    (yes, yes_labels), (out, no_labels) = favourable, rest
    labels = [rng.choice(yes_labels) for _ in range(yes)]
    labels += [_OUT[i % len(_OUT)] for i in range(out)]
    labels += [rng.choice(no_labels) for _ in range(completed - yes - out)]
    rng.shuffle(labels)
    return labels


def _labels(wave: Wave) -> list[list[str]]:
    rows = []
    libraries = sorted(_library_codes(wave).items(), key=lambda item: names.LIBRARIES[item[0]])
    for library, code in libraries:
        blanks = " " * (code % 3)
        rows.append(["bibliotek", str(code), names.LIBRARIES[library][0] + blanks])
    for variable, codes in (("tryg", wave.tryg), ("kompetence", wave.kompetence)):
        for label, code in codes.items():
            rows.append([variable, str(code), label + " " * (code % 2)])
    chosen = [f"stoette_{i + 1}" for i in range(len(_SUPPORT))]
    chosen += [f"stato_{i + 1}" for i in range(len(_STATUSES))]
    for variable in chosen:
        rows += [[variable, "0", "Ikke valgt"], [variable, "1", "Valgt"]]
    return rows


def _structure() -> list[list[str]]:
    def several(question: str, prefix: str, text: str, choices: tuple[str, ...]) -> list[list[str]]:
        return [
            [question, f"{prefix}_{i}", "Closed", "Multiple", text, str(i), choice]
            for i, choice in enumerate(choices, start=1)
        ]

    return [
        [
            "questionName",
            "variableName",
            "questionType",
            "subType",
            "questionText",
            "choiceValue",
            "choiceText",
        ],
        *([name, name, "Open", "String", f"{name} ({LABEL})", "", ""] for name in _PERSONAL),
        ["bibliotek", "bibliotek", "Closed", "Single", f"Hvor arbejder du? ({LABEL})", "", ""],
        ["tryg", "tryg", "Closed", "Single", _TRYG, "", ""],
        ["kompetence", "kompetence", "Closed", "Single", _KOMPETENCE, "", ""],
        *several("stoette", "stoette", _STOETTE, _SUPPORT),
        ["kommentar", "kommentar", "Open", "String", f"Har du kommentarer? ({LABEL})", "", ""],
        *several("statoverall", "stato", f"Samlet status ({LABEL})", _STATUSES),
    ]
