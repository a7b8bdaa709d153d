"""Made-up events of a year of people counters, a Parquet file a month: takes folder and rows."""

from __future__ import annotations

import sys

import duckdb

COUNTERS = 400
MICROSECONDS_A_YEAR = 365 * 86_400_000_000

folder, rows = sys.argv[1], int(sys.argv[2])
with duckdb.connect(
    config={"memory_limit": "2GB", "temp_directory": f"{folder}/spill"}
) as connection:
    connection.execute("set enable_progress_bar = false")
    step = MICROSECONDS_A_YEAR // rows
    for month in range(12):
        first, last = rows * month // 12, rows * (month + 1) // 12
        connection.execute(
            f"""
            copy (
                select hash(n) % {COUNTERS} as counter_id,
                    make_timestamp(1704067200000000 + n * {step}) as moment,
                    (hash(n + 7) % 3)::tinyint as came, (hash(n + 11) % 3)::tinyint as went
                from range({first}, {last}) as events(n)
            ) to '{folder}/{month:02}.parquet' (format parquet, compression zstd)
            """
        )
