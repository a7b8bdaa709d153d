"""PostgreSQL as engine: rows in and out by COPY, in a database of its own."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql
from psycopg.pq import Conninfo

from orchestration.errors import UsageError
from orchestration.extract.delimited import quoted
from orchestration.postgres import connected

SCHEMAS = ("landing", "staging", "intermediate", "marts")
_MARK = "Dataspor builds here and removes it afterwards"
_BLOCK = 1 << 20
# null is written bare and texts in quotes, so that none is taken for the other
_NULL = r"\N"
# texts compare byte by byte, as they do in DuckDB and Spark: which version of an incident is the
# current one depends on it
_TYPES = {"VARCHAR": 'text collate "C"', "DOUBLE": "double precision"}
_READ_AS = {"text": "varchar", "numeric": "decimal(38, 9)"}


def environment(dsn: str) -> dict[str, str]:
    """The connection as libpq's own variables, which dbt's profile reads.

    What the string leaves to libpq (a service, the account's own name, where the socket lies) is
    asked of an open connection, so that dbt comes to the same database as the same user.

    Raises:
        TransientError, DatasporError: the server cannot be reached, or refuses.
    """
    with _connected(dsn) as connection:
        told = connection.info
        values = told.get_parameters() | {
            "host": told.host,
            "port": str(told.port),
            "dbname": told.dbname,
            "user": told.user,
            "password": told.password,
        }
    variables = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
    return {
        variable.decode(): value
        for keyword, value in values.items()
        if (variable := variables.get(keyword)) and value
    }


def load(dsn: str, warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Copy schema ``landing`` of a working warehouse to a database that is empty but for it.

    Raises:
        UsageError: the database holds schemas of these names that were not made here.
        TransientError, DatasporError: the server cannot be reached, or refuses.
    """
    with _connected(dsn) as connection:
        _check_own(connection)
        _drop(connection)
        connection.execute("create schema landing")
        connection.execute(sql.SQL("comment on schema landing is {}").format(_MARK))
        tables = warehouse.execute(
            "select table_name, list((column_name, data_type) order by ordinal_position) "
            "from information_schema.columns where table_schema = 'landing' group by all"
        ).fetchall()
        for table, columns in tables:
            name = sql.Identifier("landing", table)
            declared = [
                sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_TYPES.get(kind, kind)))
                for column, kind in columns
            ]
            connection.execute(
                sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(declared))
            )
            file = folder / f"{table}.csv"
            warehouse.execute(
                f"copy landing.{table} to {quoted(str(file))} "
                f"(format csv, header false, nullstr '{_NULL}', force_quote *)"
            )
            statement = sql.SQL("copy {} from stdin (format csv, null {})").format(name, _NULL)
            with (
                file.open("rb") as rows,
                connection.cursor() as cursor,
                cursor.copy(statement) as copy,
            ):
                while block := rows.read(_BLOCK):
                    copy.write(block)
            file.unlink()
            connection.execute(sql.SQL("analyze {}").format(name))


def read_back(dsn: str, warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Copy what dbt built to the working warehouse, in one transaction."""
    with _connected(dsn) as connection:
        relations = connection.execute(
            "select table_schema, table_name, array_agg(column_name::text order by "
            "ordinal_position), array_agg(data_type::text order by ordinal_position) "
            "from information_schema.columns where table_schema = any(%s) group by 1, 2",
            [list(SCHEMAS[1:])],
        ).fetchall()
        for schema, table, columns, kinds in relations:
            file = folder / f"{schema}.{table}.csv"
            # a view can only be copied as a query
            statement = sql.SQL(
                "copy (select * from {}) to stdout (format csv, null {}, force_quote *)"
            ).format(sql.Identifier(schema, table), _NULL)
            with (
                file.open("wb") as rows,
                connection.cursor() as cursor,
                cursor.copy(statement) as copy,
            ):
                for block in copy:
                    rows.write(block)
            types = ", ".join(
                f"{quoted(column)}: {quoted(_READ_AS.get(kind, kind))}"
                for column, kind in zip(columns, kinds, strict=True)
            )
            warehouse.execute(f"create schema if not exists {schema}")
            warehouse.execute(
                f"create or replace table {schema}.{table} as from read_csv({quoted(str(file))}, "
                f"auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
                f"nullstr = '{_NULL}', allow_quoted_nulls = false, columns = {{{types}}})"
            )
            file.unlink()


def clear(dsn: str) -> None:
    """Remove what was built: rows of single incidents are to lie in the working warehouse only."""
    with _connected(dsn) as connection:
        _drop(connection)


def _drop(connection: psycopg.Connection) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, SCHEMAS))
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(names))


def _check_own(connection: psycopg.Connection) -> None:
    """Refuse a database in which something else uses these schemas, such as published marts."""
    rows = connection.execute(
        "select nspname, obj_description(oid, 'pg_namespace') from pg_namespace "
        "where nspname = any(%s)",
        [list(SCHEMAS)],
    ).fetchall()
    found: dict[str, str | None] = dict(rows)
    if found and found.get("landing") != _MARK:
        raise UsageError(
            f"The database of DATASPOR_ENGINE_DSN has schemas that Dataspor did not make: "
            f"{', '.join(sorted(found))}. Name an empty database; it is never the one that "
            "DATASPOR_POSTGRES_DSN publishes to."
        )


def _connected(dsn: str) -> AbstractContextManager[psycopg.Connection]:
    return connected(dsn, "DATASPOR_ENGINE_DSN")
