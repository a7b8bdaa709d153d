"""What a run is: what identifies its input, so that nothing new can be told, and its lock."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from filelock import FileLock, Timeout

from orchestration.config import Config
from orchestration.errors import DatasporError
from orchestration.landing.inventory import SourceFile
from orchestration.settings import DBT_PROJECT, LOCK_SECONDS, PROJECT, Settings


def run_fingerprint(
    settings: Settings, config: Config, files: list[SourceFile], as_of: dt.date
) -> str:
    """Everything that decides a run's result: files, configuration, code, engine, and the day."""
    digest = hashlib.sha256(repr((str(settings.sources), config, as_of)).encode())
    if settings.builds_elsewhere:
        digest.update(settings.engine.encode())
    for file in files:
        digest.update(f"{file.source}|{file.source_file_id}|{file.order}|{file.part}".encode())
    digest.update(code_digest().encode())
    return digest.hexdigest()


def made_with(config: Config) -> str:
    """What identifies the configuration and the code, whichever files they are run on."""
    return hashlib.sha256((repr(config) + code_digest()).encode()).hexdigest()


@cache
def code_digest() -> str:
    """What identifies the code that turns exports into figures: its files' content, once read."""
    digest = hashlib.sha256()
    patterns = (
        (PROJECT / "orchestration", "*.py"),
        (PROJECT / "expectations", "*"),
        (DBT_PROJECT / "models", "*"),
        (DBT_PROJECT / "macros", "*"),
    )
    for folder, pattern in patterns:
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(PROJECT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def lock(settings: Settings, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """One writer at a time: hold the installation, or say that another run has it.

    The command line takes it, and so does every run of a job, in the same process or another one;
    who has it may take it again.

    Args:
        settings: the installation.
        seconds: how long to wait for another run; longer than it takes, unless told.

    Raises:
        DatasporError: another process holds it for longer.
    """
    held = FileLock(settings.home / ".run.lock", is_singleton=True, thread_local=False)
    try:
        held.acquire(timeout=seconds)
    except Timeout:
        raise DatasporError(
            f"Another run has held {settings.home} for {seconds:g} seconds. Wait for it to end."
        ) from None
    try:
        yield
    finally:
        held.release()
