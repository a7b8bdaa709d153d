"""Reads the survey exports back by hand: labels by trimmed text, completed answers only."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

FLAVOUR = {"2023-02": ("cp1252", ";"), "2025-02": ("utf-16", "\t")}
FAVOURABLE = {
    "tryg": {"Meget tryg", "Tryg"},
    "kompetence": {"I høj grad", "I meget høj grad"},
}
VESTERBRO = "Vesterbro Bibliotek og Kulturhus"


def table(sample: Path, wave: str, part: str) -> list[list[str]]:
    encoding, delimiter = FLAVOUR[wave]
    text = (sample / "survey" / wave / f"{part}.csv").read_bytes().decode(encoding)
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def respondents(sample: Path, wave: str) -> list[dict[str, str]]:
    header, *rows = table(sample, wave, "dataset")
    return [dict(zip(header, row, strict=True)) for row in rows]


def labels(sample: Path, wave: str) -> dict[tuple[str, str], str]:
    return {(name, code): text.strip() for name, code, text in table(sample, wave, "labels")}


def favourable(sample: Path, wave: str, question: str, library: str) -> tuple[int, int]:
    """Favourable and counted answers."""
    meaning = labels(sample, wave)
    answers = Counter(
        meaning.get((question, row[question]), "")
        for row in respondents(sample, wave)
        if row["stato_4"] == "1" and meaning[("bibliotek", row["bibliotek"])] == library
    )
    counted = {a: n for a, n in answers.items() if a and a != "Ved ikke"}
    return sum(counted.get(a, 0) for a in FAVOURABLE[question]), sum(counted.values())


@pytest.mark.parametrize(
    ("wave", "question", "library", "expected", "percent"),
    [
        ("2023-02", "tryg", VESTERBRO, (22, 33), 67),
        ("2025-02", "tryg", VESTERBRO, (29, 32), 91),
        ("2023-02", "kompetence", VESTERBRO, (17, 33), 52),
        ("2025-02", "kompetence", VESTERBRO, (27, 32), 84),
        ("2025-02", "tryg", "Blågårdens Bibliotek", (21, 27), 78),
        ("2025-02", "tryg", "Nørrebro Bibliotek", (20, 24), 83),
        ("2025-02", "tryg", "Vigerslev Bibliotek", (3, 4), 75),
    ],
)
def test_shares(
    sample: Path,
    wave: str,
    question: str,
    library: str,
    expected: tuple[int, int],
    percent: int,
) -> None:
    found = favourable(sample, wave, question, library)
    assert found == expected
    assert round(100 * found[0] / found[1]) == percent


def test_incomplete_answers_would_change_a_share(sample: Path) -> None:
    rows = respondents(sample, "2025-02")
    assert any(row["stato_4"] == "0" and row["tryg"] for row in rows)
    assert any(row["stato_4"] == "0" and not row["bibliotek"] for row in rows)
    for wave in FLAVOUR:
        for row in respondents(sample, wave):
            assert sum(row[f"stato_{i}"] == "1" for i in range(1, 6)) == 1


def test_blank_and_dont_know_both_occur(sample: Path) -> None:
    for wave in FLAVOUR:
        meaning = labels(sample, wave)
        completed = [row for row in respondents(sample, wave) if row["stato_4"] == "1"]
        answers = {meaning.get(("tryg", row["tryg"]), "") for row in completed}
        assert {"", "Ved ikke"} <= answers


def test_staff_sizes_and_the_small_library(sample: Path) -> None:
    meaning = labels(sample, "2025-02")
    completed = Counter(
        meaning["bibliotek", row["bibliotek"]]
        for row in respondents(sample, "2025-02")
        if row["stato_4"] == "1"
    )
    assert len(completed) == 20
    assert [library for library, n in completed.items() if n < 5] == ["Vigerslev Bibliotek"]
    assert max(completed.values()) <= 35


def test_codes_are_not_in_order_and_labels_have_trailing_blanks(sample: Path) -> None:
    scale = ["Meget tryg", "Tryg", "Hverken tryg eller utryg", "Utryg", "Meget utryg"]
    codes = {}
    for wave in FLAVOUR:
        rows = table(sample, wave, "labels")
        assert any(label != label.rstrip() for name, _, label in rows if name == "bibliotek")
        assert any(label != label.rstrip() for name, _, label in rows if name == "tryg")
        by_label = {label.strip(): code for name, code, label in rows if name == "tryg"}
        assert [by_label[label] for label in scale] != sorted(by_label[label] for label in scale)
        codes[wave] = {label.strip(): code for name, code, label in rows if name == "bibliotek"}
        listed = [int(code) for name, code, _ in rows if name == "bibliotek"]
        assert listed != sorted(listed)
    assert codes["2023-02"][VESTERBRO] != codes["2025-02"][VESTERBRO]


def test_bytes_are_those_of_the_two_flavours(sample: Path) -> None:
    for part in ("dataset", "labels", "structure"):
        old = (sample / "survey" / "2023-02" / f"{part}.csv").read_bytes()
        new = (sample / "survey" / "2025-02" / f"{part}.csv").read_bytes()
        assert b"\r" not in old
        assert not old.startswith(b"\xef\xbb\xbf")
        assert new.startswith(b"\xff\xfe")
        assert "\r\n" in new.decode("utf-16")


def test_structure_and_personal_columns(sample: Path) -> None:
    for wave in FLAVOUR:
        header, *rows = table(sample, wave, "structure")
        assert header == [
            "questionName",
            "variableName",
            "questionType",
            "subType",
            "questionText",
            "choiceValue",
            "choiceText",
        ]
        assert all("SYNTETISK" in row[4] for row in rows)
        assert [row[1] for row in rows] == table(sample, wave, "dataset")[0]
        assert sum(row[3] == "Multiple" and row[0] == "stoette" for row in rows) == 4
        for row in respondents(sample, wave):
            assert row["email"].endswith("@example.invalid")
            assert row["navn"].startswith("Syntetisk ")
            assert row["kommentar"] in ("", "Syntetisk kommentar")
