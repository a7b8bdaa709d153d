"""The dbt models' SQL, compiled once a session, and how tests run it without starting dbt again."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.catalogue import DBT, ensure_manifest
from orchestration.config import Config, load_config
from orchestration.dbt_process import RUN_RESULTS, environment
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.landing.ledger import LandedFile
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.settings import PACKAGED_CONFIG, SOURCE_NAMES, Settings
from tests.ledger_guard import GUARD


@dataclass(frozen=True)
class Model:
    """A model's schema, name, materialization and compiled query."""

    schema: str
    name: str
    materialized: str
    query: str


def compile_models(settings: Settings, config: Config, only: Sequence[str] = ()) -> list[Model]:
    """Compile the models for DuckDB, in an order in which they can be built.

    Args:
        settings: an installation that may be used for it.
        config: its configuration.
        only: names of the models wanted, with what they are built from; all by default.
    """
    settings.prepare()
    _open(settings, config, [])
    subprocess.run(
        [DBT, "compile", "--quiet"], env=environment(settings), cwd=settings.home, check=True
    )
    manifest = json.loads((settings.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    return models_of(manifest, only)


def models_of_run(settings: Settings, only: Sequence[str] = ()) -> list[Model]:
    """The same as a run compiled them: its results have the queries, the manifest the rest."""
    manifest = json.loads(ensure_manifest().read_text(encoding="utf-8"))
    told = (settings.dbt_target / RUN_RESULTS).read_text(encoding="utf-8")
    for result in json.loads(told)["results"]:
        if result["unique_id"] in manifest["nodes"]:
            manifest["nodes"][result["unique_id"]]["compiled_code"] = result["compiled_code"]
    return models_of(manifest, only)


def models_of(manifest: Mapping[str, Any], only: Sequence[str] = ()) -> list[Model]:
    """The models of a manifest with compiled queries, in an order in which they can be built."""
    models = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    ordered: list[str] = []

    def add(key: str) -> None:
        for upstream in models[key]["depends_on"]["nodes"]:
            if upstream in models:
                add(upstream)
        if key not in ordered:
            ordered.append(key)

    for key, node in models.items():
        if not only or node["name"] in only:
            add(key)
    return [
        Model(node["schema"], node["name"], node["config"]["materialized"], node["compiled_code"])
        for node in (models[key] for key in ordered)
    ]


def of_years(first: int, last: int) -> Config:
    """The packaged configuration with no other plausible dates, whose calendar is made quickly."""
    config = load_config(PACKAGED_CONFIG)
    dates = config.municipality.plausible_dates.model_copy(
        update={"from_": dt.date(first, 1, 1), "to": dt.date(last, 12, 31)}
    )
    municipality = config.municipality.model_copy(update={"plausible_dates": dates})
    return config.model_copy(update={"municipality": municipality})


def build(settings: Settings, config: Config, models: list[Model]) -> duckdb.DuckDBPyConnection:
    """Land what lies in the sources and build the models on it; the open working warehouse."""
    settings.prepare()
    files = take_inventory(settings)
    landed = [
        line
        for source in SOURCE_NAMES
        for line in land(settings, config, [f for f in files if f.source == source])
    ]
    _open(settings, config, landed)
    connection = duckdb.connect(str(settings.working_warehouse))
    for schema in {model.schema for model in models}:
        connection.execute(f"create schema {schema}")
    for model in models:
        kind = "view" if model.materialized == "view" else "table"
        connection.execute(f"create {kind} {model.schema}.{model.name} as {model.query}")
    if any(model.name == "meta_source_file" for model in models):
        assert not GUARD.built(connection)
    return connection


def _open(settings: Settings, config: Config, landed: list[LandedFile]) -> None:
    open_working_warehouse(
        settings,
        config,
        landed,
        as_of=dt.date(2025, 11, 17),
        is_sample=False,
        run_fingerprint="",
        run_id="",
    )
