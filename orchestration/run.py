"""What a run is: what identifies its input, so that a run with nothing new can be told."""

from __future__ import annotations

import datetime as dt
import hashlib

from orchestration.config import Config
from orchestration.landing.inventory import SourceFile
from orchestration.settings import DBT_PROJECT, PROJECT, Settings


def run_fingerprint(
    settings: Settings, config: Config, files: list[SourceFile], as_of: dt.date
) -> str:
    """Everything that decides a run's result: files, configuration, code, and the day."""
    digest = hashlib.sha256(repr((str(settings.sources), config, as_of)).encode())
    for file in files:
        digest.update(f"{file.source}|{file.source_file_id}|{file.order}|{file.part}".encode())
    patterns = (
        (PROJECT / "orchestration", "*.py"),
        (PROJECT / "expectations", "*"),
        (DBT_PROJECT / "models", "*"),
        (DBT_PROJECT / "macros", "*"),
    )
    for folder, pattern in patterns:
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
