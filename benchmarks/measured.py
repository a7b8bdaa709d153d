"""What a program costs: time, and memory with all its children, measured from outside."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import psutil

PROJECT = Path(__file__).resolve().parent.parent
_SAMPLING_SECONDS = 0.05
_LEAST_SECONDS = 0.01  # small exports cost less than a start-up differs from the next


@dataclass(frozen=True)
class Measured:
    """What a program cost, and what it printed; seconds, and GB of all its processes together."""

    wall: float
    cpu: float
    peak: float
    output: str

    def beyond(self, start_up: Measured) -> Measured:
        """Beyond a fixed start-up, at least a moment."""
        return replace(
            self,
            wall=max(self.wall - start_up.wall, _LEAST_SECONDS),
            cpu=max(self.cpu - start_up.cpu, _LEAST_SECONDS),
        )

    def __add__(self, other: Measured) -> Measured:
        """Both, one after the other."""
        output = f"{self.output}\n{other.output}".strip()
        peak = max(self.peak, other.peak)
        return Measured(self.wall + other.wall, self.cpu + other.cpu, peak, output)


def typical(rounds: Sequence[Measured]) -> Measured:
    """The medians of what several rounds took, and the most memory that one did."""
    return Measured(
        statistics.median(x.wall for x in rounds),
        statistics.median(x.cpu for x in rounds),
        max(x.peak for x in rounds),
        rounds[-1].output,
    )


def measured(
    command: Sequence[str | Path],
    environment: dict[str, str] | None = None,
    folder: Path = PROJECT,
) -> Measured:
    """Run a program that begins in a folder, and measure it with its children.

    Raises:
        SystemExit: the program failed.
    """
    before, started = _cpu(), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peaks = [0]
    sampler = threading.Thread(target=_watch, args=(process.pid, peaks))
    sampler.start()
    output, errors = process.communicate()
    wall = time.perf_counter() - started
    sampler.join()
    if process.returncode != 0:
        raise SystemExit(f"a measured program failed:\n{output[-2000:]}\n{errors[-4000:]}")
    return Measured(wall, _cpu() - before, max(peaks) / 1e9, output.strip())


def machine() -> str:
    """Cores, memory and versions; no name of a machine, no paths."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}; load of the machine at the end {load:.1f}"
    )


def _watch(pid: int, peaks: list[int]) -> None:
    """Note the resident memory of a process and its descendants until it ends."""
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for process in (root, *root.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peaks.append(total)
            time.sleep(_SAMPLING_SECONDS)
    except psutil.NoSuchProcess:
        return


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
