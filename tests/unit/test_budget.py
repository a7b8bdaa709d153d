"""The tests of the longest file begin first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.budget import SECONDS, in_order

TESTS = Path(__file__).parents[1]


def test_the_longest_come_first_and_others_stay_as_they_were() -> None:
    names = ["test_b.py", "test_a.py", "test_attacks.py", "test_parity.py", "test_readers.py"]
    items: Any = [SimpleNamespace(path=Path(name)) for name in [*names, "test_c.py"]]
    ordered: Any = in_order(items)
    assert [item.path.name for item in ordered] == [
        *("test_parity.py", "test_readers.py", "test_attacks.py"),
        *("test_b.py", "test_a.py", "test_c.py"),
    ]


def test_every_file_of_the_budget_is_there() -> None:
    assert set(SECONDS) <= {path.name for path in TESTS.rglob("test_*.py")}
