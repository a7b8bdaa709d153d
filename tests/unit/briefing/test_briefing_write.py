from __future__ import annotations

import datetime as dt
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import duckdb
import matplotlib
import pytest
from docx import Document
from openpyxl import load_workbook

from orchestration.briefing import (
    charts,
    content,
    danish,
    plot,
    tables,
    words,
    write_briefing,
)
from orchestration.errors import DatasporError, Unreadable, UsageError
from orchestration.landing.drift import STOPPED
from tests.unit.briefing.briefing_page import Page
from tests.unit.briefing.briefing_warehouse import (
    AS_OF,
    HOSTILE,
    run_on,
    write_empty_warehouse,
    write_warehouse,
)
from tests.unit.site.site_warehouse import tell_staff
from tests.unit.site.site_warehouse import write_warehouse as write_with_evidence

CHARTS = {
    "incidents_vesterbro",
    "opening_hours_vesterbro",
    "incidents_blaagaarden",
    "opening_hours_blaagaarden",
    "presence_blaagaarden",
    "incidents_noerrebro",
    "opening_hours_noerrebro",
    "survey_tryg",
    "survey_kompetence",
}


@dataclass(frozen=True)
class Again:
    """The briefing written a second time, into a folder that was not there.

    Attributes:
        told: what was said to be written.
        settings: those of the drawing library before, and after.
    """

    folder: Path
    told: list[Path]
    settings: tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def again(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Again:
    """More than a year later, on the other side of the earth, by somebody who draws otherwise."""
    folder = tmp_path_factory.mktemp("again") / "a" / "b"
    later = time.time() + 86_400 * 400
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: later)
        patch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        patch.setitem(matplotlib.rcParams, "font.size", 20)
        before = dict(matplotlib.rcParams)
        told = write_briefing(warehouse, "2024-10", folder)
        after = dict(matplotlib.rcParams)
    time.tzset()
    return Again(folder, list(told), (before, after))


def test_says_what_it_wrote(again: Again) -> None:
    assert all(path.stat().st_size for path in again.told)
    names = {str(path.relative_to(again.folder)) for path in again.told}
    expected = {f"charts/{name}.{kind}" for name in CHARTS for kind in ("svg", "png")}
    assert names == expected | {"briefing.html", "briefing.docx", "briefing.xlsx"}


def test_bytes_are_the_same_whenever_and_wherever_written(written: Path, again: Again) -> None:
    for path in again.told:
        assert path.read_bytes() == (written / path.relative_to(again.folder)).read_bytes(), path


def test_leaves_settings_of_the_drawing_library_alone(again: Again) -> None:
    before, after = again.settings
    assert before["font.size"] == 20
    assert after == before


def test_svg_files_are_well_formed_with_danish_text(written: Path) -> None:
    for path in (written / "charts").glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root[0].tag.endswith("title") and root[0].text
        assert root[1].tag.endswith("desc") and root[1].text
    incidents = (written / "charts" / "incidents_blaagaarden.svg").read_text(encoding="utf-8")
    assert ">Heraf utryghedsskabende adfærd<" in incidents
    assert ">Natteværter på Blågården, oktober 2025 til marts 2026<" in incidents
    assert ">(i gang)<" in incidents


def test_chart_text_from_data_is_neither_mathematics_nor_markup(hostile: Path) -> None:
    root = ElementTree.parse(hostile / "charts" / "incidents_vesterbro.svg").getroot()
    texts = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    assert any(HOSTILE in text for text in texts)


