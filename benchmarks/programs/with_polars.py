"""What the floor does, in polars."""

from __future__ import annotations

import sys

import polars as pl

occurred = pl.col("Hændelsestidspunkt").dt
rows = (
    pl.scan_csv(sys.argv[1], separator=";", schema_overrides={"Nr.": pl.String})
    .with_columns(
        pl.col("Hændelsestidspunkt", "Senest ændret").str.to_datetime(format="%d-%m-%Y %H:%M")
    )
    .group_by("Nr.")
    .agg(
        pl.col("Hændelsestidspunkt", "Ejendom", "Kategori", "Status", "Antal").get(
            pl.col("Senest ændret").arg_max()
        )
    )
    .filter(pl.col("Status") != "Annulleret")
    .with_columns(half=(occurred.year() * 12 + occurred.month().cast(pl.Int32) - 4) // 6)
    .group_by("half", "Ejendom", "Kategori")
    .agg(pl.col("Antal").sum())
    .collect(engine="streaming")
)
print(rows["Antal"].sum())
