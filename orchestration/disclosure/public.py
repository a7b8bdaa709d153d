"""The public tables of a run, written into the folder that the run publishes."""

from __future__ import annotations

from pathlib import Path

from orchestration.config import Config
from orchestration.disclosure.decide import decide
from orchestration.disclosure.facts import read_facts
from orchestration.disclosure.history import read_history, write_history
from orchestration.disclosure.package import write_package
from orchestration.disclosure.report import write_report
from orchestration.disclosure.tables import public_tables


def write_public(warehouse: Path, config: Config, record: Path, folder: Path) -> None:
    """Write ``public/``, and beside it the report of what it leaves out.

    The record of what is public is written before anything can be seen: if the run is killed in
    between, it tells of more than was ever seen, never of less.

    Args:
        warehouse: the audited working warehouse.
        config: the municipality's configuration.
        record: the file that records what has been public.
        folder: the version's folder, which no link names yet.

    Raises:
        DatasporError: the record cannot be read, or the solver gave no answer.
    """
    facts = read_facts(warehouse)
    decided = decide(facts, config, read_history(record))
    public = folder / "public"
    public.mkdir()
    tables = public_tables(decided, facts, config)
    licence = config.disclosure.licence
    write_package(public, tables, licence=licence, is_synthetic=facts.is_sample)
    write_report(folder, decided.left_out)
    write_history(record, decided.history)
