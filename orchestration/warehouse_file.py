"""Opening a warehouse's file to read it; a file that cannot be read is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.errors import DatasporError


def open_to_read(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a warehouse that is there.

    Raises:
        DatasporError: its file cannot be read.
    """
    try:
        return duckdb.connect(str(warehouse.resolve()), read_only=True)
    except duckdb.IOException:
        raise unreadable(warehouse) from None


def unreadable(warehouse: Path) -> DatasporError:
    """The error for a file that DuckDB cannot read, at once or in the middle."""
    return DatasporError(
        f"{warehouse} cannot be read: it is damaged, its rights forbid it, or another program "
        "writes to it. `dataspor run` makes a damaged one anew; remove it first if that finds "
        "nothing new. A release's file comes back from a backup."
    )
