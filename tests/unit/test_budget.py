"""The tests of the longest file begin first; nothing long waits behind one that is alone in its."""

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


def test_behind_a_long_test_that_is_alone_in_its_file_waits_a_short_one() -> None:
    names = ["test_readers.py", "test_mutants.py", "test_parity.py", "test_parity.py"]
    assert in_this_order([*names, "test_attacks.py", "test_guards.py", "test_cli.py"]) == [
        *("test_parity.py", "test_parity.py"),
        *("test_readers.py", "test_attacks.py", "test_mutants.py", "test_guards.py"),
        "test_cli.py",
    ]


def in_this_order(names: list[str]) -> list[str]:
    items: Any = [SimpleNamespace(path=Path(name)) for name in names]
    return [item.path.name for item in in_order(items)]


def test_every_file_of_the_budget_is_there() -> None:
    assert set(SECONDS) <= {path.name for path in TESTS.rglob("test_*.py")}
