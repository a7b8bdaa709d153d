"""Reads published Parquet files by polars, pyarrow and pandas, in an environment that has them.

Called with the folder of the files and the file to which plain Python rows are pickled.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq

Row = tuple[Any, ...]


def frame_rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a pandas frame as plain Python values."""

    def plain(value: Any) -> Any:
        if pd.isna(value):
            return None
        return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value

    return [tuple(map(plain, row)) for row in frame.astype(object).itertuples(index=False)]


def by_pyarrow(path: Path) -> list[Row]:
    """The rows as pyarrow gives them."""
    table = pq.read_table(path)
    return [tuple(row[name] for name in table.column_names) for row in table.to_pylist()]


def main(folder: Path, target: Path) -> None:
    """Read every file by every tool."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.parquet")):
        frame = pd.read_parquet(path)
        read = {
            "polars": pl.read_parquet(path).rows(),
            "pyarrow": by_pyarrow(path),
            "pandas": frame_rows(pd.read_parquet(path, dtype_backend="pyarrow")),
            "pandas without arrow types": (list(map(str, frame.dtypes)), frame_rows(frame)),
        }
        for tool, rows in read.items():
            found.setdefault(tool, {})[path.stem] = rows
    target.write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
