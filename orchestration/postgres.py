"""Connecting to PostgreSQL: what goes wrong is a sentence that holds no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from orchestration.errors import DatasporError, TransientError

_CONNECT_SECONDS = 10
_FATAL = re.compile(r"FATAL: +(.+)")
_PASSING = re.compile("starting up|shutting down|recovery|too many|reserved for|terminating")


@contextmanager
def connected(dsn: str, variable: str, advice: str = "") -> Iterator[psycopg.Connection]:
    """A transaction, committed where the block ends well.

    Args:
        dsn: libpq's connection string or URL.
        variable: the environment variable that holds it, for the sentences.
        advice: what else to check where the server refuses a statement.

    Raises:
        TransientError: the server cannot be reached, or ended the connection.
        DatasporError: the string cannot be read, or the server refuses.
    """
    try:
        with psycopg.connect(dsn, connect_timeout=_CONNECT_SECONDS) as connection:
            yield connection
    except psycopg.ProgrammingError as error:
        # also what libpq says of a connection string that it cannot read
        told = (error.diag.message_primary or "the connection string cannot be read").strip()
        raise DatasporError(f"PostgreSQL refuses: {told}. Check {variable}{advice}.") from None
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        reason = error.diag.message_primary
        refusal = _FATAL.search(str(error))  # libpq gives no code where a connection fails
        if refusal and not _PASSING.search(refusal[1]):
            raise DatasporError(f"PostgreSQL refuses: {refusal[1]}. Check {variable}.") from None
        raise TransientError(
            f"PostgreSQL at {variable} cannot be reached, or ended the connection"
            f"{f' ({reason})' if reason else ''}. Check that it runs and that the address is right."
        ) from None
    except psycopg.Error as error:
        told = error.diag.message_primary or type(error).__name__
        raise DatasporError(f"PostgreSQL at {variable} refuses: {told}.") from None
