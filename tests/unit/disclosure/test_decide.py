"""What the public sees after a run, and after a later one: tables, figures, and what is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from orchestration.config import Config, load_config
from orchestration.config.model import Disclosure, Figures
from orchestration.disclosure.decide import Decided, decide
from orchestration.disclosure.facts import Facts
from orchestration.disclosure.history import History
from orchestration.disclosure.tables import public_tables
from orchestration.settings import PACKAGED_CONFIG

WINTER, LATER = "2023-10", "2024-10"
LIBRARIES = {"blaagaarden": 3, "noerrebro": 3, "vesterbro": 4}
FIGURES = [
    {
        "figure_id": "change",
        "label_da": "En ændring",
        "kind": "change",
        "measure": "incidents",
        "scope": {"kind": "library", "id": "vesterbro"},
        "half_year_from": WINTER,
        "half_year_to": LATER,
    },
    {
        "figure_id": "rank",
        "label_da": "En plads",
        "kind": "rank",
        "measure": "incidents",
        "scope": {"kind": "district", "id": "3"},
        "half_year_to": LATER,
    },
    {
        "figure_id": "safe",
        "label_da": "En andel",
        "kind": "share",
        "measure": "tryg",
        "scope": {"kind": "library", "id": "vesterbro"},
        "half_year_to": LATER,
    },
]


def config(**rules: Any) -> Config:
    return load_config(PACKAGED_CONFIG).model_copy(
        update={
            "figures": Figures.model_validate({"figures": FIGURES}),
            "disclosure": Disclosure(**rules),
        }
    )


def facts(
    vesterbro: int = 30, *, favourable: int = 6, as_of: str = "2025-11-17", small: int = 20
) -> Facts:
    """Two winters at three libraries, and ten answers."""
    counts = {"blaagaarden": small, "noerrebro": 40, "vesterbro": vesterbro}
    incidents = {
        half_year: [
            (library, category, counts[library] if half_year == LATER else 50)
            for library in LIBRARIES
            for category in ("unsafe_behaviour", "threats")
        ]
        for half_year in (WINTER, LATER)
    }
    told = {
        "statement_da": "En sætning",
        "statement_en": "A sentence",
        "half_year_from": None,
        "value_from": None,
        "ci_low": None,
        "ci_high": None,
        "evidence": "descriptive",
        "maturity": "final",
        "caveats": "Et forbehold",
        "as_of": as_of,
    }
    change = 100 * (2 * vesterbro - 100) / 100
    rows = [
        {
            "half_year_from": WINTER,
            "value_from": 100.0,
            "value_to": 2.0 * vesterbro,
            "value": change,
            "unit": "percent",
            "ci_low": change - 10.123456789,
            "ci_high": change + 10.123456789,
        },
        {"value_to": 1.0, "value": 1.0, "unit": "rank"},
        {"value_to": favourable / 10, "value": favourable / 10, "unit": "share"},
    ]
    return Facts(
        libraries=pd.DataFrame(
            [
                {"library_id": one, "library_name": one, "district_id": n, "district_name": str(n)}
                for one, n in LIBRARIES.items()
            ]
        ).astype(object),
        categories=pd.DataFrame(
            {"category_id": ["unsafe_behaviour", "threats"], "category_name_da": ["u", "t"]}
        ),
        questions=pd.DataFrame({"question_id": ["tryg"], "question_text_da": ["Hvor tryg?"]}),
        incidents=incidents,
        answers=pd.DataFrame(
            [(LATER, "2025-02", "vesterbro", "tryg", 10, favourable)],
            columns=[
                *("half_year_id", "wave_id", "library_id", "question_id"),
                *("respondents", "favourable"),
            ],
        ).astype(object),
        figures=pd.DataFrame(
            [
                told
                | {name: one[name] for name in ("figure_id", "label_da", "measure", "half_year_to")}
                | {"scope_kind": one["scope"]["kind"], "scope_id": one["scope"]["id"]}
                | row
                for one, row in zip(FIGURES, rows, strict=True)
            ]
        )
        .astype(object)
        .pipe(lambda table: table.where(table.notna(), None)),
        as_of=dt.date.fromisoformat(as_of),
        is_sample=False,
    )


def figure(decided: Decided, figure_id: str) -> dict[str, Any]:
    (row,) = [row for row in decided.figures if row["figure_id"] == figure_id]
    return row


def reasons(decided: Decided, what: str) -> list[str]:
    return [one.reason for one in decided.left_out if one.what == what]


def test_where_nothing_is_small_all_is_shown_and_intervals_are_rounded() -> None:
    decided = decide(facts(), config(), History())
    assert not decided.left_out
    change = figure(decided, "change")
    assert (change["value"], change["ci_low"], change["suppressed"]) == (-40, -50, False)


def test_a_figure_on_a_count_that_is_left_out_has_another_sentence_and_no_number() -> None:
    decided = decide(facts(vesterbro=1), config(), History())
    change = figure(decided, "change")
    assert change["evidence"] == "suppressed" and change["suppressed"]
    assert change["statement_da"] == "Tallet vises ikke af hensyn til fortrolighed."
    numbers = ("value_from", "value_to", "value", "ci_low", "ci_high")
    assert all(change[name] is None for name in numbers) and change["caveats"] == ""
    assert reasons(decided, "change") == ["secondary"]


def test_a_rank_is_shown_only_where_all_districts_are() -> None:
    assert not figure(decide(facts(), config(), History()), "rank")["suppressed"]
    # vesterbro is a district of its own; its two incidents are what the rank is told beside
    assert figure(decide(facts(vesterbro=1), config(), History()), "rank")["suppressed"]


@pytest.mark.parametrize("favourable", [0, 2, 8, 10])
def test_a_share_of_which_nearly_all_or_none_are_favourable_is_not_shown(favourable: int) -> None:
    decided = decide(facts(favourable=favourable), config(), History())
    assert figure(decided, "safe")["value"] is None
    assert figure(decided, "safe")["caveats"] == ""
    assert reasons(decided, "2025-02/vesterbro/tryg") == ["complement"]


def test_a_late_report_changes_no_byte_of_the_public_tables() -> None:
    first = decide(facts(), config(), History())
    now = facts(vesterbro=31)
    later = decide(now, config(), first.history)
    assert public_tables(later, now, config()) == public_tables(first, facts(), config())
    assert reasons(later, "change") == ["held_back"]
    assert reasons(later, "all incidents") == ["held_back"]
    assert later.history == first.history


def test_a_figure_that_was_not_shown_with_what_stands_is_left_out() -> None:
    without = config(public_tables=["incidents_by_library"])
    first = decide(facts(), without, History())
    later = decide(facts(vesterbro=31), config(), first.history)
    assert reasons(later, "change") == ["earlier"]
    assert figure(later, "change")["value"] is None


def test_a_figure_is_held_back_as_it_was_also_after_a_run_that_did_not_show_it() -> None:
    first = decide(facts(), config(), History())
    without = facts()
    table = without.figures.assign(evidence="not_available", value=None)
    for absent in (facts(as_of="2025-04-10"), dataclasses.replace(without, figures=table)):
        between = decide(absent, config(), first.history)
        assert not any(row["value"] for row in between.figures)
        assert between.history.figures == first.history.figures
        later = decide(facts(vesterbro=31), config(), between.history)
        assert reasons(later, "change") == ["held_back"]
        assert figure(later, "change")["value"] == -40


def test_a_figure_without_data_is_not_what_was_shown_of_it() -> None:
    without = facts()
    table = without.figures.assign(evidence="not_available", value=None)
    first = decide(dataclasses.replace(without, figures=table), config(), History())
    assert not first.history.figures
    later = decide(facts(vesterbro=31), config(), first.history)
    assert reasons(later, "change") == ["earlier"]


def test_a_stricter_rule_shows_counts_that_stand_as_of_their_day_and_the_figures_on_them() -> None:
    first = decide(facts(), config(), History())
    now = facts(vesterbro=31, as_of="2025-12-01")
    stricter = decide(now, config(small_below=5), first.history)
    assert len(stricter.incidents[LATER].publications) == 2
    tables = public_tables(stricter, now, config())
    assert {row["as_of"] for row in tables["incidents_by_library"]} == {"2025-11-17"}
    assert reasons(stricter, "change") == ["held_back"]
    assert figure(stricter, "change") == figure(first, "change")
    again = decide(now, config(small_below=5), stricter.history)
    assert reasons(again, "change") == ["held_back"]


def test_one_more_answer_is_not_shown_and_neither_is_the_figure_on_it() -> None:
    first = decide(facts(), config(), History())
    later = decide(facts(favourable=7), config(), first.history)
    (row,) = public_tables(later, facts(favourable=7), config())["survey_shares"]
    assert (row["respondents"], row["favourable"]) == (10, 6)
    assert figure(later, "safe")["value"] == 0.6
    assert reasons(later, "safe") == ["held_back"]


def test_nothing_of_a_half_year_is_public_before_it_is_final() -> None:
    decided = decide(facts(as_of="2025-04-10"), config(), History())
    assert list(decided.incidents) == [WINTER]
    assert not decided.answers and not decided.figures
    assert reasons(decided, "rank") == ["provisional"]


def test_only_tables_that_are_marked_are_made_and_figures_alone_need_few_cells() -> None:
    rules = config(public_tables=["status_figures"])
    decided = decide(facts(small=1), rules, History())
    assert list(public_tables(decided, facts(small=1), rules)) == ["status_figures"]
    assert not figure(decided, "change")["suppressed"]
    shown = decided.incidents[LATER].shown
    assert {name for name in shown.counts.cells if shown.shows(name)} == {
        "library:vesterbro/incidents",
        "district:3/incidents",
        "district:4/incidents",
    }
