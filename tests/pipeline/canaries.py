"""Exports of all four sources with invented personal data wherever a file can hold a text."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

NAME = "Synnøve Kanariefugl Hansen"
CPR = "311299-4321"
MAIL = "synnoeve.kanariefugl@example.dk"
NAMES = (NAME, "Hansen, Synnøve Kanariefugl", NAME.upper(), "Synno\u0308ve Kanariefugl Hansen")
NUMBERS = (CPR, "3112994321", "311299 4321")
PHONES = (
    "28 71 93 64",
    "+45 28719364",
    "+4528719364",
    "0045 28 71 93 64",
    "004528719364",
    "2871 9364",
    "28-71-93-64",
    "28.71.93.64",
)
BARE_PHONE = "28719364"
PERSONS = (*NAMES, *NUMBERS, *PHONES, MAIL, f"{NAME} ({CPR}), tlf. {PHONES[0]}, {MAIL}")
# In cells of columns that nothing maps, in titles and in footers: nowhere stored, nowhere shown.
FREE_TEXT = "kakaduskrig i kælderen"
# In cells of columns that are mapped: not stored; shown to whoever mends the file or the mapping.
ODD_VALUE = "undulatsang"

INCIDENT_HEADERS = (
    "Nr.",
    "Oprettet",
    "Hændelsestidspunkt",
    "Ejendom",
    "Kategori",
    "Status",
    "Senest ændret",
    "Antal",
)
PRESENCE_HEADERS = (
    "Bibliotek",
    "Funktion",
    "Fra",
    "Til",
    "Ugedage",
    "Fra kl.",
    "Til kl.",
    "Antal",
    "Status",
)
NOT_MAPPED = ("Beskrivelse", "Titel", "Anmelder", NAME, CPR, MAIL, PHONES[0])
Row = Sequence[str]


def write_canaries(sources: Path) -> None:
    """Lay the exports beside those that are in ``sources``."""
    for name in ("mainmanager", "survey", "opening_hours", "presence"):
        (sources / name).mkdir(parents=True, exist_ok=True)
    _incidents(sources / "mainmanager")
    _presence(sources / "presence")
    _surveys(sources / "survey")
    _opening_hours(sources / "opening_hours")


def _csv(rows: Iterable[Row], delimiter: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def _each_column(good: Row, *, spared: dict[int, Sequence[str]]) -> list[Row]:
    """The row once for each mapped column and canary; ``spared``: which texts a column gets."""
    rows = []
    for position in range(len(good)):
        for text in spared.get(position, (*PERSONS, BARE_PHONE, ODD_VALUE)):
            rows.append([*good[:position], text, *good[position + 1 :]])
    return rows


def _with_others(rows: list[Row]) -> list[Row]:
    """Behind each row, cells of columns that are not mapped; ids are told apart by their row."""
    cells = (FREE_TEXT, *PERSONS, BARE_PHONE)
    return [
        [*row, *(cells[(number + i) % len(cells)] for i in range(len(NOT_MAPPED)))]
        for number, row in enumerate(rows)
    ]


def incident_rows(first: int = 900_001) -> list[Row]:
    """Reports of February 2024: good ones, and one for each column and canary."""
    good = (
        "",
        "05-02-2024 10:00",
        "05-02-2024 09:30",
        "Vesterbro Bibliotek og Kulturhus",
        "Trusler",
        "Afsluttet",
        "06-02-2024 08:00",
        "1",
    )
    ids = (*PERSONS, f"{NAME} 1", f"{CPR} 7", "311299_4321", "3112994321.0")
    ids += ("Sag 311299-4321", "tlf 28719364")
    rows = [good, good, good, *_each_column(good, spared={0: ids})]
    elsewhere = (*good[1:3], "Rådhuset", *good[4:])  # no library: its rows are excluded
    rows += [("", *elsewhere), *((text, *elsewhere) for text in ids)]
    for number, row in enumerate(rows):
        if not row[0]:
            rows[number] = [str(first + number), *row[1:]]
    return rows


def incident_grid(rows: list[Row]) -> list[Row]:
    """The rows below title and header, above footers."""
    return [
        [f"Udtræk for {NAME} ({CPR})"],
        [FREE_TEXT, MAIL, PHONES[1]],
        [],
        [*INCIDENT_HEADERS, *NOT_MAPPED],
        *_with_others(rows),
        [],
        ["I alt", FREE_TEXT, NAME],
        [f"Udskrevet af {NAME}, {MAIL}"],
    ]


def _workbook(path: Path, sheets: dict[str, list[Row]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"author": NAME, "title": FREE_TEXT, "comments": CPR})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(grid):
                sheet.write_row(number, 0, row)
            sheet.write_comment("A1", f"{NAME} {MAIL}", {"author": NAME})


def _broken_xml(path: Path) -> None:
    """A workbook whose texts are cut off in the middle of a name."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(incident_grid(incident_rows())):
            sheet.write_row(number, 0, row)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == "xl/sharedStrings.xml":
                content = content[: content.rindex(NAME.encode()) + 12] + b"<" + MAIL.encode()
            new.writestr(entry, content)


