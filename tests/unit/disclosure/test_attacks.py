"""Whoever has all publications and linear programs learns nothing small, and would otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.disclosure.protect import Rule, Shown, protect
from tests.unit.disclosure.attacks import attack, given_away, primary_only, published
from tests.unit.disclosure.random_tables import corrected, random_incidents, table

WIDE = pytest.mark.wide


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=WIDE), pytest.param(2, marks=WIDE)])
def test_nothing_small_is_learned_of_sixty_random_half_years(part: int) -> None:
    for seed in range(20 * part, 20 * part + 20):
        _, known = attack(seed, revisions=0)
        assert not known, seed


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=WIDE)])
def test_nothing_small_is_learned_of_half_years_that_were_corrected_twice(part: int) -> None:
    publications = 0
    for seed in range(5 * part, 5 * part + 5):
        count, known = attack(seed, revisions=2)
        publications += count
        assert not known, seed
    assert publications > 8  # most were shown anew


def test_without_secondary_suppression_the_attacker_learns_of_most() -> None:
    learned = 0
    for seed in range(30):
        rule, [release] = published(seed, revisions=0)
        learned += any(given_away(rule, [primary_only(release.shown, rule)]))
    assert learned > 20


def test_of_publications_that_are_only_safe_alone_the_attacker_learns_of_many() -> None:
    rule, learned = Rule(3), 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        incidents, districts = random_incidents(random)
        publications = []
        for _ in range(2):
            counts = table(incidents, districts)
            suppressed = protect(counts, rule)
            assert suppressed is not None
            publications.append(Shown(counts, suppressed))
            incidents = corrected(incidents, random)
        learned += any(given_away(rule, publications))
    assert learned >= 5
