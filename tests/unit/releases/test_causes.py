"""Every difference splits into causes that add up: random changes of rows, one by one and many."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pandas as pd
import pytest

from orchestration.config import Config, load_config
from orchestration.errors import DatasporError
from orchestration.releases.causes import (
    ORDER,
    Cause,
    Ends,
    checked,
    explain,
    incident_changes,
)
from orchestration.releases.state import Source, State
from orchestration.settings import PACKAGED_CONFIG

CONFIG: Config = load_config(PACKAGED_CONFIG)
DISTRICTS = {library.library_id: library.district_id for library in CONFIG.libraries}
LIBRARIES = ("vesterbro", "blaagaarden", "noerrebro", "valby", "sydhavnen")
HALF_YEARS = ("2022-10", "2023-10", "2024-10")
CATEGORIES = ("unsafe_behaviour", "threats", "other")
COLUMNS = (
    *("incident_id", "outcome", "library_id", "district_id", "category_id"),
    *("is_unsafe_behaviour", "half_year_id", "incident_count", "status", "correction_ids"),
    *("source_file_id", "sheet", "row_number"),
)


def incident(number: int, dice: random.Random, **told: object) -> dict[str, object]:
    row: dict[str, object] = {
        "incident_id": f"{number:05d}",
        "outcome": "loaded",
        "library_id": dice.choice(LIBRARIES),
        "category_id": dice.choice(CATEGORIES),
        "half_year_id": dice.choice(HALF_YEARS),
        "incident_count": dice.choice((1, 1, 1, 3)),
        "status": None,
        "correction_ids": None,
        "source_file_id": "first",
        "sheet": "",
        "row_number": number,
    }
    return placed(row | told)


def placed(row: dict[str, object]) -> dict[str, object]:
    return row | {
        "district_id": DISTRICTS[str(row["library_id"])],
        "is_unsafe_behaviour": row["category_id"] == "unsafe_behaviour",
    }


def changed(
    rows: list[dict[str, object]], dice: random.Random, changes: int
) -> tuple[list[dict[str, object]], set[str]]:
    """The rows after some corrections, and which causes there may be."""
    rows, causes = [dict(row) for row in rows], set()
    for _ in range(changes):
        kind = dice.choice(
            ("late_report", "edit", "recode", "duplicate", "withdrawal", "gone", "correction")
        )
        row = dice.choice(rows)
        if kind == "late_report":
            rows.append(incident(len(rows) + 90_000, dice, source_file_id="second"))
        elif kind == "edit":
            row |= placed(row | {"library_id": dice.choice(LIBRARIES), "source_file_id": "second"})
        elif kind == "recode":
            row |= placed(row | {"category_id": dice.choice(CATEGORIES)})
        elif kind == "duplicate":
            row |= {"outcome": "void", "status": "dublet", "source_file_id": "second"}
        elif kind == "withdrawal":
            row |= {"outcome": "void", "status": "annulleret", "source_file_id": "second"}
        elif kind == "gone":
            rows.remove(row)
        else:
            row |= placed(
                row
                | {
                    "correction_ids": "k1",
                    "incident_count": 2,
                    "library_id": dice.choice(LIBRARIES),
                }
            )
        causes.add("withdrawal" if kind == "gone" else kind)
    return rows, causes


def figures(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Figures counted from rows by hand: two changes and a rank."""
    loaded = [row for row in rows if row["outcome"] == "loaded"]

    def count(half_year_id: str, *, only_unsafe: bool, **where: object) -> int:
        return sum(
            int(str(row["incident_count"]))
            for row in loaded
            if row["half_year_id"] == half_year_id
            and all(row[name] == value for name, value in where.items())
            and (row["is_unsafe_behaviour"] or not only_unsafe)
        )

    told = []
    for name, unsafe in (("incidents", False), ("unsafe_behaviour_incidents", True)):
        before, after = (
            count(h, only_unsafe=unsafe, library_id="vesterbro") for h in ("2022-10", "2024-10")
        )
        told.append(
            {
                "figure_id": name,
                "measure": name,
                "unit": "percent",
                "scope_kind": "library",
                "scope_id": "vesterbro",
                "half_year_from": "2022-10",
                "half_year_to": "2024-10",
                "value_from": float(before),
                "value_to": float(after),
                "value": (after / before - 1) * 100 if before else None,
            }
        )
    by_district = {
        row.district_id: count("2024-10", only_unsafe=False, district_id=row.district_id)
        for row in CONFIG.districts
    }
    rank = 1.0 + sum(n > by_district[3] for n in by_district.values())
    told.append(
        {
            "figure_id": "rank",
            "measure": "incidents",
            "unit": "rank",
            "scope_kind": "district",
            "scope_id": "3",
            "half_year_from": None,
            "half_year_to": "2024-10",
            "value_from": None,
            "value_to": rank,
            "value": rank,
        }
    )
    return pd.DataFrame(told).set_index("figure_id")


