"""The round trip of thousands of random exports; see tests/unit/extract/test_round_trip.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.budget import SHARE
from tests.proofs import Proof
from tests.unit.extract.incident_exports import Desk
from tests.unit.extract.incident_strategies import TEXT_KINDS, WORKBOOK_KINDS
from tests.unit.extract.incident_strategies import exports as random_exports
from tests.unit.extract.round_trip import check, check_both_ways, met

pytestmark = pytest.mark.wide


def thorough(examples: int) -> settings:
    """So many examples without shrinking, which would take longer than all of them."""
    return settings(
        max_examples=max(1, int(examples * SHARE)),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        phases=(Phase.explicit, Phase.generate),
    )


def run(examples: Callable[[], None], proof: Proof) -> None:
    """Run the examples; say how many came back, and that few were refused."""
    before = Counter(met)
    examples()
    new = met - before
    refused = sum(count for kind, count in new.items() if "refused" in kind)
    total = sum(count for kind, count in new.items() if kind != "rows")
    proof("round trips of random exports", "5,000", total)
    assert refused < 0.05 * total


@pytest.mark.parametrize("part", range(8))
def test_four_thousand_texts_come_back(shared_desk: Desk, part: int, proof: Proof) -> None:
    @seed(part)
    @thorough(500)
    @given(random_exports(TEXT_KINDS), st.sampled_from([20_000, 20_000, 1, 2, 3, 5]))
    def come_back(export, sample_rows):
        check(shared_desk, *export, sample_rows)

    run(come_back, proof)


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_workbooks_come_back(shared_desk: Desk, part: int, proof: Proof) -> None:
    @seed(part)
    @thorough(250)
    @given(random_exports(WORKBOOK_KINDS), st.sampled_from([20_000, 2]))
    def come_back(export, sample_rows):
        check(shared_desk, *export, sample_rows)

    run(come_back, proof)


@thorough(300)
@given(export=random_exports(("csv",)))
def test_hundreds_of_texts_give_the_same_rows_both_ways(shared_desk: Desk, export) -> None:
    check_both_ways(shared_desk, *export)
