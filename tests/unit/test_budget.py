"""The tests of the longest file begin first; nothing long waits behind one that is alone in its."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import budget
from tests.budget import SECONDS, in_order

TESTS = Path(__file__).parents[1]


SECONDS_HERE = {
    "test_long.py": 900,
    "test_longer.py": 1000,
    "test_longest.py": 2000,
    "test_short.py": 100,
    "test_shorter.py": 50,
}


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of this test's own, since each run of all proofs measures others."""
    monkeypatch.setattr(budget, "SECONDS", SECONDS_HERE)


def test_the_longest_come_first_and_others_stay_as_they_were() -> None:
    names = ["test_b.py", "test_a.py", "test_shorter.py", "test_longest.py", "test_short.py"]
    assert in_this_order([*names, "test_longest.py", "test_c.py"]) == [
        *("test_longest.py", "test_longest.py", "test_short.py", "test_shorter.py"),
        *("test_b.py", "test_a.py", "test_c.py"),
    ]


def test_behind_a_long_test_that_is_alone_in_its_file_waits_a_short_one() -> None:
    names = ["test_long.py", "test_longer.py", "test_longest.py", "test_longest.py"]
    assert in_this_order([*names, "test_c.py", "test_short.py", "test_shorter.py"]) == [
        *("test_longest.py", "test_longest.py"),
        *("test_longer.py", "test_short.py", "test_long.py", "test_shorter.py"),
        "test_c.py",
    ]


def in_this_order(names: list[str]) -> list[str]:
    items: Any = [SimpleNamespace(path=Path(name)) for name in names]
    return [item.path.name for item in in_order(items)]


def test_every_file_of_the_budget_is_there() -> None:
    assert set(SECONDS) <= {path.name for path in TESTS.rglob("test_*.py")}