def state(name: str, rows: list[dict[str, object]], files: tuple[str, ...]) -> State:
    return State(
        name=name,
        figures=figures(rows),
        incidents=pd.DataFrame(rows, columns=list(COLUMNS)),
        sources=[Source("mainmanager", f, f"{f}.csv", "2025-01-01T00:00:00") for f in files],
        config_folder=Path(),
        code="",
        as_of="2025-11-17",
        config=CONFIG,
    )


def causes_of(a: State, b: State) -> dict[str, list[Cause]]:
    changes = incident_changes(a, b)
    return {
        name: explain(
            b.figures.loc[name],
            Ends.of(a.figures.loc[name]),
            Ends.of(b.figures.loc[name]),
            changes,
            a,
            b,
        )
        for name in b.figures.index
    }


@pytest.mark.parametrize("seed", range(100))
def test_causes_add_up_exactly_after_random_changes(seed: int) -> None:
    """A hundred times ten corrections and more: each end, each value, to the last incident."""
    dice = random.Random(seed)
    rows = [incident(number, dice) for number in range(60)]
    a = state("a", rows, ("first",))
    after, possible = changed(rows, dice, changes=dice.randrange(10, 30))
    b = state("b", after, ("first", "second"))
    for name, causes in causes_of(a, b).items():
        for end in ("value_from", "value_to"):
            moved = (b.figures.loc[name, end] or 0) - (a.figures.loc[name, end] or 0)
            told = [cause.amount for cause in causes if cause.end == end]
            assert sum(told) == (0 if pd.isna(moved) else moved)
        assert {cause.cause for cause in causes} <= possible | {"edit"}
        assert all(cause.amount and cause.cause in ORDER for cause in causes)


def single(row: dict[str, object], **told: object) -> dict[str, float]:
    """What one change of one incident at Vesterbro does to the earlier count, by cause."""
    dice = random.Random(1)
    others = [incident(n, dice, library_id="valby") for n in range(5)]
    a = state("a", [*others, row], ("first",))
    b = state("b", [*others, placed(row | told)] if told else others, ("first", "second"))
    causes = causes_of(a, b)["unsafe_behaviour_incidents"]
    return {c.cause: c.amount for c in causes if c.end == "value_from"}


def one(**told: object) -> dict[str, object]:
    return incident(
        77,
        random.Random(2),
        **(
            {
                "library_id": "vesterbro",
                "half_year_id": "2022-10",
                "category_id": "unsafe_behaviour",
                "incident_count": 1,
            }
            | told
        ),
    )


def test_each_kind_of_change_is_told_by_its_name() -> None:
    newer = {"source_file_id": "second"}
    assert single(one(), category_id="threats", **newer) == {"recode": -1}
    assert single(one(), library_id="valby", **newer) == {"edit": -1}
    assert single(one(), half_year_id="2023-10", **newer) == {"edit": -1}
    assert single(one(), incident_count=4, **newer) == {"edit": 3}
    assert single(one(), outcome="void", status="dublet", **newer) == {"duplicate": -1}
    assert single(one(), outcome="void", status="annulleret", **newer) == {"withdrawal": -1}
    assert single(one()) == {"withdrawal": -1}
    assert single(one(), category_id="threats", correction_ids="k1") == {"correction": -1}
    assert single(one(outcome="void", status="annulleret"), outcome="loaded", **newer) == {
        "edit": 1
    }


def test_a_report_from_a_new_export_is_late_and_one_that_lay_there_before_is_not() -> None:
    rows = [incident(n, random.Random(n), library_id="valby") for n in range(3)]
    a = state("a", rows, ("first",))
    for source_file_id, cause in (("second", "late_report"), ("first", "edit")):
        b = state("b", [*rows, one(source_file_id=source_file_id)], ("first", "second"))
        (told,) = [c for c in causes_of(a, b)["incidents"] if c.end == "value_from"]
        assert (told.cause, told.amount) == (cause, 1)


def test_parts_that_do_not_add_up_are_refused() -> None:
    before, after = Ends(10, 20, 100), Ends(10, 21, 110)
    whole = [Cause("value_to", "late_report", 1), Cause("value", "late_report", 10)]
    assert checked("x", before, after, whole) == whole
    with pytest.raises(DatasporError, match="value_to moved by 1, but its causes add up to 0"):
        checked("x", before, after, whole[1:])


def test_an_interrupted_series_names_its_causes_together() -> None:
    rows = [incident(n, random.Random(n)) for n in range(30)]
    a = state("a", rows, ("first",))
    b = dataclasses.replace(
        state("b", [*rows, one(source_file_id="second")], ("first", "second")), as_of="2025-11-18"
    )
    figure = b.figures.loc["incidents"].copy()
    figure["half_year_from"] = None
    (cause,) = explain(
        figure, Ends(None, None, -30.0), Ends(None, None, -31.0), incident_changes(a, b), a, b
    )
    assert (cause.cause, cause.amount) == ("late_report+later_day", -1.0)


