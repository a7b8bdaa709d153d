"""The site of the sample in a real browser: accessible, fits a phone, works without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from orchestration.site import write_site
from tests.browser import DESK, PHONE, axe_violations, open_page
from tests.pipeline.installation import Place
from tests.unit.site.site_warehouse import CATALOGUE, LATE_AFTER, TIMEZONE

FIGURE = "tal/vesterbro_unsafe_behaviour_winter.html"
PAGES = ("index.html", "diagrammer.html", "friskhed.html", "regnskab.html", "ordbog.html", FIGURE)


@pytest.fixture(scope="module")
def site(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version") / "site"
    write_site(sample_run.settings.published_warehouse, CATALOGUE, folder, LATE_AFTER, TIMEZONE)
    return folder


@pytest.mark.parametrize("width", [DESK, pytest.param(PHONE, marks=pytest.mark.wide)])
def test_axe_finds_nothing_wrong_and_the_style_sheet_came(
    browser: Browser, site: Path, width: int
) -> None:
    with open_page(browser, site / "index.html", width) as page:
        for name in PAGES:
            page.goto((site / name).as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            assert axe_violations(page) == [], name
            # the style sheet came: without it, the banner has no colour
            assert page.locator(".top").evaluate("n => getComputedStyle(n).backgroundColor") == (
                "rgb(27, 79, 114)"
            ), name


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_is_wider_than_the_screen_no_value_is_broken_and_no_caption_leaves_it(
    browser: Browser, site: Path, width: int
) -> None:
    with open_page(browser, site / "index.html", width) as page:
        lines = page.locator(".card .value").evaluate_all(
            "values => values.map(value => { const range = document.createRange(); "
            "range.selectNode(value.firstChild); return range.getClientRects().length })"
        )
        assert set(lines) == {1}
        for name in PAGES:
            page.goto((site / name).as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            ends = page.locator("caption").evaluate_all(
                "captions => captions.map(c => c.getBoundingClientRect().right)"
            )
            assert max(ends, default=0) <= width, name


def test_the_pages_work_without_scripts(browser: Browser, site: Path) -> None:
    with open_page(browser, site / "index.html", PHONE, java_script_enabled=False) as page:
        page.get_by_role("link", name="Indmeldte hændelser på Vesterbro, vinterhalvår").click()
        assert page.url.endswith("/tal/vesterbro_incidents_winter.html")
        page.get_by_role("link", name="diagram", exact=True).click()
        chart = page.locator("figure#bibliotek-vesterbro")
        chart.locator("summary").click()
        assert chart.locator("td").first.is_visible()
        page.get_by_role("link", name="Ordbog", exact=True).click()
        assert page.locator("section.dictionary").count() == len(CATALOGUE)
        assert page.locator("section.dictionary").last.is_visible()
        assert not page.get_by_role("searchbox").is_visible()


def test_the_filter_works_under_the_pages_own_policy(browser: Browser, site: Path) -> None:
    with open_page(browser, site / "ordbog.html", DESK, bypass_csp=False) as page:
        page.get_by_role("searchbox").fill("TIMER åbent")
        assert page.get_by_role("status").inner_text() == "1 kolonne passer."
        assert page.locator("tbody tr:visible").count() == 1
        assert page.locator("section.dictionary:visible").count() == 1
        page.get_by_role("searchbox").fill("")
        assert page.locator("section.dictionary:visible").count() == len(CATALOGUE)


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Path) -> None:
    with open_page(browser, site / "index.html", PHONE) as page:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.inner_text() == "Gå til indholdet"
        assert (focused.bounding_box() or {"x": -1})["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "indhold"