def test_interventions_outside_the_half_years_are_left_out(written: Path) -> None:
    chart = (written / "charts" / "incidents_noerrebro.svg").read_text(encoding="utf-8")
    assert "Relationsmedarbejdere på Nørrebro" in chart
    assert "Længe siden" not in chart


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of real data with a ledger, a figure and texts that are unlike others."""
    folder = tmp_path_factory.mktemp("odd")
    warehouse = write_warehouse(folder / "warehouse.duckdb", sample=False)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.meta_source_file set rows_void = 0")
        connection.execute(
            "update marts.fct_status_figure set value_from = 0, value_to = 3, value = null, "
            "ci_low = null, ci_high = null where figure_id = 'vesterbro_incidents_summer'"
        )
        connection.execute(
            "update marts.fct_status_figure "
            "set statement_da = 'Før' || chr(1) || chr(11) || 'efter'"
        )
        connection.execute("update marts.dim_library set library_name = library_name || chr(7)")
    write_briefing(warehouse, "2024-10", folder / "out")
    return folder / "out" / "briefing.html"


def test_banner_only_for_synthetic_data(written: Path, odd: Path, tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb", sample=None)
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    pages = (written / "briefing.html", odd, tmp_path / "out" / "briefing.html")
    shown = ["Syntetiske data" in page.read_text(encoding="utf-8") for page in pages]
    assert shown == [True, False, False]


def test_an_empty_release_is_still_a_briefing(tmp_path: Path) -> None:
    warehouse = write_empty_warehouse(tmp_path / "warehouse.duckdb")
    paths = write_briefing(warehouse, "2025-04", tmp_path / "out")
    assert len(paths) == 3
    page = Page(tmp_path / "out" / "briefing.html")
    assert "Sommerhalvåret 2025" in page.text
    assert "Udgivelsen indeholder ingen tal." in page.text


def test_without_figures_the_day_is_that_of_the_run_and_the_running_month_is_left_out(
    tmp_path: Path,
) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.fct_status_figure")
        connection.execute(
            "create table marts.fct_incident_month as "
            "select 'vesterbro' as library_id, unnest(['2025-10', '2025-11']) as month, "
            "3 as incidents"
        )
    read = content.read(warehouse, "2025-04")
    assert read.as_of == AS_OF
    assert [month.id for month in read.months] == ["2025-10"]
    write_briefing(warehouse, "2025-04", tmp_path / "out")
    assert "17. november 2025" in Page(tmp_path / "out" / "briefing.html").text


def test_a_ledger_that_does_not_add_up_is_said(odd: Path) -> None:
    assert "Regnskabet stemmer ikke" in Page(odd).text


def test_a_change_from_nothing_has_counts_and_no_per_cent(odd: Path) -> None:
    assert "– (fra 0 til 3)" in Page(odd).text


def test_control_characters_in_data_break_nothing(odd: Path) -> None:
    assert "Førefter" in Page(odd).text


def test_tables_that_a_warehouse_may_do_without(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb", sample=None)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table marts.dim_survey_question")
    assert content.read(warehouse, "2024-10").question_texts == {}


@pytest.mark.parametrize("status", [*get_args(Unreadable), STOPPED])
def test_every_file_that_could_not_be_used_is_counted(tmp_path: Path, status: str) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set status = ? where status = 'unreadable'", [status]
        )
    (incidents,) = [
        line for line in content.read(warehouse, "2024-10").ledger if line.source == "mainmanager"
    ]
    assert (incidents.files, incidents.unusable_files) == (3, 1)


def test_what_the_ledger_tells_agrees_in_number(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.meta_source_file set rows_quarantined = (source = 'survey')::int, "
            "rows_excluded = (source = 'survey')::int"
        )
    told = tables.ledger_sentences(content.read(warehouse, "2024-10"))
    assert "1 række skal ikke tælles med: stedet er ikke et bibliotek, svaret er" in told[-2]
    assert told[-1] == (
        "1 række er i karantæne, fordi den ikke kunne bruges; den er ikke talt med i noget tal."
    )


def test_a_half_year_that_the_data_say_nothing_of_has_its_name(warehouse: Path) -> None:
    briefing = content.read(warehouse, "2024-10")
    assert "2026-10" not in briefing.periods
    assert briefing.period_label("2026-10") == "vinterhalvåret 2026/2027"
    assert briefing.period_label("2024-10") == "vinterhalvåret 2024/2025"
    assert briefing.period_label(None) == ""


def test_a_half_year_that_has_not_begun_is_not_called_running(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    run_on(warehouse, dt.date(2025, 4, 20))
    drawn = {chart.name: chart for chart in charts.draw(content.read(warehouse, "2024-10"))}
    for name in ("incidents_vesterbro", "opening_hours_vesterbro", "presence_blaagaarden"):
        texts = re.findall(r">([^<>]+)</text>", drawn[name].svg)
        assert texts.count("(i gang)") == 1, name
        assert [texts.count(line) for line in ("(ikke", "begyndt)")] == [1, 1], name


def _survey_title(warehouse: Path, labels: list[str]) -> str:
    """Of the chart on a question whose figures have these labels."""
    with duckdb.connect(str(warehouse)) as connection:
        ids = ("vesterbro_staff_safe", "blaagaarden_staff_safe", "noerrebro_staff_safe")
        connection.executemany(
            "update marts.fct_status_figure set label_da = ? where figure_id = ?",
            list(zip(labels, ids, strict=True)),
        )
    chart = charts.survey_chart(content.read(warehouse, "2024-10"), "tryg")
    assert chart is not None
    return chart.title


@pytest.mark.parametrize(
    ("labels", "without_text"),
    [
        ([f"{place}: trygge medarbejdere" for place in ("Vesterbro", "Blå", "Nørre")], "tryg"),
        ([f"Trygge medarbejdere på {place}" for place in ("Vesterbro", "Blå", "Nørre")], "tryg"),
        ([f"Trygge, når de går, {place}" for place in ("Nord", "Nær", "Nu")], "Trygge, når de går"),
    ],
)
def test_a_survey_s_title_says_what_all_its_figures_are_about(
    tmp_path: Path, labels: list[str], without_text: str
) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    asked = "Hvor tryg føler du dig, når du går på arbejde?"
    assert _survey_title(warehouse, labels) == asked
    assert _survey_title(warehouse, ["Trygge medarbejdere"] * 3) == "Trygge medarbejdere"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table marts.dim_survey_question")
    assert _survey_title(warehouse, labels) == without_text


@pytest.mark.parametrize("is_known", [False, True])
def test_where_the_staff_is_known_it_says_why_the_surveys_intervals_are_wider(
    tmp_path: Path, is_known: bool
) -> None:
    warehouse = write_with_evidence(tmp_path / "warehouse.duckdb")
    if is_known:
        tell_staff(warehouse)
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    note = words.SURVEY_INTERVALS
    page = Page(tmp_path / "out" / "briefing.html")
    surveys = 2
    assert page.text_in["p"].count(note) == surveys * is_known
    assert [text.endswith(note) for text in page.text_in["desc"]].count(True) == surveys * is_known
    memo = [p.text for p in Document(str(tmp_path / "out" / "briefing.docx")).paragraphs]
    assert memo.count(note) == surveys * is_known
    notes = load_workbook(tmp_path / "out" / "briefing.xlsx")["Noter"]
    assert [cell.value for cell in notes["B"]].count(note) == is_known


def test_many_half_years_show_the_latest(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "MOST_HALF_YEARS", 3)
    drawn = charts.draw(content.read(warehouse, "2024-10"))
    chart = next(chart for chart in drawn if chart.name == "incidents_vesterbro")
    assert [row[0] for row in chart.data.rows] == [
        "vinterhalvåret 2024/2025",
        "sommerhalvåret 2025",
        "vinterhalvåret 2025/2026",
    ]
    assert "Diagrammet viser de seneste 3 halvår." in chart.description


def test_measures_that_are_nothing_but_zero_are_named_not_drawn(warehouse: Path) -> None:
    drawn = {chart.name: chart for chart in charts.draw(content.read(warehouse, "2024-10"))}
    assert drawn["opening_hours_blaagaarden"].note == ""
    chart = drawn["opening_hours_noerrebro"]
    left_out = "Indskrænket selvbetjent åbningstid (timer)"
    assert chart.note == f"Nul eller ingen data i alle viste halvår: {left_out}."
    assert chart.note in chart.description
    assert f">{left_out}<" not in chart.svg
    assert left_out in chart.data.headers


def test_half_years_whose_opening_hours_are_known_in_part_are_named(
    warehouse: Path, tmp_path: Path
) -> None:
    changed = Path(shutil.copy(warehouse, tmp_path))
    with duckdb.connect(str(changed)) as connection:
        connection.execute(
            "update marts.fct_library_half_year set opening_days_known = "
            "case half_year_id when '2025-04' then 173 when '2025-10' then 173 "
            "else opening_days_known end where library_id = 'blaagaarden'"
        )
    drawn = {chart.name: chart for chart in charts.draw(content.read(changed, "2024-10"))}
    chart = drawn["opening_hours_blaagaarden"]
    assert chart.note == (
        "Åbningstiden kendes kun for en del af dagene i sommerhalvåret 2025 (173 af 183 dage); "
        "timerne er dem, der kendes."
    )
    assert chart.note in chart.description
    others = [chart.note for name, chart in drawn.items() if name != "opening_hours_blaagaarden"]
    assert not any("kendes kun" in note for note in others)


def test_a_release_from_before_days_were_counted_says_nothing_of_them(
    warehouse: Path, tmp_path: Path
) -> None:
    earlier = Path(shutil.copy(warehouse, tmp_path))
    with duckdb.connect(str(earlier)) as connection:
        connection.execute("alter table marts.fct_library_half_year drop opening_days_known")
    drawn = {chart.name: chart for chart in charts.draw(content.read(earlier, "2024-10"))}
    assert drawn["opening_hours_blaagaarden"].note == ""


def test_winters_and_summers_differ_in_grey() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return (0.299 * red + 0.587 * green + 0.114 * blue) / 255

    assert grey(plot.SUMMER["facecolor"]) - grey(plot.WINTER["facecolor"]) > 0.5
    assert "hatch" in plot.SUMMER and "hatch" not in plot.WINTER


def test_unusable_arguments_are_told_in_a_sentence(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a half-year"):
        write_briefing(warehouse, "2024-11", tmp_path)
    with pytest.raises(DatasporError, match="no warehouse"):
        write_briefing(tmp_path / "none.duckdb", "2024-10", tmp_path)
    (tmp_path / "text.duckdb").write_text("not a database " * 500)
    with pytest.raises(DatasporError, match="cannot be read"):
        write_briefing(tmp_path / "text.duckdb", "2024-10", tmp_path)
    duckdb.connect(str(tmp_path / "bare.duckdb")).close()
    with pytest.raises(DatasporError, match="cannot be read"):
        write_briefing(tmp_path / "bare.duckdb", "2024-10", tmp_path)
    assert not (tmp_path / "briefing.html").exists()


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 1, "1.234,5"),
        (-62.95, 1, "−63,0"),
        (0.5, 0, "1"),
        (-0.04, 1, "0,0"),
        (float("inf"), 1, "ubegrænset"),
        (1e6, 0, "1.000.000"),
    ],
)
def test_numbers_are_danish(value: float, decimals: int, text: str) -> None:
    assert danish.number(value, decimals) == text


@pytest.mark.parametrize(
    ("ends_on", "text"),
    [
        (None, "fra oktober 2025"),
        (dt.date(2026, 3, 31), "oktober 2025 til marts 2026"),
        (dt.date(2025, 10, 27), "oktober 2025"),
        (dt.date(2026, 10, 5), "oktober 2025 til oktober 2026"),
    ],
)
def test_months_of_an_intervention_are_named_once_each(ends_on: dt.date | None, text: str) -> None:
    assert danish.from_month(dt.date(2025, 10, 6), ends_on) == text


def test_words_for_waves_that_are_no_month() -> None:
    assert danish.month("2025-02") == "februar 2025"
    assert danish.month("forår") == "forår"
