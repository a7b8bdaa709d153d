"""Three hundred random histories of a folder of exports; see the short proof for what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiled_models import Model
from tests.pipeline.conftest import models as models
from tests.pipeline.test_any_order import proved
from tests.proofs import Proof

HISTORIES, PART = 300, 50


@pytest.mark.long
@pytest.mark.parametrize("part", range(HISTORIES // PART))
def test_hundreds_of_histories_leave_the_facts_of_their_last_folder(
    models: list[Model],
    in_memory: Path,
    part: int,
    proof: Proof,
) -> None:
    ended = proved(models, in_memory, sequences=PART, steps=10, part=part)
    proof("random histories of a folder", f"{HISTORIES}", ended)
    assert ended >= PART
