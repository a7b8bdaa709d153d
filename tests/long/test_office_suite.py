"""LibreOffice opens what is handed out: no cell is a formula, negative numbers are numbers."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration.briefing import write_briefing
from orchestration.disclosure.package import FIGURES, write_package
from tests.hostile import FORMULAS
from tests.unit.briefing.briefing_warehouse import write_warehouse

pytestmark = pytest.mark.long
# comma, quotes, UTF-8, from line 1; special numbers are detected and formulas are calculated,
# which is the least careful way to open a csv file
CSV = "CSV:44,34,76,1,,0,false,true,false,false,false,,true"


def opened(path: Path, folder: Path, *options: str) -> str:
    """A file as LibreOffice understands it, as flat OpenDocument XML."""
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice (soffice) is missing: apt-get install libreoffice-calc")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", *options, "--convert-to", "fods", "--outdir"]
    subprocess.run([*command, folder, path], check=True, capture_output=True, timeout=300)
    return (folder / path.with_suffix(".fods").name).read_text(encoding="utf-8")


def formulas(sheet: str) -> list[str]:
    return re.findall(r'table:formula="([^"]*)"', sheet)


def numbers(sheet: str) -> list[float]:
    found = re.findall(
        r'office:value-type="(?:float|percentage)"[^>]*office:value="([^"]*)"', sheet
    )
    return [float(value) for value in found]


def test_public_tables_hold_no_formula_and_negative_numbers(tmp_path: Path) -> None:
    rows = [{"figure_id": t, "label_da": t, "value": -63.0, "ci_low": -75.5} for t in FORMULAS]
    write_package(tmp_path, {FIGURES: rows}, licence="CC0-1.0", is_synthetic=False)
    sheet = opened(tmp_path / f"{FIGURES}.csv", tmp_path, f"--infilter={CSV}")
    assert formulas(sheet) == []
    assert numbers(sheet).count(-63) == numbers(sheet).count(-75.5) == len(FORMULAS)


def test_such_a_text_would_be_a_formula_if_nothing_were_done(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("text,value\n=1+1,-63\n", encoding="utf-8")
    sheet = opened(tmp_path / "plain.csv", tmp_path, f"--infilter={CSV}")
    assert formulas(sheet) == ["of:=1+1"]


def test_the_briefing_s_workbook_holds_no_formula_from_data_and_negative_numbers(
    tmp_path: Path,
) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb", hostile=True)
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    sheet = opened(tmp_path / "out" / "briefing.xlsx", tmp_path)
    assert formulas(sheet) == []
    assert any(value < 0 for value in numbers(sheet))
