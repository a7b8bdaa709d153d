"""The dashboard in a real Superset shows what is published, from PostgreSQL and from the file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from tests.pipeline.installation import Place
from tests.postgres import serving_marts
from tests.wide.superset import DASHBOARD, fresh_superset

pytestmark = pytest.mark.wide

EXPORT = DASHBOARD / "dataspor"
NEARLY = 1e-12
AXIS = """half_year_id || if(season = 'winter', ' vinter', ' sommer')
    || if(maturity = 'provisional', ' (foreløbig)', '')"""
LIBRARIES = f"""(select *, {AXIS} as half_year_axis from marts.fct_library_half_year
    join marts.dim_half_year using (half_year_id) join marts.dim_library using (library_id))"""
SURVEY = """(from marts.fct_survey_half_year join marts.dim_library using (library_id)
    join marts.dim_survey_question using (question_id))"""
SAFE = f"""from {SURVEY} where question_id = 'tryg' and not suppressed"""
WAVE = "library_name || ', ' || wave_id as library_wave"
# what each query of each chart is to give, told from the published tables and not from the export
EXPECTED: dict[str, list[str]] = {
    "run": [
        """select map {'as_of': 'Opgjort pr.', 'municipality': 'Kommune',
        'sample': 'Syntetiske eksempeldata'}[key] as key_da,
        replace(value, 'true', 'ja') as value_da
        from marts.meta_run where key in ('as_of', 'municipality', 'sample')"""
    ],
    "status_figures": [
        """select label_da, statement_da,
        value_from * if(unit in ('share', 'percentage_points'), 100, 1) as value_from,
        value_to * if(unit in ('share', 'percentage_points'), 100, 1) as value_to,
        value * if(unit = 'share', 100, 1) as value, ci_low * if(unit = 'share', 100, 1) as ci_low,
        ci_high * if(unit = 'share', 100, 1) as ci_high from marts.fct_status_figure"""
    ],
    "incidents": [
        f"select half_year_axis, library_name, incidents as sum_incidents from {LIBRARIES}"
    ],
    "unsafe_behaviour": [
        f"""pivot (from {LIBRARIES} where library_id in (
            select library_id from marts.fct_library_half_year group by all
            order by sum(unsafe_behaviour_incidents) desc limit 6))
        on library_name using sum(unsafe_behaviour_incidents) group by half_year_axis"""
    ],
    "safe_share": [
        f"select {WAVE}, favourable_share as share {SAFE}",
        f"select {WAVE}, ci_low as low, ci_high as high {SAFE}",
    ],
    "survey_answers": [
        f"""select library_name, wave_id, question_text_da, respondents, favourable_share, ci_low,
        ci_high, if(suppressed, 'for få svar', 'vises') as shown_da from {SURVEY}"""
    ],
    "open_hours": [
        f"""select half_year_axis, library_name, open_hours as sum_open_hours from {LIBRARIES}
        where open_hours is not null"""
    ],
    "presence": [
        f"""select half_year_axis, sum(guard_hours) as sum_guard_hours,
        sum(night_host_hours) as sum_night_host_hours,
        sum(relation_worker_hours) as sum_relation_worker_hours from {LIBRARIES} group by 1"""
    ],
    "hours_table": [
        f"""select library_name, half_year_axis, open_hours, staffed_hours, self_service_hours,
        restricted_self_service_hours, opening_days_known, incidents_per_1000_open_hours,
        guard_hours, night_host_hours, relation_worker_hours from {LIBRARIES}
        where open_hours is not null
            or guard_hours + night_host_hours + relation_worker_hours > 0"""
    ],
    "ledger": [
        """select file_name, epoch_ms(exported_at) as exported_at, rows_read, rows_loaded,
        rows_superseded, rows_duplicate, rows_void, rows_excluded, rows_quarantined
        from marts.meta_source_file"""
    ],
}


def titles() -> dict[str, str]:
    """The title of each chart of the export, by its file's name."""
    yaml = YAML(typ="safe")
    return {path.stem: yaml.load(path)["slice_name"] for path in EXPORT.glob("charts/*.yaml")}


def expected(warehouse: Path, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        answer = connection.execute(query)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def in_order(rows: list[dict[str, Any]], names: list[str]) -> list[list[Any]]:
    """Rows as lists, those columns only; numbers are compared as doubles, which JSON has."""

    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, int | float) else value

    taken = [[plain(row[name]) for name in names] for row in rows]
    return sorted(
        taken, key=lambda row: [f"{v:.6f}" if isinstance(v, float) else str(v) for v in row]
    )


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEARLY, abs_tol=NEARLY)
    return one == other


@pytest.fixture(scope="module", params=["postgresql", "duckdb"])
def shown(
    request: pytest.FixtureRequest, sample_run: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[list[dict[str, Any]]]]]:
    """The rows that the dashboard shows in a fresh Superset."""
    folder = tmp_path_factory.mktemp(f"superset_{request.param}")
    published = sample_run.home / "published"
    with serving_marts(published / "warehouse.duckdb") as server:
        uri = {
            "postgresql": server.uri("postgresql+psycopg2"),
            "duckdb": f"duckdb:///{published / 'warehouse.duckdb'}?access_mode=read_only",
        }[request.param]
        with fresh_superset(folder, uri) as superset:
            yield superset.shown(folder / "dashboard.png")


def test_every_chart_has_rows(shown: dict[str, list[list[dict[str, Any]]]]) -> None:
    assert set(shown) == set(titles().values())
    assert all(rows for queries in shown.values() for rows in queries)


@pytest.mark.parametrize("chart", EXPECTED)
def test_a_chart_shows_what_is_published(
    shown: dict[str, list[list[dict[str, Any]]]], sample_run: Place, chart: str
) -> None:
    queries = shown[titles()[chart]]
    assert len(queries) == len(EXPECTED[chart])
    for rows, query in zip(queries, EXPECTED[chart], strict=True):
        published = expected(sample_run.home / "published" / "warehouse.duckdb", query)
        names = list(published[0])
        found, told = in_order(rows, names), in_order(published, names)
        assert len(found) == len(told)
        for one, other in zip(found, told, strict=True):
            assert all(map(same, one, other)), f"{one}\nis not\n{other}"


def test_every_chart_of_the_export_is_compared() -> None:
    assert set(EXPECTED) == set(titles())
