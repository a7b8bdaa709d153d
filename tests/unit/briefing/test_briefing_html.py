from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.briefing.briefing_page import Page
from tests.unit.briefing.briefing_warehouse import HOSTILE


@pytest.fixture(scope="module")
def page(written: Path) -> Page:
    return Page(written / "briefing.html")


def test_every_figure_stands_there_with_its_sentence(
    page: Page, figures: list[dict[str, Any]]
) -> None:
    sentences = page.text_in["p"]
    for figure in figures:
        assert figure["statement_da"] in sentences
        assert page.text.count(figure["figure_id"]) >= 2  # small print and table
    assert len(page.all("article")) == len(figures)


def test_begins_with_half_year_and_date(page: Page) -> None:
    assert page.text_in["h1"] == ["Dataspor"]
    assert "Vinterhalvåret 2024/2025" in page.text_in["p"]
    assert "Opgjort 17. november 2025" in page.text_in["p"]
    assert page.all("time") == [{"datetime": "2025-11-17"}]


def test_is_danish_whole_and_self_contained(page: Page, written: Path) -> None:
    assert page.all("html") == [{"lang": "da"}]
    assert page.open == []
    source = (written / "briefing.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|iframe|object|img)\b", source)
    assert not re.search(r"""(?:src|href)="(?!#)""", source)
    assert "@import" not in source


def test_blocks_are_by_district_then_library(page: Page) -> None:
    assert page.text_in["h2"] == [
        "Vesterbro Bibliotek og Kulturhus",
        "Nørrebro (bydel)",
        "Blågårdens Bibliotek",
        "Nørrebro Bibliotek",
        "Undersøgelser blandt medarbejderne",
        "Alle tal",
        "Datagrundlag",
        "Metode",
    ]


def test_tables_have_captions_and_scopes(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) > 4
    assert all(text.strip() for text in page.text_in["caption"])
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}


def test_charts_have_title_and_description_under_ids_of_their_own(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    charts = page.all("svg")
    assert len(charts) == 9
    for chart in charts:
        assert chart["role"] == "img"
        assert all(name in ids for name in (chart["aria-labelledby"] or "").split())
    descriptions = page.text_in["desc"]
    assert len(descriptions) == len(charts)
    incidents = next(text for text in descriptions if "Relationsmedarbejdere på Blågården" in text)
    assert "vinterhalvåret 2024/2025 91" in incidents
    assert "vinterhalvåret 2025/2026 17 (foreløbig)" in incidents


def test_small_print_gives_numbers_in_danish(page: Page) -> None:
    text = page.text.replace("\xa0", " ")
    assert "−50,0 pct. (fra 124 til 62)" in text
    assert "−63,4 til −31,8 pct." in text
    assert "24,8 procentpoint (fra 66,7 pct. til 91,4 pct.)" in text
    assert "54,8 til 91,0 pct." in text
    assert "nr. 1 (132 hændelser)" in text
    assert "96,5 timer" in text
    assert "−61,0 pct. til ubegrænset" in text
    assert "vinterhalvåret 2022/2023 til 2024/2025" in text
    assert "nan" not in text.casefold().split()


def test_caveats_are_one_item_each(page: Page) -> None:
    items = page.text_in["li"]
    assert "Hændelser tælles efter den dato, de fandt sted" in items
    assert "6 hændelser er indmeldt mere end 14 dage efter, at de fandt sted" in items


def test_suppressed_and_missing_figures_say_so_and_show_no_number(page: Page) -> None:
    articles = dict(
        zip((a["id"] for a in page.all("article")), page.text_in["article"], strict=True)
    )
    assert "vises ikke (for få svar)" in articles["noerrebro_staff_safe"]
    assert "75" not in articles["noerrebro_staff_safe"]
    assert "ikke opgjort" in articles["blaagaarden_presence_2024_10"]
    chart = next(text for text in page.text_in["desc"] if "Nørrebro Bibliotek, februar" in text)
    assert "Nørrebro Bibliotek, februar 2025: vises ikke (for få svar)." in chart


def test_data_basis_adds_up(page: Page) -> None:
    assert "Udgivelsen bygger på 6 kildefiler med i alt 6.317 rækker." in page.text
    assert "Regnskabet stemmer" in page.text
    assert "1 fil kunne ikke bruges og er ikke med." in page.text
    assert "143 rækker skal ikke tælles med: stedet er ikke et bibliotek, svaret er" in page.text
    assert "Skal ikke tælles med" in page.text_in["th"]
    assert "4 rækker er i karantæne, fordi de ikke kunne bruges; de er ikke talt" in page.text


def test_presence_says_that_planned_hours_are_among_it(page: Page) -> None:
    planned = "Planlagt tilstedeværelse er talt med på de dage"
    assert [planned in text for text in page.text_in["figure"]].count(True) == 1
    assert planned in page.text_in["section"][-1]  # the method


def test_markup_in_data_stays_text(hostile: Path) -> None:
    page = Page(hostile / "briefing.html")
    assert page.all("script") == []
    assert page.open == []
    assert HOSTILE in page.text
    assert any(HOSTILE in text for text in page.text_in["text"])  # in a chart
