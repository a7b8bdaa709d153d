from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from tests.unit.briefing.briefing_warehouse import AS_OF, HOSTILE


@pytest.fixture(scope="module")
def memo(written: Path) -> WordDocument:
    return Document(str(written / "briefing.docx"))


def test_every_figure_stands_there_with_its_sentence(
    memo: WordDocument, figures: list[dict[str, Any]]
) -> None:
    paragraphs = [paragraph.text for paragraph in memo.paragraphs]
    cells = [row.cells[1].text for row in memo.tables[1].rows]
    for figure in figures:
        assert figure["statement_da"] in paragraphs
        assert any(text.startswith(f"Dataspor: {figure['figure_id']}") for text in paragraphs)
        assert figure["figure_id"] in cells


def test_has_real_headings(memo: WordDocument) -> None:
    headings = [(p.style.name, p.text) for p in memo.paragraphs if p.style.name[:4] == "Head"]
    assert headings[0] == ("Heading 1", "Dataspor")
    assert ("Heading 2", "Blågårdens Bibliotek") in headings
    assert ("Heading 2", "Datagrundlag") in headings
    assert ("Heading 3", "Åbningstid og tilstedeværelse") in headings


def test_tables_have_header_rows_and_captions(memo: WordDocument) -> None:
    assert len(memo.tables) == 4
    for table in memo.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert memo.tables[3].rows[-1].cells[0].text == "I alt"
    assert memo.tables[3].rows[-1].cells[2].text == "6.317"


def test_charts_have_alternative_texts(memo: WordDocument) -> None:
    assert len(memo.inline_shapes) == 9
    for shape in memo.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 60
        assert shape._inline.docPr.get("title")
    assert "Indmeldte hændelser" in memo.inline_shapes[0]._inline.docPr.get("descr")


def test_properties_come_from_the_release_and_not_from_the_clock(
    memo: WordDocument, written: Path
) -> None:
    properties = memo.core_properties
    assert properties.created.date() == properties.modified.date() == AS_OF
    assert (properties.title, properties.author) == (
        "Dataspor, vinterhalvåret 2024/2025",
        "Dataspor",
    )
    assert properties.language == "da-DK"
    with zipfile.ZipFile(written / "briefing.docx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_is_a4_in_danish_with_a_banner(memo: WordDocument) -> None:
    assert round(memo.sections[0].page_width.mm) == 210
    assert memo.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "da-DK"
    assert memo.paragraphs[0].text.startswith("Syntetiske data.")


def test_text_that_looks_like_markup_stays_text(hostile: Path) -> None:
    memo = Document(str(hostile / "briefing.docx"))
    assert any(HOSTILE in paragraph.text for paragraph in memo.paragraphs)
    assert any(HOSTILE in cell.text for cell in memo.tables[1].columns[0].cells)
