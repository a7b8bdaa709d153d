"""No small count can be computed from what is shown, by linear programming, with all history."""

from __future__ import annotations

import random

import pytest

from orchestration.disclosure.cells import Counts, Sum
from orchestration.disclosure.protect import Rule, Shown, protect
from tests.unit.disclosure.attacker import (
    changed,
    learned,
    publish,
    random_counts,
    table_of,
    without_secondary,
)


def attack(seed: int) -> tuple[list[str], list[str]]:
    """What is learned of a random table, and of it beside a later publication."""
    dice = random.Random(seed)
    incidents = random_counts(dice)
    first = publish(table_of(incidents))
    assert first is not None
    once = learned([first])
    second = publish(table_of(changed(incidents, dice)), [first])
    return once, learned([first, second]) if second is not None else once


@pytest.mark.parametrize("seed", range(60))
def test_nothing_small_is_learned_from_a_random_table_nor_from_two(seed: int) -> None:
    assert attack(seed) == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_nothing_small_is_learned_from_a_thousand_random_tables(part: int) -> None:
    for seed in range(1000 + part * 100, 1100 + part * 100):
        assert attack(seed) == ([], []), seed


def test_without_secondary_suppression_the_attacker_learns_much() -> None:
    known = [
        learned([without_secondary(table_of(random_counts(random.Random(seed))))])
        for seed in range(40)
    ]
    assert sum(bool(told) for told in known) > 20


def test_a_second_publication_made_without_the_first_in_mind_gives_counts_away() -> None:
    told = 0
    for seed in range(60):
        dice = random.Random(seed)
        incidents = random_counts(dice)
        first, second = (
            publish(table_of(incidents)),
            publish(table_of(changed(incidents, dice))),
        )
        assert first is not None and second is not None
        told += bool(learned([first, second]))
    assert told > 5


def test_a_small_cell_takes_another_with_it_and_no_more_than_it_needs() -> None:
    cells = {"all": 60, "a": 2, "b": 18, "c": 40}
    counts = Counts(cells, (Sum("all", ("a", "b", "c")),))
    reasons = protect(counts, Rule(3))
    assert reasons == {"a": "primary", "b": "secondary"}


def test_a_table_without_small_counts_is_shown_whole() -> None:
    counts = Counts({"all": 30, "a": 10, "b": 20}, (Sum("all", ("a", "b")),))
    assert protect(counts, Rule(3)) == {}


def test_zeros_are_shown_unless_the_rule_says_otherwise() -> None:
    counts = Counts({"all": 30, "a": 0, "b": 30}, (Sum("all", ("a", "b")),))
    assert protect(counts, Rule(3)) == {}
    with_zeros = protect(counts, Rule(3, zeros_are_small=True))
    assert with_zeros is not None and "a" in with_zeros and len(with_zeros) > 1


def test_a_count_that_moved_by_one_is_not_told_by_two_publications() -> None:
    sums = (Sum("all", ("a", "b")),)
    first = Shown(Counts({"all": 30, "a": 10, "b": 20}, sums), {})
    later = Counts({"all": 31, "a": 11, "b": 20}, sums)
    reasons = protect(later, Rule(3), earlier=[first])
    # both versions side by side would say that one incident came
    assert reasons is None or {"all", "a"} <= set(reasons)
