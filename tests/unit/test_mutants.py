"""Tests of a mutant's own file come first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutants import own_first

NAMES = ["test_publish.py", "test_land.py", "test_archive.py", "test_landing.py"]


@pytest.mark.parametrize(
    ("mutant", "first"),
    [
        ("orchestration.landing.land.x_land__mutmut_1", "test_land.py"),
        ("orchestration.landing.archive.xǁArchiveǁtidy__mutmut_12", "test_archive.py"),
        ("orchestration.evidence.shares.x_wilson__mutmut_2", "test_publish.py"),
        ("stats", "test_publish.py"),
        ("", "test_publish.py"),
    ],
)
def test_the_mutants_own_file_comes_first_and_the_others_stay_as_they_were(
    monkeypatch: pytest.MonkeyPatch, mutant: str, first: str
) -> None:
    monkeypatch.setenv("MUTANT_UNDER_TEST", mutant)
    items: Any = [SimpleNamespace(path=Path(name)) for name in NAMES]
    names = [item.path.name for item in own_first(items)]
    assert names == [first, *(name for name in NAMES if name != first)]
