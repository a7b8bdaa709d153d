"""Texts of the public csv tables stay texts in a spreadsheet, and negative numbers stay numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.disclosure.package import FIGURES, write_package
from tests.hostile import FORMULAS


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_calculated_is_written_as_a_text(text: str, tmp_path: Path) -> None:
    row = {"figure_id": "a", "label_da": text, "value": -63, "ci_low": -75.5}
    write_package(tmp_path, {FIGURES: [row]}, licence="CC0-1.0", is_synthetic=False)
    with (tmp_path / f"{FIGURES}.csv").open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert found["label_da"] == "'" + text.replace("\r", "\n")
    assert (found["value"], found["ci_low"]) == ("-63", "-75.5")