def _incidents(folder: Path) -> None:
    grid = incident_grid(incident_rows())
    text = _csv(grid)
    (folder / f"{NAME} {CPR}.csv").write_text(text, encoding="utf-8")
    second = _csv(incident_grid(incident_rows(910_001)))
    # other letters, other bytes, and a name that cp1252 can write
    in_cp1252 = second.replace("o\u0308", "ö").encode("cp1252")
    (folder / f"udtræk til {MAIL}.csv").write_bytes(in_cp1252)
    third = _csv(incident_grid(incident_rows(920_001)), "\t")
    (folder / f"tlf {PHONES[0]}.csv").write_bytes(third.encode("utf-16"))
    sheets = {NAME: incident_grid(incident_rows(930_001)), CPR: [[NAME, CPR], [MAIL]]}
    _workbook(folder / "ark.xlsx", sheets)
    with zipfile.ZipFile(folder / f"pakke fra {NAME}.zip", "w") as packed:
        packed.comment = NAME.encode()
        packed.writestr(f"{NAME}/{NAME}.csv", _csv(incident_grid(incident_rows(940_001))))
        packed.writestr(f"{MAIL}.csv", _csv([[NAME, CPR], [MAIL, FREE_TEXT]]))
        packed.writestr(f"{CPR}.txt", FREE_TEXT)
    fifth = _csv(incident_grid(incident_rows(950_001)))
    with gzip.GzipFile(folder / f"{CPR}.csv.gz", "wb") as packed_file:
        packed_file.write(fifth.encode())

    header = _csv([[*INCIDENT_HEADERS, *NOT_MAPPED]])
    good = _csv(_with_others(incident_rows(960_001)[:3]))
    (folder / "citationstegn.csv").write_text(f'{header}{good}960010;"{NAME};{CPR}\n{good}')
    # semicolons in free text, so that it stands where the number should
    shifted = "".join(f"{FREE_TEXT}; {text}; {CPR};{good}" for text in PERSONS)
    cut_off = f"{FREE_TEXT}; {NAME}; {CPR}"
    (folder / "semikolon.csv").write_text(f"Titel;{header}{shifted}{cut_off}", encoding="utf-8")
    (folder / "ingen overskrift.csv").write_text(_csv([[NAME, CPR, MAIL]] * 5), encoding="utf-8")
    raw = f"{header}{good}".encode()
    (folder / "bytes.csv").write_bytes(raw + f"96001\xff;{NAME}".encode("latin-1") + b"\x81\x00\n")
    mojibake = f"{header}{good}".encode().decode("latin-1").encode()
    (folder / "bogstaver.csv").write_bytes(mojibake)
    (folder / "replaced.csv").write_text(f"{header}{good}960011;\ufffd{NAME}\n", encoding="utf-8")
    (folder / "afbrudt.xlsx").write_bytes((folder / "ark.xlsx").read_bytes()[:4000])
    (folder / "afbrudt.csv").write_text(header + good + f"960012;05-02-2024 10:00;{NAME[:20]}")
    _broken_xml(folder / "xml.xlsx")
    (folder / "webside.xlsx").write_text(f"<html><title>{NAME}</title>{CPR} {MAIL}</html>")
    # a column of dates that holds none at all, and serial numbers that are none
    for name, dates in {"navne": PERSONS, "serienumre": ("45327x", CPR, NAME, BARE_PHONE)}.items():
        rows = [
            [str(970_000 + i), dates[i % len(dates)], dates[i % len(dates)], *row[3:]]
            for i, row in enumerate(incident_rows()[:3] * 10)
        ]
        (folder / f"{name}.csv").write_text(_csv([[*INCIDENT_HEADERS], *rows]), encoding="utf-8")
    twice = [[*INCIDENT_HEADERS, "Kategori", NAME, NAME]]
    (folder / "dobbelt.csv").write_text(
        _csv([*twice, *([*row, NAME, CPR, MAIL] for row in incident_rows(980_001)[:3])])
    )


