"""Synthetic exports in the source systems' own formats; here: writing them all to a folder.

Everything this package makes is invented and says so. It is the only place that knows the
sample's numbers, and it knows nothing of the rest of the pipeline.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.sample import (
    incident_exports,
    notice,
    opening_hours,
    presence,
    survey,
)
from orchestration.sample.files import write

__all__ = ["write_sample"]


def write_sample(directory: Path) -> list[Path]:
    """Write the synthetic exports, laid out as a folder of sources.

    Every call gives the same bytes and the same modification times; a file that already has its
    content is left as it is.

    Args:
        directory: the folder to write to; made if need be.

    Returns:
        The paths of all files of the sample, written now or before.
    """
    parts = (notice, incident_exports, survey, opening_hours, presence)
    return [write(directory, file) for part in parts for file in part.files()]
