"""dbt in a process that is ready before it is needed: loading and parsing take no rows.

A run of everything starts it first. It parses the project on the other core while exports are
landed, waits for the arguments of its one command, and carries that out.

The command line forks it, so that what this process and dbt's both need is loaded once. A run that
Dagster starts has threads by then, which a fork would not have; there it begins as a new Python.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orchestration.catalogue import PARTIAL_PARSE, already_parsed
from orchestration.settings import DBT_PROJECT, OBJECTS_BETWEEN_LOOKS, Settings

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

FAILED = 1
RUN_RESULTS = "run_results.json"


class Forked:
    """A child that is a fork: what `subprocess.Popen` tells of a process, as far as it is asked.

    Attributes:
        args: what it is, in a word.
        stdin: leads to its standard input.
        stdout: all that it prints.
    """

    args = ("dbt",)

    def __init__(self, process: BaseProcess, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._process = process
        self.stdin = stdin
        self.stdout = stdout

    @property
    def pid(self) -> int | None:
        """Its number."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, minus the signal if by one; None where it did not."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended.

        Raises:
            subprocess.TimeoutExpired: it did not within so many seconds.
        """
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.pid is not None and self.returncode is None:
            os.kill(self.pid, number)


Process = subprocess.Popen[bytes] | Forked


def environment(settings: Settings) -> dict[str, str]:
    """What every process of dbt in a run is told; it is to begin in the home.

    Until an installation has parsed the project itself, it goes on from what was parsed for the
    definitions: a second of processor time instead of three and a half.
    """
    its_own = settings.dbt_target / PARTIAL_PARSE.name
    known = {} if its_own.is_file() else already_parsed()
    return os.environ | {
        "DBT_LOG_FORMAT": "json",
        "DBT_LOG_FORMAT_FILE": "debug",  # a line of text, with the moment
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_LOG_PATH": str(settings.dbt_target),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "PYTHONUNBUFFERED": "1",
        **known,
    }


def started(settings: Settings) -> subprocess.Popen[bytes]:
    """A process that parses the project and waits; its output is dbt's, one event a line."""
    return subprocess.Popen(
        # without -P, folders of the home would be taken for packages
        [sys.executable, "-P", "-m", "orchestration.dbt_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(settings),
        cwd=settings.home,
    )


@contextlib.contextmanager
def ready(settings: Settings) -> Iterator[Process]:
    """The same as a fork of this process, which loads dbt first; ended with the block.

    A thread of this process could hold a lock that nobody gives back in the fork: where there is
    one, such as in a program that calls the command line, a new Python is started instead.
    """
    process = forked(settings) if threading.active_count() == 1 else started(settings)
    try:
        yield process
    finally:
        ended(process)


def forked(settings: Settings) -> Forked:
    """The same as `started`, as a fork of this process, which must have one thread only."""
    import dbt.cli.main
    import dbt.contracts.graph.manifest  # noqa: F401  both loaded before the fork, for this process too

    its_input, to_it = os.pipe()
    from_it, its_output = os.pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_be_dbt,
        args=(settings, its_input, its_output, (to_it, from_it)),
        daemon=True,  # it ends with this process, however far it has come
    )
    # one that comes before the fork listens waits until it does
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    process.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
    os.close(its_input)
    os.close(its_output)
    return Forked(process, os.fdopen(to_it, "wb"), os.fdopen(from_it, "rb"))


def _be_dbt(
    settings: Settings, its_input: int, its_output: int, of_parent: tuple[int, int]
) -> None:
    """What the fork does instead of all that this process goes on to do.

    It holds no lock of this process: the library of locks closes its files in every fork.
    """
    gc.freeze()  # what it inherits is not its to end, nor to look through for garbage
    # whatever this process does with it: Dagster has it do what SIGINT does
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    for descriptor in of_parent:
        os.close(descriptor)
    os.dup2(its_input, 0)
    os.dup2(its_output, 1)
    os.dup2(its_output, 2)
    for descriptor in (its_input, its_output):
        os.close(descriptor)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    os.environ.update(environment(settings))
    os.chdir(settings.home)
    sys.exit(carried_out())


def told(process: Process, arguments: Sequence[str]) -> None:
    """Tell a waiting process what to do; one that has ended tells why by its output and code."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(json.dumps(arguments).encode())


def ended(process: Process) -> None:
    """End a process that nobody told anything; one that is at work, or has ended, is left alone."""
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def carried_out() -> int:
    """Parse, wait, carry out; the code that dbt exits with.

    Of dbt's artifacts it leaves the results only, which publishing asks for: writing the manifest
    anew takes dbt time, and the one in the project's ``target`` says the same.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    quiet = ["--log-level", "none", "--no-write-json"]
    # what is wrong with the project is told by the command itself, which then parses anew
    parsed = dbtRunner().invoke([*quiet, "parse"])
    arguments = sys.stdin.read()
    if not arguments:
        return 0
    known = parsed.result if isinstance(parsed.result, Manifest) else None
    results = Path(os.environ["DBT_TARGET_PATH"], RUN_RESULTS)
    results.unlink(missing_ok=True)
    runner = dbtRunner(manifest=known, callbacks=[partial(_told_to_dagster, threading.Lock())])
    done = runner.invoke([*quiet, *json.loads(arguments)])
    # a fork ends without closing: what was built would lie in the log, which every reader goes
    # through anew until somebody writes
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if isinstance(done.result, RunExecutionResult):
        done.result.write(str(results))
    if done.exception is not None:
        print(done.exception)
    return 0 if done.success else FAILED


def _told_to_dagster(turn: threading.Lock, event: EventMsg) -> None:
    """Print an event as dbt's own log of the console would, one JSON object a line.

    That log makes the line of every event, of which it then leaves out three quarters as too fine.
    dbt's threads take turns, so that no two lines become one.
    """
    from dbt_common.events.functions import msg_to_json

    if event.info.level not in ("debug", "test"):
        line = msg_to_json(event)
        try:
            with turn:
                print(line, flush=True)
        except BrokenPipeError:
            # the run was killed; raised from here, dbt would wait for its own thread without end
            os._exit(FAILED)


if __name__ == "__main__":
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    sys.exit(carried_out())