def _presence(folder: Path) -> None:
    good = (
        "Nørrebro Bibliotek",
        "Vagt og Sikring",
        "05-02-2024",
        "06-02-2024",
        "man-fre",
        "19:00",
        "22:00",
        "1",
        "faktisk",
    )
    rows = [good, *_each_column(good, spared={})]
    grid = [
        [f"Vagtplan for {NAME}", CPR],
        [*PRESENCE_HEADERS, "Kilde", *NOT_MAPPED],
        *([*row[:9], NAME, *row[9:]] for row in _with_others(rows)),
        ["I alt", NAME],
    ]
    (folder / f"vagter {NAME}.csv").write_text(_csv(grid), encoding="utf-8")
    _workbook(folder / "vagter.xlsx", {NAME: grid, MAIL: [[NAME], [CPR]]})
    (folder / "citationstegn.csv").write_text(_csv(grid[:4]) + f'"{NAME};{CPR}\n' + _csv(grid[2:4]))
    (folder / "ingen overskrift.csv").write_text(_csv([[NAME, CPR, MAIL]] * 5), encoding="utf-8")
    (folder / "bytes.csv").write_bytes(_csv(grid[1:4]).encode() + b"\xff\x81\x00" + NAME.encode())


def survey_parts() -> dict[str, list[Row]]:
    """The three parts of a SurveyXact export: library labels, answers and variables as canaries."""
    texts = (*PERSONS, ODD_VALUE)
    others = ("email", "navn", "respondent", "kommentar", NAME, CPR, MAIL)
    good = [["1", "1", "1", "1"]] * 6
    unknown = [[str(10 + i), "1", "1", "1"] for i in range(len(texts))]
    unknown += [["1", str(10 + i), str(10 + i), "1"] for i in range(len(texts))]
    raw = [["1", text, text, "1"] for text in texts] + [[text, "1", "1", text] for text in texts]
    cells = [MAIL, NAME, BARE_PHONE, FREE_TEXT, *PERSONS]
    dataset = [["bibliotek", "tryg", "kompetence", "stato_4", *others]]
    for number, row in enumerate([*good, *unknown, *raw]):
        dataset.append([*row, *(cells[(number + i) % len(cells)] for i in range(len(others)))])
    labels = [
        ["bibliotek", "1", "Vesterbro Bibliotek"],
        ["tryg", "1", "Tryg "],
        ["kompetence", "1", "I høj grad"],
        ["stato_4", "1", "Gennemført"],
        *(
            [variable, str(10 + i), text]
            for variable in ("bibliotek", "tryg", "kompetence", NAME, CPR)
            for i, text in enumerate(texts)
        ),
    ]
    structure = [
        ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue"]
        + ["choiceText"],
        ["tryg", "tryg", "Single", "", "Hvor tryg?", "1", "Tryg"],
        *([text, text, "Single", FREE_TEXT, text, "1", text, ""] for text in texts),
    ]
    return {"dataset": dataset, "labels": labels, "structure": structure}


def _labelled() -> list[Row]:
    """A table with the full texts of answers: a column of each kind, a canary in each cell."""
    header = [
        "Fuldførelsestidspunkt",
        "Bibliotek",
        "Hvor tryg føler du dig, når du går på arbejde?",
    ]
    header += ["kompetence", "E-mail", "Navn", *NOT_MAPPED]
    good = ("01-06-2024 10:00", "Vesterbro Bibliotek", "Tryg", "I høj grad")
    rows = [good] * 6 + _each_column(good, spared={})
    return [header, *([*row[:4], MAIL, NAME, *row[4:]] for row in _with_others(rows))]


def _surveys(folder: Path) -> None:
    parts = survey_parts()
    for wave in ("2024-05", NAME):
        (folder / wave).mkdir()
        for part, rows in parts.items():
            (folder / wave / f"{part}.csv").write_text(_csv([*rows, [wave]]), encoding="utf-8")
    (folder / "2024-05" / f"{NAME}.csv").write_text(_csv([[CPR]]), encoding="utf-8")
    (folder / "2024-06.csv").write_text(_csv(_labelled(), ","), encoding="utf-8")
    (folder / f"{NAME}.csv").write_text(_csv(_labelled(), ","), encoding="utf-8")
    _workbook(
        folder / "2024-07.xlsx",
        {part.capitalize(): rows for part, rows in parts.items()} | {NAME: [[CPR]]},
    )
    _workbook(folder / "2024-08.xlsx", {NAME: _labelled(), CPR: [[NAME]]})
    _broken_xml(folder / "2024-09.xlsx")
    header, *rows = _labelled()
    broken = _csv([header]) + f'"{NAME};{CPR}\n' + _csv(rows[:4])
    (folder / "2024-10.csv").write_text(broken, encoding="utf-8")
    (folder / "2024-11.csv").write_bytes(_csv(rows, ",").encode() + b"\xff\x81\x00\n")
    (folder / "2024-12.csv").write_text(_csv([[NAME, CPR, MAIL]] * 5), encoding="utf-8")
    for wave, part in {"2025-05": "labels", "2025-06": "dataset"}.items():
        (folder / wave).mkdir()
        for name, rows in parts.items():
            data = _csv([*rows, [wave]]).encode()  # no two waves with the same content
            if name == part:
                data = data[: data.rindex(b"Kanariefugl")] + b'"\xff\x81;"' + NAME.encode()
            (folder / wave / f"{name}.csv").write_bytes(data)


