"""All that files hold as text, whatever they are packed in: databases, Parquet, zips, bytes."""

from __future__ import annotations

import gzip
import io
import sqlite3
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb


def comparable(text: str) -> str:
    """The form in which texts are searched."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def texts_below(folder: Path, *, without: tuple[Path, ...] = ()) -> Iterator[tuple[str, str]]:
    """Pairs of place and comparable text: each name below ``folder``, and what each file holds."""
    for path in sorted(folder.rglob("*")):
        if any(path == left or path.is_relative_to(left) for left in without):
            continue
        place = str(path.relative_to(folder))
        yield f"name of {place}", comparable(place)
        if path.is_file():
            for where, text in texts_in(path.read_bytes(), path):
                yield f"{place}{where}", text


def texts_in(data: bytes, path: Path | None = None) -> Iterator[tuple[str, str]]:
    """What bytes hold: as they are, and as what they are a container of.

    Bytes are read as UTF-8; and without zeros as Windows-1252, which tells UTF-16 too.
    """
    yield " as UTF-8", comparable(data.decode(errors="ignore"))
    without_zeros = data.replace(b"\0", b"")
    yield " as Windows-1252 or UTF-16", comparable(without_zeros.decode("cp1252", "ignore"))
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield f" member {name}", comparable(name)
                for where, text in texts_in(packed.read(name)):
                    yield f" member {name}{where}", text
    elif data.startswith(b"\x1f\x8b"):
        yield from texts_in(gzip.decompress(data))
    elif data.startswith(b"\x78\x9c"):
        yield from texts_in(zlib.decompress(data))
    elif data.startswith(b"PAR1"):
        with _Copy(data, path) as file, duckdb.connect() as connection:
            yield " rows", _rows(connection, f"select * from read_parquet('{file}')")
    elif data.startswith(b"SQLite format 3"):
        with _Copy(data, path) as file:
            yield from _sqlite(file)
    elif data[8:12] == b"DUCK":
        with _Copy(data, path) as file:
            yield from _duckdb(file)


class _Copy:
    """A file with the bytes, for readers that write beside what they read; with a log, if any."""

    def __init__(self, data: bytes, path: Path | None) -> None:
        self.data, self.path = data, path
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        file = Path(self.folder.name) / "copy"
        file.write_bytes(self.data)
        log = self.path and self.path.with_name(f"{self.path.name}-wal")
        if log and log.is_file():
            file.with_name("copy-wal").write_bytes(log.read_bytes())
        return file

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    rows = connection.execute(f"select columns(*)::varchar from ({query})").fetchall()
    names = [column[0] for column in connection.description or []]
    return comparable("\n".join(["\t".join(names), *("\t".join(map(str, row)) for row in rows)]))


def _duckdb(file: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        for catalogue in ("duckdb_tables", "duckdb_views", "duckdb_columns"):
            yield f" {catalogue}", _rows(connection, f"select * from {catalogue}()")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database()"
        ).fetchall()
        for schema, table in tables:
            query = f'select * from "{schema}"."{table}"'
            try:
                yield f" table {schema}.{table}", _rows(connection, query)
            except (
                duckdb.IOException,
                duckdb.BinderException,
            ):  # a view of a copy, or of what went
                continue


def _sqlite(file: Path) -> Iterator[tuple[str, str]]:
    connection = sqlite3.connect(file)
    try:
        query = "select name from sqlite_master where type = 'table'"
        for (table,) in connection.execute(query).fetchall():
            for row in connection.execute(f'select * from "{table}"'):
                for cell in row:
                    if isinstance(cell, bytes):
                        for where, text in texts_in(cell):
                            yield f" table {table}{where}", text
                    elif isinstance(cell, str):
                        yield f" table {table}", comparable(cell)
    finally:
        connection.close()
