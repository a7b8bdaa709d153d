"""A real browser for tests of pages: headless Chromium, and axe's verdict on a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

DESK, PHONE = 1280, 390
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# without these, the browser asks servers of its maker at every start
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium."""
    found = next((shutil.which(name) for name in _NAMES if shutil.which(name)), None)
    if found is None:
        pytest.fail("Chromium is not installed: `sh tests/install_debian_packages.sh` gets it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, path: Path, width: int, **options: Any) -> Iterator[Page]:
    """A local page in a browser, at a width in pixels; ``options`` are Playwright's for a page.

    It has storage, scripts and policies of its own, whatever the browser showed before.

    axe is a script from outside, so the page's own policy is not enforced unless
    ``bypass_csp=False`` asks for it.
    """
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        offline=True,
        **{"bypass_csp": True, **options},
    )
    try:
        page.goto(path.resolve().as_uri())
        yield page
    finally:
        page.close()


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page: rule, what it is, and the first place."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['target']})" for v in found]
