"""dbt in a process that is ready before it is needed: loading and parsing take no rows.

A run of everything starts it first. It parses the project on the other core while exports are
landed, waits for the arguments of its one command, and carries that out.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from orchestration.settings import DBT_PROJECT, Settings


def environment(settings: Settings) -> dict[str, str]:
    """What every process of dbt in a run is told."""
    return os.environ | {
        "DATASPOR_WORKING_WAREHOUSE": str(settings.working_warehouse),
        "DBT_LOG_FORMAT": "json",
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_LOG_PATH": str(settings.dbt_target),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "PYTHONUNBUFFERED": "1",
    }


def started(settings: Settings) -> subprocess.Popen[bytes]:
    """A process that parses the project and waits; its output is dbt's, one event a line."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.dbt_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(settings),
        cwd=DBT_PROJECT,
    )


def told(process: subprocess.Popen[bytes], arguments: Sequence[str]) -> None:
    """Tell a waiting process what to do; one that has ended tells why by its output and code."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(json.dumps(arguments).encode())


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a process that nobody told anything; one that is at work, or has ended, is left alone."""
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def main() -> None:
    """Parse, wait, carry out; exits as dbt does."""
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    # what is wrong with the project is told by the command itself, which then parses anew
    parsed = dbtRunner().invoke(["--log-level", "none", "--no-write-json", "parse"])
    arguments = sys.stdin.read()
    if not arguments:
        return
    known = parsed.result if isinstance(parsed.result, Manifest) else None
    done = dbtRunner(manifest=known).invoke(json.loads(arguments))
    if done.exception is not None:
        print(done.exception)
    sys.exit(0 if done.success else 1)


if __name__ == "__main__":
    main()
