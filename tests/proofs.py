"""What the proofs have shown: lines of target and result, printed as one table after the tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import pytest

_NAME = "proof"


class Proof(Protocol):
    """Note what was proved."""

    def __call__(self, what: str, target: str, result: str | int, wrong: int = 0) -> None:
        """Note a result; counts of the same thing are summed over the tests that give them."""


@dataclass
class _Line:
    target: str = ""
    texts: list[str] = field(default_factory=list)
    count: int | None = None
    wrong: int = 0
    failed: bool = False

    def add(self, target: str, result: str | int, wrong: int, failed: bool) -> None:
        self.target = target
        self.failed |= failed
        self.wrong += wrong
        if isinstance(result, str):
            self.texts.append(result)
        else:
            self.count = (self.count or 0) + result

    @property
    def result(self) -> str:
        counted = [] if self.count is None else [f"{self.count:,}, {self.wrong} wrong"]
        return "; ".join(counted + self.texts) + (" FAILED" if self.failed else "")


@pytest.fixture
def proof(record_property: Callable[[str, object], None]) -> Proof:
    """Note what was proved, its target and result: ``proof("damaged files", "20,000", 500)``.

    Called before the assertion, so that a proof that fails is in the table too.
    """

    def note(what: str, target: str, result: str | int, wrong: int = 0) -> None:
        record_property(_NAME, [what, target, result, wrong])

    return note


def print_proofs(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table; properties of a test's report come from xdist's workers too."""
    lines: dict[str, _Line] = defaultdict(_Line)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties if report.when == "call" else ():
                if name == _NAME:
                    what, target, result, wrong = value
                    lines[what].add(target, result, wrong, outcome == "failed")
    if lines:
        wide = max(map(len, lines))
        aimed = max(len(line.target) for line in lines.values())
        terminalreporter.section("what was proved: target, result")
        for what, line in sorted(lines.items()):
            terminalreporter.write_line(
                f"{what:<{wide}}  {line.target:<{aimed}}  {line.result}", red=line.failed
            )


def print_seconds(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the files took that noted a proof: seconds of this machine, set-up included."""
    seconds: dict[str, float] = defaultdict(float)
    proving = set()
    for outcome in ("", "passed", "failed"):  # the first: of setting up and tearing down
        for report in terminalreporter.getreports(outcome):
            if isinstance(report, pytest.TestReport):
                file = report.nodeid.partition("::")[0]
                seconds[file] += report.duration
                if any(name == _NAME for name, _ in report.user_properties):
                    proving.add(file)
    if proving:
        terminalreporter.section("what it took: seconds")
        for file in sorted(proving, key=seconds.__getitem__, reverse=True):
            terminalreporter.write_line(f"{seconds[file]:>7,.0f}  {file}")
