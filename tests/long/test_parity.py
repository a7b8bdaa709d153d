"""Random cases built on every engine; every published value of the models is the same on all."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from orchestration.catalogue import catalogue
from orchestration.config import load_config
from orchestration.engines import engine_python, handed_over, on_engine
from orchestration.engines.build import read_parquet_tables, write_landing
from orchestration.settings import DBT_PROJECT, PACKAGED_CONFIG, PROJECT, Settings
from tests.compiled_models import build, compile_models
from tests.dbt_unit_tests import assert_all_passed, open_empty_warehouse
from tests.engines import (
    build_on_postgres,
    build_on_spark,
    compiled_for_postgres,
    differences,
    environment,
    write_edge_days,
)
from tests.oracle import write_case
from tests.pipeline.test_every_minute import (
    FORMATS,
    MINUTES,
    half_year_of,
    write_every_minute,
)
from tests.postgres import running_postgres
from tests.proofs import Proof

CASES = 50
EVERY_MINUTE = 0  # the case of all minutes around half-years, clocks and leap days
FIRST_SEED = 1000  # others than those that the oracle checks in test_oracle.py
TABLES = [table for table in catalogue() if table.from_dbt]

pytestmark = pytest.mark.long


@dataclass
class Built:
    """What each engine made of each case; connections by seed."""

    duckdb: dict[int, duckdb.DuckDBPyConnection] = field(default_factory=dict)
    postgres: dict[int, duckdb.DuckDBPyConnection] = field(default_factory=dict)
    spark: dict[int, duckdb.DuckDBPyConnection] = field(default_factory=dict)


@pytest.fixture(scope="module")
def installed() -> None:
    """The engines' own environment, made where it is missing."""
    subprocess.run(["sh", "tests/install_engines.sh"], cwd=PROJECT, check=True)


@pytest.fixture(scope="module")
def built(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:  # noqa: ARG001
    """All cases on all engines; each has the edge days beside its random exports."""
    folder = tmp_path_factory.mktemp("parity")
    config = load_config(PACKAGED_CONFIG)
    models = compile_models(Settings(folder / "none", folder / "compiled", PACKAGED_CONFIG), config)
    python = engine_python("postgres"), engine_python("spark")
    assert python[0] and python[1]
    built = Built()
    with running_postgres() as server:
        dsn = server.dsn(server.database(prepared=False))
        postgres_models = compiled_for_postgres(python[0], dsn, folder / "compiled_postgres")
        for seed in (EVERY_MINUTE, *range(FIRST_SEED, FIRST_SEED + CASES)):
            case = folder / "cases" / str(seed)
            sources = case / "sources"
            sources.mkdir(parents=True)
            if seed == EVERY_MINUTE:
                write_every_minute(sources, FORMATS[0])
            else:
                write_case(seed, sources)
                write_edge_days(sources)
            built.duckdb[seed] = build(
                Settings(sources, case / "home", PACKAGED_CONFIG), config, models
            )
            write_landing(built.duckdb[seed], case / "landing")
            built.postgres[seed] = build_on_postgres(dsn, postgres_models, built.duckdb[seed], case)
    build_on_spark(python[1], folder / "cases")
    for seed in built.duckdb:
        built.spark[seed] = duckdb.connect()
        read_parquet_tables(built.spark[seed], folder / "cases" / str(seed) / "built")
    yield built
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("engine", ["postgres", "spark"])
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + CASES))
def test_every_value_is_the_one_that_duckdb_has(
    built: Built, seed: int, engine: str, proof: Proof
) -> None:
    found = getattr(built, engine)[seed]
    wrong = [
        difference
        for table in TABLES
        for difference in differences(table, built.duckdb[seed], found)
    ]
    proof(f"cases that are the same on {engine}", str(CASES), 1, wrong=bool(wrong))
    assert not wrong, f"{len(wrong)} differences\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_every_minute_falls_into_its_half_year(built: Built, engine: str, proof: Proof) -> None:
    found = getattr(built, engine)[EVERY_MINUTE].execute(
        "select half_year_id, month_id, cast(occurred_on as varchar), sum(incidents)::integer "
        "from intermediate.int_incident_days group by all"
    )
    wanted = Counter((half_year_of(m), f"{m:%Y-%m}", f"{m:%Y-%m-%d}") for m in MINUTES)
    right = {row[:3]: row[3] for row in found.fetchall()} == wanted
    proof(f"minutes in their half-year on {engine}", "all", len(MINUTES), wrong=not right)
    assert right


def test_the_cases_speak_of_the_days_on_which_engines_might_disagree(built: Built) -> None:
    for seed, connection in built.duckdb.items():
        if seed == EVERY_MINUTE:
            continue
        counted = connection.execute(
            "select half_year_id, sum(incidents) from marts.fct_incident_half_year group by all"
        ).fetchall()
        days = connection.execute(
            "select count(distinct occurred_on) from intermediate.int_incidents "
            "where incident_id like 'E%'"
        ).fetchone()
        assert dict(counted)["2023-10"] >= 45, seed
        assert days is not None
        assert days[0] == 22, seed


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_every_unit_test_of_the_models_passes_there(engine: str, tmp_path: Path) -> None:
    with running_postgres() as server:
        settings = Settings(
            tmp_path / "sources",
            tmp_path / "home",
            PACKAGED_CONFIG,
            engine=engine,
            engine_dsn=server.dsn(server.database(prepared=False)),
        )
        open_empty_warehouse(settings)
        result = subprocess.run(
            [*on_engine(settings), "build", "--target", engine],
            env=environment(settings.dbt_target) | handed_over(settings),
            cwd=DBT_PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert_all_passed(settings, result)
