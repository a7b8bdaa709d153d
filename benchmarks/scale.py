"""Dataspor from raw exports to the published warehouse, beside scripts that only count.

    python benchmarks/scale.py [ROWS ...]

Every program runs in a process of its own on the same made-up export. The scripts in `programs/`
read it, take the latest version of each report and count by half-year, library and category: no
ledger, no checks, nothing kept; dlt keeps its rows. All must come to the same number of incidents.
Above ten million rows pandas and polars need more memory than a common machine has, and above a
hundred thousand dlt takes minutes: they are left out there.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
from measured import PROJECT, Measured, machine, measured, typical
from scale_exports import write_export
from targets import Target, at_least, at_most, median_at_most, table

BIN = Path(sys.executable).parent
FRAMES = PROJECT / ".venv" / "frames" / "bin" / "python"
DLT_PYTHON = PROJECT / ".venv" / "dlt" / "bin" / "python"
AS_OF = "2025-11-17"
ROWS = (100_000, 1_000_000, 10_000_000)
FEW_ROWS, NEW_ROWS = 200, 10_000
LANDING_BYTES = 1_500_000_000
MOST_ROWS_IN_FRAMES, MOST_ROWS_FOR_DLT = 10_000_000, 100_000
# what a run may take in memory, up to so many rows
PEAK_GB = {10_000_000: 4.0, 100_000_000: 8.0}
TARGETS_FROM_ROWS = 10_000_000
START_UP_NOISE = 1.0  # seconds
ROUNDS = 3  # where there are targets; a run on a hundred million rows takes too long
DATASPOR = "Dataspor, without start-up"
PROGRAMS = Path(__file__).with_name("programs")


@dataclass(frozen=True)
class Round:
    """A start-up, the floor and a whole run, one after the other: a machine drifts for all."""

    start_up: Measured
    floor: Measured
    run: Measured

    @property
    def net(self) -> Measured:
        """The run beyond its start-up."""
        return self.run.beyond(self.start_up)


@dataclass(frozen=True)
class Line:
    """A row of the table; of Dataspor, seconds beyond its start-up where the program says so."""

    rows: int
    program: str
    wall: float
    cpu: float
    peak: float

    @staticmethod
    def of(rows: int, program: str, measured: Measured) -> Line:
        """A program as it was measured."""
        return Line(rows, program, measured.wall, measured.cpu, measured.peak)

    @property
    def seconds(self) -> str:
        """Wall seconds; less than a start-up differs from the next is told as that."""
        return f"{self.wall:.1f} s" if self.wall > START_UP_NOISE or self.is_whole else "under 1 s"

    @property
    def is_whole(self) -> bool:
        """Whether nothing was taken off."""
        return "without start-up" not in self.program

    @property
    def per_second(self) -> str:
        """Rows a second."""
        told_by_rows = self.rows > FEW_ROWS and not self.seconds.startswith("under")
        return f"{self.rows / self.wall:,.0f}" if told_by_rows else "–"


def run_dataspor(sources: Path, home: Path) -> Measured:
    """A whole run, as a user starts it."""
    places = {"DATASPOR_SOURCES": str(sources), "DATASPOR_HOME": str(home)}
    return measured([BIN / "dataspor", "run", "--as-of", AS_OF], places)


def published_incidents(home: Path) -> int:
    """The incidents in the published warehouse; each row of the export accounted for."""
    with duckdb.connect(str(home / "published" / "warehouse.duckdb"), read_only=True) as warehouse:
        ((unaccounted,),) = warehouse.execute(
            "select sum(rows_unaccounted) from marts.meta_source_file"
        ).fetchall()
        ((incidents,),) = warehouse.execute(
            "select sum(incidents)::bigint from marts.fct_incident_half_year"
        ).fetchall()
    if unaccounted:
        raise SystemExit(f"{unaccounted} rows are not accounted for")
    return incidents


def measured_round(small: Path, export: Path, home: Path) -> Round:
    """Measure what is compared with the floor, from an empty home."""
    for place in (small / "home", home):
        shutil.rmtree(place, ignore_errors=True)
    return Round(
        run_dataspor(small / "sources", small / "home"),
        measured([sys.executable, PROGRAMS / "floor.py", export]),
        run_dataspor(export.parents[1], home),
    )


def measure(rows: int, folder: Path, small: Path) -> tuple[list[Line], list[Target]]:
    """Measure all programs on an export of so many rows, and start-ups on a small one."""
    sources, home = folder / "sources", folder / "home"
    export = sources / "mainmanager" / "export.csv"
    write_export(export, rows)
    scripts: dict[str, tuple[Path, str]] = {}
    if rows <= MOST_ROWS_IN_FRAMES:
        scripts["polars script"] = FRAMES, "with_polars.py"
        scripts["pandas script"] = FRAMES, "with_pandas.py"
    if rows <= MOST_ROWS_FOR_DLT:
        scripts["dlt into DuckDB"] = DLT_PYTHON, "with_dlt.py"
    found = {
        name: measured([python, PROGRAMS / script, export])
        for name, (python, script) in scripts.items()
    }
    alone = [sys.executable, PROGRAMS / "landing_alone.py"]
    landing = measured([*alone, sources, folder / "landed", str(LANDING_BYTES)])
    shutil.rmtree(folder / "landed")
    many = TARGETS_FROM_ROWS <= rows <= MOST_ROWS_IN_FRAMES
    rounds = [measured_round(small, export, home) for _ in range(ROUNDS if many else 1)]
    totals = {name: int(result.output) for name, result in found.items()}
    totals |= {f"floor {number}": int(x.floor.output) for number, x in enumerate(rounds)}
    totals["Dataspor"] = published_incidents(home)
    if len(set(totals.values())) != 1:
        raise SystemExit(f"the programs do not agree on the incidents: {totals}")
    # begins within the reports that are landed already, and goes on beyond them
    write_export(export.with_name("new.csv"), NEW_ROWS, first=rows - NEW_ROWS // 2, age=60)
    new, nothing = run_dataspor(sources, home), run_dataspor(sources, home)
    published_incidents(home)

    last = rounds[-1]
    new_net = new.beyond(last.start_up)
    net = typical([x.net for x in rounds])
    lines = [
        Line.of(FEW_ROWS, "Dataspor, start-up", typical([x.start_up for x in rounds])),
        Line.of(rows, DATASPOR, net),
        Line.of(rows, "– landing alone, memory limited", landing),
        Line.of(rows, "DuckDB script (floor)", typical([x.floor for x in rounds])),
        *(Line.of(rows, name, result) for name, result in found.items()),
        Line.of(rows, f"Dataspor, {NEW_ROWS:,} rows new, without start-up", new_net),
        Line.of(rows, "Dataspor, nothing new", nothing),
    ]
    if rows < TARGETS_FROM_ROWS:  # below, a start-up differs from the next by more than rows cost
        return lines, []
    size = f"{rows:,} rows:"
    file_gb = export.stat().st_size / 1e9
    peak = next((gb for most, gb in PEAK_GB.items() if rows <= most), max(PEAK_GB.values()))
    targets = [
        median_at_most(
            f"{size} Dataspor without start-up / floor, wall",
            [x.net.wall / x.floor.wall for x in rounds],
            2,
        ),
        median_at_most(
            f"{size} the same, processor time", [x.net.cpu / x.floor.cpu for x in rounds], 2
        ),
        at_most(f"{size} Dataspor's peak memory, GB", net.peak, peak),
    ]
    if pandas := found.get("pandas script"):
        targets += [
            at_least(f"{size} pandas / Dataspor without start-up, wall", pandas.wall / net.wall, 4),
            at_least(f"{size} the same, processor time", pandas.cpu / net.cpu, 4),
        ]
    new_rows = f"{size} a run with {NEW_ROWS:,} rows new / the first run before it"
    return lines, [
        *targets,
        at_most(f"{new_rows}, %", 100 * new.wall / last.run.wall, 15),
        at_most(f"{new_rows}, both without start-up, %", 100 * new_net.wall / last.net.wall, 15),
        at_most(f"{size} the run with {NEW_ROWS:,} rows new, peak GB", new.peak, peak),
        at_most(f"{size} nothing new, s", nothing.wall, 2),
        at_most(
            f"{size} landing a file of {file_gb:.2f} GB, peak GB",
            landing.peak,
            LANDING_BYTES / 1e9,
        ),
    ]


def growth(lines: list[Line]) -> list[Target]:
    """What a row costs at each size beside the size before."""
    runs = [line for line in lines if line.program == DATASPOR and line.rows >= TARGETS_FROM_ROWS]
    return [
        at_most(
            f"cost of a row at {after.rows:,} rows / at {before.rows:,}",
            (after.wall / after.rows) / (before.wall / before.rows),
            1.2,
        )
        for before, after in pairwise(runs)
    ]


def table_of(lines: list[Line]) -> str:
    """What was measured, as markdown."""
    told = [
        f"Measured on {machine()}. What is taken off as start-up is a run on {FEW_ROWS} rows just "
        f"before. At {TARGETS_FROM_ROWS:,} rows it, the floor and a run were measured in turn, "
        f"{ROUNDS} times, of which these are medians.",
        "",
        "| rows | program | wall | CPU | peak memory | rows a second |",
        "|---:|---|---:|---:|---:|---:|",
        *(
            f"| {x.rows:,} | {x.program} | {x.seconds} | {x.cpu:.1f} s | {x.peak:.2f} GB | "
            f"{x.per_second} |"
            for x in lines
        ),
    ]
    return "\n".join(told)


def draw(path: Path, lines: list[Line]) -> None:
    """Draw the largest size at which all programs were measured."""
    from matplotlib.figure import Figure

    largest = max(line.rows for line in lines if line.program == "pandas script")
    shown = [x for x in lines if x.rows == largest and "new" not in x.program][::-1]
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(
        [x.program for x in shown],
        [x.wall for x in shown],
        color=["#1f5a92" if "Dataspor" in x.program else "#9aa5b1" for x in shown],
    )
    axes.bar_label(bars, [f"{x.wall:.0f} s · {x.peak:.1f} GB" for x in shown], padding=4)
    axes.set_title(f"{largest:,} incident rows: seconds, and peak memory", loc="left")
    axes.margins(x=0.2)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def measure_all(sizes: Sequence[int]) -> tuple[list[Line], list[Target], str]:
    """Measure each size; lines, targets, and the table of lines."""
    for script in ("tests/install_frames.sh", "benchmarks/install_dlt.sh"):
        subprocess.run(["sh", script], cwd=PROJECT, check=True)
    lines: list[Line] = []
    targets: list[Target] = []
    with tempfile.TemporaryDirectory() as name:
        small = Path(name) / "start-up"
        write_export(small / "sources" / "mainmanager" / "export.csv", FEW_ROWS)
        run_dataspor(small / "sources", small / "home")  # the first one reads files from the disk
        for rows in sizes:
            folder = Path(name) / str(rows)
            more_lines, more_targets = measure(rows, folder, small)
            lines += more_lines
            targets += more_targets
            shutil.rmtree(folder)
            print(f"{table_of(more_lines)}\n", flush=True)
    return lines, targets + growth(lines), table_of(lines)


def main() -> None:
    """Measure each size and print the tables."""
    parser = argparse.ArgumentParser(description="Cost of a run at scale.")
    parser.add_argument("rows", nargs="*", type=int, default=ROWS)
    _, targets, _ = measure_all(parser.parse_args().rows)
    if targets:
        print(table(targets))


if __name__ == "__main__":
    main()
