"""What a run on the sample costs, beside the floor that its libraries set.

The floor: importing dagster, dagster_dbt and great_expectations once, plus one plain `dbt build`
of the same project on the same landed data. Everything is measured in turn, a round after the
other, so that a machine that drifts drifts for all; the ratios are what counts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from measured import PROJECT, Measured, measured
from targets import Target, median_at_most, table

BIN = Path(sys.executable).parent
AS_OF, THE_DAY_AFTER = "2025-11-17", "2025-11-18"
ROUNDS = 5

FLOOR_IMPORTS = "import dagster, dagster_dbt, great_expectations"
FLOOR_DBT = "dbt build"
NEW, NOTHING, FIXED = "run, all exports new", "run, nothing new", "run, no file new, another day"
DAGSTER, UI = "import dagster, dagster_dbt", "import of the code location"

Round = dict[str, Measured]


def floor(costs: Round) -> Measured:
    """What the libraries take."""
    return costs[FLOOR_IMPORTS] + costs[FLOOR_DBT]


TARGETS: tuple[tuple[str, Callable[[Round], float], float], ...] = (
    ("a run on the sample / floor, processor time", lambda r: r[NEW].cpu / floor(r).cpu, 1.15),
    ("a run on the sample / floor, wall", lambda r: r[NEW].wall / floor(r).wall, 0.8),
    ("a run on the sample, nothing new, s", lambda r: r[NOTHING].wall, 2.0),
    (
        "import of the code location / of dagster and dagster_dbt, processor time",
        lambda r: r[UI].cpu / r[DAGSTER].cpu,
        1.3,
    ),
)


def measure_run() -> list[Target]:
    """Measure, print medians, and return the targets."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = measured_rounds(Path(folder))
    print(f"medians of {len(rounds)} rounds, measured in turn\n")
    lines: dict[str, list[Measured]] = defaultdict(list)
    for costs in rounds:
        lines["floor: imports + dbt build"].append(floor(costs))
        for name, cost in costs.items():
            lines[name].append(cost)
    for name, found in lines.items():
        cpu, wall = (statistics.median(getattr(c, what) for c in found) for what in ("cpu", "wall"))
        print(f"{name:48} {cpu:6.2f} s CPU {wall:6.2f} s wall")
    share = statistics.median(costs[FIXED].cpu / costs[NEW].cpu for costs in rounds)
    print(f"\nfixed cost (what a run takes though no file is new): {share:.0%} of a run's CPU\n")
    return [
        median_at_most(what, [of(costs) for costs in rounds], most) for what, of, most in TARGETS
    ]


def measured_rounds(folder: Path) -> list[Round]:
    """Make an installation and measure in turn."""
    home, floor = folder / "home", folder / "floor"
    environment = os.environ | {
        "DATASPOR_HOME": str(home),
        "DATASPOR_SOURCES": str(folder / "sample"),
    }
    run = [str(BIN / "dataspor"), "run", "--as-of"]
    project = str(PROJECT / "dbt_project")
    dbt = [str(BIN / "dbt"), "build", "--quiet"]
    dbt += ["--project-dir", project, "--profiles-dir", project]
    python = [sys.executable, "-c"]
    measured([str(BIN / "dataspor"), "sample", environment["DATASPOR_SOURCES"]])
    measured([*run, AS_OF], environment)
    # a copy, since runs remove the warehouse that they did not publish last
    (floor / "build").mkdir(parents=True)
    shutil.copy(next((home / "build" / "audited").rglob("*.duckdb")), floor / "build")
    of_dbt = environment | {
        "DBT_TARGET_PATH": str(floor / "target"),
        "DBT_LOG_PATH": str(floor / "target"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    measured(dbt, of_dbt, floor)
    rounds = []
    for _ in range(ROUNDS):
        costs = {
            FLOOR_IMPORTS: measured([*python, FLOOR_IMPORTS], environment),
            FLOOR_DBT: measured(dbt, of_dbt, floor),
        }
        for kept in ("landing", "archive", "published"):
            shutil.rmtree(home / kept)
        # landed Parquet is what the floor's warehouse reads too: it is there again after this
        costs[NEW] = measured([*run, AS_OF], environment)
        costs[NOTHING] = measured([*run, AS_OF], environment)
        costs[FIXED] = measured([*run, THE_DAY_AFTER], environment)
        costs[DAGSTER] = measured([*python, DAGSTER], environment)
        costs[UI] = measured([*python, "import orchestration.code_location"], environment)
        rounds.append(costs)
    return rounds


if __name__ == "__main__":
    print(table(measure_run()))
