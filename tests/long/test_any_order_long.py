"""Three hundred random histories of a folder of exports; see the short proof for what they are."""

from __future__ import annotations

import pytest

from tests.compiled_models import Model
from tests.pipeline.conftest import models as models
from tests.pipeline.test_any_order import proved
from tests.proofs import Proof


@pytest.mark.long
def test_three_hundred_histories_leave_the_facts_of_their_last_folder(
    models: list[Model], proof: Proof
) -> None:
    proof("random histories of a folder", "300", proved(models, sequences=300, steps=10))
