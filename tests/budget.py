"""What the long proofs cost, so that the longest begin first and two processes end together.

Each file stays with one process (`--dist loadscope`), since its tests share what is expensive.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

# Seconds of one processor, as measured on a machine that did other work too, where measured; see
# docs/reliability.md.
SECONDS = {
    "test_two_at_once.py": 2400,
    "test_kill_anywhere.py": 2000,
    "test_parity.py": 1200,
    "test_oracle.py": 840,
    "test_any_order_long.py": 630,
    "test_round_trips.py": 410,
    "test_readers.py": 400,
    "test_fuzzing.py": 360,
    "test_superset_dashboard.py": 350,
    "test_bi_tools.py": 300,
    "test_attacks.py": 250,
    "test_guards.py": 250,
    "test_runbooks.py": 200,
    "test_daemon.py": 100,
    "test_coverage.py": 100,
    "test_failed_audit.py": 70,
}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of the longest file first."""
    return sorted(items, key=lambda item: -_seconds(item))


def _seconds(item: pytest.Item) -> int:
    if item.get_closest_marker("long") is None:
        return 0
    return SECONDS.get(item.path.name, 1)
