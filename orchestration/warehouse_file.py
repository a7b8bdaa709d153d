"""Opening a warehouse's file to read it; a file that cannot be read is said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import DatasporError
from orchestration.extract.delimited import quoted


@contextmanager
def open_to_read(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a warehouse that is there; nothing is written through it.

    Raises:
        DatasporError: its file, or a landed file that its views read, cannot be read, at once or
            in the middle.
    """
    try:
        with duckdb.connect(str(warehouse.resolve()), read_only=True) as connection:
            yield connection
    except duckdb.IOException:
        raise _unreadable(warehouse) from None


def _unreadable(warehouse: Path) -> DatasporError:
    return DatasporError(
        f"{warehouse} cannot be read: it is damaged, its rights forbid it, another program writes "
        "to it, or the landed rows that it reads are gone, as after a move of DATASPOR_HOME. "
        "`dataspor run` makes a damaged one anew, and one of a home that was moved; remove it "
        "first if that finds nothing new. A release's file comes back from a backup."
    )


def reads_landed_rows_in(warehouse: Path, landing: Path) -> bool:
    """Whether a warehouse reads no landed rows but those of a folder: of its own home.

    Its views name files by their paths, which a home that was moved or copied has elsewhere.

    Raises:
        DatasporError: its file cannot be read.
    """
    with open_to_read(warehouse) as connection:
        elsewhere = connection.execute(
            "select 1 from duckdb_views() where schema_name = 'landing' and not contains(sql, ?)",
            [quoted(f"{landing}/")[:-1]],
        ).fetchone()
    return elsewhere is None
