"""What came of fetching: kept, unchanged or failed, and the note beside each answer kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration.landing.archive import write_atomically


@dataclass(frozen=True)
class Kept:
    """What a client did with an answer.

    Attributes:
        status: ``fetched`` where a source file is new or another, else ``unchanged``.
        told: what came, without closing full stop.
    """

    status: Literal["fetched", "unchanged"]
    told: str


@dataclass(frozen=True)
class Fetched:
    """What came of one thing that is fetched.

    Attributes:
        name: ``opening_hours``, or ``survey/`` and the wave.
        source: the source system, as in the ledger.
        status: ``fetched``, ``unchanged``, or ``failed``: then nothing was written.
        told: a sentence about what came, or why nothing did.
        may_pass: of a failure: asking again later may help.
    """

    name: str
    source: str
    status: Literal["fetched", "unchanged", "failed"]
    told: str
    may_pass: bool = False

    @property
    def line(self) -> str:
        """What a person is told."""
        word = "Not fetched" if self.status == "failed" else self.status.capitalize()
        return f"{word}: {self.name}: {self.told}"


def keep_note(answer: Path, facts: Mapping[str, Any]) -> None:
    """Write beside an answer what it is; the ending keeps it from being taken for a source file.

    Args:
        answer: the source file that was written.
        facts: what the client knows, without user name and password.
    """
    note = {
        **facts,
        "fetched_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "sha256": hashlib.sha256(answer.read_bytes()).hexdigest(),
    }
    path = answer.with_name(f"{answer.name}.txt")
    write_atomically(path, json.dumps(note, indent=1).encode())
