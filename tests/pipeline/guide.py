"""A page of documentation as a list of things to do: its code blocks, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

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
