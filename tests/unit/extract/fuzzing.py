"""Damaged source files of every kind: none may end in anything but rows that balance or a refusal.

Everything follows from a seed, so that a file that went wrong can be made again.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.errors import UnreadableFileError
from orchestration.extract import opening_hours, presence
from orchestration.extract.rows import LANDED_TABLES, Landed
from tests.unit.extract import survey_exports
from tests.unit.extract.incident_exports import (
    CONFIG,
    HEADER,
    STORED,
    Desk,
    csv_text,
    ods,
    with_incidents,
    xls,
    xlsx,
)

FEW_FORMATS = with_incidents(date_formats=["%d-%m-%Y %H:%M", "%d-%m-%Y", "excel"])
SECRET = "Synnøve Syntetisk 010203-1234"
PLACES = ("Husum", "Blågårdens Bibliotek", "Rådhuset", "Et ukendt sted", "Ørestad Bibliotek")
PIECES = (b'"', b";", b"\n", b"\r", b"\0", b"\xff", b"\xfe", b"\xc3", b",", b"\t", b"''", b"\\")
PIECES += (b"I alt", b"=1+1", b"99999999999999999999", b"31-02-2024", b"-1", b"1e309", b"%s", b"{}")
OUTCOMES = {"usable", "excluded", "quarantined"}
Kind = str


def incident_grid(dice: random.Random) -> list[list[object]]:
    """Rows of every outcome, with free text that must never be landed."""
    grid: list[list[object]] = [[*HEADER, "Status", "Antal", "Senest ændret", "Melder"]]
    for number in range(dice.randint(0, 9)):
        day = f"{dice.randint(1, 28):02}-{dice.randint(1, 12):02}-2024 {dice.randint(0, 23):02}:15"
        status = dice.choice(["Lukket", "Annulleret", ""])
        grid.append([str(number), day, dice.choice(PLACES), dice.choice(["Vold", "Trusler", "?"])])
        grid[-1] += [status, dice.choice(["1", "1.234", "x", ""]), dice.choice([day, ""]), SECRET]
    return [["Udtræk"], [], *grid, ["I alt", "9"]] if dice.random() < 0.5 else grid


def incident_text(dice: random.Random) -> bytes:
    line_end = dice.choice(["\n", "\r\n", "\r"])
    text = csv_text(incident_grid(dice), dice.choice(";,\t|"), line_end, dice.choice([0, 0, 1]))
    encoding = dice.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
    return text.encode(encoding)


def presence_text(dice: random.Random) -> bytes:
    header = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde"
    row = "Blågårdens Bibliotek;Natteværter;uge 43 2025;31-12-2025;tor-lør;19:00;02:00;2;planlagt"
    row = f"{row};{SECRET}"
    lines = [header, *[row] * dice.randint(1, 5)]
    return "\n".join(lines).encode(dice.choice(["utf-8", "cp1252", "utf-16"]))


def snapshot(dice: random.Random) -> bytes:
    item = {
        "id": 1,
        "category": {"title": dice.choice(["Åbent", "Selvbetjening", "Ukendt"]), "color": SECRET},
        "date": "2025-01-13",
        "start_time": "08:00",
        "end_time": dice.choice(["23:59", "17:00", "07:00"]),
        "branch_id": 7,
        "branch_isil_id": "DK-710104",
        "repetition": {"id": 1, "type": "none", "weekly_data": []},
    }
    items = [item | {"id": number} for number in range(dice.randint(1, 4))]
    return json.dumps(items, ensure_ascii=dice.random() < 0.5).encode()


def damaged(dice: random.Random, content: bytes, other: bytes) -> bytes:
    """The content with a byte flipped, a piece put in, cut out or doubled, cells swapped, …"""
    changed = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        place = dice.randrange(len(changed) + 1)
        length = dice.choice([1, 1, 2, 5, 40])
        match dice.randrange(7):
            case 0:
                changed[place : place + 1] = bytes([dice.randrange(256)])
            case 1:
                changed[place:place] = dice.choice(PIECES)
            case 2:
                del changed[place : place + length]
            case 3:
                changed[place:place] = changed[place : place + length]
            case 4:
                del changed[place:]
            case 5:
                changed[place:] = other[dice.randrange(len(other) + 1) :]
            case 6:
                changed = bytearray(_swapped(dice, bytes(changed)))
    return bytes(changed)


def _swapped(dice: random.Random, content: bytes) -> bytes:
    """Two cells in each other's place."""
    cells = content.split(b";")
    one, two = dice.randrange(len(cells)), dice.randrange(len(cells))
    cells[one], cells[two] = cells[two], cells[one]
    return b";".join(cells)


