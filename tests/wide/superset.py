"""A fresh Apache Superset on loopback, and what its charts show in a real browser."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, Response

from tests.browser import chromium

PROJECT = Path(__file__).parents[2]
BINARIES = PROJECT / ".venv" / "superset" / "bin"
DASHBOARD = PROJECT / "dashboards" / "superset"
USER = "admin"
_DATA = "/api/v1/chart/data"
_LONGEST = 120  # seconds; a loaded machine is slow, a hung one is to be told
_CONFIG = """
import os
SECRET_KEY = os.environ["TRY_SECRET"]
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.environ["SUPERSET_HOME"] + "/superset.db"
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " kr."]}
"""


@dataclass(frozen=True)
class Superset:
    """A Superset with the dashboard.

    Attributes:
        url: where it answers.
        password: of the user ``admin``.
    """

    url: str
    password: str

    def charts(self) -> dict[int, str]:
        """The titles of all charts, by their number in this Superset."""
        session = requests.Session()
        login = {"username": USER, "password": self.password, "provider": "db"}
        token = session.post(f"{self.url}/api/v1/security/login", json=login, timeout=_LONGEST)
        answer = session.get(
            f"{self.url}/api/v1/chart/?q=(page_size:100)",
            headers={"Authorization": f"Bearer {token.json()['access_token']}"},
            timeout=_LONGEST,
        )
        return {chart["id"]: chart["slice_name"] for chart in answer.json()["result"]}

    def shown(self, picture: Path) -> dict[str, list[list[dict[str, Any]]]]:
        """What the dashboard asks for and gets in a browser: rows of each query, by chart's title.

        Args:
            picture: where its picture is written.
        """
        titles = self.charts()
        rows: dict[str, list[list[dict[str, Any]]]] = {}
        answers: list[Response] = []
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 1200}, locale="da-DK")
            page.goto(f"{self.url}/login/")
            page.fill("#username", USER)
            page.fill("#password", self.password)
            page.press("#password", "Enter")
            page.wait_for_url("**/welcome/**", timeout=_LONGEST * 1000)
            page.on("response", lambda r: answers.append(r) if _DATA in r.url else None)
            page.goto(f"{self.url}/superset/dashboard/tryghed-paa-bibliotekerne/?standalone=1")
            page.wait_for_selector(".dashboard-content", timeout=_LONGEST * 1000)
            # charts are asked for when they come into view
            height = page.evaluate("document.querySelector('.dashboard-content').scrollHeight")
            page.set_viewport_size({"width": 1440, "height": int(height) + 100})
            for _ in range(_LONGEST):
                page.wait_for_timeout(1000)
                while answers:  # more may come while one is read
                    _note(answers.pop(0), titles, rows)
                if set(rows) == set(titles.values()) and not _loading(page):
                    break
            page.wait_for_timeout(3000)  # bars grow
            page.screenshot(path=str(picture))
        return rows


def _note(
    answer: Response, titles: dict[int, str], rows: dict[str, list[list[dict[str, Any]]]]
) -> None:
    form = answer.request.post_data_json["form_data"]
    if "slice_id" not in form:
        return  # a filter's choices
    title = titles[form["slice_id"]]
    assert answer.status == 200, f"{title}: {answer.status} {answer.text()}"
    rows[title] = [query["data"] for query in answer.json()["result"]]


def _loading(page: Page) -> bool:
    return page.locator(".dashboard-content .loading").count() > 0


@contextmanager
def fresh_superset(folder: Path, uri: str) -> Iterator[Superset]:
    """A new Superset in which the dashboard was imported by the documented commands.

    Args:
        folder: empty; its home.
        uri: the database that the dashboard reads.
    """
    subprocess.run(["sh", "tests/install_superset.sh"], cwd=PROJECT, check=True)
    password = secrets.token_urlsafe(12)
    (folder / "superset_config.py").write_text(_CONFIG)
    environment = os.environ | {
        "SUPERSET_CONFIG_PATH": str(folder / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "TRY_SECRET": secrets.token_urlsafe(42),
        "FLASK_APP": "superset",
        "DATASPOR_BI_URI": uri,
    }

    def call(*arguments: str | Path) -> None:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]

    superset = BINARIES / "superset"
    call(superset, "db", "upgrade")
    person = ("--firstname", "A", "--lastname", "B", "--email", "a@example.invalid")
    call(superset, "fab", "create-admin", "--username", USER, *person, "--password", password)
    call(superset, "init")
    bundle = folder / "dataspor.zip"
    call(sys.executable, DASHBOARD / "bundle.py", bundle)
    call(superset, "import-dashboards", "-p", bundle, "-u", USER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [str(superset), "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"],
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield Superset(url, password)
    finally:
        server.kill()  # it has nothing to keep, and one started by nohup may ignore SIGTERM
        server.wait()


def _wait(url: str) -> None:
    for _ in range(_LONGEST):
        try:
            if requests.get(f"{url}/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(1)
    raise AssertionError("Superset did not start.")
