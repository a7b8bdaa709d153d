"""The archive: raw bytes as received, once by content, for their owner only."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict

from orchestration.landing.inventory import SourceFile, write_atomically
from orchestration.settings import Settings


def keep(settings: Settings, file: SourceFile) -> None:
    """Keep the raw bytes, with a sidecar that says what they are."""
    folder = settings.archive / file.source
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{file.source_file_id}{file.path.suffix.casefold()}"
    if kept.is_file():
        return
    temporary = kept.with_name(f".{kept.name}.tmp")
    shutil.copyfile(file.path, temporary)
    temporary.chmod(0o600)
    temporary.replace(kept)
    sidecar = {k: str(v) for k, v in asdict(file).items() if k != "path"}
    write_atomically(kept.with_suffix(".json.txt"), json.dumps(sidecar, indent=1).encode())