@pytest.mark.parametrize(
    ("unit", "measure", "cause"),
    [
        ("percentage_points", "tryg", "survey"),
        ("share", "kompetence", "survey"),
        ("hours", "restricted_self_service_hours", "opening_hours"),
        ("hours", "guard_hours+night_host_hours", "presence"),
    ],
)
def test_figures_of_one_source_have_one_cause(unit: str, measure: str, cause: str) -> None:
    a = state("a", [one()], ("first",))
    figure = a.figures.loc["incidents"].copy()
    figure["unit"], figure["measure"] = unit, measure
    before, after = Ends(0.5, 0.75, 25.0), Ends(0.5, 0.8, 30.0)
    causes = explain(figure, before, after, incident_changes(a, a), a, a)
    assert [(c.end, c.cause) for c in causes] == [("value_to", cause), ("value", cause)]
    assert sum(c.amount for c in causes if c.end == "value") == 5


def test_a_rank_moves_by_the_cause_that_moved_a_district() -> None:
    dice = random.Random(4)
    rows = [
        incident(n, dice, library_id=place, half_year_id="2024-10", incident_count=1)
        for n, place in enumerate(["noerrebro"] * 5 + ["vesterbro"] * 4)
    ]
    a = state("a", rows, ("first",))
    late = [
        one(incident_id=f"late{n}", half_year_id="2024-10", source_file_id="second")
        for n in range(3)
    ]
    b = state("b", [*rows, *late], ("first", "second"))
    assert (a.figures.value["rank"], b.figures.value["rank"]) == (1, 2)
    told = [(c.end, c.cause, c.amount) for c in causes_of(a, b)["rank"]]
    assert told == [("value_to", "late_report", 1), ("value", "late_report", 1)]


LATER = Ends(100.0, 60.0, -40.0)


@pytest.mark.parametrize(
    ("missing", "before", "after", "told"),
    [
        ("2024-10", Ends(100.0, None, None), LATER, ("value_to", "late_report", 60.0, -40.0)),
        ("2024-10", LATER, Ends(100.0, None, None), ("value_to", "withdrawal", -60.0, 40.0)),
        ("2022-10", Ends(None, 60.0, None), LATER, ("value_from", "late_report", 100.0, -40.0)),
        ("2022-10", LATER, Ends(None, 60.0, None), ("value_from", "withdrawal", -100.0, 40.0)),
    ],
)
def test_a_change_comes_and_goes_with_a_half_year_by_the_causes_of_its_incidents(
    missing: str, before: Ends, after: Ends, told: tuple[str, str, float, float]
) -> None:
    rows = [
        one(incident_id=f"{half_year}-{n}", half_year_id=half_year, source_file_id=half_year)
        for half_year, count in (("2022-10", 100), ("2024-10", 60))
        for n in range(count)
    ]
    both = state("both", rows, ("2022-10", "2024-10"))
    (other,) = {"2022-10", "2024-10"} - {missing}
    only = state("only", [row for row in rows if row["half_year_id"] != missing], (other,))
    a, b = (only, both) if after is LATER else (both, only)

    end, cause, moved, value = told
    causes = explain(b.figures.loc["incidents"], before, after, incident_changes(a, b), a, b)
    assert causes == [Cause(end, cause, moved), Cause("value", cause, value)]


def test_a_change_from_or_to_nothing_at_all_names_what_else_was_reported() -> None:
    """The half-year is known by other libraries' incidents; here it has none, then some."""
    before, dice = Ends(100.0, None, None), random.Random(3)
    rows = [
        one(incident_id=f"{n}", half_year_id="2022-10", source_file_id="first") for n in range(100)
    ]
    a = state("a", rows, ("first",))
    figure = a.figures.loc["incidents"]
    elsewhere = incident(
        900, dice, library_id="valby", half_year_id="2024-10", source_file_id="second"
    )
    b = state("b", [*rows, elsewhere], ("first", "second"))
    changes = incident_changes(a, b)
    causes = explain(figure, before, Ends(100.0, 0.0, -100.0), changes, a, b)
    assert causes == [Cause("value", "late_report", -100.0)]

    more = [
        one(incident_id=f"n{n}", half_year_id=half_year, source_file_id="second")
        for n, half_year in enumerate(["2022-10", *["2024-10"] * 60])
    ]
    gone = [*rows[2:], *more, elsewhere]
    b = state("b", gone, ("first", "second"))
    after = Ends(99.0, 60.0, (60 / 99 - 1) * 100)
    causes = explain(figure, before, after, incident_changes(a, b), a, b)
    assert causes[-1] == Cause("value", "late_report+withdrawal", after.value)
    assert sum(cause.amount for cause in causes if cause.end == "value_from") == -1
