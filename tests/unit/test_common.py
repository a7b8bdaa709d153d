"""What asset modules share: tables as Dagster's UI shows them."""

from __future__ import annotations

import pandas as pd

from orchestration.assets.common import MAX_METADATA_ROWS, table_metadata


def shown(rows: int, command: str = "") -> list[str]:
    table = pd.DataFrame({"file": [f"{n}.csv" for n in range(rows)]})
    return str(table_metadata(table, command).value).splitlines()


def test_a_table_that_is_not_shown_whole_says_so_and_where_the_rest_is() -> None:
    lines = shown(MAX_METADATA_ROWS + 15, "dataspor sources")
    assert lines[2] == "| 0.csv |"
    assert lines[-3:] == ["| 59.csv |", "", "60 of 75 rows; `dataspor sources` tells all."]
    assert shown(61)[-1] == "60 of 61 rows."


def test_a_table_that_is_shown_whole_says_nothing_more() -> None:
    assert shown(MAX_METADATA_ROWS, "dataspor sources")[-1] == "| 59.csv |"
