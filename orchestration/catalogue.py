"""What the published tables and columns are: read from dbt's manifest, where it is written once.

Comments in DuckDB and PostgreSQL, the data packages, the data dictionary of the site and Dagster's
column descriptions all come from here; nothing else may describe a published column.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.errors import DatasporError
from orchestration.settings import DBT_PROJECT

MANIFEST = DBT_PROJECT / "target" / "manifest.json"
PARTIAL_PARSE = MANIFEST.with_name("partial_parse.msgpack")
DBT = Path(sys.executable).with_name("dbt")
SCHEMA = "marts"
PUBLISHED_TABLES = (
    "dim_district",
    "dim_half_year",
    "dim_incident_category",
    "dim_intervention",
    "dim_library",
    "dim_survey_question",
    "fct_claim",
    "fct_district_half_year",
    "fct_figure_evidence",
    "fct_incident_completeness",
    "fct_incident_half_year",
    "fct_incident_month",
    "fct_library_half_year",
    "fct_status_figure",
    "fct_survey_half_year",
    "meta_correction",
    "meta_quarantine",
    "meta_run",
    "meta_source_file",
)


@dataclass(frozen=True)
class Column:
    """A published column.

    Attributes:
        type: as DuckDB names it, lower case.
        unit: of its numbers; None for keys, names, flags and days.
    """

    name: str
    type: str
    description_en: str
    description_da: str
    unit: str | None

    @property
    def comment(self) -> str:
        """Both descriptions and the unit, for a comment in a database."""
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.description_da} · {self.description_en}{unit}"


@dataclass(frozen=True)
class Table:
    """A published table.

    Attributes:
        grain_en: what a row is.
        grain_da: the same in Danish.
        owner: who answers for it.
        key: the columns that name a row.
        from_dbt: whether a model of dbt makes it; otherwise Python does.
    """

    name: str
    description_en: str
    description_da: str
    grain_en: str
    grain_da: str
    owner: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    from_dbt: bool = True

    @property
    def comment(self) -> str:
        """Both descriptions, grain and owner, for a comment in a database."""
        return (
            f"{self.description_da} En række pr. {self.grain_da}. · {self.description_en} "
            f"One row per {self.grain_en}. Owner: {self.owner}."
        )


@cache
def manifest() -> Mapping[str, Any]:
    """dbt's manifest of the project, read once a process: what runs is what was loaded.

    Raises:
        DatasporError: the dbt project does not parse.
    """
    read: Mapping[str, Any] = json.loads(ensure_manifest().read_text(encoding="utf-8"))
    return read


@cache
def catalogue() -> tuple[Table, ...]:
    """Every published table, in the order of their names.

    Raises:
        DatasporError: the dbt project does not parse, or something published is not described in
            both languages; all that is missing is named.
    """
    return described(manifest())


def table(name: str) -> Table:
    """One published table.

    Raises:
        DatasporError: as `catalogue`; or there is no such table.
    """
    for known in catalogue():
        if known.name == name:
            return known
    raise DatasporError(f"No model or source of {DBT_PROJECT / 'models'} describes {name}.")


def described(project: Mapping[str, Any]) -> tuple[Table, ...]:
    """The published tables of a manifest: models of the marts, and what Python adds to them.

    Raises:
        DatasporError: something is not described; see `catalogue`.
    """
    (owner,) = {group["owner"]["name"] for group in project["groups"].values()}
    nodes = [
        node
        for node in (*project["nodes"].values(), *project["sources"].values())
        if node["resource_type"] in ("model", "source") and node["schema"] == SCHEMA
    ]
    missing: list[str] = []
    tables = [_table(node, owner, missing) for node in sorted(nodes, key=lambda n: n["name"])]
    if missing:
        raise DatasporError(
            "What is published must be described in Danish and English. Missing in "
            f"{DBT_PROJECT.name}/models/marts: {'; '.join(missing)}."
        )
    return tuple(tables)


def _table(node: Mapping[str, Any], owner: str, missing: list[str]) -> Table:
    name, meta = node["name"], node["config"]["meta"]

    def told(what: str, value: Any) -> Any:
        if not value:
            missing.append(f"{name}: {what}")
        return value or ""

    columns = tuple(
        Column(
            name=column["name"],
            type=told(f"data_type of {column['name']}", column["data_type"]).lower(),
            description_en=told(f"description of {column['name']}", column["description"]),
            description_da=told(
                f"description_da of {column['name']}",
                column["config"]["meta"].get("description_da"),
            ),
            unit=column["config"]["meta"].get("unit"),
        )
        for column in node["columns"].values()
    )
    told("columns", columns)
    return Table(
        name=name,
        description_en=told("description", node["description"].strip()),
        description_da=told("description_da", meta.get("description_da", "").strip()),
        grain_en=told("grain", meta.get("grain")),
        grain_da=told("grain_da", meta.get("grain_da")),
        owner=owner,
        key=tuple(told("key", meta.get("key", ()))),
        columns=columns,
        from_dbt=node["resource_type"] == "model",
    )


def data_tests() -> frozenset[str]:
    """Ids of dbt's data tests, all of which a build has to run.

    Raises:
        DatasporError: the dbt project does not parse.
    """
    nodes = manifest()["nodes"]
    return frozenset(key for key, node in nodes.items() if node["resource_type"] == "test")


def already_parsed() -> dict[str, str]:
    """What has dbt go on from the parse that made the manifest, in its environment.

    Empty where there is none: dbt does not start with one that is missing.
    """
    return {"DBT_PARTIAL_PARSE_FILE_PATH": str(PARTIAL_PARSE)} if PARTIAL_PARSE.is_file() else {}


def ensure_manifest() -> Path:
    """dbt's manifest of the project, parsed anew only where a file of it changed since.

    Raises:
        DatasporError: the dbt project does not parse.
    """
    sources = [
        path
        for folder in ("models", "macros", "tests")
        for path in (DBT_PROJECT / folder).rglob("*")
        if path.suffix in (".sql", ".yml")
    ]
    sources += [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]
    newest = max(path.stat().st_mtime for path in sources)
    if MANIFEST.is_file() and MANIFEST.stat().st_mtime >= newest:
        return MANIFEST
    result = subprocess.run(
        [DBT, "parse", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise DatasporError(f"The dbt project does not parse:\n{result.stdout}{result.stderr}")
    MANIFEST.touch()
    return MANIFEST
