"""Small changes of the code, a few of each module: `make mutants` tries all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs import Proof

pytestmark = pytest.mark.long
PROJECT = Path(__file__).resolve().parent.parent.parent
COPIED = ("benchmarks", "dbt_project", "expectations", "orchestration", "tests")
PER_CENT = "1"  # or eight of a module, which are more


def test_nine_in_ten_of_a_sample_of_each_modules_mutants_are_noticed(
    tmp_path: Path, proof: Proof
) -> None:
    # a copy: nothing that an earlier trial found counts
    for name in COPIED:
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    done = subprocess.run(
        [sys.executable, tmp_path / "benchmarks" / "mutants.py", PER_CENT],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    told = done.stdout.strip().splitlines()[-1]
    proof("mutants of the code, some of each module", "90 % killed", told)
    assert done.returncode == 0, done.stdout
