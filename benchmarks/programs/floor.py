"""The floor: one DuckDB script that reads, takes the latest version of each report, and counts."""

from __future__ import annotations

import sys

import duckdb

# half-years are numbered: October 2022 and April 2023 begin one each
QUERY = """
with latest as (
    select arg_max(struct_pack(
        half := (year("Hændelsestidspunkt") * 12 + month("Hændelsestidspunkt") - 4) // 6,
        place := "Ejendom", category := "Kategori", status := "Status", count := "Antal"
    ), "Senest ændret") as row
    from read_csv($export, delim = ';', header = true,
        timestampformat = '%d-%m-%Y %H:%M', types = {'Nr.': 'varchar'})
    group by "Nr."
),
facts as (
    select row.half, row.place, row.category, sum(row.count) as incidents
    from latest where row.status <> 'Annulleret' group by all
)
select sum(incidents)::bigint from facts
"""

duckdb.execute("set enable_progress_bar = false")
((total,),) = duckdb.execute(QUERY, {"export": sys.argv[1]}).fetchall()
print(total)
