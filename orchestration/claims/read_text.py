"""Reading a briefing (docx, html or plain text) as blocks of text; understands none of it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import UnreadableFileError, UsageError
from orchestration.extract.text import decode

# parts of a page that carry no prose
_APPARATUS = ("style", "script", "nav", "table", "figure", "details", "dl", "aside", "head")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ»\"]|\d+ pct\.)")
# full stops that end no sentence
_SHORT = re.compile(r"\b(pct(?=\.\s[a-zæøå(\d])|f\.eks|bl\.a|ca|nr|mhp|ift|inkl|kl|jf)\.\s")
_MARK = "\N{ONE DOT LEADER}"
_CAVEATS = "Forbehold:"  # above the bullets of Dataspor's own memo, which state no claims


@dataclass(frozen=True)
class Sentence:
    """A sentence and the heading that it stands under."""

    text: str
    heading: str


def read_sentences(path: Path) -> list[Sentence]:
    """The sentences of a document, in order; headings are sentences too.

    Raises:
        UsageError: the file is not there, or no docx, html or text that can be read.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    readers = {".docx": _docx, ".html": _html, ".htm": _html, ".txt": _plain, ".md": _plain}
    read = readers.get(path.suffix.casefold())
    if read is None:
        raise UsageError(f"{path.name} is no text that can be checked: give docx, html, txt or md.")
    sentences, heading = [], ""
    for is_heading, block in read(path):
        text = " ".join(block.replace("\xa0", " ").replace("\xad", "").split())
        if is_heading:
            heading = text
        sentences += [Sentence(part, heading) for part in _split(text)]
    return sentences


def _split(text: str) -> list[str]:
    kept = _SHORT.sub(lambda found: found[0].replace(".", _MARK), text)
    return [part.replace(_MARK, ".") for part in _SENTENCE_END.split(kept) if part.strip()]


def _docx(path: Path) -> list[tuple[bool, str]]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    try:
        document = Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.LxmlError):
        raise UsageError(f"{path.name} is not a readable Word document.") from None
    blocks, below_caveats = [], False
    for paragraph in document.paragraphs:
        style = (paragraph.style.name if paragraph.style is not None else None) or ""
        if style == "List Bullet" and below_caveats:
            continue
        below_caveats = paragraph.text.strip() == _CAVEATS
        if style != "Caption":
            blocks.append((style.startswith(("Heading", "Title")), paragraph.text))
    return blocks


def _html(path: Path) -> list[tuple[bool, str]]:
    from lxml import etree, html

    # as UTF-8 whatever the page says of itself: it may say nothing, or something wrong
    parser = html.HTMLParser(encoding="utf-8")
    try:
        page = html.document_fromstring(_text(path).encode(), parser=parser)
    except etree.LxmlError:
        raise UsageError(
            f"{path.name} is no page that can be read: it is empty or holds no text."
        ) from None
    for part in page.xpath("|".join(f"//{name}" for name in _APPARATUS)):
        part.drop_tree()
    blocks = page.xpath("//h1|//h2|//h3|//h4|//p|//li")
    return [(block.tag.startswith("h"), block.text_content()) for block in blocks]


def _plain(path: Path) -> list[tuple[bool, str]]:
    """Paragraphs; a line of its own without a full stop, or with a # before it, is a heading."""
    blocks = []
    for block in re.split(r"\n\s*\n", _text(path)):
        told = block.strip()
        is_heading = told.startswith("#") or ("\n" not in told and not told.endswith((".", ":")))
        blocks.append((is_heading, told.lstrip("#•- ")))
    return blocks


def _text(path: Path) -> str:
    try:
        return decode(path.read_bytes())
    except UnreadableFileError as error:
        raise UsageError(f"{path.name}: {error}.") from None
