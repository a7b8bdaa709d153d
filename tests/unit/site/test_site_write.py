"""The site as files: links, nothing from elsewhere, escaping, the same bytes, errors."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import DatasporError
from orchestration.site import write_site
from tests.unit.briefing.briefing_warehouse import HOSTILE
from tests.unit.site.site_page import SitePage
from tests.unit.site.site_warehouse import CATALOGUE, LATE_AFTER, TIMEZONE, write_warehouse


def _files(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def _pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def _broken_links(site: Path) -> list[str]:
    broken = []
    for path in _pages(site):
        page = SitePage(path)
        targets = [a["href"] for a in page.all("a")] + [link["href"] for link in page.all("link")]
        for href in targets:
            name, _, fragment = (href or "").partition("#")
            target = (path.parent / name).resolve() if name else path.resolve()
            is_there = target.is_relative_to(site.resolve()) and target.is_file()
            if not is_there or (fragment and fragment not in SitePage(target).ids):
                broken.append(f"{path.name}: {href}")
    return broken


def test_it_tells_which_files_it_wrote(site_warehouse: Path, tmp_path: Path) -> None:
    written = write_site(site_warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    names = {path.relative_to(tmp_path / "site").as_posix() for path in written}
    assert names == set(_files(tmp_path / "site"))
    assert {"index.html", "site.css", "tal/vesterbro_incidents_winter.html"} <= names


@pytest.mark.parametrize("which", ["site", "hostile_site", "empty_site"])
def test_every_link_leads_to_something_inside(which: str, request: pytest.FixtureRequest) -> None:
    assert _broken_links(request.getfixturevalue(which)) == []


def test_a_broken_link_is_noticed(site_warehouse: Path, tmp_path: Path) -> None:
    write_site(site_warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    (tmp_path / "site" / "tal" / "vesterbro_incidents_winter.html").unlink()
    assert _broken_links(tmp_path / "site") == ["index.html: tal/vesterbro_incidents_winter.html"]


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for name, data in _files(site).items():
        text = data.decode()
        assert not re.search(r"https?:|//[a-z]|@import|@font-face|\bsrc=", text), name
        assert re.findall(r"url\((?!#)", text) == [], name


def test_markup_in_names_and_sentences_stays_text(hostile_site: Path) -> None:
    seen = 0
    for path in _pages(hostile_site):
        page = SitePage(path)
        assert page.open == []
        assert len(page.all("script")) == (1 if path.name == "ordbog.html" else 0)
        assert not any(name.startswith("on") for _, found in page.elements for name in found)
        seen += HOSTILE in page.text
    assert seen == len(_pages(hostile_site))
    cards = SitePage(hostile_site / "index.html").text_in
    assert any(HOSTILE in text for text in cards["h3"])  # a library's name
    assert any(HOSTILE in text for text in cards["p"])  # a figure's sentence
    assert any(
        HOSTILE in text for text in SitePage(hostile_site / "diagrammer.html").text_in["desc"]
    )


def test_only_the_known_script_may_run(hostile_site: Path) -> None:
    for path in _pages(hostile_site):
        page = SitePage(path)
        policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m) or ""
        if path.name == "ordbog.html":
            digest = hashlib.sha256(page.text_in["script"][0].encode()).digest()
            assert f"script-src 'sha256-{base64.b64encode(digest).decode()}';" in policy
        else:
            assert "script-src 'none';" in policy


def test_a_figure_id_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.fct_status_figure set figure_id = '../../out' "
            "where figure_id = 'vesterbro_staff_safe'"
        )
    with pytest.raises(DatasporError, match="cannot be the name of a page"):
        write_site(warehouse, CATALOGUE, tmp_path / "a" / "b" / "site", LATE_AFTER, TIMEZONE)
    assert not (tmp_path / "a").exists()


def test_the_same_warehouse_gives_the_same_bytes_and_no_path(
    site_warehouse: Path, site: Path, tmp_path: Path
) -> None:
    before = site_warehouse.read_bytes()
    write_site(site_warehouse, CATALOGUE, tmp_path / "again", LATE_AFTER, TIMEZONE)
    assert _files(tmp_path / "again") == _files(site)
    assert site_warehouse.read_bytes() == before
    for name, data in _files(site).items():
        for folder in (site_warehouse.parent, tmp_path, Path.cwd(), Path.home() / ""):
            assert len(str(folder)) < 3 or f"{folder}/".encode() not in data, name


def test_the_warehouse_is_only_read(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse), read_only=True):  # a reader that has it open
        write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_warehouse_that_is_not_there_or_none_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasporError, match="Run `dataspor run` first"):
        write_site(tmp_path / "missing.duckdb", CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    (tmp_path / "odd.duckdb").write_text("not a database, but long enough to look like a file")
    with pytest.raises(DatasporError, match="publish it again"):
        write_site(tmp_path / "odd.duckdb", CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    assert not (tmp_path / "site").exists()
