"""Briefings are read whatever their encoding, and no sentence of theirs is passed over."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from docx import Document

from orchestration.claims.read_text import read_sentences
from orchestration.errors import UsageError

SENTENCE = "Antallet på Blågårdens Bibliotek er faldet – fra 212 til 106."
PARAGRAPH = f"<p>{SENTENCE}</p>"
META = '<html><head><meta charset="windows-1252"></head>'


def texts(path: Path) -> list[str]:
    return [sentence.text for sentence in read_sentences(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize(("name", "text"), [("a.txt", SENTENCE), ("a.html", PARAGRAPH)])
def test_letters_are_read_in_every_encoding_that_editors_write(
    tmp_path: Path, name: str, text: str, encoding: str
) -> None:
    (tmp_path / name).write_bytes(text.encode(encoding))
    assert texts(tmp_path / name) == [SENTENCE]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize(
    "head",
    [
        META,
        '<?xml version="1.0" encoding="utf-8"?><html>',
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html><html>',
    ],
)
def test_a_page_is_read_as_it_is_whatever_it_says_of_its_encoding(
    tmp_path: Path, head: str, encoding: str
) -> None:
    (tmp_path / "a.html").write_bytes(f"{head}<body>{PARAGRAPH}</body></html>".encode(encoding))
    assert texts(tmp_path / "a.html") == [SENTENCE]


@pytest.mark.parametrize("content", [b"", b" \n", b"<!-- nothing -->"])
def test_an_empty_page_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.html").write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.html is no page that can be read"):
        read_sentences(tmp_path / "a.html")


@pytest.mark.parametrize("content", [b"\x81\x8d", "BlÃ¥gÃ¥rden".encode(), "Bl\ufffdg".encode()])
def test_letters_that_cannot_be_read_are_told_and_never_guessed(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.txt: .*UTF-8\.$"):
        read_sentences(tmp_path / "a.txt")


def test_a_word_document_whose_xml_is_broken_is_told_in_a_sentence(tmp_path: Path) -> None:
    Document().save(str(tmp_path / "whole.docx"))
    with (
        zipfile.ZipFile(tmp_path / "whole.docx") as whole,
        zipfile.ZipFile(tmp_path / "a.docx", "w") as broken,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            broken.writestr(name, content[:-20] if name == "word/document.xml" else content)
    with pytest.raises(UsageError, match=r"a\.docx is not a readable Word document"):
        read_sentences(tmp_path / "a.docx")


@pytest.mark.parametrize("style", [None, "List Paragraph", "List Bullet", "List Number"])
def test_a_sentence_in_a_list_of_a_word_document_is_read(tmp_path: Path, style: str | None) -> None:
    document = Document()
    document.add_paragraph("Status.")
    document.add_paragraph(SENTENCE, style=style)
    document.save(str(tmp_path / "a.docx"))
    assert texts(tmp_path / "a.docx") == ["Status.", SENTENCE]


def test_bullets_are_passed_over_below_the_caveats_of_dataspors_own_memo_only(
    tmp_path: Path,
) -> None:
    document = Document()
    document.add_paragraph("Forbehold:")
    for _ in range(2):
        document.add_paragraph("Der er 12 svar.", style="List Bullet")
    document.add_paragraph("Så meget om det.")
    document.add_paragraph(SENTENCE, style="List Bullet")
    document.save(str(tmp_path / "a.docx"))
    assert texts(tmp_path / "a.docx") == ["Forbehold:", "Så meget om det.", SENTENCE]