def opening_items(days: Sequence[dt.date]) -> list[dict[str, Any]]:
    """Items of the CMS with a canary in each field that is a text, an item each."""
    items = []
    for number, text in enumerate((*PERSONS, BARE_PHONE, ODD_VALUE)):
        day = days[number % len(days)].isoformat()
        for field in ("title", "color", "start_time", "end_time", "isil", "unknown"):
            item = _opening_item(day)
            if field in ("title", "color"):
                item["category"][field] = text
            elif field == "isil":
                item["branch_isil_id"] = text
                item["branch_id"] = 999_999
            else:
                item[field] = text
            items.append(item)
    return items


def _opening_item(day: str) -> dict[str, Any]:
    return {
        "id": 1,
        "category": {"title": "Åbent", "color": MAIL},
        "date": day,
        "start_time": "08:00",
        "end_time": "17:00",
        "branch_id": 101,
        "branch_isil_id": "DK-710119",
        "branch_name": NAME,
        "contact": {"name": NAME, "cpr": CPR, "notes": [FREE_TEXT, MAIL]},
        NAME: CPR,
        "repetition": {"id": 7, "type": "weekly", "weekly_data": {"end_date": NAME}},
    }


def _opening_hours(folder: Path) -> None:
    items = opening_items([dt.date(2024, 2, 5) + dt.timedelta(days=n) for n in range(7)])
    for text in PERSONS:
        items += [
            _opening_item(text),
            _opening_item("2024-02-05") | {"branch_id": text, "branch_isil_id": None},
            _opening_item("2024-02-05") | {"id": text, "category": text},
            _opening_item("2024-02-05") | {"branch_id": [text], "branch_isil_id": {text: 1}},
            {"nid": 101, "date": "2024-02-05", "notice": text},
            {text: text},
            text,
        ]
    whole = json.dumps(items, ensure_ascii=False).encode()
    (folder / "2024-02-05.json").write_bytes(whole)
    (folder / f"{NAME}.json").write_bytes(whole + b"\n")
    (folder / f"{CPR}.json").write_bytes(json.dumps([NAME]).encode())
    cut = whole.rindex(b"Kanariefugl")
    (folder / "2024-02-06.json").write_bytes(whole[: cut + 5])
    (folder / "2024-02-07.json").write_bytes(whole[:cut] + b"\xff\x81" + whole[cut:])
    (folder / "2024-02-08.json").write_text(json.dumps({NAME: {CPR: MAIL}}))
    (folder / "2024-02-09.json").write_text(f'[{{"date": {NAME}, "x": {CPR}}}]', encoding="utf-8")
    (folder / "2024-02-10.json").write_text(f'[{{"date": "{NAME}\\q\t"}}]', encoding="utf-8")


# --- finding them again -------------------------------------------------------------------------

_BETWEEN = r"[\s\u00a0._/–-]{0,2}"


def _number(digits: str) -> str:
    """No part of a longer number; it begins with a digit, which is searched for quickly."""
    first, *others = digits
    return rf"{first}(?<!\d{first}){_BETWEEN}{_BETWEEN.join(others)}(?!\d)"


# pieces that stand for the whole, in the ways they may be written; texts are casefolded and NFC
_PERSON = (
    "kanariefugl",
    "synn(?:ø|ö|oe|o\u0308|\\\\+u00f8|&oslash;|&#248;|&#xf8;|%c3%b8|%f8|ã¸|\ufffd)ve",
    _number(CPR.replace("-", "")),
    _number(BARE_PHONE),
    _number(f"45{BARE_PHONE}"),
    _number(f"0045{BARE_PHONE}"),
)
_FREE = "kakaduskrig"
_ODD = "undulatsang"


def found_in(text: str, *, odd_values: bool = True) -> set[str]:
    """The traces of canaries in a casefolded text, in their NFC form.

    Args:
        text: anything, casefolded and NFC.
        odd_values: whether `ODD_VALUE` counts too.
    """
    patterns = (*_PERSON, _FREE, *((_ODD,) if odd_values else ()))
    return {match[0] for pattern in patterns for match in re.finditer(pattern, text)}
