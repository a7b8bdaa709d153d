"""What both engines have in common: handing landed rows over, and reading back what was built."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from orchestration.engines import postgres
from orchestration.engines.installed import engine_python
from orchestration.errors import DatasporError
from orchestration.extract.delimited import quoted
from orchestration.settings import Settings


def on_engine(settings: Settings) -> list[str]:
    """The command that stands in for ``dbt``: the same arguments follow it."""
    python = engine_python(settings.engine)
    if python is None:
        raise DatasporError(f"The packages of the engine {settings.engine} are not installed.")
    module = "orchestration.engines.spark" if settings.engine == "spark" else "dbt.cli.main"
    return [str(python), "-m", module]


def handed_over(settings: Settings) -> dict[str, str]:
    """Hand the landed rows over; what dbt's environment needs to find them.

    Raises:
        DatasporError: the engine's database is not one of its own, or cannot be reached.
    """
    folder = settings.engine_folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    environment = {"DATASPOR_ENGINE_FOLDER": str(folder)}
    with duckdb.connect(str(settings.working_warehouse), read_only=True) as warehouse:
        if settings.engine == "spark":
            write_landing(warehouse, folder / "landing")
        else:
            assert settings.engine_dsn is not None
            postgres.load(settings.engine_dsn, warehouse, folder)
            environment |= postgres.environment(settings.engine_dsn)
    return environment


def read_back(settings: Settings) -> None:
    """Put every relation that the engine built into the working warehouse."""
    folder = settings.engine_folder
    with duckdb.connect(str(settings.working_warehouse)) as warehouse:
        if settings.engine == "spark":
            read_parquet_tables(warehouse, folder / "warehouse")
        else:
            assert settings.engine_dsn is not None
            postgres.read_back(settings.engine_dsn, warehouse, folder)


def cleared(settings: Settings) -> None:
    """Leave nothing on the engine, whether it was built or not: rows may lie in one place only."""
    if settings.engine_dsn and settings.engine == "postgres":
        postgres.clear(settings.engine_dsn)
    shutil.rmtree(settings.engine_folder, ignore_errors=True)


def write_landing(warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write each table of schema ``landing`` to ``folder/TABLE/rows.parquet``."""
    for table in landing_tables(warehouse):
        (folder / table).mkdir(parents=True)
        target = quoted(str(folder / table / "rows.parquet"))
        warehouse.execute(f"copy landing.{table} to {target} (format parquet)")


def landing_tables(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables and views that the models read."""
    rows = warehouse.execute(
        "select table_name from information_schema.tables where table_schema = 'landing' order by 1"
    )
    return [name for (name,) in rows.fetchall()]


def read_parquet_tables(warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a table of each ``folder/SCHEMA.db/TABLE/``, which is how Spark lays tables out.

    Spark's timestamps are moments, and its session's zone is UTC; here they are times of day again.
    """
    for place in sorted(folder.glob("*.db/*/")):
        schema = place.parent.stem
        rows = f"read_parquet({quoted(str(place / '*.parquet'))})"
        columns = warehouse.execute(f"describe from {rows}").fetchall()
        moments = [name for name, kind, *_ in columns if kind == "TIMESTAMP WITH TIME ZONE"]
        replaced = ", ".join(f'make_timestamp(epoch_us("{name}")) as "{name}"' for name in moments)
        picked = f"* replace ({replaced})" if moments else "*"
        warehouse.execute(f"create schema if not exists {schema}")
        warehouse.execute(
            f"create or replace table {schema}.{place.name} as select {picked} from {rows}"
        )
