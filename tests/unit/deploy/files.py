"""The files of deploy/, read as what reads them: systemd, and the commands that they call."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import pytest

from orchestration.settings import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = DEPLOY / "systemd"
INSTALLED_IN = "/opt/dataspor/.venv/bin/"


def unit_lines(path: Path, name: str) -> list[str]:
    """The values that a unit gives to a setting."""
    return [
        line.partition("=")[2]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.partition("=")[0] == name
    ]


def commands_of_units() -> Iterator[tuple[str, list[str]]]:
    """Each command line of the units, with the unit's name."""
    for unit in sorted(UNITS.glob("*.service")):
        for setting in ("ExecStart", "ExecStartPost"):
            for line in unit_lines(unit, setting):
                words = shlex.split(line)
                if words[:2] == ["/bin/sh", "-c"]:
                    loop = words[2]
                    words = shlex.split(loop.removeprefix("until ").partition(" >")[0])
                yield f"{unit.name}:{setting}", words


def understood(words: list[str]) -> dict[str, object]:
    """The parameters that a command line gives to the innermost command, which is not run.

    The program is begun as its script in bin/ begins it; click reads and judges the words.

    Raises:
        SystemExit: with 2 where the command does not know an option or an argument.
    """
    (script,) = metadata.entry_points(group="console_scripts", name=words[0])
    # files of the project stand where it is installed; here that is where it is
    rest = [word.replace("/opt/dataspor/deploy", str(DEPLOY)) for word in words[1:]]
    told: list[dict[str, object]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [words[0], *rest])
        # a group reads on to its command after this; the innermost comes last
        patch.setattr(click.Command, "invoke", lambda _, context: told.append(context.params))
        with pytest.raises(SystemExit) as ended:
            script.load()()
    if ended.value.code:
        raise ended.value
    return told[-1]
