from __future__ import annotations

import json
from pathlib import Path

from orchestration.releases.release import Release


def test_a_release_of_an_earlier_version_follows_none(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text(json.dumps({"as_of": "2025-11-17"}))
    assert Release("2025-04.r1", tmp_path).facts == {"since": None, "as_of": "2025-11-17"}


def test_a_release_tells_which_one_it_follows(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text(json.dumps({"since": "2024-10.r1"}))
    assert Release("2025-04.r1", tmp_path).facts["since"] == "2024-10.r1"
