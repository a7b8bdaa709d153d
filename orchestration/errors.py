"""The errors that are shown to a person as a sentence; anything else is a defect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal


class DatasporError(Exception):
    """Something the user can mend; its text says what is wrong, where, and what to do."""


class UsageError(DatasporError):
    """Arguments or environment cannot be used (exit code 2)."""


class ConfigError(DatasporError):
    """A configuration folder is wrong (exit code 2).

    ``problems`` holds one sentence for each thing to mend, each with file and line.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


Unreadable = Literal["empty", "unreadable", "wrong_columns", "wrong_dates", "wrong_name"]


class UnreadableFileError(DatasporError):
    """A source file cannot be used as a whole; it becomes one line in the ledger.

    ``status`` is the short code that the ledger keeps.
    """

    def __init__(self, status: Unreadable, reason: str) -> None:
        self.status = status
        super().__init__(reason)


class TransientError(DatasporError):
    """Trying again later may help: no connection, or a server that gave up."""


class DiskError(TransientError):
    """The disk does not do its part; nothing is said of the export, which may be right."""

    def __init__(self) -> None:
        super().__init__(
            "An export cannot be read or what it holds cannot be written: the disk is full or does "
            "not answer. Make room or mend the disk, and run again."
        )


@contextmanager
def writing() -> Iterator[None]:
    """Tell a fault of the disk from one of the file that is read, around what only writes.

    Raises:
        DiskError: the system refused a write.
    """
    try:
        yield
    except OSError:
        raise DiskError from None


class FetchError(DatasporError):
    """An answer could not be fetched; its text names the host and what came, never the body."""


class TransientFetchError(FetchError, TransientError):
    """Asking again later may help: no connection, a server's error, a cut-off answer."""


class PermanentFetchError(FetchError):
    """Asking again does not help: somebody has to mend an address, an account or a server."""
