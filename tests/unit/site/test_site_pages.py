"""What stands on the pages: figures, charts, ledger, freshness, dictionary; and what is missing."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import get_args

import duckdb
import pytest

from orchestration import extract
from orchestration.briefing import words
from orchestration.errors import Unreadable
from orchestration.extract.delimited import FLAW_CUT_OFF, FLAW_TOO_MANY
from orchestration.landing.drift import STOPPED
from orchestration.site import words as site_words
from orchestration.site import write_site
from orchestration.site.words import FILE_STATUS
from tests.unit.briefing.briefing_warehouse import published_figures, run_on
from tests.unit.site.site_page import SitePage, plain
from tests.unit.site.site_warehouse import (
    CATALOGUE,
    LATE_AFTER,
    REASON,
    TIMEZONE,
    tell_staff,
    write_empty,
    write_warehouse,
)

PAGES = ("index", "diagrammer", "friskhed", "regnskab", "ordbog")


def _page(site: Path, name: str) -> SitePage:
    return SitePage(site / f"{name}.html")


def _articles(page: SitePage) -> dict[str | None, str]:
    texts = (plain(text) for text in page.text_in["article"])
    return dict(zip((card["id"] for card in page.all("article")), texts, strict=True))


def test_every_figure_is_a_card_with_its_sentence_and_has_a_page(
    site: Path, site_warehouse: Path
) -> None:
    cards = _articles(_page(site, "index"))
    figures = published_figures(site_warehouse)
    assert list(cards) and set(cards) == {figure["figure_id"] for figure in figures}
    for figure in figures:
        assert figure["label_da"] in cards[figure["figure_id"]]
        assert figure["statement_da"] in cards[figure["figure_id"]]
        page = _page(site, f"tal/{figure['figure_id']}")
        assert plain(page.text_in["h1"][0]) == figure["label_da"]
        assert figure["statement_da"] in page.text_in["p"]


def test_how_to_read_a_chart_leaves_it_to_the_figures_what_is_clear(site: Path) -> None:
    (reading,) = [
        text for text in _page(site, "diagrammer").text_in["p"] if "diagrammerne:" in text
    ]
    assert "ved tilfældigheder alene. Om en forskel er tydelig, står ved tallet." in plain(reading)
    assert "overlapper" not in reading


def test_a_card_gives_values_the_danish_way_and_evidence_and_maturity_in_words(site: Path) -> None:
    card = _articles(_page(site, "index"))["vesterbro_incidents_winter"]
    assert "−50,0 pct. fra 124 til 62" in card
    assert "95 %-interval −63,4 til −31,8 pct." in card
    assert "Evidens: tydelig" in card
    assert "Status: endelig" in card
    assert "2 forbehold" in card
    assert "6 hændelser er indmeldt mere end 14 dage efter" in card


def test_a_rise_has_its_sign(site: Path) -> None:
    card = _articles(_page(site, "index"))["vesterbro_staff_safe"]
    assert "+24,8 procentpoint" in card


def test_figures_are_grouped_by_district_and_library(site: Path) -> None:
    page = _page(site, "index")
    assert page.text_in["h2"] == [
        "Vesterbro-Kongens Enghave",
        "Nørrebro",
        "Sådan læses evidensen",
    ]
    assert page.text_in["h3"] == [
        "Vesterbro Bibliotek og Kulturhus",
        "Hele bydelen",
        "Blågårdens Bibliotek",
        "Nørrebro Bibliotek",
    ]


def test_the_day_is_told_on_every_page_and_who_may_read_it(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = SitePage(path)
        footer = plain(page.text_in["footer"][0])
        assert "Opgjort 17. november 2025" in footer
        assert "Intern; offentlige tal ligger i public/" in footer


def test_synthetic_data_are_marked_on_every_page_and_real_ones_are_not(
    site: Path, tmp_path: Path
) -> None:
    assert all("Syntetiske data" in SitePage(path).text for path in site.rglob("*.html"))
    write_site(
        write_warehouse(tmp_path / "w.duckdb", sample=False),
        CATALOGUE,
        tmp_path / "site",
        LATE_AFTER,
        TIMEZONE,
    )
    for path in (tmp_path / "site").rglob("*.html"):
        assert "yntetiske" not in SitePage(path).text


def test_a_figures_page_has_its_evidence_completeness_caveats_and_claims(site: Path) -> None:
    page = _page(site, "tal/vesterbro_incidents_winter")
    text = page.plain
    assert "Forhold, eksakt | – | 0,50 | 0,37 til 0,68 | –" in page.rows
    complete = "60 | 61 | 62 | 62,4 | 62 til 65 | 99,4 pct. | nu"
    assert f"vinterhalvåret 2024/2025 | {complete}" in page.rows
    assert "»Antallet er halveret«" in text
    assert "understøttet: Tallene siger det." in text
    assert "Hændelser tælles efter den dato, de fandt sted" in page.text_in["li"]
    assert "dataspor trace vesterbro_incidents_winter" in text


def test_a_figure_without_claims_or_caveats_says_so(site: Path) -> None:
    text = _page(site, "tal/vesterbro_staff_competent").plain
    assert "Intet udsagn er knyttet til dette tal." in text
    assert "Forbehold Ingen." in text
    assert "Der er ingen evidens at vise." in text


def test_a_suppressed_figure_shows_no_number_anywhere(site: Path) -> None:
    card = _articles(_page(site, "index"))["noerrebro_staff_safe"]
    assert "vises ikke (for få svar)" in card
    page = _page(site, "tal/noerrebro_staff_safe")
    rows = _page(site, "diagrammer").rows
    assert "Nørrebro Bibliotek | februar 2025 | vises ikke (for få svar)" in rows
    for text in (card, page.text_in["main"][0]):
        assert not any(number in text for number in ("75", "30,0", "95,0 pct"))


def test_a_figure_without_data_says_so(site: Path) -> None:
    assert "ikke opgjort" in _articles(_page(site, "index"))["blaagaarden_presence_2024_10"]


def test_each_library_with_incidents_has_a_chart_with_text_and_table(site: Path) -> None:
    page = _page(site, "diagrammer")
    charts = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert len(charts) == 4
    assert all(set((svg["aria-labelledby"] or "").split()) <= page.ids for svg in charts)
    described = next(text for text in page.text_in["desc"] if "Relationsmedarbejdere på V" in text)
    assert "vinterhalvåret 2024/2025 62" in described
    assert "vinterhalvåret 2025/2026 9 (foreløbig)" in described
    assert "vinterhalvåret 2022/2023 | 124 | 103,1 til 147,8 | endelig" in page.rows
    running = "vinterhalvåret 2025/2026 | 9 | 4,1 til 17,1 | foreløbig, halvåret er i gang"
    assert running in page.rows


def test_the_ledger_adds_up(site: Path) -> None:
    page = _page(site, "regnskab")
    assert "Regnskabet stemmer: hver læst række er gjort op på præcis én måde." in page.text
    outcomes = "Erstattet af nyere | Dublet | Annulleret | Skal ikke tælles med | Karantæne"
    assert f"Kilde | Filer | Læst | Talt med | {outcomes}" in page.rows
    assert "annulleret + skal ikke tælles med + karantæne" in page.text
    assert "143 rækker skal ikke tælles med: stedet er ikke et bibliotek, svaret" in page.text
    assert "I alt | 6 | 6.317 | 5.838 | 81 | 215 | 36 | 143 | 4" in page.rows
    assert "Hændelser (MainManager) | 3 | 2.012 | 1.642 | 81 | 215 | 31 | 39 | 4" in page.rows


def test_a_ledger_that_does_not_add_up_says_so(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set rows_loaded = 0 where source = 'survey'"
        )
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    page = _page(tmp_path / "site", "regnskab")
    assert "Regnskabet stemmer ikke" in page.text
    assert "Regnskabet stemmer ikke" in _page(tmp_path / "site", "index").text
    assert [cell["class"] for cell in page.all("td") if "wrong" in (cell.get("class") or "")] == [
        "number wrong"
    ]


def test_unusable_files_stand_with_their_reason(site: Path) -> None:
    told = f"ødelagt.xlsx | Hændelser (MainManager) | kan ikke læses | {REASON}"
    assert told in _page(site, "regnskab").rows


def test_what_is_told_of_a_file_stands_below_it_across_the_table(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set notes = 'the columns stand in another order' "
            "where file_name = 'hændelser_2024.xlsx'"
        )
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    rows = _page(tmp_path / "site", "regnskab").rows
    (position,) = [x for x, row in enumerate(rows) if row.startswith("hændelser_2024.xlsx")]
    assert "| læst | 1.310 |" in rows[position]
    assert rows[position + 1] == "Om hændelser_2024.xlsx: the columns stand in another order"
    assert sum(row.startswith("Om ") for row in rows) == 1


def test_quarantine_is_counted_by_reason(site: Path) -> None:
    rows = _page(site, "regnskab").rows
    source = "Hændelser (MainManager)"
    assert f"Stedet står ikke i opsætningen | unknown_location | {source} | 3 | 2" in rows
    assert f"a reason without a Danish sentence | odd_reason | {source} | 1 | 1" in rows


def test_every_reason_for_not_using_a_row_has_a_danish_sentence() -> None:
    code = re.compile(r"""(?:Reason|_refused)\(\s*["']([a-z_]+)["']""")
    used = {FLAW_TOO_MANY, FLAW_CUT_OFF}
    for path in Path(extract.__path__[0]).glob("*.py"):
        used |= set(code.findall(path.read_text(encoding="utf-8")))
    assert len(used) > 25
    assert used - site_words.REASON.keys() == set()


def test_freshness_says_which_source_is_late_and_which_has_no_data(
    site: Path, tmp_path: Path
) -> None:
    told = _sources(_page(site, "friskhed"))
    assert told["Hændelser (MainManager)"].startswith("frisk ")
    assert "10. november 2025 (7 dage gammel)" in told["Hændelser (MainManager)"]
    assert "november 2025 (til og med 17. november 2025)" in told["Hændelser (MainManager)"]
    assert "3, heraf 1 ubrugelig" in told["Hændelser (MainManager)"]
    opening_hours = told["Åbningstider (bibliotekernes hjemmeside)"]
    assert opening_hours.startswith("forsinket ")
    assert "13. januar 2025 (308 dage gammel)" in opening_hours
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.meta_source_file where source = 'presence'")
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    told = _sources(_page(tmp_path / "site", "friskhed"))
    assert told["Tilstedeværelse (register)"].startswith("ingen data ")


@pytest.mark.parametrize("status", [*get_args(Unreadable), STOPPED])
def test_an_unusable_file_is_told_in_danish_and_does_not_make_a_source_fresh(
    tmp_path: Path, status: str
) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set status = ? where file_name like '%2025.csv'",
            [status],
        )
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    unusable = f"hændelser_2025.csv | Hændelser (MainManager) | {FILE_STATUS[status]} | "
    assert any(row.startswith(unusable) for row in _page(tmp_path / "site", "regnskab").rows)
    told = _sources(_page(tmp_path / "site", "friskhed"))["Hændelser (MainManager)"]
    assert told.startswith("forsinket ")
    assert "8. oktober 2024" in told


def test_freshness_tells_how_far_the_half_year_is_and_how_complete(site: Path) -> None:
    page = _page(site, "friskhed")
    assert "Vinterhalvåret 2025/2026 er i gang: 47 af 182 dage er gået." in page.text
    assert "vinterhalvåret 2025/2026 | 31. marts 2026 | nej, i gang | foreløbig" in page.rows
    assert "sommerhalvåret 2025 | 30. september 2025 | ja | endelig" in page.rows
    running = "– | – | 9 | 35,5 | 24 til 48 | 25,4 pct. | 2. april 2026"
    assert (
        f"Vesterbro Bibliotek og Kulturhus | {running}" in page.rows
    )  # what is not over yet has no count at its end


def test_a_half_year_that_has_not_begun_is_not_running_and_has_no_latest_day(
    tmp_path: Path,
) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    run_on(warehouse, dt.date(2025, 4, 20))
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    page = _page(tmp_path / "site", "friskhed")
    assert "Sommerhalvåret 2025 er i gang: 19 af 183 dage er gået." in page.text
    assert "sommerhalvåret 2025 | 30. september 2025 | nej, i gang | endelig" in page.rows
    ahead = "vinterhalvåret 2025/2026 | 31. marts 2026 | nej, ikke begyndt | foreløbig"
    assert ahead in page.rows
    told = _sources(page)
    planned = told["Tilstedeværelse (register)"]
    assert "vinterhalvåret 2025/2026, ikke begyndt Forsinket efter" in planned
    assert "november 2025, ikke begyndt Forsinket efter" in told["Hændelser (MainManager)"]
    assert "februar 2025 (til og med 28. februar 2025)" in told["Spørgeskema (SurveyXact)"]
    page = _page(tmp_path / "site", "diagrammer")
    row = "vinterhalvåret 2025/2026 | 9 | 4,1 til 17,1 | foreløbig, halvåret er ikke begyndt"
    assert row in page.rows
    below = [plain(text) for text in page.text_in["text"]]
    assert [below.count(line) for line in ("(i gang)", "(ikke", "begyndt)")] == [3, 3, 3]


def test_the_surveys_say_where_a_figure_s_interval_is_narrower(site: Path, tmp_path: Path) -> None:
    assert words.SURVEY_INTERVALS not in _page(site, "diagrammer").text
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    tell_staff(warehouse)
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    assert words.SURVEY_INTERVALS in _page(tmp_path / "site", "diagrammer").text


def test_one_of_a_kind_is_told_as_one(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.meta_source_file set rows_read = (source = 'survey')::int")
    write_site(warehouse, CATALOGUE, tmp_path / "site", {"presence": 1}, TIMEZONE)
    presence = _sources(_page(tmp_path / "site", "friskhed"))["Tilstedeværelse (register)"]
    assert "1 dag Filer" in presence
    assert "1 læst række" in _page(tmp_path / "site", "index").plain


def test_the_dictionary_has_every_table_and_column_danish_first(site: Path) -> None:
    page = _page(site, "ordbog")
    for table in CATALOGUE:
        assert table.name in page.ids
        assert page.text.index(table.description_da) < page.text.index(table.description_en)
        for column in table.columns:
            assert f"{table.name}.{column.name}" in page.ids
    assert "open_hours | Timer, der var åbent. Hours open. | double | timer" in page.rows
    assert "half_year_id, library_id" in page.plain
    assert "Bibliotekernes dataansvarlige" in page.text
    form = next(form for form in page.all("form"))
    assert "hidden" in form  # shown by the script, which alone makes it work


def test_an_empty_warehouse_says_what_is_missing(empty_site: Path) -> None:
    told = {name: _page(empty_site, name).plain for name in PAGES}
    assert "Der er ingen tal" in told["index"]
    assert "Der er ingen indmeldte hændelser at tegne." in told["diagrammer"]
    assert "Der er ingen undersøgelser" in told["diagrammer"]
    assert "Der er ingen kildefiler" in told["regnskab"]
    assert "Der er ingen halvår med data." in told["friskhed"]
    assert "Der er ingen opgørelse" in told["friskhed"]
    assert told["friskhed"].count("ingen data") == 4
    assert "Der er ingen beskrivelse af tabellerne." in told["ordbog"]


def test_without_a_survey_only_the_survey_is_missing(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.fct_survey_half_year")
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    page = _page(tmp_path / "site", "diagrammer")
    assert "Der er ingen undersøgelser i de udgivne data." in page.text
    assert len(page.text_in["figcaption"]) == 4


def test_a_day_that_nobody_told_is_unknown(tmp_path: Path) -> None:
    warehouse = write_empty(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.meta_run")
    write_site(warehouse, CATALOGUE, tmp_path / "site", LATE_AFTER, TIMEZONE)
    assert "opgørelsesdagen, som er ukendt" in _page(tmp_path / "site", "friskhed").text


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_danish_whole_and_name_the_current_one(site: Path, name: str) -> None:
    page = _page(site, name)
    assert page.open == []
    assert page.all("html") == [{"lang": "da"}]
    current = [link["href"] for link in page.all("a") if link.get("aria-current")]
    assert current == [f"{name}.html"]
    assert len(page.text_in["h1"]) == 1
    assert len(page.all("table")) == len(page.all("caption"))
    assert {cell.get("scope") for cell in page.all("th")} <= {"col", "row"}


def _sources(page: SitePage) -> dict[str, str]:
    """The state and the facts of each source."""
    items = [plain(text) for text in page.text_in["li"] if "Seneste eksport" in text]
    names = page.text_in["h3"]
    return {name: item.removeprefix(name).strip() for name, item in zip(names, items, strict=True)}


def test_the_day_of_an_export_is_that_of_the_municipalitys_own_time(
    site_warehouse: Path, tmp_path: Path
) -> None:
    warehouse = Path(shutil.copy(site_warehouse, tmp_path / "w.duckdb"))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set exported_at = timestamp '2025-11-16 02:00:00'"
        )
    for zone, day in (("Europe/Copenhagen", "16. november"), ("America/New_York", "15. november")):
        folder = tmp_path / zone.replace("/", "_")
        write_site(warehouse, CATALOGUE, folder, LATE_AFTER, zone)
        told = _sources(_page(folder, "friskhed"))["Hændelser (MainManager)"]
        assert day in told
