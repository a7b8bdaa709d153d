"""Retention: what leaves the archive and the landed rows when it has been kept long enough.

What is published and what was released is never touched. Neither are bytes that still are sources
themselves: the mirror of a server follows that server, and a fetched answer has no other home, so
that removing it would change the figures; both can be purged once they are sources no more.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.config import Config
from orchestration.landing.archive import Archive, Tombstone
from orchestration.landing.inventory import look
from orchestration.landing.land import notes_of
from orchestration.settings import SOURCE_NAMES, Settings
from orchestration.warehouse_file import open_to_read


@dataclass(frozen=True)
class Purge:
    """What was, or would be, removed.

    Attributes:
        raw: tombstones of the raw exports.
        still_sources: raw exports that are old enough, but are sources themselves.
        landed: landed Parquet files and their notes, of source files that are not present.
    """

    raw: list[Tombstone]
    still_sources: int
    landed: list[Path]


def purge(
    settings: Settings, config: Config, days: int, now: dt.datetime, *, dry_run: bool
) -> Purge:
    """Remove raw exports archived, and rows of absent files landed, more than ``days`` days ago.

    Args:
        settings: where things are; the caller holds the installation's lock.
        config: the municipality's configuration.
        days: how long things are kept.
        now: the time that age is counted from.
        dry_run: only say what would be removed.
    """
    before = now - dt.timedelta(days=days)
    archive, inventory = Archive(settings), look(settings)
    raw, still_sources = [], 0
    for source in SOURCE_NAMES:
        for folder in sorted((settings.archive / source).glob("?" * 64)):
            came = archive.archived_at(source, folder.name)
            if came >= before:
                continue
            if folder.name in inventory.in_archive:
                still_sources += 1
                continue
            raw.append(
                Tombstone(
                    source_file_id=folder.name,
                    source=source,
                    archived_at=came.isoformat(timespec="seconds"),
                    purged_at=now.isoformat(timespec="seconds"),
                    bytes=sum(path.stat().st_size for path in folder.iterdir()),
                    rule=f"archived more than {days} days ago",
                )
            )
    landed = _absent(settings, notes_of(settings, config, inventory.files), before)
    if not dry_run:
        for stone in raw:
            archive.bury(stone)
        for path in landed:
            path.unlink()
    return Purge(raw, still_sources, landed)


def _absent(settings: Settings, present: set[Path], before: dt.datetime) -> list[Path]:
    """Landed files that belong to no source file present and that no warehouse reads."""
    read = _read_by_audited_warehouse(settings)
    found = []
    for note in sorted(settings.landing.glob("*/*.json")):
        if note in present or note.stat().st_mtime >= before.timestamp():
            continue
        names = [
            name
            for part in json.loads(note.read_text(encoding="utf-8")).values()
            for several in part["parquet"].values()
            for name in several
        ]
        if not any(name in read for name in names):
            # the note goes first: without it, what is left of the rest does not count
            found += [note, *(note.with_name(name) for name in names)]
    return found


def _read_by_audited_warehouse(settings: Settings) -> str:
    """The definitions of the views through which traces of the published run read landed rows."""
    if not settings.audited_warehouse.exists():
        return ""
    with open_to_read(settings.audited_warehouse) as connection:
        views = connection.execute("select sql from duckdb_views() where not internal").fetchall()
    return "\n".join(sql for (sql,) in views)
