"""The round trip of thousands of random exports; see tests/unit/extract/test_round_trip.py."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.extract.incident_exports import Desk
from tests.unit.extract.incident_strategies import TEXT_KINDS, WORKBOOK_KINDS, Flavour, Incident
from tests.unit.extract.incident_strategies import exports as random_exports
from tests.unit.extract.round_trip import check, check_both_ways, met

pytestmark = pytest.mark.long

# a share of the examples, for a machine with less time: LONG_SHARE=0.1
SHARE = float(os.environ.get("LONG_SHARE", "1"))
# no shrinking: it would take longer than all examples
SLOW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@settings(SLOW, max_examples=int(4_000 * SHARE))
@given(export=random_exports(TEXT_KINDS), sample_rows=st.sampled_from([20_000, 20_000, 1, 2, 3, 5]))
def test_thousands_of_texts_come_back(
    shared_desk: Desk, export: tuple[list[Incident], Flavour], sample_rows: int
) -> None:
    check(shared_desk, *export, sample_rows)


@settings(SLOW, max_examples=int(1_000 * SHARE))
@given(export=random_exports(WORKBOOK_KINDS), sample_rows=st.sampled_from([20_000, 2]))
def test_a_thousand_workbooks_come_back(
    shared_desk: Desk, export: tuple[list[Incident], Flavour], sample_rows: int
) -> None:
    check(shared_desk, *export, sample_rows)


@settings(SLOW, max_examples=int(1_000 * SHARE))
@given(export=random_exports(("csv",)))
def test_a_thousand_texts_give_the_same_rows_both_ways(
    shared_desk: Desk, export: tuple[list[Incident], Flavour]
) -> None:
    check_both_ways(shared_desk, *export)


def test_enough_came_back_and_few_were_refused() -> None:
    print(dict(met))
    refused = sum(count for kind, count in met.items() if "refused" in kind)
    assert refused < 0.05 * sum(count for kind, count in met.items() if kind != "rows")
