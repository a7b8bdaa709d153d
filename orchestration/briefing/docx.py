"""The memo: the briefing as a Word document with real headings, tables and alternative texts."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from orchestration.briefing import danish, tables, words
from orchestration.briefing.charts import Chart
from orchestration.briefing.content import Briefing, Figure
from orchestration.briefing.tables import Table

FONT = "Arial"
TEXT_WIDTH = Cm(17)
ACCENT = RGBColor(0x1B, 0x4F, 0x72)
QUIET = RGBColor(0x55, 0x55, 0x55)
WARNING = RGBColor(0x8A, 0x1C, 0x1C)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def render(briefing: Briefing, charts: Sequence[Chart]) -> bytes:
    """The document as bytes, the same for the same briefing."""
    document = Document()
    _prepare(document, briefing)
    _head(document, briefing)
    for place in briefing.places:
        document.add_heading(place.heading, 2)
        for figure in briefing.figures_of(place):
            _figure(document, briefing, figure)
        ranking = tables.districts(briefing, place) if place.kind == "district" else None
        if ranking:
            _table(document, ranking, _shared(5.0, len(ranking.headers) - 1))
        for chart in charts:
            if chart.place == place:
                _chart(document, chart)
    if any(chart.place is None for chart in charts):
        document.add_heading("Undersøgelser blandt medarbejderne", 2)
        for chart in charts:
            if chart.place is None:
                _chart(document, chart)
    document.add_heading("Alle tal", 2)
    if briefing.figures:
        _table(document, tables.figures(briefing), [3.7, 4.2, 2.7, 2.8, 2.0, 1.6])
    _table(document, tables.evidence(), [3.6, 13.4])
    claimed = tables.claims(briefing)
    if claimed:
        document.add_heading(words.CLAIMS, 2)
        _table(document, claimed, [5.2, 4.3, 2.6, 4.9])
    document.add_heading("Datagrundlag", 2)
    document.add_paragraph(" ".join(tables.ledger_sentences(briefing)))
    _table(document, tables.ledger(briefing), [3.8, 1.2, 1.4, 1.5, 1.9, 1.5, 1.9, 1.9, 1.9])
    document.add_heading("Metode", 2)
    for head, text in words.method(briefing.figures[0].id if briefing.figures else None):
        document.add_heading(head, 3)
        document.add_paragraph(text)
    return _saved(document)


def _shared(first: float, others: int) -> list[float]:
    """Column widths in cm: the first as given, the others alike but no wider than that."""
    return [first] + [min(first, (TEXT_WIDTH.cm - first) / others)] * others


def _prepare(document: WordDocument, briefing: Briefing) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    _styles(document)
    _footer(section.footer.paragraphs[0], briefing)
    stamp = dt.datetime.combine(briefing.as_of, dt.time())
    properties = document.core_properties
    properties.title = f"{words.TITLE}, {briefing.half_year_label}"
    properties.subject = words.BANNER if briefing.is_sample else ""
    properties.author = properties.last_modified_by = words.TITLE
    properties.comments = properties.keywords = ""
    properties.language = "da-DK"
    properties.created = properties.modified = stamp
    properties.revision = 1


def _styles(document: WordDocument) -> None:
    styles = document.styles
    for name, size, colour, before, after in (
        ("Normal", 10, None, 0, 5),
        ("Title", 24, ACCENT, 0, 0),
        ("Subtitle", 13, None, 0, 10),
        ("Heading 2", 14, ACCENT, 18, 4),
        ("Heading 3", 10, None, 8, 0),
        ("Caption", 9, None, 10, 3),
        ("List Bullet", 8, QUIET, 0, 0),
    ):
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.italic = False
        if name in ("Title", "Heading 2", "Heading 3", "Caption"):
            style.font.bold = True
        style.font.color.rgb = colour or RGBColor(0x1A, 0x1A, 0x1A)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        _fonts(style.element.get_or_add_rPr())
    for name in ("Heading 2", "Heading 3", "Caption"):
        styles[name].paragraph_format.keep_with_next = True
    language = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if language is not None:
        for attribute in ("w:val", "w:eastAsia"):
            language.set(qn(attribute), "da-DK")


def _fonts(properties: object) -> None:
    """The template's headings name theme fonts, which would win over the font set."""
    fonts = properties.find(qn("w:rFonts"))  # type: ignore[attr-defined]
    if fonts is None:
        return
    for attribute in list(fonts.attrib):
        if attribute.endswith("Theme"):
            del fonts.attrib[attribute]
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), FONT)


