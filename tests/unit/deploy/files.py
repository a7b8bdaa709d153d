"""The files of deploy/, read as what reads them: systemd, and the commands that they call."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import dagster._cli
import dagster._daemon.cli
import dagster_webserver.cli

import orchestration.cli
from orchestration.settings import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = DEPLOY / "systemd"
INSTALLED_IN = "/opt/dataspor/.venv/bin/"

# what the scripts in bin/ call; "dagster" hides it in a function
COMMANDS: dict[str, click.Command] = {
    "dagster": dagster._cli.create_dagster_cli(),
    "dagster-daemon": dagster._daemon.cli.create_dagster_daemon_cli(),
    "dagster-webserver": dagster_webserver.cli.dagster_webserver,
    "dataspor": orchestration.cli.main,
}


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
    """The parameters that a command line gives to the innermost command; click judges them.

    Raises:
        click.UsageError: the command does not know an option or an argument.
    """
    command = COMMANDS[words[0]]
    # files of the project stand where it is installed; here that is where it is
    rest = [word.replace("/opt/dataspor/deploy", str(DEPLOY)) for word in words[1:]]
    while True:
        context = command.make_context(words[0], list(rest))
        if not isinstance(command, click.Group):
            return context.params
        _, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command = found
