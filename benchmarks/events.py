"""What counting events costs past a city's size: people counters, by DuckDB and by Spark.

    python benchmarks/events.py [ROWS ...]

Made-up events of people counters (counter, moment, people in and out) are written as Parquet, one
file a month as an object store would hold them, and counted by library, day and hour. Both engines
read the same files on all cores of this machine, each in a process of its own, and must come to the
same sum. Spark is measured where `sh tests/install_engines.sh` has installed it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measured import PROJECT, machine, measured

ENGINES = PROJECT / ".venv" / "engines" / "bin" / "python"
ROWS = (10_000_000, 100_000_000)
PROGRAMS = Path(__file__).with_name("programs")


def main() -> None:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description="Cost of counting events.")
    parser.add_argument("rows", nargs="*", type=int, default=ROWS)
    arguments = parser.parse_args()
    lines = []
    for rows in arguments.rows:
        folder = Path(tempfile.mkdtemp())
        try:
            written = measured([sys.executable, PROGRAMS / "write_events.py", folder, str(rows)])
            size = sum(path.stat().st_size for path in folder.glob("*.parquet"))
            found = {"DuckDB": measured([sys.executable, PROGRAMS / "events_in_duckdb.py", folder])}
            if ENGINES.exists():
                found["Spark"] = measured([ENGINES, PROGRAMS / "events_in_spark.py", folder])
        finally:
            shutil.rmtree(folder)
        if len({result.output for result in found.values()}) != 1:
            raise SystemExit(f"the engines do not agree: {found}")
        lines.append(
            f"| {rows:,} | writing {size / 1e9:.2f} GB ({size / rows:.1f} bytes a row) "
            f"| {written.wall:.1f} s | {written.peak:.2f} GB |"
        )
        lines += [
            f"| {rows:,} | {name}: by library, day and hour | {x.wall:.1f} s | {x.peak:.2f} GB |"
            for name, x in found.items()
        ]
        print(*lines[-3:], sep="\n", flush=True)
    print(f"\n{machine()}\n\n| events | | wall | peak memory |\n|---:|---|---:|---:|")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
