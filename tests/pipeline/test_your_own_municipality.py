"""The guide for other municipalities, done literally: its commands run, its files written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from orchestration.config import load_config
from orchestration.settings import PROJECT
from tests.pipeline.guide import blocks_of, follow
from tests.pipeline.installation import Place

GUIDE = PROJECT / "docs" / "your-own-municipality.md"
EXAMPLE = PROJECT / "docs" / "example-municipality"
VOID = {"Withdrawn", "Entered in error"}


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody followed the guide; ``.printed.json`` has each block's output."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "your-own-municipality"
    with FileLock(f"{folder}.lock"):
        if not (folder / ".printed.json").exists():
            folder.mkdir()
            printed = follow(GUIDE, folder)
            (folder / ".printed.json").write_text(json.dumps(printed), encoding="utf-8")
    return folder


def printed_by(done: Path, command: str) -> str:
    """What the last block that begins with a command printed."""
    printed = json.loads((done / ".printed.json").read_text(encoding="utf-8"))
    commands = [block.text for block in blocks_of(GUIDE) if block.kind == "bash"]
    return next(
        output
        for text, output in reversed(list(zip(commands, printed, strict=True)))
        if text.startswith(command)
    )


def current_reports() -> list[dict[str, str]]:
    """Counted without the pipeline: each report's last version, from the exports' rows."""
    current: dict[str, dict[str, str]] = {}
    for path in sorted((EXAMPLE / "exports" / "mainmanager").iterdir()):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for row in csv.DictReader(lines[2:]):
            if row["Logged"]:
                kept = current.setdefault(row["Ref"], row)
                if moment(kept["Changed"]) < moment(row["Changed"]):
                    current[row["Ref"]] = row
    return [row for row in current.values() if row["State"] not in VOID]


def moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%m/%d/%Y %I:%M %p")


def count(reports: list[dict[str, str]], branches: set[str], first: str, last: str) -> int:
    between = (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    return sum(
        row["Branch"] in branches
        and between[0] <= moment(row["When it happened"]).date() <= between[1]
        for row in reports
    )


def test_the_figures_are_those_counted_from_the_rows_by_hand(done: Path) -> None:
    text = printed_by(done, "dataspor figures").partition("\n\n")[0]
    rows = {row["figure_id"]: row for row in csv.DictReader(io.StringIO(text)) if row["unit"]}
    reports = current_reports()
    central = {"Central Library", "Central Lib."}
    before = count(reports, central, "2023-10-01", "2024-03-31")
    after = count(reports, central, "2024-10-01", "2025-03-31")
    change = rows["central_incidents_winter"]
    assert (float(change["value_from"]), float(change["value_to"])) == (before, after)
    assert float(change["value"]) == pytest.approx((after / before - 1) * 100)
    sentence = change["statement_da"]
    assert f"Central Library in winter 2024/2025 ({after})" in sentence
    assert f"winter 2023/2024 ({before})" in sentence
    districts = [central, {"Harbor Branch"}, {"Hillside Branch"}]
    winter = [count(reports, branches, "2024-10-01", "2025-03-31") for branches in districts]
    rank = 1 + sum(other > winter[0] for other in winter)
    assert float(rows["downtown_rank"]["value"]) == rank
    assert f"({winter[0]})" in rows["downtown_rank"]["statement_da"]


def test_the_guide_shows_what_the_commands_print(done: Path) -> None:
    printed = iter(json.loads((done / ".printed.json").read_text(encoding="utf-8")))
    output, compared = "", 0
    for block in blocks_of(GUIDE):
        if block.kind == "bash":
            output = " ".join(next(printed).split())
        elif block.kind == "text":
            for line in block.text.splitlines():
                if line.strip("─ …"):
                    assert " ".join(line.split()) in output
                    compared += 1
    assert compared > 20


def test_the_guide_ends_with_the_example_configuration(done: Path) -> None:
    assert load_config(done / "my-config") == load_config(EXAMPLE / "config")


def test_nothing_is_kept_of_columns_that_are_not_mapped(done: Path) -> None:
    outside = [
        path
        for path in done.rglob("*")
        if path.is_file() and "archive" not in path.parts and "exports" not in path.parts
    ]
    assert len(outside) > 20
    for path in outside:
        if path.name != ".printed.json":
            assert b"Invented person" not in path.read_bytes(), path


@pytest.mark.wide
def test_a_municipality_without_figures_gets_its_facts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    shutil.copytree(EXAMPLE / "exports", place.sources)
    shutil.copytree(EXAMPLE / "config", place.config)
    for name in ("figures.yml", "sentences.yml"):
        (place.config / name).unlink()
    answer = place.dataspor("run", "--as-of", "2025-04-20")
    assert answer.exit_code == 0, answer.error
    assert "figures.yml lists none" in answer.told
    assert place.value("select sum(incidents) from marts.fct_library_half_year") == sum(
        row["Branch"] != "Book Depot" for row in current_reports()
    )
    assert place.rows("select * from marts.fct_status_figure") == []
