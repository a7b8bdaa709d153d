import dataclasses
import datetime as dt

import pytest

from orchestration.half_year import HalfYear, last_ended


@pytest.mark.parametrize(
    ("day", "half_year_id"),
    [
        (dt.date(2024, 3, 31), "2023-10"),
        (dt.date(2024, 4, 1), "2024-04"),
        (dt.date(2024, 9, 30), "2024-04"),
        (dt.date(2024, 10, 1), "2024-10"),
        (dt.date(2024, 2, 29), "2023-10"),
        (dt.date(2024, 12, 31), "2024-10"),
        (dt.date(2025, 1, 1), "2024-10"),
        (dt.date(2025, 7, 15), "2025-04"),
    ],
)
def test_a_date_lies_in_one_half_year(day: dt.date, half_year_id: str) -> None:
    half_year = HalfYear.of(day)
    assert half_year.id == half_year_id
    assert half_year.starts_on <= day <= half_year.ends_on


def test_a_winter_is_named_by_two_years_and_a_summer_by_one() -> None:
    assert HalfYear.parse("2024-10").label_da == "vinterhalvåret 2024/2025"
    assert HalfYear.parse("2025-04").label_da == "sommerhalvåret 2025"


@pytest.mark.parametrize(
    ("half_year_id", "season", "days", "label"),
    [
        ("2023-10", "winter", 183, "vinterhalvåret 2023/2024"),  # with the 29th of February
        ("2024-10", "winter", 182, "vinterhalvåret 2024/2025"),
        ("2025-04", "summer", 183, "sommerhalvåret 2025"),
    ],
)
def test_a_half_year_knows_its_season_its_days_and_its_name(
    half_year_id: str, season: str, days: int, label: str
) -> None:
    half_year = HalfYear.parse(half_year_id)
    assert (half_year.season, half_year.days, half_year.label_da) == (season, days, label)
    assert half_year.id == half_year_id


def test_half_years_are_ordered_by_time_are_keys_and_do_not_change() -> None:
    ids = ["2025-04", "2023-10", "2024-04"]
    assert [h.id for h in sorted(map(HalfYear.parse, ids))] == sorted(ids)
    assert len({HalfYear.parse("2025-04"), HalfYear(2025, 4)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        HalfYear(2025, 4).year = 2026  # type: ignore[misc]


def test_half_years_follow_each_other_without_gap() -> None:
    half_year = HalfYear.parse("2022-10")
    for _ in range(10):
        assert (half_year.next.starts_on - half_year.ends_on).days == 1
        assert half_year.next.previous == half_year
        half_year = half_year.next


def test_the_last_ended_half_year_ended_before_the_day() -> None:
    assert last_ended(dt.date(2025, 3, 31)).id == "2024-04"
    assert last_ended(dt.date(2025, 4, 1)).id == "2024-10"


@pytest.mark.parametrize("text", ["2024-01", "2024", "24-10", "2024-10-01", ""])
def test_an_id_that_is_no_half_year_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="2024-10"):
        HalfYear.parse(text)


def test_a_half_year_is_final_a_number_of_days_after_its_end() -> None:
    assert HalfYear.parse("2024-10").final_from(14) == dt.date(2025, 4, 14)
