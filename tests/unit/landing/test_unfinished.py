"""Which files somebody is still writing, told of the file alone."""

from __future__ import annotations

from pathlib import Path

from orchestration.landing.unfinished import being_written


def test_what_is_not_there_or_is_no_file_is_not_being_written(tmp_path: Path) -> None:
    assert being_written([tmp_path / "gone.csv", tmp_path]) == {}


def test_a_file_that_is_open_for_writing_is_told_with_the_reason(tmp_path: Path) -> None:
    at_rest = tmp_path / "at rest.csv"
    at_rest.write_text("whole")
    with (tmp_path / "open.csv").open("w") as file:
        told = being_written([at_rest, Path(file.name)])
    assert told == {Path(file.name): "another program has it open for writing"}
