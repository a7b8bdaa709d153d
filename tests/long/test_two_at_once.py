"""A run, and another run, a close or a purge at the same time: one waits; nothing breaks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT
from tests.long.at_once import SECOND
from tests.proofs import Proof

pytestmark = pytest.mark.long
TIMES = 50


@pytest.fixture(scope="module")
def pairs(in_memory: Path) -> list[dict[str, Any]]:
    """What came of each pair; one process begins all of them, since loading is most of a few."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.long.at_once", str(in_memory), str(TIMES)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("second", SECOND)
def test_two_commands_started_together_take_turns(
    pairs: list[dict[str, Any]], second: str, proof: Proof
) -> None:
    lines = [line for line in pairs if line["second"] == second]
    wrong = [
        line
        for line in lines
        if line["stack"]
        or line["temporary"]
        or line["seen"] == "cannot be read"
        or line["seen"]["incidents"] != line["number"]
        or line["seen"]["gaps"]
        or line["seen"]["altered"]
        or any("Traceback" in text or not text.strip() for text in line["refused"])
    ]
    refused = sum(bool(line["refused"]) for line in lines)
    proof(
        f"two at once: a run and a {second}",
        f"{TIMES} pairs",
        f"{len(lines)} pairs, {len(wrong)} wrong, {refused} refused",
    )
    assert wrong == []
    assert len(lines) == TIMES
    assert refused == 0  # who comes second waits: a run takes seconds
    if second == "close":
        assert lines[-1]["seen"]["releases"] == TIMES
