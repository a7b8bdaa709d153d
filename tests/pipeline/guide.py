"""A page of documentation as a list of things to do: its code blocks, in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT

_BLOCK = re.compile(
    r"(?:^`(?P<file>[\w./-]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """One code block.

    Attributes:
        kind: bash (to be executed), text (what the commands above print), or a file's language.
        text: what stands in it.
        file: the file to be written, for blocks that are introduced by its name.
    """

    kind: str
    text: str
    file: str | None


def blocks_of(page: Path) -> list[Block]:
    """The code blocks of a Markdown page."""
    text = page.read_text(encoding="utf-8")
    return [Block(m["kind"], m["text"], m["file"]) for m in _BLOCK.finditer(text)]


def follow(page: Path, folder: Path) -> list[str]:
    """Do what a page says in an empty folder, and return what each block of commands printed."""
    kept = folder / ".environment"
    kept.touch()
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("DATASPOR", "DAGSTER"))}
    plain |= {"DATASPOR": str(PROJECT), "COLUMNS": "200"}
    plain["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{plain['PATH']}"
    printed = []
    for block in blocks_of(page):
        if block.file is not None:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "bash":
            script = f"set -e; source {kept}\n{block.text}\nexport -p > {kept}\n"
            result = subprocess.run(
                ["bash", "-c", script],
                cwd=folder,
                env=plain,
                capture_output=True,
                text=True,
                timeout=1200,
                check=False,
            )
            assert result.returncode == 0, result.stderr
            printed.append(result.stdout)
    return printed
