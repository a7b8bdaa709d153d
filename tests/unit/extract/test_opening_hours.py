from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestration.config import load_config
from orchestration.errors import UnreadableFileError
from orchestration.extract.opening_hours import extract
from orchestration.settings import PACKAGED_CONFIG
from tests.servers import opening_item

DAY = dt.date(2025, 1, 13)


def older_item(**fields: Any) -> dict[str, Any]:
    """An item of the older address for apps."""
    return {
        "nid": 101,
        "category_tid": 12,
        "date": "2025-01-13",
        "start_time": "08:00",
        "end_time": "23:59",
        "notice": "Åbent",
    } | fields


def rows_of(folder: Path, *items: Any) -> pd.DataFrame:
    path = folder / "2025-01-13.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    landed = extract(path, "id", load_config(PACKAGED_CONFIG))
    assert landed.rows_read == len(items)
    return landed.tables["opening_hours"]


def only_row(folder: Path, item: Any) -> dict[str, Any]:
    (row,) = rows_of(folder, item).to_dict("records")
    return row


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_all_generations_say_the_same(tmp_path: Path, generation: int) -> None:
    row = only_row(tmp_path, opening_item(DAY, generation=generation, times=("06:00", "23:59")))
    assert (row["outcome"], row["library_id"], row["kind"]) == ("usable", "vesterbro", "open")
    assert (row["on_date"], row["start_minute"], row["end_minute"]) == (DAY, 360, 1440)
    assert row["snapshot_on"] == DAY


@pytest.mark.parametrize("node", [101, "101"])
def test_the_older_shape_says_the_same(tmp_path: Path, node: int | str) -> None:
    row = only_row(tmp_path, older_item(nid=node))
    assert (row["outcome"], row["library_id"], row["kind"]) == ("usable", "vesterbro", "open")
    assert (row["on_date"], row["start_minute"], row["end_minute"]) == (DAY, 480, 1440)


@pytest.mark.parametrize(
    ("notice", "kind"),
    [
        ("Personlig betjening: ", "staffed"),
        ("selvbetjening", "self_service"),
        ("Borgerservice", "ignored"),
    ],
)
def test_the_category_of_the_older_shape_is_its_notice(
    tmp_path: Path, notice: str, kind: str
) -> None:
    assert only_row(tmp_path, older_item(notice=notice))["kind"] == kind


def test_the_isil_id_wins_over_the_website_s_own_number(tmp_path: Path) -> None:
    row = only_row(tmp_path, opening_item(DAY, node=102, isil="DK-710119"))
    assert row["library_id"] == "vesterbro"


REFUSED = [
    (opening_item(DAY, node=999, isil="DK-SECRET"), "unknown_branch"),
    (opening_item(DAY, title="SECRET hos Anna"), "unknown_category"),
    (opening_item(DAY, times=("SECRET", "17:00")), "bad_time"),
    (opening_item(DAY, times=("17:00", "08:00")), "bad_time"),
    (opening_item(dt.date(1999, 1, 1)), "implausible_date"),
    (older_item(nid=999), "unknown_branch"),
    (older_item(notice="SECRET hos Anna"), "unknown_category"),
    (older_item(notice=None), "unknown_category"),
    (older_item(date="SECRET"), "bad_time"),
    ({key: value for key, value in older_item().items() if key != "notice"}, "bad_item"),
    ({"nid": 101}, "bad_item"),
    ("SECRET nid", "bad_item"),
    (7, "bad_item"),
]


@pytest.mark.parametrize(("item", "code"), REFUSED)
def test_a_row_that_cannot_be_used_has_a_reason_and_keeps_no_value(
    tmp_path: Path, item: Any, code: str
) -> None:
    row = only_row(tmp_path, item)
    assert (row["outcome"], row["reason_code"]) == ("quarantined", code)
    assert "SECRET" not in str(row)
    assert pd.isna(row["library_id"])


@pytest.mark.parametrize(
    ("item", "on_date"),
    [
        (opening_item(DAY, title="Telefontid", times=("SECRET", "")), DAY),
        (opening_item(dt.date(1999, 1, 1), title="Telefontid"), None),
        (older_item(notice="Borgerservice", date="SECRET"), None),
    ],
)
def test_of_an_ignored_item_its_day_is_kept_where_it_is_one(
    tmp_path: Path, item: Any, on_date: dt.date | None
) -> None:
    row = only_row(tmp_path, item)
    assert (row["outcome"], row["reason_code"]) == ("excluded", "ignored_category")
    assert (None if pd.isna(row["on_date"]) else row["on_date"]) == on_date
    assert pd.isna(row["start_minute"])


def test_a_bad_row_leaves_the_others_alone(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, older_item(), 7, opening_item(DAY))
    assert list(rows.outcome) == ["usable", "quarantined", "usable"]
    assert list(rows.row_number) == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("januar.json", b"[]", "wrong_name"),
        ("2205-01-13.json", b"[]", "wrong_name"),
        ("1999-12-31.json", b"[]", "wrong_name"),
        ("2025-01-13.json", b"", "empty"),
        ("2025-01-13.json", b'[{"id": 1,', "unreadable"),
        ("2025-01-13.json", b'{"message": "SECRET"}', "wrong_columns"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_as_a_whole(
    tmp_path: Path, name: str, content: bytes, status: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refused:
        extract(path, "id", load_config(PACKAGED_CONFIG))
    assert refused.value.status == status
    assert "SECRET" not in str(refused.value)