def _footer(paragraph: Paragraph, briefing: Briefing) -> None:
    text = f"{words.TITLE}, {briefing.half_year_label}, opgjort {danish.date(briefing.as_of)}"
    if briefing.is_sample:
        text = f"{words.BANNER}. {text}"
    _small(paragraph.add_run(f"{text}. Side "))
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        _small(run)
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = "PAGE"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _head(document: WordDocument, briefing: Briefing) -> None:
    if briefing.is_sample:
        paragraph = document.add_paragraph()
        _border(paragraph, ("top", "left", "bottom", "right"), "8A1C1C", 12, space=6)
        paragraph.paragraph_format.space_after = Pt(14)
        strong = paragraph.add_run(f"{words.BANNER}. ")
        strong.bold, strong.font.size, strong.font.color.rgb = True, Pt(12), WARNING
        paragraph.add_run(words.BANNER_TEXT)
    title = document.add_heading(words.TITLE, 1)
    title.style = document.styles["Heading 1"]
    style = document.styles["Heading 1"]
    style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(24), ACCENT
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    _fonts(style.element.get_or_add_rPr())
    label = briefing.half_year_label
    paragraph = document.add_paragraph(style="Subtitle")
    paragraph.add_run(f"{label[:1].upper()}{label[1:]}. Opgjort {danish.date(briefing.as_of)}")
    _border(paragraph, ("bottom",), "1B4F72", 12, space=4)
    properties = document.styles["Subtitle"].element.rPr
    spacing = properties.find(qn("w:spacing"))
    if spacing is not None:
        properties.remove(spacing)
    if not briefing.figures:
        document.add_paragraph(words.NO_FIGURES)


def _figure(document: WordDocument, briefing: Briefing, figure: Figure) -> None:
    sentence = document.add_paragraph()
    sentence.paragraph_format.space_before = Pt(8)
    sentence.paragraph_format.space_after = Pt(2)
    sentence.paragraph_format.keep_with_next = True
    sentence.add_run(figure.statement).font.size = Pt(11)
    small = document.add_paragraph()
    small.paragraph_format.space_after = Pt(2)
    small.paragraph_format.keep_together = True
    small.paragraph_format.keep_with_next = bool(figure.caveats)
    for position, (term, text) in enumerate(tables.small_print(briefing, figure)):
        if position:
            _small(small.add_run("  ·  "))
        head = small.add_run(f"{term}: ")
        _small(head)
        head.bold = True
        _small(small.add_run(text))
    if figure.caveats:
        above = document.add_paragraph()
        above.paragraph_format.space_after = Pt(0)
        above.paragraph_format.keep_with_next = True
        run = above.add_run("Forbehold:")
        _small(run)
        run.bold = True
        for caveat in figure.caveats:
            document.add_paragraph(caveat, style="List Bullet")


def _chart(document: WordDocument, chart: Chart) -> None:
    # One paragraph for both: not every program keeps a title with a picture in the next.
    paragraph = document.add_paragraph(chart.title, style="Caption")
    paragraph.paragraph_format.keep_together = True
    paragraph.paragraph_format.keep_with_next = False
    paragraph.add_run().add_break()
    picture = paragraph.add_run().add_picture(io.BytesIO(chart.png), width=TEXT_WIDTH)
    properties = picture._inline.docPr
    properties.set("name", chart.name)
    properties.set("title", chart.title)
    properties.set("descr", chart.description)
    reading = document.add_paragraph()
    _small(reading.add_run(f"Sådan læses figuren: {chart.reading}"))
    if chart.note:
        _small(document.add_paragraph().add_run(chart.note))


def _table(document: WordDocument, table: Table, widths: Sequence[float]) -> None:
    document.add_paragraph(table.caption, style="Caption")
    grid = document.add_table(rows=0, cols=len(table.headers))
    grid.autofit = False
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    description = OxmlElement("w:tblCaption")
    description.set(qn("w:val"), table.caption)
    grid._tbl.tblPr.append(description)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(width)
    lines = [table.headers, *table.rows]
    for number, line in enumerate(lines):
        row = grid.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        strong = number == 0 or (table.has_total and number == len(lines) - 1)
        for column, text in enumerate(line):
            paragraph = row.cells[column].paragraphs[0]
            row.cells[column].width = Cm(widths[column])
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            if column in table.numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(8), strong
            _cell_rule(row.cells[column]._tc.get_or_add_tcPr(), 8 if strong else 4)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell_rule(properties: object, size: int) -> None:
    borders = OxmlElement("w:tcBorders")
    borders.append(_line("bottom", "1A1A1A" if size > 4 else "C9C9C9", size))
    properties.append(borders)  # type: ignore[attr-defined]


def _border(
    paragraph: Paragraph, sides: Sequence[str], colour: str, size: int, *, space: int
) -> None:
    borders = OxmlElement("w:pBdr")
    for side in sides:
        line = _line(side, colour, size)
        line.set(qn("w:space"), str(space))
        borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _line(side: str, colour: str, size: int) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    return line


def _small(run: Run) -> None:
    run.font.size, run.font.color.rgb = Pt(8), QUIET


def _saved(document: WordDocument) -> bytes:
    """The document with the clock taken out of its archive."""
    stamped, plain = io.BytesIO(), io.BytesIO()
    document.save(stamped)
    with (
        zipfile.ZipFile(stamped) as source,
        zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(
                zipfile.ZipInfo(name, _ZIP_DATE),
                source.read(name),
                compress_type=zipfile.ZIP_DEFLATED,
            )
    return plain.getvalue()
