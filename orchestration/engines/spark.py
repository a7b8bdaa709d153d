"""Spark as engine: one process that holds a session, over landed Parquet, in which dbt builds.

Run as ``python -m orchestration.engines.spark`` with dbt's arguments, by the Python that has
pyspark. The catalogue is in memory and the tables are Parquet below ``DATASPOR_ENGINE_FOLDER``.
Nothing listens but on loopback, and nothing is downloaded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession

_CORES = 2
# A build makes some thousand classes. Where they do not fit, Java stops compiling and interprets
# from there on; the default of what compiles quickly only, 48 MB, is full after two builds.
_JAVA = "-XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m"
_JAVA_OF_ONE_BUILD = "-XX:TieredStopAtLevel=1"  # compiling for longer use costs more than it saves


def session(folder: Path, *, is_for_many_builds: bool = False) -> SparkSession:
    """The session that dbt-spark's method ``session`` finds, with its files below a folder.

    Args:
        folder: holds the session's files.
        is_for_many_builds: of the same models, so that compiling well what Spark makes pays; and
            beside other work, so that a step in two parts costs more than it saves.
    """
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    java = _JAVA if is_for_many_builds else f"{_JAVA} {_JAVA_OF_ONE_BUILD}"
    cores = 1 if is_for_many_builds else _CORES
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": java,
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": folder / "tmp",
        "spark.sql.adaptive.enabled": "false",  # small tables: planning costs more than it saves
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.cache.maxEntries": 5_000,  # of 100, a build recompiles its own classes
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.session.timeZone": "UTC",  # local times have no zone: no hour may be missing
        "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
        "spark.sql.shuffle.partitions": cores,
        "spark.sql.sources.default": "parquet",
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{cores}]").appName("dataspor")
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")  # dbt tells what fails
    return spark


def load(spark: SparkSession, landing: Path) -> None:
    """Make the folders of landed Parquet the tables of database ``landing``."""
    spark.sql("create database if not exists landing")
    for place in sorted(landing.iterdir()):
        spark.sql(f"create table landing.{place.name} using parquet location '{place.as_uri()}'")


def write_views(spark: SparkSession, folder: Path) -> None:
    """Write what is a view as Parquet beside the tables, which are so already."""
    for database in spark.catalog.listDatabases():
        for table in spark.catalog.listTables(database.name):
            if table.tableType == "VIEW" and not table.isTemporary:
                place = folder / f"{database.name}.db" / table.name
                spark.table(f"{database.name}.{table.name}").write.parquet(place.as_uri())


def main(arguments: list[str]) -> int:
    """Run dbt in a session over the landed rows; its exit code."""
    from dbt.cli.main import dbtRunner

    folder = Path(os.environ["DATASPOR_ENGINE_FOLDER"])
    spark = session(folder)
    try:
        load(spark, folder / "landing")
        result = dbtRunner().invoke(arguments)
        if result.success:
            write_views(spark, folder / "warehouse")
    finally:
        spark.stop()
    if result.exception is not None:
        print(result.exception, file=sys.stderr)
        return 2
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
