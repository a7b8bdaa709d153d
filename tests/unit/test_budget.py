"""The tests of the longest file begin first, but for long ones that are alone in theirs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.budget import SECONDS, in_order

TESTS = Path(__file__).parents[1]


def test_the_longest_come_first_and_others_stay_as_they_were() -> None:
    names = ["test_b.py", "test_a.py", "test_attacks.py", "test_parity.py", "test_guards.py"]
    assert in_this_order([*names, "test_parity.py", "test_c.py"]) == [
        *("test_parity.py", "test_parity.py", "test_attacks.py", "test_guards.py"),
        *("test_b.py", "test_a.py", "test_c.py"),
    ]


def test_a_long_test_that_is_alone_in_its_file_begins_before_all() -> None:
    names = ["test_parity.py", "test_parity.py", "test_readers.py", "test_mutants.py"]
    assert in_this_order([*names, "test_attacks.py"]) == [
        *("test_readers.py", "test_mutants.py", "test_parity.py", "test_parity.py"),
        "test_attacks.py",
    ]


def in_this_order(names: list[str]) -> list[str]:
    items: Any = [SimpleNamespace(path=Path(name)) for name in names]
    return [item.path.name for item in in_order(items)]


def test_every_file_of_the_budget_is_there() -> None:
    assert set(SECONDS) <= {path.name for path in TESTS.rglob("test_*.py")}
