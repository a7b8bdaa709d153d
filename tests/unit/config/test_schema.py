"""What editors and readers are told of the configuration is what the models say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from orchestration.cli import main
from orchestration.config import load_config
from orchestration.config.load import CSV_FILES, YAML_FILES
from orchestration.config.schema import reference, schema_of
from orchestration.config.starter import write_starter
from orchestration.errors import UsageError
from orchestration.settings import PACKAGED_CONFIG, PROJECT

DOCS = PROJECT / "docs"
MEND = "`dataspor config schema docs/schema --reference docs/configuration.md` writes them anew"


def test_the_schemas_and_the_reference_in_docs_are_current(tmp_path: Path) -> None:
    target = tmp_path / "configuration.md"
    written = CliRunner().invoke(
        main, ["config", "schema", str(tmp_path / "schema"), "--reference", str(target)]
    )
    assert written.exit_code == 0
    assert sorted(path.name for path in (DOCS / "schema").iterdir()) == sorted(
        path.name for path in (tmp_path / "schema").iterdir()
    )
    for path in (tmp_path / "schema").iterdir():
        assert (DOCS / "schema" / path.name).read_text("utf-8") == path.read_text("utf-8"), MEND
    assert (DOCS / "configuration.md").read_text("utf-8") == target.read_text("utf-8"), MEND


def properties(schema: Any) -> list[tuple[str, Any]]:
    """Every key that a schema knows, at any depth."""
    if isinstance(schema, list):
        return [found for part in schema for found in properties(part)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("properties", {})
    return [*own.items(), *(found for part in schema.values() for found in properties(part))]


@pytest.mark.parametrize("name", [name for name in YAML_FILES if not name.startswith("sentences")])
def test_every_key_is_described(name: str) -> None:
    keys = properties(schema_of(name))
    assert keys
    assert [key for key, told in keys if not told.get("description")] == []


def test_every_word_that_sentences_read_by_name_is_described() -> None:
    code = (PROJECT / "orchestration" / "figures" / "sentences.py").read_text(encoding="utf-8")
    read = {"winter", "summer", *re.findall(r'self\.words\.get\("(\w+)"', code)}
    told = schema_of("sentences")["properties"]["words"]["description"]
    assert read == {"winter", "summer", "at_library", "week", "and"}
    assert "winter and summer" in told and "week and and" in told and "at_library" in told


def test_every_column_is_described() -> None:
    for model in CSV_FILES.values():
        assert [key for key, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", list(YAML_FILES))
def test_every_key_of_the_packaged_configuration_is_in_its_schema(name: str) -> None:
    tree = YAML(typ="safe").load((PACKAGED_CONFIG / f"{name}.yml").read_text(encoding="utf-8"))
    assert set(tree) <= set(schema_of(name)["properties"])


def test_the_reference_has_every_key_of_every_file_with_its_default() -> None:
    lines = reference().splitlines()
    for name in (*YAML_FILES, *CSV_FILES):
        ending = "csv" if name in CSV_FILES else "yml"
        assert f"## {name}.{ending}" in lines
    for key, what, default in (
        ("headers.incident_id", "Number of the report.", "required"),
        ("drift.new_status", "A status that", '"goes_on"'),
        ("plausible_dates.from", "First day.", "required"),
        ("questions[].favourable", "Those of them", "required"),
        ("figures[].half_year_from", "`change`: The half-year", "required"),
        ("branches", "The website's node id", "{}"),
        ("archive_retention_days", "Days after which", "empty"),
    ):
        (line,) = [line for line in lines if line.startswith(f"| `{key}` | {what}")]
        assert default in line.rpartition(" | ")[2]


def test_a_starter_is_a_working_copy_whose_files_name_schemas_that_are_there(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "new"
    write_starter(PACKAGED_CONFIG, folder)
    assert load_config(folder) == load_config(PACKAGED_CONFIG)
    for path in folder.glob("*.yml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((folder / named).read_text(encoding="utf-8")) == schema_of(path.stem)
    with pytest.raises(UsageError, match="not empty"):
        write_starter(PACKAGED_CONFIG, folder)
