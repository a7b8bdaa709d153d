"""The briefing's page in a real browser: accessible, and nothing wider than the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from orchestration.briefing import write_briefing
from tests.browser import DESK, PHONE, axe_violations, open_page
from tests.pipeline.installation import Place


@pytest.fixture(scope="module")
def page_file(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("briefing")
    write_briefing(sample_run.settings.published_warehouse, "2025-04", folder)
    return folder / "briefing.html"


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_axe_finds_nothing_wrong_and_the_page_fits_the_screen(
    browser: Browser, page_file: Path, width: int
) -> None:
    with open_page(browser, page_file, width) as page:
        for details in page.locator("details").all():
            details.evaluate("node => { node.open = true }")
        assert axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ends = page.locator("caption").evaluate_all(
            "captions => captions.map(caption => caption.getBoundingClientRect().right)"
        )
        assert max(ends) <= width
        headings = page.locator("h1, h2").all_inner_texts()
        assert headings[0] == "Dataspor"
        assert "Vesterbro Bibliotek og Kulturhus" in headings
        assert page.locator("figure svg[role=img]").count() >= 10


def test_axe_finds_what_is_wrong(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = page_file.read_text(encoding="utf-8")
    broken.write_text(text.replace('<html lang="da">', "<html>"), encoding="utf-8")
    with open_page(browser, broken, DESK) as page:
        assert any(told.startswith("html-has-lang") for told in axe_violations(page))


def test_the_workbook_has_a_sheet_for_the_evidence_and_one_for_the_claims(page_file: Path) -> None:
    book = load_workbook(page_file.with_name("briefing.xlsx"))
    assert book.sheetnames == [
        *("Dataspor", "Evidens", "Halvår", "Måneder", "Undersøgelser", "Bydele", "Indsatser"),
        *("Udsagn", "Regnskab", "Noter"),
    ]
    assert book["Evidens"].max_row > 50
    assert book["Udsagn"].max_row > 9


def test_each_number_carries_the_id_of_its_figure(
    browser: Browser, page_file: Path, sample_run: Place
) -> None:
    with open_page(browser, page_file, DESK) as page:
        for figure_id, figure in sample_run.figures().items():
            article = page.locator(f"article#{figure_id}")
            assert article.locator("p.statement").inner_text() == figure["statement_da"]
            assert figure_id in article.locator("dd code").inner_text()
