"""A reader of the site's pages: the briefing's, with the rows of tables."""

from __future__ import annotations

from pathlib import Path

from tests.unit.briefing.briefing_page import Page


def plain(text: str) -> str:
    """Text with single ordinary spaces."""
    return " ".join(text.replace("\xa0", " ").split())


class SitePage(Page):
    """A page; ``rows`` are those of its tables, cells parted by a bar."""

    def __init__(self, path: Path) -> None:
        self._rows: list[list[str]] = []
        super().__init__(path)

    @property
    def rows(self) -> list[str]:
        return [" | ".join(plain(cell) for cell in row) for row in self._rows]

    @property
    def plain(self) -> str:
        return plain(self.text)

    @property
    def ids(self) -> set[str]:
        return {str(attributes["id"]) for _, attributes in self.elements if "id" in attributes}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if {"th", "td"} & set(self.open):
            self._rows[-1][-1] += data
