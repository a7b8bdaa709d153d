"""What the locks pin: requirements.lock, and sbom.lock for the environment of cyclonedx-py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT

LOCK = PROJECT / "requirements.lock"
SBOM_LOCK = PROJECT / "tests/static/sbom.lock"


@dataclass(frozen=True)
class Requirement:
    """One line of the lock, with the hashes that go with it."""

    line: str
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.line.partition("==")[0]

    @property
    def version(self) -> str:
        return self.line.partition("==")[2]


def locked(lock: Path = LOCK) -> list[Requirement]:
    """Every requirement of a lock, as it is written there, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.M)
    logical = text.replace("\\\n", " ").splitlines()
    found = []
    for line in filter(None, map(str.strip, logical)):
        requirement, *options = line.split()
        found.append(Requirement(requirement, tuple(options)))
    return found


def canonical(name: str) -> str:
    """A package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
