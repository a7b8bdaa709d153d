"""The internal site that each publish writes: plain pages in Danish, made of the marts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.catalogue import Table

__all__ = ["write_site"]


def write_site(
    warehouse: Path,
    catalogue: Sequence[Table],
    folder: Path,
    late_after_days: Mapping[str, int],
    timezone: str,
) -> list[Path]:
    """Write the site of a published warehouse.

    The same warehouse and catalogue give the same bytes. Files of an earlier site that are in the
    folder already stay there, so it should be empty or new.

    Args:
        warehouse: DuckDB file with the contract's tables in schema ``marts``; read only.
        catalogue: the published tables, described, for the data dictionary.
        folder: folder to write into; made if it is not there.
        late_after_days: days after its newest export from which a source is late, by source.
        timezone: by which the day of an export is told.

    Returns:
        The files written, below ``folder``.

    Raises:
        DatasporError: the warehouse is not there, cannot be read, or lacks one of the tables.
    """
    # Only who publishes needs jinja2 and babel loaded.
    from orchestration.site import content, pages

    files = pages.render(content.read(warehouse, timezone), catalogue, late_after_days)
    written = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        written.append(path)
    return written
