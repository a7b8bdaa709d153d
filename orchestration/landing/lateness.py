"""Whether a source's exports stay away: how old the newest one is, and how old it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

if TYPE_CHECKING:
    from orchestration.config.model import SourceName


@dataclass(frozen=True)
class Lateness:
    """How old a source's newest export is, of those that could be used.

    Attributes:
        newest: the local day on which it was exported; None where there is none.
        days: days from then to the day of the run.
        late_after: days after which it is late.
    """

    source: str
    newest: dt.date | None
    days: int | None
    late_after: int

    @property
    def is_late(self) -> bool:
        """Whether it stays away; a source without any export does not exist, and is not late."""
        return self.days is not None and self.days > self.late_after

    def __str__(self) -> str:
        if self.newest is None:
            return f"{self.source}: there are no usable exports."
        due = f"late after {self.late_after} days"
        return (
            f"{self.source}: the newest export is of {self.newest}, {self.days} days old "
            f"({due}){'. Ask for a new one' if self.is_late else ''}."
        )


def lateness(
    connection: duckdb.DuckDBPyConnection,
    late_after_days: Mapping[SourceName, int],
    timezone: str,
) -> list[Lateness]:
    """Each configured source, by the ledger of the working warehouse.

    Args:
        connection: to a working warehouse.
        late_after_days: by source; others are not looked at.
        timezone: by which the day of an export is told.
    """
    as_of = connection.execute("select as_of from landing.run").fetchone()
    newest = dict(
        connection.execute(
            "select source, max(exported_at) from landing.source_file "
            "where status = 'landed' group by source"
        ).fetchall()
    )
    zone = ZoneInfo(timezone)
    days = {
        source: exported_at.replace(tzinfo=dt.UTC).astimezone(zone).date()
        for source, exported_at in newest.items()
    }
    assert as_of is not None
    return [
        Lateness(
            source,
            days.get(source),
            (as_of[0] - days[source]).days if source in days else None,
            late_after,
        )
        for source, late_after in late_after_days.items()
    ]
