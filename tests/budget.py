"""What tests cost, so that the longest begin first and the processes end together.

Each file of long proofs stays with one process (`--dist loadscope`), since its tests share what is
expensive. In `make test` a process that has nothing left takes from the end of what another has:
small tests, so that none waits there for an installation that another is still making.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

import pytest

# of the random cases of wide proofs, for a machine with less time
SHARE = float(os.environ.get("WIDE_SHARE", "1"))
LONG = 500  # seconds that no other file should wait behind
# Seconds on the clock of the process that runs it, as seen in a run of all of them (see
# docs/reliability.md); of files in `make test`, those that run the whole pipeline.
SECONDS = {
    "test_two_at_once.py": 3840,
    "test_kill_anywhere.py": 2460,
    "test_parity.py": 2070,
    "test_fuzzing.py": 1600,
    "test_any_order_long.py": 1600,
    "test_oracle.py": 1200,
    "test_round_trips.py": 1080,
    "test_mutants.py": 1020,
    "test_readers.py": 1010,
    "test_runbooks.py": 500,
    "test_attacks.py": 370,
    "test_coverage.py": 360,
    "test_bi_tools.py": 250,
    "test_superset_dashboard.py": 250,
    "test_daemon.py": 240,
    "test_stores.py": 180,
    "test_guards.py": 140,
    "test_personal_data.py": 120,
    "test_cli.py": 100,
    "test_your_own_municipality.py": 90,
    "test_failed_audit.py": 70,
    "test_operation.py": 70,
    "test_any_order.py": 60,
    "test_postgres_run.py": 50,
    "test_remote_sources.py": 50,
    "test_run.py": 50,
    "test_broken_exports.py": 40,
    "test_fetch.py": 20,
    "test_releases.py": 20,
}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of the longest file first; behind one alone in its file comes a short one.

    Whoever begins the last test of a file is given the next file, which waits behind that test: so
    what waits behind a long one should be short.
    """
    items = list(items)
    tests = Counter(item.path.name for item in items)
    files = sorted(tests, key=lambda name: -SECONDS.get(name, 1))
    long = [name for name in files if SECONDS.get(name, 1) >= LONG]
    short = [name for name in files if name not in long]
    alone = [name for name in long if tests[name] == 1]
    ordered = [name for name in long if name not in alone]
    for name in alone:
        ordered += [name, *short[:1]]
        short = short[1:]
    place = {name: number for number, name in enumerate([*ordered, *short])}
    return sorted(items, key=lambda item: place[item.path.name])
