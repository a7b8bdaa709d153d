"""Which tests of a mutant run first: those of its module's own file, quick and likely to fail."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

_MUTANT = "MUTANT_UNDER_TEST"  # set by mutmut: orchestration.landing.land.x_land__mutmut_1


def own_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of the mutant's own file first; as they were where nothing is mutated.

    mutmut ends with the first test that fails, and gives them in no order.
    """
    (module, *_) = os.environ.get(_MUTANT, "").rpartition(".")
    own = f"test_{module.rpartition('.')[-1]}.py"
    return sorted(items, key=lambda item: item.path.name != own)
