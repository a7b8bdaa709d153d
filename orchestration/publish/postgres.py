"""The published tables in PostgreSQL: rows replaced in one transaction, readable by one role.

Rows are deleted and copied anew, tables are not: a table that takes another's place would look
empty to a transaction that began before (postgresql.org/docs/current/mvcc-caveats.html), and
dropping one waits for its readers. So readers never wait, and a reader's transaction in
``repeatable read``, which is the reading role's default, sees one publish only.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from orchestration.catalogue import SCHEMA, Table
from orchestration.errors import DatasporError
from orchestration.postgres import connected

READER = "bi_reader"
ROLES = Path(__file__).with_name("roles.sql")
_LOCK = 0x44415441  # any number will do, as long as all that publish use the same
_TYPES = {
    "varchar": "text",
    "double": "double precision",
    "integer": "integer",
    "bigint": "bigint",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


def publish_postgres(dsn: str, warehouse: Path, tables: Sequence[Table]) -> dict[str, int]:
    """Make the schema ``marts`` say what a published warehouse says; all of it or nothing.

    Args:
        dsn: of the owner's role; see `ROLES`.
        warehouse: a published warehouse.
        tables: what is published, as the catalogue describes it.

    Returns:
        Rows by table.

    Raises:
        TransientError: the server cannot be reached, or ended the connection.
        DatasporError: the roles are not set up, or the server refuses; nothing has changed.
    """
    counts: dict[str, int] = {}
    with (
        duckdb.connect(str(warehouse.resolve()), read_only=True) as source,
        _connected(dsn) as connection,
    ):
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])  # one publisher at a time
        _prepare(connection)
        _drop_unknown(connection, tables)
        for table in tables:
            name = sql.Identifier(SCHEMA, table.name)
            _shape(connection, name, table)
            connection.execute(sql.SQL("delete from {}").format(name))
            counts[table.name] = _copy(connection, name, table, source)
    return counts


def published_fingerprint(dsn: str) -> str | None:
    """What identifies the run that PostgreSQL shows; None before the first publish.

    Raises:
        TransientError, DatasporError: as `publish_postgres`.
    """
    with _connected(dsn) as connection:
        table = connection.execute("select to_regclass('marts.meta_run')").fetchone()
        if table is None or table[0] is None:
            return None
        row = connection.execute(
            "select value from marts.meta_run where key = 'fingerprint'"
        ).fetchone()
    return row[0] if row else None


def _connected(dsn: str) -> AbstractContextManager[psycopg.Connection]:
    advice = ", and that an administrator has run `dataspor postgres-roles` on the database"
    return connected(dsn, "DATASPOR_POSTGRES_DSN", advice)


def _prepare(connection: psycopg.Connection) -> None:
    reader = connection.execute("select from pg_roles where rolname = %s", [READER]).fetchone()
    if reader is None:
        raise DatasporError(
            f"PostgreSQL has no role {READER}. An administrator of the database runs "
            "`dataspor postgres-roles | psql DATABASE` once."
        )
    schema = sql.Identifier(SCHEMA)
    there = connection.execute("select from pg_namespace where nspname = %s", [SCHEMA]).fetchone()
    if there is None:
        connection.execute(sql.SQL("create schema {}").format(schema))
    connection.execute(
        sql.SQL("grant usage on schema {} to {}").format(schema, sql.Identifier(READER))
    )


def _drop_unknown(connection: psycopg.Connection, tables: Sequence[Table]) -> None:
    """Tables of an earlier version of Dataspor that are published no longer."""
    rows = connection.execute(
        "select tablename from pg_tables where schemaname = %s and tableowner = current_user",
        [SCHEMA],
    ).fetchall()
    for name in {row[0] for row in rows} - {table.name for table in tables}:
        connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(SCHEMA, name)))


def _shape(connection: psycopg.Connection, name: sql.Identifier, table: Table) -> None:
    """Make the table as described; one that is so already is left, and its readers go on."""
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = %s and table_name = %s order by ordinal_position",
        [SCHEMA, table.name],
    ).fetchall()
    there = [(column, kind.removesuffix(" without time zone")) for column, kind in rows]
    if there != [(column.name, _TYPES[column.type]) for column in table.columns]:
        connection.execute(sql.SQL("drop table if exists {} cascade").format(name))
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(_TYPES[column.type]))
            for column in table.columns
        ]
        columns.append(
            sql.SQL("primary key ({})").format(sql.SQL(", ").join(map(sql.Identifier, table.key)))
        )
        connection.execute(
            sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(columns))
        )
    # a role that was made anew, or a dump that was restored without privileges, has lost it
    may_read = connection.execute(
        "select has_table_privilege(%s, %s, 'select')", [READER, f"{SCHEMA}.{table.name}"]
    ).fetchone()
    if may_read != (True,):
        connection.execute(sql.SQL("grant select on {} to {}").format(name, sql.Identifier(READER)))
    _comment(connection, name, table)


def _comment(connection: psycopg.Connection, name: sql.Identifier, table: Table) -> None:
    """Write what is not yet so: a comment's lock lets readers go on, but need not be taken."""
    row = connection.execute(
        "select obj_description(%s::regclass, 'pg_class')", [f"{SCHEMA}.{table.name}"]
    ).fetchone()
    told: dict[str, str | None] = dict(
        connection.execute(
            "select attname, col_description(attrelid, attnum) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            [f"{SCHEMA}.{table.name}"],
        ).fetchall()
    )
    if row is None or row[0] != table.comment:
        connection.execute(sql.SQL("comment on table {} is {}").format(name, table.comment))
    for column in table.columns:
        if told[column.name] != column.comment:
            connection.execute(
                sql.SQL("comment on column {}.{} is {}").format(
                    name, sql.Identifier(column.name), column.comment
                )
            )


def _copy(
    connection: psycopg.Connection,
    name: sql.Identifier,
    table: Table,
    source: duckdb.DuckDBPyConnection,
) -> int:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    quoted = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = source.execute(f"select {quoted} from marts.{table.name}").fetchall()
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} ({}) from stdin").format(name, columns)) as copy,
    ):
        for row in rows:
            copy.write_row(row)
    return len(rows)
