"""The ledger's equation, asked of every installation that a test leaves behind; see conftest.py.

An installation is found by its folders below pytest's temporary ones, so that no test needs to ask.
What was looked at once and has not changed since is not looked at again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.extract.delimited import quoted
from orchestration.extract.rows import NOT_DATA

OUTCOMES = ("loaded", "superseded", "duplicate", "void", "excluded", "quarantined")
_ROWS_OUT = " + ".join(f"rows_{outcome}" for outcome in OUTCOMES)
_DEPTH = 3
_ANSWERS = ".survey_answer."  # the answers of a row of survey_response: no rows of the file
# what a published warehouse says of itself, and beside the audited one that it was made of
_LINES = f"""
    select file_name || ': ' || rows_read || ' rows in, ' || ({_ROWS_OUT}) || ' out'
    from marts.meta_source_file
    where rows_read is distinct from {_ROWS_OUT}
"""
_PROMISES = {
    "quarantined rows of the ledger and of meta_quarantine": """
        select
            (select coalesce(sum(rows_quarantined), 0) from published.marts.meta_source_file),
            (select count(*) from published.marts.meta_quarantine)
    """,
    "rows that the ledger calls loaded and incidents behind the facts": """
        select
            (
                select coalesce(sum(rows_loaded), 0)
                from published.marts.meta_source_file where source = 'mainmanager'
            ),
            (
                select count(*)
                from intermediate.int_incident_outcomes where outcome = 'loaded'
            )
    """,
    "incidents of the facts and of the loaded rows": """
        select
            (select coalesce(sum(incidents), 0) from published.marts.fct_incident_half_year),
            (
                select coalesce(sum(incident_count), 0)
                from intermediate.int_incident_outcomes where outcome = 'loaded'
            )
    """,
}


@dataclass
class LedgerGuard:
    """What was looked at so far, by this process.

    Attributes:
        roots: folders whose subfolders are those of tests.
        files: lines of ledgers at landing that were looked at.
        warehouses: warehouses that were.
        tests: tests that left one of them.
    """

    roots: tuple[Path, ...] = ()
    files: int = 0
    warehouses: int = 0
    tests: int = 0
    _folders: dict[str, int] = field(default_factory=dict)
    _homes: dict[Path, Any] = field(default_factory=dict)
    _seen: set[tuple[str, int]] = field(default_factory=set)

    def gaps(self) -> list[str]:
        """What does not add up in what was landed or published since this was asked last."""
        before = self.files + self.warehouses
        found = []
        for home in list(self._changed()):
            found += [f"{home}: {gap}" for gap in (*self._landed(home), *self._published(home))]
        self.tests += self.files + self.warehouses > before
        return found

    def passed_over(self) -> None:
        """Let go what was landed or published since the last question, unasked."""
        for _ in self._changed():
            pass

    def built(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """The lines that do not add up in a warehouse that a test built without publishing it."""
        self.warehouses += 1
        return [line for (line,) in connection.execute(_LINES).fetchall()]

    def _changed(self) -> Iterator[Path]:
        for folder, changed_at in _subfolders(self.roots):
            if self._folders.get(folder) != changed_at:
                self._folders[folder] = changed_at
                for home in _homes_in(Path(folder), _DEPTH):
                    self._homes.setdefault(home, None)
        for home, looked_at in self._homes.items():
            state = _state(home)
            if state != looked_at:
                self._homes[home] = state
                yield home

    def _is_new(self, path: Path) -> bool:
        key = (str(path), path.stat().st_mtime_ns)
        known = key in self._seen
        self._seen.add(key)
        return not known

    def _landed(self, home: Path) -> Iterator[str]:
        """Rows read are those that only describe others and those that were landed."""
        for note in filter(self._is_new, sorted(home.glob("landing/*/*.json"))):
            for part, line in json.loads(note.read_text(encoding="utf-8")).items():
                self.files += 1
                names = [name for names in line["parquet"].values() for name in names]
                rows = _rows_in(note.with_name(name) for name in names if _ANSWERS not in name)
                out = rows + line["description_rows"]
                if line["rows_read"] != out:
                    yield f"{note.name}, {part}: {line['rows_read']} rows read, {out} landed"

    def _published(self, home: Path) -> Iterator[str]:
        for warehouse in filter(
            self._is_new, home.glob("published/versions/[!.]*/warehouse.duckdb")
        ):
            self.warehouses += 1
            version = warehouse.parent.name
            # only the warehouse behind the version that is published now is kept
            audited = home / "build" / "audited" / version / "warehouse.duckdb"
            try:
                yield from (f"{version}: {gap}" for gap in _gaps_in(warehouse, audited))
            except duckdb.Error as error:
                yield f"{version}: its ledger cannot be read: {error}"


GUARD = LedgerGuard()


def _subfolders(roots: Iterable[Path]) -> Iterator[tuple[str, int]]:
    for root in roots:
        if root.is_dir():
            with os.scandir(root) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False) and not _is_being_made(entry.path):
                        yield entry.path, entry.stat().st_mtime_ns


def _is_being_made(folder: str) -> bool:
    """Whether another worker may still be at it; see `made_once` in tests/pipeline."""
    return Path(f"{folder}.lock").exists() and not Path(folder, "made").exists()


def _homes_in(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / "landing").is_dir():
        yield folder
    elif depth:
        with os.scandir(folder) as entries:
            below = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        for path in below:
            yield from _homes_in(Path(path), depth - 1)


def _state(home: Path) -> tuple[tuple[str, int], ...]:
    """Changes with whatever is landed or published in an installation."""
    folders = [home / "published" / "versions", *(home / "landing").glob("*")]
    return tuple((str(f), f.stat().st_mtime_ns) for f in folders if f.is_dir())


def _gaps_in(warehouse: Path, audited: Path) -> Iterator[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield from (line for (line,) in connection.execute(_LINES).fetchall())
    if not audited.exists():
        return
    # opened by itself, since its views name no database
    with duckdb.connect(str(audited), read_only=True) as connection:
        connection.execute(f"attach {quoted(str(warehouse))} as published (read_only)")
        for promise, query in _PROMISES.items():
            try:
                ((one, other),) = connection.execute(query).fetchall()
            except duckdb.IOException:
                return  # the test took the landed rows away
            if one != other:
                yield f"{promise}: {one} and {other}"


def _rows_in(paths: Iterable[Path]) -> int:
    """The rows of data in landed Parquet files: totals and repeated headers are none."""
    names = [str(path) for path in paths]
    if not names:
        return 0
    ((rows,),) = duckdb.execute(
        "select count(*) from read_parquet(?) where outcome <> ?", [names, NOT_DATA]
    ).fetchall()
    return int(rows)
