"""Trace: the rows behind each figure of the sample, down to the archived raw bytes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from orchestration.figures.trace import row_numbers_behind, rows_behind
from orchestration.warehouse_file import open_to_read
from tests.pipeline.installation import Place


def traced(place: Place, figure_id: str) -> list[dict[str, Any]]:
    answer = place.dataspor("trace", figure_id, "--format", "json")
    assert answer.exit_code == 0, answer.error
    return json.loads(answer.output)


def raw_rows(path: Path) -> list[list[str]]:
    """The rows of an archived export, read by other means than the pipeline's."""
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return [[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    data = path.read_bytes()
    text = data.decode("utf-8-sig") if data[:3] == b"\xef\xbb\xbf" else None
    if text is None:
        encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1252")
        for encoding in encodings:
            try:
                text = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    assert text is not None
    delimiter = max(";\t,", key=text[:2000].count)
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


@pytest.mark.parametrize(
    "figure_id", ["vesterbro_incidents_winter", "vesterbro_unsafe_behaviour_winter"]
)
def test_each_incident_counted_stands_in_its_row_of_the_archived_bytes(
    sample_run: Place, figure_id: str
) -> None:
    rows = traced(sample_run, figure_id)
    files: dict[str, list[list[str]]] = {}
    for row in rows:
        folder = sample_run.settings.archive / row["archived_in"]
        (path,) = folder.iterdir()
        assert path.name == Path(row["file_name"]).name
        if str(path) not in files:
            files[str(path)] = raw_rows(path)
        cells = files[str(path)][row["row_number"] - 1]
        assert row["incident_id"] in [cell.strip().removesuffix(".0") for cell in cells]
    assert len(files) > 1
    assert any(path.endswith(".xlsx") for path in files)


def test_counts_of_the_rows_are_the_figures(sample_run: Place) -> None:
    for figure_id, figure in sample_run.figures().items():
        rows = traced(sample_run, figure_id)
        assert rows, figure_id
        assert all(row["archived_in"] for row in rows), figure_id
        if figure["unit"] == "percent" and figure["half_year_from"]:
            for end in ("from", "to"):
                half_year = figure[f"half_year_{end}"]
                counted = sum(r["incident_count"] for r in rows if r["half_year_id"] == half_year)
                assert counted == figure[f"value_{end}"], figure_id
        if figure["unit"] == "hours" and "presence_hours" in rows[0]:
            days = {(r["presence_function"], r["on_date"]): r["presence_hours"] for r in rows}
            assert sum(days.values()) == pytest.approx(figure["value"]), figure_id
        if figure["unit"] in ("share", "percentage_points"):
            last = rows[-1]
            assert last["favourable"] / last["respondents"] == figure["value_to"], figure_id


def test_opening_hours_that_are_added_up_are_traced_to_the_days_of_both(sample_run: Place) -> None:
    figure = pd.Series(
        {
            "figure_id": "both",
            "measure": "staffed_hours+self_service_hours",
            "unit": "hours",
            "scope_id": "blaagaarden",
            "half_year_from": None,
            "half_year_to": "2024-10",
        }
    )
    with open_to_read(sample_run.settings.audited_warehouse) as connection:
        rows = rows_behind(connection, figure)
    days = rows.drop_duplicates("on_date")
    hours = (days.staffed_minutes + days.self_service_minutes).sum() / 60
    assert hours > 0
    assert hours == pytest.approx(
        sample_run.value(
            "select staffed_hours + self_service_hours from marts.fct_library_half_year "
            "where library_id = 'blaagaarden' and half_year_id = '2024-10'"
        )
    )


def test_the_ui_shows_file_and_rows_behind_each_figure(sample_run: Place) -> None:
    with (
        sample_run.environment(),
        dg.DagsterInstance.from_config(str(sample_run.settings.dagster_home)) as instance,
    ):
        event = instance.get_latest_materialization_event(
            dg.AssetKey(["figures", "fct_status_figure"])
        )
    assert event is not None and event.asset_materialization is not None
    behind = event.asset_materialization.metadata["rows behind each figure"].value
    assert set(behind) == set(sample_run.figures())
    rows = traced(sample_run, "vesterbro_incidents_summer")
    expected = {}
    for row in rows:
        expected.setdefault(row["file_name"], set()).add(row["row_number"])
    shown = behind["vesterbro_incidents_summer"]
    assert {name: set(numbers) for name, numbers in shown.items()} == expected


def test_of_a_file_with_very_many_rows_behind_a_figure_the_ui_shows_how_many(
    sample_run: Place,
) -> None:
    with duckdb.connect(str(sample_run.settings.audited_warehouse), read_only=True) as connection:
        all_of_them = row_numbers_behind(connection, 1_000)
        at_most_five = row_numbers_behind(connection, 5)

    lengths = {len(rows) for files in all_of_them.values() for rows in files.values()}
    assert min(lengths) <= 5 < max(lengths)
    for figure_id, files in all_of_them.items():
        assert at_most_five[figure_id] == {
            name: rows if len(rows) <= 5 else len(rows) for name, rows in files.items()
        }
