from __future__ import annotations

from tests.long.conftest import shared_desk as shared_desk
from tests.pipeline.conftest import sample_run as sample_run
