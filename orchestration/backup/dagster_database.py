"""Dagster's storage in PostgreSQL, by that database's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

from orchestration.errors import DatasporError, UsageError

DATABASE = "DATASPOR_DAGSTER_POSTGRES_URL"


def connection(url: str) -> dict[str, str]:
    """A database's URL as libpq's variables, so that no password stands in a list of processes."""
    from sqlalchemy.engine import make_url

    told = make_url(url)
    parts: dict[str, Any] = {
        "PGHOST": told.host,
        "PGPORT": told.port,
        "PGUSER": told.username,
        "PGPASSWORD": told.password,
        "PGDATABASE": told.database,
    }
    parts |= {f"PG{name.upper()}": value for name, value in told.query.items()}
    return {name: str(value) for name, value in parts.items() if value}


def tool(name: str, url: str, *arguments: str) -> str:
    """Run one of PostgreSQL's own tools on a database; returns what it printed."""
    program = shutil.which(name)
    if program is None:
        raise DatasporError(f"{name} is not installed; apt install postgresql-client.")
    told = subprocess.run(
        [program, *arguments],
        env=os.environ | connection(url),
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise DatasporError(f"{name} failed: {told.stderr.strip()}")
    return told.stdout


def refuse_filled(url: str) -> None:
    """See that a database is empty.

    Raises:
        UsageError: it holds tables.
    """
    tables = tool(
        "psql",
        url,
        "--no-psqlrc",
        "--tuples-only",
        "--no-align",
        "--command=select count(*) from pg_tables "
        "where schemaname not in ('pg_catalog', 'information_schema')",
    )
    if int(tables):
        raise UsageError(
            f"The database of {DATABASE} holds {int(tables)} tables already. Name an empty one, "
            "or restore with --without-history."
        )
