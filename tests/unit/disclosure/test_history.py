"""The record of what was public: kept whole, for its owner, and never guessed."""

from pathlib import Path

import pytest

from orchestration.disclosure.history import History, read_history, write_history
from orchestration.errors import DatasporError
from tests.unit.disclosure.test_incidents import counts, shown


def test_what_was_written_is_read_again_and_by_nobody_else(tmp_path: Path) -> None:
    release = shown(counts(a_unsafe=-19))
    history = History(incidents={"2025-04": list(release.publications)})
    path = tmp_path / "disclosed" / "history.json"
    write_history(path, history)
    assert read_history(path) == history
    assert read_history(path).incidents["2025-04"][0].shown == release.shown
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_before_the_first_time_nothing_was_public(tmp_path: Path) -> None:
    assert read_history(tmp_path / "history.json") == History()


@pytest.mark.parametrize("text", ["", '{"incidents": {"2025-04": [{}]}}', "\x00"])
def test_a_damaged_record_stops_publishing_and_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasporError, match=r"history.json cannot be read.*Restore it"):
        read_history(path)
