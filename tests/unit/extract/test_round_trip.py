"""Random tables in random flavours: exactly the rows written come back, or a deserved refusal."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.extract.incident_exports import Desk
from tests.unit.extract.incident_strategies import TEXT_KINDS, WORKBOOK_KINDS, Flavour, Incident
from tests.unit.extract.incident_strategies import exports as random_exports
from tests.unit.extract.round_trip import check, check_both_ways

# the same examples at every run; those in tests/wide/ are new ones
FAST = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # an example costs a tenth of a second: making a failing one smaller would take minutes
    phases=(Phase.explicit, Phase.generate),
)
SAMPLE_ROWS = st.sampled_from([20_000, 20_000, 1, 3])


@settings(FAST, max_examples=40)
@given(export=random_exports(TEXT_KINDS), sample_rows=SAMPLE_ROWS)
def test_what_was_written_as_text_comes_back(
    shared_desk: Desk, export: tuple[list[Incident], Flavour], sample_rows: int
) -> None:
    check(shared_desk, *export, sample_rows)


@pytest.mark.parametrize("kind", WORKBOOK_KINDS)
@settings(FAST, max_examples=8)
@given(data=st.data())
def test_what_was_written_as_workbook_comes_back(
    shared_desk: Desk, kind: str, data: st.DataObject
) -> None:
    check(shared_desk, *data.draw(random_exports((kind,))), 20_000)


@settings(FAST, max_examples=8)
@given(export=random_exports(("csv",)))
def test_a_text_read_as_it_lies_and_one_written_anew_give_the_same_rows(
    shared_desk: Desk, export: tuple[list[Incident], Flavour]
) -> None:
    check_both_ways(shared_desk, *export)
