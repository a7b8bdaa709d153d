"""A child of a process that has imported everything: what it does costs no imports."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from tempfile import TemporaryFile


def begun(action: Callable[[], object], output: int, seconds: int) -> int:
    """Do something in a fork; the child's number.

    It ends with the code of what it did, as a command would, or after so many seconds.

    Args:
        action: what to do.
        output: descriptor of the open file that gets all that is printed.
        seconds: that it never takes.
    """
    child = os.fork()
    if child:
        return child
    gc.freeze()  # what it inherits is not its to end, nor to look through for garbage
    faulthandler.dump_traceback_later(seconds, exit=True)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 1
    try:
        action()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def loaded_by(action: Callable[[], object], seconds: int) -> None:
    """Do something in a child, and load here what it loaded there, so that later children need not.

    Raises:
        SystemExit: it could not be done.
    """
    with TemporaryFile("w+") as names, TemporaryFile("w+") as output:

        def noted() -> None:
            try:
                action()
            finally:
                names.write("\n".join(sorted(sys.modules)))
                names.flush()

        _, status = os.waitpid(begun(noted, output.fileno(), seconds), 0)
        output.seek(0)
        if status:
            raise SystemExit(f"done alone, it fails: {output.read()}")
        names.seek(0)
        for name in names.read().split():
            with contextlib.suppress(ImportError):  # made while it was done, out of no file
                importlib.import_module(name)
    # dbt asks to which module each call belongs, for which Python looks through all new ones once
    inspect.getmodule(compile("", "<of no module>", "exec"))
