from __future__ import annotations

from tests.pipeline.conftest import sample_run as sample_run
from tests.unit.extract.conftest import shared_desk as shared_desk
