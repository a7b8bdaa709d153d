"""Events counted by library, day and hour, in DuckDB."""

from __future__ import annotations

import sys

import duckdb

with duckdb.connect(config={"memory_limit": "4GB"}) as connection:
    connection.execute("set enable_progress_bar = false")
    ((came,),) = connection.execute(
        """
        select sum(came)::bigint from (
            select counter_id // 20 as library, moment::date as day, hour(moment) as hour,
                sum(came) as came, sum(went) as went
            from read_parquet($files) group by all
        )
        """,
        {"files": f"{sys.argv[1]}/*.parquet"},
    ).fetchall()
print(came)
