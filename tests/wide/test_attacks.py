"""Attacks on the public tables of a thousand random half-years, each corrected twice."""

from __future__ import annotations

import pytest

from tests.proofs import Proof
from tests.unit.disclosure.attacks import attack

PART = 50


@pytest.mark.wide
@pytest.mark.parametrize("part", range(20))
def test_nothing_small_is_learned_of_a_thousand_random_half_years(part: int, proof: Proof) -> None:
    learned = {}
    for seed in range(1000 + part * PART, 1000 + part * PART + PART):
        _, known = attack(seed, revisions=2)
        learned[seed] = known
    wrong = [seed for seed, known in learned.items() if known]
    proof("attacks on public tables that learn nothing", "1,000", len(learned), len(wrong))
    assert wrong == []
