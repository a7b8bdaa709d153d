"""Dagster's daemon on the day of a close: its schedule's tick starts the run, a release appears."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.half_year import HalfYear
from orchestration.releases.release import find_release, revisions
from orchestration.sample import write_sample
from orchestration.settings import PROJECT
from tests.faults.shim import compiled
from tests.pipeline.installation import Place
from tests.proofs import Proof

pytestmark = pytest.mark.wide
DAY = dt.date(2025, 10, 14)  # sommerhalvåret 2025 becomes final
SECONDS = 400


def test_the_daemon_closes_the_half_year_that_ended_on_the_day_it_becomes_final(
    tmp_path: Path, proof: Proof
) -> None:
    place = Place(tmp_path)
    write_sample(place.sources)
    published = place.dataspor("run", "--as-of", DAY.isoformat())
    assert published.exit_code == 0, published.told
    before_seven = dt.datetime.combine(DAY, dt.time(6, 57), ZoneInfo("Europe/Copenhagen"))
    with place.environment():
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(place.settings.dagster_home),
            "DATASPOR_ENVIRONMENT": "production",
            "LD_PRELOAD": str(compiled(tmp_path, "clock")),
            "DATASPOR_CLOCK_OFFSET": f"{before_seven.timestamp() - time.time():.0f}",
        }
    log = tmp_path / "daemon.log"
    with log.open("w") as output:
        daemon = subprocess.Popen(
            [Path(sys.executable).with_name("dagster-daemon"), "run", "-w", "workspace.yaml"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            closed = wait_for_release(place, daemon)
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)
    assert closed, log.read_text()[-4000:]

    release = find_release(place.settings, "2025-04")
    assert release.release_id == "2025-04.r1"
    assert (release.folder / "briefing" / "briefing.html").is_file()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(place.settings.dagster_home))
        with dg.DagsterInstance.get() as instance:
            runs = [r.dagster_run for r in instance.get_run_records()]
    (close,) = [run for run in runs if run.job_name == "dataspor_close"]
    assert close.status == dg.DagsterRunStatus.SUCCESS
    assert close.tags["dagster/schedule_name"] == "half_year_close"
    assert close.tags["dagster/partition"] == "2025-04"
    schedule = close.tags["dagster/schedule_name"]
    proof(
        "the daemon closes a half-year", "a release", f"{schedule}: {release.release_id} on {DAY}"
    )


def wait_for_release(place: Place, daemon: subprocess.Popen[bytes]) -> bool:
    """Whether release and briefing appear before the daemon ends or time is up."""
    for _ in range(SECONDS):
        time.sleep(1)
        known = revisions(place.settings, HalfYear.parse("2025-04"))
        if known and (known[-1].folder / "briefing" / "briefing.html").is_file():
            time.sleep(5)  # the run ends after its last step
            return True
        if daemon.poll() is not None:
            return False
    return False
