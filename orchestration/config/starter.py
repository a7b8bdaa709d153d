"""A new municipality's configuration folder: the packaged one, with schemas for editors."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.config.load import YAML_FILES
from orchestration.config.schema import write_schemas
from orchestration.errors import UsageError

SCHEMAS = "schema"


def write_starter(packaged: Path, folder: Path) -> None:
    """Copy the packaged configuration to a new folder, with JSON Schemas that its files name.

    Raises:
        UsageError: the folder is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new folder.")
    shutil.copytree(packaged, folder, dirs_exist_ok=True)
    write_schemas(folder / SCHEMAS)
    for name in YAML_FILES:
        path = folder / f"{name}.yml"
        text = path.read_text(encoding="utf-8")
        line = f"# yaml-language-server: $schema={SCHEMAS}/{name}.json\n"
        path.write_text(line + text, encoding="utf-8")