def damaged_zip(dice: random.Random, content: bytes) -> bytes:
    """A zip or workbook of which a member, or the whole, is damaged."""
    if dice.random() < 0.2:
        return damaged(dice, content, content)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w") as target:
        names = archive.namelist()
        chosen = dice.choice([n for n in names if "sheet" in n or "content" in n or "Str" in n])
        for name in names:
            part = archive.read(name)
            target.writestr(name, damaged(dice, part, part) if name == chosen else part)
    return packed.getvalue()


def run(desk: Desk, seed: int, kind: Kind) -> str:
    """Make one damaged file, extract it and check what came out; what became of it."""
    dice = random.Random(f"{kind} {seed}")
    try:
        return KINDS[kind](desk, dice)
    except UnreadableFileError as refused:
        sentence = str(refused)
        assert sentence and "\n" not in sentence and "Synnøve" not in sentence, (kind, seed)
        return f"{kind}: refused"
    except AssertionError as error:
        raise AssertionError(f"{kind}, seed {seed}: {error}") from error
    except Exception as error:
        raise AssertionError(f"{kind}, seed {seed}: {type(error).__name__}: {error}") from error


def fuzz(desk: Desk, kind: Kind, seeds: range) -> Counter[str]:
    """Counts of what became of the files."""
    counts = Counter(run(desk, seed, kind) for seed in seeds)
    assert desk.leftovers() == []
    return counts


def _incidents(desk: Desk, name: str, content: bytes) -> str:
    found = desk.read(desk.write(name, content), FEW_FORMATS)
    assert found.balances, found.landed
    assert found.columns <= STORED
    assert "Synnøve" not in str(found.stored), "free text was landed"
    assert "Synnøve" not in json.dumps(found.landed.layouts)
    return f"landed, {'with' if found.rows else 'without'} rows"


def _fuzz_text(desk: Desk, dice: random.Random) -> str:
    return "text: " + _incidents(
        desk, "a.csv", damaged(dice, incident_text(dice), incident_text(dice))
    )


def _fuzz_packed(desk: Desk, dice: random.Random) -> str:
    if dice.random() < 0.5:
        inner = damaged(dice, incident_text(dice), b"")
        content = gzip.compress(inner)
        content = damaged(dice, content, content) if dice.random() < 0.5 else content
        return "packed: " + _incidents(desk, "a.csv.gz", content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sheet.csv", damaged(dice, incident_text(dice), b""))
        archive.writestr("sheet2.csv", incident_text(dice))
    return "packed: " + _incidents(desk, "a.zip", damaged_zip(dice, packed.getvalue()))


def _fuzz_workbook(desk: Desk, dice: random.Random) -> str:
    writer, suffix = dice.choice([(xlsx, ".xlsx"), (xlsx, ".xlsx"), (xls, ".xls"), (ods, ".ods")])
    path = writer(desk.folder / f"whole{suffix}", {"Data": incident_grid(dice)})
    content = path.read_bytes()
    changed = damaged(dice, content, content) if suffix == ".xls" else damaged_zip(dice, content)
    return "workbook: " + _incidents(desk, f"a{suffix}", changed)


def _landed(landed: Landed, table: str) -> str:
    rows = landed.tables[table]
    assert landed.rows_read - landed.description_rows == len(rows)
    assert set(rows["outcome"]) <= OUTCOMES
    for name, each in landed.tables.items():
        assert set(each.columns) <= LANDED_TABLES[name].keys()
        assert "Synnøve" not in each.to_csv()
    return f"landed, {'with' if len(rows) else 'without'} rows"


def _fuzz_presence(desk: Desk, dice: random.Random) -> str:
    path = desk.write("p.csv", damaged(dice, presence_text(dice), presence_text(dice)))
    with TemporaryDirectory() as folder:
        return "presence: " + _landed(
            presence.extract(path, "id", CONFIG, Path(folder)), "presence"
        )


def _fuzz_snapshot(desk: Desk, dice: random.Random) -> str:
    path = desk.write("2025-01-13.json", damaged(dice, snapshot(dice), snapshot(dice)))
    return "snapshot: " + _landed(opening_hours.extract(path, "id", CONFIG), "opening_hours")


def _fuzz_survey(_: Desk, dice: random.Random) -> str:
    with TemporaryDirectory() as folder:
        files = survey_exports.surveyxact_files(Path(folder))
        part = dice.choice(sorted(files))
        path = files[part][0]
        path.write_bytes(damaged(dice, path.read_bytes(), path.read_bytes()))
        parts = survey_exports.extracted(files, "2025-02", CONFIG)
        return "survey: " + _landed(parts["dataset"], "survey_response")


KINDS: dict[Kind, Callable[[Desk, random.Random], str]] = {
    "text": _fuzz_text,
    "packed": _fuzz_packed,
    "workbook": _fuzz_workbook,
    "presence": _fuzz_presence,
    "snapshot": _fuzz_snapshot,
    "survey": _fuzz_survey,
}
