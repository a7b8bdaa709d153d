"""Writes sbom.cdx.json: the locked packages, as cyclonedx-py finds them installed (make sbom).

cyclonedx-py has an environment of its own (sbom.in). Nothing is in the file that differs from one
machine or day to the next, and no address: what an environment has beside the lock (pip itself) and
where packages come from is left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.settings import PROJECT
from tests.static.locked import canonical, locked

SBOM = PROJECT / "sbom.cdx.json"
TOOLS = Path(sys.prefix) / "sbom"


def sbom() -> str:
    """The file's content."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sbom.json"
        command = [TOOLS / "bin/cyclonedx-py", "environment", sys.executable]
        options = ["--pyproject", PROJECT / "pyproject.toml", "--output-reproducible"]
        subprocess.run([*command, *options, "--short-PURLs", "-o", file], check=True)
        found = json.loads(file.read_text(encoding="utf-8"))
    names = {requirement.name for requirement in locked()}
    found["components"] = [c for c in found["components"] if canonical(c["name"]) in names]
    kept = {component["bom-ref"] for component in found["components"]} | {"root-component"}
    found["dependencies"] = [
        entry | {"dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in kept]}
        for entry in found["dependencies"]
        if entry["ref"] in kept
    ]
    tools = found["metadata"]["tools"]["components"]
    return json.dumps(without_addresses(found, tools), ensure_ascii=False, indent=1) + "\n"


def without_addresses(found: dict[str, Any], tools: list[dict[str, Any]]) -> dict[str, Any]:
    """The same without external references."""
    for component in (*found["components"], *tools):
        component.pop("externalReferences", None)
    return found


if __name__ == "__main__":
    SBOM.write_text(sbom(), encoding="utf-8")
