"""What the floor does, of rows that dlt loaded into DuckDB, where they stay."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt  # noqa: E402  it reads the environment
import duckdb  # noqa: E402

NAMES = ("nr", "reported", "occurred", "place", "category", "status", "changed", "number")
QUERY = """
with typed as (
    select *, strptime(occurred, '%d-%m-%Y %H:%M') as moment,
        strptime(changed, '%d-%m-%Y %H:%M') as changed_at
    from raw.incidents
),
latest as (
    select arg_max(struct_pack(
        half := (year(moment) * 12 + month(moment) - 4) // 6,
        place := place, category := category, status := status, count := number::integer
    ), changed_at) as row from typed group by nr
),
facts as (
    select row.half, row.place, row.category, sum(row.count) as incidents
    from latest where row.status <> 'Annulleret' group by all
)
select sum(incidents)::bigint from facts
"""


def incidents() -> Iterator[dict[str, str]]:
    """The export's rows."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        for row in rows:
            yield dict(zip(NAMES, row, strict=False))


with tempfile.TemporaryDirectory() as folder:
    database = f"{folder}/scale.duckdb"
    dlt.pipeline(
        "scale",
        destination=dlt.destinations.duckdb(database),
        dataset_name="raw",
        pipelines_dir=folder,
    ).run(incidents, table_name="incidents", write_disposition="replace")
    ((total,),) = duckdb.connect(database).execute(QUERY).fetchall()
print(total)
