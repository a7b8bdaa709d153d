"""The dashboard's definition asks only for what is published, and holds no password."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from orchestration.briefing.words import EVIDENCE, MATURITY, SOURCE, UNIT
from tests.pipeline.installation import Place

DASHBOARD = Path(__file__).parents[2] / "dashboards" / "superset"
EXPORT = DASHBOARD / "dataspor"
DATASETS = sorted(EXPORT.glob("datasets/*/*.yaml"))
CHARTS = sorted(EXPORT.glob("charts/*.yaml"))


def read(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path)


def stem(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def bundler() -> ModuleType:
    """The script, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("bundle", DASHBOARD / "bundle.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", DATASETS, ids=stem)
def test_a_dataset_gives_the_columns_and_measures_it_declares(sample_run: Place, path: Path):
    dataset = read(path)
    rows = sample_run.rows(dataset["sql"])
    assert rows
    assert list(rows[0]) == [column["column_name"] for column in dataset["columns"]]
    measures = ", ".join(metric["expression"] for metric in dataset["metrics"])
    sample_run.rows(f"select {measures} from ({dataset['sql']})")


def test_the_rate_of_incidents_is_that_of_rows_of_which_both_are_known():
    (path,) = [path for path in DATASETS if path.stem == "library_half_year"]
    (rate,) = [
        metric["expression"]
        for metric in read(path)["metrics"]
        if metric["metric_name"] == "incidents_per_1000_hours"
    ]
    rows = "(values (10, 500.0), (null, 500.0), (7, null)) as t(incidents, open_hours)"
    assert duckdb.sql(f"select {rate} from {rows}").fetchone() == (20.0,)


@pytest.mark.parametrize("path", CHARTS, ids=stem)
def test_a_chart_asks_for_what_its_dataset_has(path: Path):
    chart = read(path)
    (dataset,) = [d for d in map(read, DATASETS) if d["uuid"] == chart["dataset_uuid"]]
    columns = {column["column_name"] for column in dataset["columns"]}
    measures = {metric["metric_name"] for metric in dataset["metrics"]}
    asked = chart["params"]
    of_columns = [
        *asked.get("all_columns", []),
        *(asked[key] for key in ("x_axis",) if key in asked),
        *(
            [asked["groupby"]]
            if isinstance(asked.get("groupby"), str)
            else asked.get("groupby", [])
        ),
        *(f["subject"] for f in asked.get("adhoc_filters", []) if "subject" in f),
        *(json.loads(order)[0] for order in asked.get("order_by_cols", [])),
        *asked.get("column_config", {}),
    ]
    of_measures = [
        *asked.get("metrics", []),
        *asked.get("metrics_b", []),
        *(asked[key] for key in ("metric", "timeseries_limit_metric") if key in asked),
    ]
    assert of_columns or of_measures
    assert set(of_columns) <= columns
    assert set(of_measures) <= measures


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ("status_figure", {key: word for key, (word, _) in EVIDENCE.items()}),
        ("status_figure", MATURITY),
        ("status_figure", UNIT | {"share": "pct. af svar"}),  # shares are shown in per cent
        ("source_file", SOURCE),
    ],
    ids=["evidence", "maturity", "unit", "source"],
)
def test_the_dashboard_speaks_the_briefings_words(dataset: str, words: dict[str, str]):
    (path,) = [path for path in DATASETS if path.stem == dataset]
    sql = read(path)["sql"]
    assert [key for key, word in words.items() if f"when '{key}' then '{word}'" not in sql] == []


def test_the_dashboard_shows_every_chart_and_filters_by_columns_that_are_there():
    (dashboard,) = map(read, EXPORT.glob("dashboards/*.yaml"))
    shown = {
        part["meta"]["uuid"]
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }
    assert shown == {read(path)["uuid"] for path in CHARTS}
    columns = {
        (dataset["uuid"], column["column_name"])
        for dataset in map(read, DATASETS)
        for column in dataset["columns"]
    }
    for filtered in dashboard["metadata"]["native_filter_configuration"]:
        (target,) = filtered["targets"]
        assert (target["datasetUuid"], target["column"]["name"]) in columns


def test_the_bundle_holds_the_database_of_the_environment_and_is_its_owners_only(
    tmp_path: Path, bundler: ModuleType
):
    uri = "postgresql+psycopg2://bi_reader:p%C3%A5\"ss: #'{x}@db:5432/dataspor"
    target = tmp_path / "dataspor.zip"
    bundler.bundle(uri, target)
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as packed:
        names = packed.namelist()
        database = YAML(typ="safe").load(packed.read("dataspor/databases/Dataspor.yaml"))
    assert database["sqlalchemy_uri"] == uri
    assert len(names) == len(list(EXPORT.rglob("*.yaml")))
    assert "dataspor/metadata.yaml" in names


def test_the_definition_holds_no_password(bundler: ModuleType):
    database = read(EXPORT / "databases" / "Dataspor.yaml")
    assert database["sqlalchemy_uri"] == bundler.PLACEHOLDER
    assert "password" not in database
    assert ":" not in bundler.PLACEHOLDER.split("//")[1].split("@")[0]


def test_without_a_database_nothing_is_bundled(
    tmp_path: Path,
    bundler: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.delenv(bundler.VARIABLE, raising=False)
    assert bundler.main([str(tmp_path / "dataspor.zip")]) == 2
    assert bundler.VARIABLE in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
