"""Ten readers on every surface while the publisher works and is killed: they never wait or mix."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from pathlib import Path

import pytest

from orchestration.sample import write_sample
from tests.long.readers import publish_forever, read_until
from tests.pipeline.installation import Place
from tests.postgres import running_postgres
from tests.proofs import Proof

pytestmark = pytest.mark.long
READERS, PUBLISHES, READS, KILLS = 10, 200, 20_000, 25


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small audited warehouse: one incident export of the sample."""
    place = Place(tmp_path_factory.mktemp("small"))
    write_sample(place.folder / "all")
    (place.sources / "mainmanager").mkdir(parents=True)
    export = sorted((place.folder / "all" / "mainmanager").glob("*.csv"))[0]
    export.rename(place.sources / "mainmanager" / export.name)
    answer = place.dataspor("run", "--as-of", "2025-11-17")
    assert answer.exit_code == 0, answer.told
    return place.settings.audited_warehouse


def test_readers_never_fail_wait_or_mix_while_a_publisher_is_killed_at_random(
    template: Path, tmp_path: Path, proof: Proof
) -> None:
    home = tmp_path / "home"
    place = Place(tmp_path)
    place.settings.prepare()
    # forked from a process that has imported everything, and nothing else
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.long.readers"])
    dice = random.Random(20)
    with running_postgres() as postgres:
        database = postgres.database()
        owner, reader = (postgres.dsn(database, role) for role in ("dataspor_owner", "bi_reader"))

        def publisher(first: int, last: int) -> multiprocessing.process.BaseProcess:
            process = forks.Process(
                target=publish_forever, args=(home, template, owner, first, last)
            )
            process.start()
            return process

        first = publisher(0, 0)
        first.join()
        assert first.exitcode == 0
        stop = forks.Event()
        each = READS // READERS
        notes = [tmp_path / f"reader{number}.txt" for number in range(READERS)]
        readers = [
            forks.Process(target=read_until, args=(stop, each, home, reader, seed, note))
            for seed, note in enumerate(notes)
        ]
        for process in readers:
            process.start()
        started = time.monotonic()

        done = killed = 0
        for _ in range(KILLS):
            process = publisher(done + 1, PUBLISHES)
            # the kill falls somewhere in the publishes after it
            waited_for = done + dice.randint(1, PUBLISHES // KILLS)
            while number(home) < waited_for and process.is_alive():
                time.sleep(0.02)
            time.sleep(dice.uniform(0, 1.0))
            if process.is_alive():
                process.kill()
                killed += 1
            process.join()
            assert process.exitcode in (0, -signal.SIGKILL)
            done = number(home)
        process = publisher(done + 1, max(PUBLISHES, done + 1))
        process.join()
        assert process.exitcode == 0
        time.sleep(1)  # every reader sees the last one
        stop.set()
        for process in readers:
            process.join()
        seconds = time.monotonic() - started

    told = [note.read_text(encoding="utf-8").splitlines() for note in notes]
    wrong = [line for lines in told for line in lines[3:]]
    last = number(home)
    proof(
        "publishes while others read",
        f"{PUBLISHES}",
        f"{last}, {killed} killed, {seconds:.0f} s",
    )
    for position, surface in enumerate(("duckdb", "parquet", "postgres")):
        lines = [lines[position].split() for lines in told]
        reads = sum(int(line[1]) for line in lines)
        of_surface = [line for line in wrong if line.startswith(surface)]
        proof(f"reads of {surface} by {READERS} processes", f"{READS:,}", reads, len(of_surface))
        assert reads >= READS, surface
        assert {int(line[2]) for line in lines} == {last}, surface
    assert wrong == []
    assert last >= PUBLISHES
    assert killed >= KILLS // 2


def number(home: Path) -> int:
    """The last publish that was done from files to PostgreSQL."""
    note = home / "published.txt"
    return int(note.read_text() or 0) if note.exists() else -1
