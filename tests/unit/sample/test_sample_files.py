from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

from orchestration.sample import write_sample


def everything(directory: Path) -> dict[str, tuple[bytes, float]]:
    return {
        path.relative_to(directory).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_same_bytes_and_times_at_every_call(sample: Path, tmp_path: Path) -> None:
    started = time.perf_counter()
    paths = write_sample(tmp_path / "made" / "here")
    assert time.perf_counter() - started < 15, "generous, for a busy machine"
    written = everything(tmp_path / "made" / "here")
    assert written == everything(sample)
    assert sorted(paths) == sorted(tmp_path / "made" / "here" / name for name in written)
    assert sum(len(content) for content, _ in written.values()) < 6_000_000


def test_a_file_that_is_the_same_is_not_rewritten_and_a_changed_one_is(tmp_path: Path) -> None:
    paths = write_sample(tmp_path)
    inodes = {path: path.stat().st_ino for path in paths}
    changed = tmp_path / "presence" / "tilstedevaerelse.csv"
    good = changed.read_bytes()
    changed.write_bytes(b"spoiled")
    write_sample(tmp_path)
    assert changed.read_bytes() == good
    others = [path for path in paths if path != changed]
    assert {path: path.stat().st_ino for path in others} == {path: inodes[path] for path in others}
    assert not list(tmp_path.rglob("*.partial"))


def test_export_times_are_the_synthetic_ones(sample: Path) -> None:
    as_of = dt.datetime(2025, 11, 17, 23, tzinfo=dt.UTC).timestamp()
    times = {name: mtime for name, (_, mtime) in everything(sample).items()}
    assert max(times.values()) <= as_of
    for name, mtime in times.items():
        if name.startswith("opening_hours/"):
            day = dt.datetime.fromtimestamp(mtime, dt.UTC).date()
            assert day.isoformat() == Path(name).stem


def test_everything_says_that_it_is_synthetic(sample: Path) -> None:
    notice = (sample / "LÆSMIG.txt").read_text(encoding="utf-8-sig")
    assert "SYNTETISKE DATA" in notice
    assert "2025-11-17" in notice
    for path in (sample / "mainmanager").iterdir():
        assert "SYNTETISK" in path.name
    for path in (sample / "opening_hours").iterdir():
        assert all(item["note"] == "SYNTETISK" for item in json.loads(path.read_bytes()))


def test_layout_of_the_folder(sample: Path) -> None:
    assert {path.name for path in sample.iterdir()} == {
        "LÆSMIG.txt",
        "mainmanager",
        "survey",
        "opening_hours",
        "presence",
    }
    assert {path.name for path in (sample / "survey").iterdir()} == {"2023-02", "2025-02"}
