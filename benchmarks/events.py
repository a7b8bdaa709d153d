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

from scale import PROJECT, machine, measured

ENGINES = PROJECT / ".venv" / "engines" / "bin" / "python"
ROWS = (10_000_000, 100_000_000)
COUNTERS = 400
WRITE = (
    """
import duckdb, sys
folder, rows = sys.argv[1], int(sys.argv[2])
connection = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": folder + "/spill"})
connection.execute("set enable_progress_bar = false")
step = 365 * 86_400_000_000 // rows  # microseconds between two events of a year
for month in range(12):
    first, last = rows * month // 12, rows * (month + 1) // 12
    connection.execute(f'''
        copy (
            select hash(n) % {counters} as counter_id,
                make_timestamp(1704067200000000 + n * {{step}}) as moment,
                (hash(n + 7) % 3)::tinyint as came, (hash(n + 11) % 3)::tinyint as went
            from range({{first}}, {{last}}) as events(n)
        ) to '{{folder}}/{{month:02}}.parquet' (format parquet, compression zstd)
    ''')
""".replace("{counters}", str(COUNTERS))
    .replace("{{", "{")
    .replace("}}", "}")
)
DUCKDB = """
import duckdb, sys
connection = duckdb.connect(config={"memory_limit": "4GB"})
connection.execute("set enable_progress_bar = false")
print(connection.execute(f'''
    select sum(came)::bigint from (
        select counter_id // 20 as library, moment::date as day, hour(moment) as hour,
            sum(came) as came, sum(went) as went
        from read_parquet('{sys.argv[1]}/*.parquet') group by all
    )
''').fetchone()[0])
"""
SPARK = """
import sys
from pyspark.sql import SparkSession
session = (
    SparkSession.builder.master("local[*]")
    .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.memory", "4g").config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "8").config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
session.read.parquet(sys.argv[1]).createOrReplaceTempView("events")
print(session.sql('''
    select sum(came) from (
        select counter_id div 20 as library, cast(moment as date) as day, hour(moment) as hour,
            sum(came) as came, sum(went) as went
        from events group by 1, 2, 3
    )
''').collect()[0][0])
"""


def main() -> None:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description="Cost of counting events.")
    parser.add_argument("rows", nargs="*", type=int, default=ROWS)
    arguments = parser.parse_args()
    lines = []
    for rows in arguments.rows:
        folder = Path(tempfile.mkdtemp())
        try:
            written = measured([sys.executable, "-c", WRITE, str(folder), str(rows)])
            size = sum(path.stat().st_size for path in folder.glob("*.parquet"))
            found = {"DuckDB": measured([sys.executable, "-c", DUCKDB, str(folder)])}
            if ENGINES.exists():
                found["Spark"] = measured([str(ENGINES), "-c", SPARK, str(folder)])
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
