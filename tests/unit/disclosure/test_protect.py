"""Which cells of small tables are left out; see test_attacks.py for all that is promised."""

from __future__ import annotations

from orchestration.disclosure.cells import Counts, Sum
from orchestration.disclosure.protect import Rule, Shown, protect
from tests.unit.disclosure.attacker import Attacker, seen


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


def test_what_is_left_of_a_total_is_small_as_well() -> None:
    counts = Counts({"all": 40, "unsafe": 39, "other": 1}, (Sum("all", ("unsafe", "other")),))
    reasons = protect(counts, Rule(3))
    assert reasons is not None and len(reasons) == 2 and reasons["other"] == "primary"


def test_a_quoted_cell_is_left_out_last() -> None:
    cells = {"all": 70, "a": 2, "b": 18, "c": 50}
    counts = Counts(cells, (Sum("all", ("a", "b", "c")),))
    assert protect(counts, Rule(3), precious={"b"}) == {"a": "primary", "c": "secondary"}


def test_a_cell_that_no_table_holds_protects_and_is_protected() -> None:
    counts = Counts({"all": 30, "a": 2, "b": 28}, (Sum("all", ("a", "b")),))
    assert protect(counts, Rule(3), hidden=frozenset({"b"})) == {"a": "primary"}
    # a is in no table, and could be computed from two that are
    assert protect(counts, Rule(3), hidden=frozenset({"a"})) == {"b": "secondary"}


def test_a_count_that_moved_by_one_is_not_told_by_two_publications() -> None:
    sums = (Sum("all", ("a", "b")),)
    first = Shown(Counts({"all": 30, "a": 10, "b": 20}, sums), {})
    later = Counts({"all": 31, "a": 11, "b": 20}, sums)
    assert protect(later, Rule(3), earlier=[first]) == {"all": "earlier", "a": "earlier"}


def test_a_small_cell_stays_left_out_with_another_when_its_partner_has_changed() -> None:
    sums = (Sum("all", ("a", "b", "c")),)
    before = Counts({"all": 62, "a": 2, "b": 20, "c": 40}, sums)
    first = Shown(before, {"a": "primary", "b": "secondary"})
    later = Counts({"all": 72, "a": 2, "b": 30, "c": 40}, sums)
    reasons = protect(later, Rule(3), earlier=[first])
    assert reasons is not None
    attacker = Attacker([seen(first), seen(Shown(later, reasons))], told_unchanged=[("a", 0, 1)])
    assert attacker.width((1, "a", 0)) >= 3


def test_what_an_earlier_publication_gave_away_hinders_no_later_one() -> None:
    counts = Counts({"all": 30, "a": 2, "b": 28}, (Sum("all", ("a", "b")),))
    reasons = protect(counts, Rule(3), earlier=[Shown(counts, {})])
    assert reasons == {"a": "primary"}


def test_an_earlier_count_whose_range_has_two_sides_stays_as_unsure() -> None:
    """It lies between 1 and 4, is 2, and a later publication shows what would tell it."""
    sums = (Sum("all", ("a", "b", "c")),)
    first = Shown(
        Counts({"all": 6, "a": 1, "b": 3, "c": 2}, sums),
        {"a": "primary", "b": "secondary", "c": "primary"},
    )
    later = Counts({"all": 13, "a": 1, "b": 3, "c": 9}, sums)
    reasons = protect(later, Rule(3), earlier=[first])
    assert reasons is not None and ("c" in reasons or "all" in reasons)
    both = [seen(first), seen(Shown(later, reasons))]
    attacker = Attacker(both, told_unchanged=[("a", 0, 1), ("b", 0, 1)])
    assert attacker.width((1, "c", 0)) >= 3
