"""Events counted by library, day and hour, in Spark."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "4g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
}

session = SparkSession.builder.master("local[*]").config(map=SETTINGS).getOrCreate()
session.read.parquet(sys.argv[1]).createOrReplaceTempView("events")
((came,),) = session.sql(
    """
    select sum(came) from (
        select counter_id div 20 as library, cast(moment as date) as day, hour(moment) as hour,
            sum(came) as came, sum(went) as went
        from events group by 1, 2, 3
    )
    """
).collect()
print(came)
