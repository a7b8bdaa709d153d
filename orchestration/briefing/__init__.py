"""The briefing's section "Dataspor" of one release: web page, memo, workbook and charts."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_briefing"]


def write_briefing(warehouse: Path, half_year_id: str, directory: Path) -> list[Path]:
    """Write the section "Dataspor" of a release as html, docx, xlsx and charts.

    The same warehouse and half-year give the same bytes.

    Args:
        warehouse: DuckDB file of the release, with the contract's tables in schema ``marts``.
        half_year_id: the half-year that the release closes, for example ``2024-10``.
        directory: folder to write into; made if it is not there.

    Returns:
        The files written: ``briefing.html``, ``briefing.docx``, ``briefing.xlsx`` and the charts.

    Raises:
        UsageError: ``half_year_id`` is not a half-year.
        DatasporError: the warehouse is not there or lacks one of the tables.
    """
    # matplotlib and python-docx take a second to load, which other commands need not wait for.
    from orchestration.briefing import charts, content, docx, html, xlsx

    briefing = content.read(warehouse, half_year_id)
    drawn = charts.draw(briefing)
    files: dict[Path, bytes] = {
        directory / "briefing.html": html.render(briefing, drawn),
        directory / "briefing.docx": docx.render(briefing, drawn),
        directory / "briefing.xlsx": xlsx.render(briefing),
    }
    for chart in drawn:
        files[directory / "charts" / f"{chart.name}.svg"] = chart.svg.encode()
        files[directory / "charts" / f"{chart.name}.png"] = chart.png
    (directory / "charts").mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        path.write_bytes(data)
    return list(files)
