"""What dbt could neither build nor test, as sentences, read from the results of its build."""

from __future__ import annotations

import json
import re
from pathlib import Path

from orchestration.catalogue import manifest

_HEADER = re.compile(r"^\w+ Error in \w+ ")  # of dbt, before what its database says


def unbuilt(run_results: Path) -> list[str]:
    """A sentence for each model and test that errored, and how many were left out.

    Args:
        run_results: dbt's ``run_results.json``; without a whole one, nothing is known.
    """
    try:
        results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError):  # dbt was ended before it wrote them
        return []
    told = sorted(
        _sentence(result["unique_id"], result["message"])
        for result in results
        if result["status"] == "error"
    )
    left_out = sum(result["status"] == "skipped" for result in results)
    if told and left_out:
        told.append(f"{left_out} model(s) and test(s) that need what did not pass were not run.")
    return told


def _sentence(unique_id: str, message: str) -> str:
    kind, _, name = unique_id.split(".")[:3]
    what = "built" if kind == "model" else "carried out"
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    reason = lines[1] if len(lines) > 1 and _HEADER.match(lines[0]) else lines[0]
    end = "" if reason.endswith((".", "!", "?")) else "."
    path = manifest()["nodes"][unique_id]["original_file_path"]
    return f"{kind.capitalize()} {name} ({path}) could not be {what}: {reason}{end}"
