"""What a run on the sample costs in processor time, beside the floor that its libraries set.

The floor: importing dagster, dagster_dbt and great_expectations once, plus one plain `dbt build`
of the same project on the same landed data. Both are measured in turn, so that a machine that
drifts drifts for both; the ratio is what counts.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
AS_OF = "2025-11-17"
ROUNDS = 3


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """CPU (user + system, children included) and wall seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=environment, cwd=PROJECT, check=True, capture_output=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def main() -> None:
    """Measure and print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = os.environ | {
            "DATASPOR_HOME": str(home),
            "DATASPOR_SOURCES": str(Path(folder) / "sample"),
        }
        run = [str(BIN / "dataspor"), "run", "--as-of", AS_OF]
        dbt = [str(BIN / "dbt"), "build", "--quiet"]
        places = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project"]
        imports = [sys.executable, "-c", "import dagster, dagster_dbt, great_expectations"]
        subprocess.run(
            [str(BIN / "dataspor"), "sample", environment["DATASPOR_SOURCES"]],
            check=True,
            capture_output=True,
        )
        subprocess.run(run, env=environment, check=True, capture_output=True)
        dbt_environment = environment | {
            "DATASPOR_WORKING_WAREHOUSE": str(next((home / "build" / "audited").rglob("*.duckdb"))),
            "DBT_TARGET_PATH": str(Path(folder) / "target"),
            "DBT_LOG_PATH": str(Path(folder) / "target"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        subprocess.run(
            dbt + places, env=dbt_environment, cwd=PROJECT, check=True, capture_output=True
        )
        floor, new, nothing = [], [], []
        for _ in range(ROUNDS):
            parts = [measured(imports, environment), measured(dbt + places, dbt_environment)]
            floor.append((sum(p[0] for p in parts), sum(p[1] for p in parts)))
            for kept in ("landing", "archive", "published"):
                shutil.rmtree(home / kept)
            new.append(measured(run, environment))
            nothing.append(measured(run, environment))
    for title, runs in (
        ("floor: imports + dbt build", floor),
        ("run, all sample exports new", new),
        ("run, nothing new", nothing),
    ):
        cpu = statistics.median(r[0] for r in runs)
        wall = statistics.median(r[1] for r in runs)
        print(f"{title:30} {cpu:6.1f} s CPU {wall:6.1f} s wall")
    ratios = sorted(n[0] / f[0] for n, f in zip(new, floor, strict=True))
    met = "met" if statistics.median(ratios) <= 1.6 else "NOT met"
    print(
        f"CPU of a run with new exports / floor: {statistics.median(ratios):.2f} "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f}); target 1.6: {met}"
    )
    quickest = statistics.median(r[1] for r in nothing)
    print(f"nothing new: {quickest:.1f} s; target 5 s: {'met' if quickest <= 5 else 'NOT met'}")


if __name__ == "__main__":
    main()
