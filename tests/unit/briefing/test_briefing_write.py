from __future__ import annotations

import time
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import matplotlib
import pytest

from orchestration.briefing import charts, content, danish, plot, write_briefing
from orchestration.errors import DatasporError, UsageError
from tests.unit.briefing.briefing_page import Page
from tests.unit.briefing.briefing_warehouse import HOSTILE, write_empty_warehouse, write_warehouse

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


def test_says_what_it_wrote(warehouse: Path, tmp_path: Path) -> None:
    paths = write_briefing(warehouse, "2024-10", tmp_path / "a" / "b")
    assert all(path.stat().st_size for path in paths)
    names = {str(path.relative_to(tmp_path / "a" / "b")) for path in paths}
    expected = {f"charts/{name}.{kind}" for name in CHARTS for kind in ("svg", "png")}
    assert names == expected | {"briefing.html", "briefing.docx", "briefing.xlsx"}


def test_bytes_are_the_same_whenever_and_wherever_written(
    warehouse: Path, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 86_400 * 400
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 20)
    paths = write_briefing(warehouse, "2024-10", tmp_path)
    monkeypatch.undo()
    time.tzset()
    for path in paths:
        assert path.read_bytes() == (written / path.relative_to(tmp_path)).read_bytes(), path.name


def test_leaves_settings_of_the_drawing_library_alone(warehouse: Path, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    write_briefing(warehouse, "2024-10", tmp_path)
    assert dict(matplotlib.rcParams) == before


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


@pytest.mark.parametrize(("sample", "shown"), [(True, True), (False, False), (None, False)])
def test_banner_only_for_synthetic_data(tmp_path: Path, sample: bool | None, shown: bool) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb", sample=sample)
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    page = (tmp_path / "out" / "briefing.html").read_text(encoding="utf-8")
    assert ("Syntetiske data" in page) is shown


def test_an_empty_release_is_still_a_briefing(tmp_path: Path) -> None:
    warehouse = write_empty_warehouse(tmp_path / "warehouse.duckdb")
    paths = write_briefing(warehouse, "2025-04", tmp_path / "out")
    assert len(paths) == 3
    page = Page(tmp_path / "out" / "briefing.html")
    assert "Sommerhalvåret 2025" in page.text
    assert "Udgivelsen indeholder ingen tal." in page.text


def test_a_ledger_that_does_not_add_up_is_said(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.meta_source_file set rows_void = 0")
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    assert "Regnskabet stemmer ikke" in Page(tmp_path / "out" / "briefing.html").text


def test_a_change_from_nothing_has_counts_and_no_per_cent(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.fct_status_figure set value_from = 0, value_to = 3, value = null, "
            "ci_low = null, ci_high = null where figure_id = 'vesterbro_incidents_summer'"
        )
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    assert "– (fra 0 til 3)" in Page(tmp_path / "out" / "briefing.html").text


def test_tables_that_a_warehouse_may_do_without(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb", sample=None)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table marts.dim_survey_question")
    assert content.read(warehouse, "2024-10").question_texts == {}


def test_control_characters_in_data_break_nothing(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.fct_status_figure "
            "set statement_da = 'Før' || chr(1) || chr(11) || 'efter'"
        )
        connection.execute("update marts.dim_library set library_name = library_name || chr(7)")
    write_briefing(warehouse, "2024-10", tmp_path / "out")
    assert "Førefter" in Page(tmp_path / "out" / "briefing.html").text


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


def test_words_for_waves_that_are_no_month() -> None:
    assert danish.month("2025-02") == "februar 2025"
    assert danish.month("forår") == "forår"
