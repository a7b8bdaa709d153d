"""A kill, a full disk, an input/output error at hundreds of places: the old state or the new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestration.sample import write_sample
from orchestration.settings import PROJECT
from tests.faults.shim import compiled, made_state
from tests.pipeline.installation import AS_OF, Place
from tests.proofs import Proof

POINTS = {"landing": 234, "publish": 134, "close": 124, "run": 12}
EXPORTS = (
    "mainmanager/haendelser_vinter_2023-2024_SYNTETISK.csv",
    "mainmanager/haendelser_vinter_2024-2025_SYNTETISK.csv",
    "presence/*.csv",
    "survey/2025-02/*",
)


@pytest.fixture(scope="module")
def folder(in_memory: Path) -> Path:
    made = in_memory / "interrupted"
    write_homes(made)
    return made


def write_homes(folder: Path) -> None:
    """Homes to start from: before an export came, after it, and audited but not published."""
    place = Place(folder)
    write_sample(place.folder / "all")
    for number, pattern in enumerate(EXPORTS):
        for path in (place.folder / "all").glob(pattern):
            target = place.sources / path.relative_to(place.folder / "all")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        if number in (0, len(EXPORTS) - 1):
            answer = place.dataspor("run", "--as-of", AS_OF)
            assert answer.exit_code == 0, answer.told
            name = "after" if number else "before"
            shutil.copytree(place.home, place.folder / name, symlinks=True)
    shutil.copy2(place.settings.audited_warehouse, place.folder / "working.duckdb")
    # what was landed since stays where the audited warehouse looks for it
    shutil.copytree(place.folder / "before", place.folder / "ready", symlinks=True)
    for kept in ("landing", "archive"):
        shutil.copytree(
            place.folder / "after" / kept, place.folder / "ready" / kept, dirs_exist_ok=True
        )


def interrupted(folder: Path, scenario: str, points: int) -> tuple[dict[str, int], list[dict]]:
    """The calls that a step makes, and a line for each fault in it."""
    environment = os.environ | {
        "LD_PRELOAD": str(compiled(folder)),
        "DATASPOR_FAULT_STATE": str(made_state(folder / "faults")),
    }
    worker = [sys.executable, "-m", "tests.long.interrupted"]
    arguments = [str(folder), str(folder / "faults"), scenario, str(points)]
    answer = subprocess.run(
        worker + arguments, cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    first, *lines = [json.loads(line) for line in answer.stdout.splitlines()]
    return first["calls"], lines


@pytest.mark.long
@pytest.mark.parametrize("scenario", POINTS)
def test_wherever_a_step_is_interrupted_others_see_the_old_or_the_new_and_it_can_be_done_again(
    folder: Path, scenario: str, proof: Proof
) -> None:
    calls, lines = interrupted(folder, scenario, POINTS[scenario])
    for mode in sorted({line["mode"] for line in lines}):
        of_mode = [line for line in lines if line["mode"] == mode]
        wrong = sum(bool(line["wrong"]) for line in of_mode)
        proof(f"faults: {mode}", "504 in all", len(of_mode), wrong)
        sides = Counter(line.get("side") for line in of_mode)
        proof(
            f"faults: {mode}, in {scenario} of {sum(calls.values())} calls",
            "old or new",
            f"{sum(line['happened'] for line in of_mode)} happened, "
            f"old {sides['old']}, new {sides['new']}, wrong {wrong}",
        )
    assert [line for line in lines if line["wrong"]] == []
    # a disk that is full where nothing more is written is no fault
    assert sum(line["happened"] for line in lines) >= 0.8 * POINTS[scenario]
