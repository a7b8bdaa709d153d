"""What the long proofs cost, so that the longest begin first and two processes end together."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

# Seconds of one processor, as measured on a machine that did other work too, where measured; see
# docs/reliability.md. Files that share something expensive stay with one process.
SECONDS = {
    "test_kill_anywhere.py": 2000,
    "test_parity.py": 1200,
    "test_superset_dashboard.py": 350,
    "test_bi_tools.py": 300,
    "test_runbooks.py": 200,
}
# What a test costs whose neighbours may run elsewhere.
OF_ONE = {
    "test_two_at_once.py": 700,
    "test_readers.py": 400,
    "test_any_order_long.py": 105,
    "test_daemon.py": 100,
    "test_round_trips.py": 65,
    "test_oracle.py": 22,
    "test_fuzzing.py": 18,
    "test_attacks.py": 13,
    "test_coverage.py": 10,
}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, the longest first; those of a file that shares something marked as a group."""
    ordered = sorted(items, key=lambda item: -_seconds(item))
    for item in ordered:
        if item.path.name in SECONDS:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    return ordered


def _seconds(item: pytest.Item) -> int:
    name = item.path.name
    if item.get_closest_marker("long") is None:
        return 0
    return SECONDS.get(name) or OF_ONE.get(name, 1)
