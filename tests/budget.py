"""What the long proofs cost, so that the longest begin first and two processes end together.

Each file stays with one process (`--dist loadscope`), since its tests share what is expensive.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

# of the random cases of wide proofs, for a machine with less time
SHARE = float(os.environ.get("WIDE_SHARE", "1"))
# Seconds on the clock of the process that runs it, as seen in a run of all of them; see
# docs/reliability.md.
SECONDS = {
    "test_two_at_once.py": 2420,
    "test_parity.py": 1690,
    "test_fuzzing.py": 1600,
    "test_oracle.py": 1200,
    "test_round_trips.py": 1080,
    "test_kill_anywhere.py": 1000,
    "test_any_order_long.py": 780,
    "test_mutants.py": 530,
    "test_readers.py": 520,
    "test_runbooks.py": 500,
    "test_attacks.py": 370,
    "test_coverage.py": 360,
    "test_bi_tools.py": 250,
    "test_superset_dashboard.py": 250,
    "test_daemon.py": 240,
    "test_stores.py": 180,
    "test_guards.py": 70,
    "test_failed_audit.py": 70,
}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of the longest file first."""
    return sorted(items, key=lambda item: -_seconds(item))


def _seconds(item: pytest.Item) -> int:
    if not any(item.get_closest_marker(name) for name in ("long", "wide")):
        return 0
    return SECONDS.get(item.path.name, 1)
