"""The synthetic register of guards, night hosts and relation workers."""

from __future__ import annotations

from orchestration.sample import names
from orchestration.sample.files import SampleFile
from orchestration.sample.notice import LABEL
from orchestration.sample.plan import WINTER_START_2025
from orchestration.sample.tables import csv_bytes

_HEADER = (
    "Bibliotek",
    "Funktion",
    "Fra",
    "Til",
    "Ugedage",
    "Fra kl.",
    "Til kl.",
    "Antal",
    "Status",
    "Kilde",
)
_GUARD, _HOST, _WORKER = "Vagt og Sikring", "Natteværter", "Relationsmedarbejder"
_PLANNED, _ACTUAL = "planlagt", "faktisk"
_NIGHTS = "tor,fre,lør"

# library, function, from, to, weekdays, from hour, to hour, how many, status
_ROWS = (
    ("vesterbro", _WORKER, "02-01-2023", "31-12-2023", "man-fre", "10:00", "16:00", 2, _ACTUAL),
    ("vesterbro", _WORKER, "01-01-2024", "31-12-2024", "man-fre", "10:00", "16:00", 2, _ACTUAL),
    ("vesterbro", _WORKER, "01-01-2025", "14-11-2025", "man-fre", "10:00", "16:00", 2, _ACTUAL),
    ("vesterbro", _WORKER, "17-11-2025", "31-03-2026", "man-fre", "10:00", "16:00", 2, _PLANNED),
    ("blaagaarden", _WORKER, "01-01-2025", "14-11-2025", "man-fre", "10:00", "16:00", 2, _ACTUAL),
    ("blaagaarden", _WORKER, "17-11-2025", "31-03-2026", "man-fre", "10:00", "16:00", 2, _PLANNED),
    ("noerrebro", _WORKER, "01-01-2025", "14-11-2025", "man-fre", "10:00", "16:00", 1, _ACTUAL),
    ("noerrebro", _WORKER, "17-11-2025", "31-03-2026", "man-fre", "10:00", "16:00", 1, _PLANNED),
    # Guards: what was planned gives way on the days for which it is known what was done.
    ("blaagaarden", _GUARD, "uge 46 2024", "uge 50 2024", "man-fre", "16:00", "21:00", 2, _PLANNED),
    ("blaagaarden", _GUARD, "uge 47 2024", "uge 50 2024", "man-fre", "15:00", "21:00", 2, _ACTUAL),
    ("blaagaarden", _GUARD, "uge 49 2024", "uge 50 2024", "tor,fre", "18:00", "22:00", 1, _ACTUAL),
    ("blaagaarden", _GUARD, "uge 3 2025", "uge 6 2025", "man-fre", "15:00", "21:00", 2, _PLANNED),
    (
        "blaagaarden",
        _GUARD,
        "uge 3 2025",
        "uge 5 2025",
        "man,tir,ons,tor",
        "15:00",
        "21:00",
        2,
        _ACTUAL,
    ),
    # Night hosts: their spans pass midnight.
    ("blaagaarden", _HOST, "uge 47 2024", "uge 50 2024", _NIGHTS, "19:00", "01:00", 2, _PLANNED),
    ("blaagaarden", _HOST, "uge 48 2024", "uge 50 2024", _NIGHTS, "19:00", "01:00", 2, _ACTUAL),
    ("blaagaarden", _HOST, "06-02-2025", "01-03-2025", _NIGHTS, "20:00", "02:00", 2, _ACTUAL),
    ("blaagaarden", _HOST, "uge 43 2025", "31-03-2026", _NIGHTS, "19:00", "01:00", 2, _PLANNED),
    ("hovedbiblioteket", _GUARD, "01-12-2023", "22-12-2023", "fre", "17:00", "20:00", 1, _ACTUAL),
)


def files() -> list[SampleFile]:
    """The register, as kept on the sample's as-of date."""
    rows: list[tuple[str, ...]] = [_HEADER]
    for library, *rest in _ROWS:
        rows.append((names.LIBRARIES[library][0], *map(str, rest), f"{LABEL} register"))
    content = csv_bytes(rows, encoding="utf-8-sig")
    return [SampleFile("presence/tilstedevaerelse.csv", content, WINTER_START_2025.exported_at)]
