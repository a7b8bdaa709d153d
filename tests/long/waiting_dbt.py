"""dbt's process of a run, forked from one that has loaded dbt: it does all that a started one does.

Loading dbt is most of what a process of dbt costs. It is forked before the run opens anything, and
waits until the run would have started it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import dbt.adapters.duckdb  # noqa: F401  so that children need not import it
from dbt.cli.main import dbtRunner  # noqa: F401

from orchestration import dbt_process
from orchestration.settings import DBT_PROJECT, Settings


class WaitingDbt:
    """A child that waits for an environment and then is `python -m orchestration.dbt_process`.

    It has what a run uses of `subprocess.Popen`.
    """

    args = ("python", "-m", dbt_process.__name__)

    def __init__(self, seconds: int) -> None:
        """Fork it; it never takes longer than so many seconds."""
        asked, asks = os.pipe()
        tells, told = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(asks)
            os.close(tells)
            for source, target in ((asked, 0), (told, 1), (told, 2)):
                os.dup2(source, target)
            os.close(asked)
            os.close(told)
            _serve(seconds)
        os.close(asked)
        os.close(told)
        self.stdin, self.stdout = os.fdopen(asks, "wb", buffering=0), os.fdopen(tells, "rb")

    def begin(self, settings: Settings) -> None:
        """Begin as a started process would."""
        self.stdin.write(json.dumps(dbt_process.environment(settings)).encode() + b"\n")

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002  no run gives one
        """Its exit code, when it has ended."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.returncode is None:
            os.kill(self.pid, number)


@contextmanager
def dbt_in_waiting(seconds: int) -> Iterator[None]:
    """Let the next run in this process have a forked dbt; there is one for one run."""
    started, waiting = dbt_process.started, [WaitingDbt(seconds)]

    def begun(settings: Settings) -> object:
        if not waiting:
            return started(settings)
        process = waiting.pop()
        process.begin(settings)
        return process

    dbt_process.started = begun  # type: ignore[assignment]
    try:
        yield
    finally:
        dbt_process.started = started
        for process in waiting:
            dbt_process.ended(process)  # type: ignore[arg-type]


def _serve(seconds: int) -> NoReturn:
    """Wait for the environment, then do what the module does when it is started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # not faulthandler's: its thread in the process forked from is waited for here forever
    signal.alarm(seconds)
    code = 1
    try:
        line = b""
        while not line.endswith(b"\n"):
            line += (read := os.read(0, 1))
            if not read:
                os._exit(0)
        os.environ.clear()
        os.environ.update(json.loads(line))
        os.chdir(DBT_PROJECT)
        sys.stdout.reconfigure(line_buffering=True)
        dbt_process.main()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
