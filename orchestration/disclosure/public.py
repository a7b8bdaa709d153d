"""The public tables of a run, written into the folder that the run publishes."""

from __future__ import annotations

from pathlib import Path

from orchestration.config import Config
from orchestration.disclosure.decide import decide
from orchestration.disclosure.facts import read_facts
from orchestration.disclosure.history import of_sample, read_history, write_history
from orchestration.disclosure.package import write_package
from orchestration.disclosure.report import write_report
from orchestration.disclosure.tables import public_tables
from orchestration.errors import DatasporError


def write_public(
    warehouse: Path, config: Config, record: Path, folder: Path, *, follows_sample: bool
) -> None:
    """Write ``public/``, and beside it the report of what it leaves out.

    The record of what is public is written before anything can be seen: if the run is killed in
    between, it tells of more than was ever seen, never of less.

    Args:
        warehouse: the audited working warehouse.
        config: the municipality's configuration.
        record: the file that records what has been public; the sample has another beside it.
        folder: the version's folder, which no link names yet.
        follows_sample: whether what is published as yet is of the synthetic sample.

    Raises:
        DatasporError: the record cannot be read or may be the sample's, or the solver gave no
            answer.
    """
    facts = read_facts(warehouse)
    record = of_sample(record) if facts.is_sample else record
    history = read_history(record)
    if follows_sample and not facts.is_sample and record.exists() and history.is_sample is None:
        raise DatasporError(
            f"{record} was written by an earlier version of Dataspor, which did not keep what the "
            "sample's tables showed apart from what real ones did, and the sample is what is "
            "published now. If nothing but the sample was ever published here, remove that file; "
            "else put back the one of a backup from before the sample. Nothing was published."
        )
    decided = decide(facts, config, history)
    public = folder / "public"
    public.mkdir()
    tables = public_tables(decided, facts, config)
    licence = config.disclosure.licence
    write_package(public, tables, licence=licence, is_synthetic=facts.is_sample)
    write_report(folder, decided.left_out)
    write_history(record, decided.history)
