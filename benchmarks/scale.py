"""Dataspor from raw exports to the published warehouse, beside scripts that only count.

    python benchmarks/scale.py [ROWS ...]

Every program runs in a process of its own on the same made-up export; wall and processor time and
the memory of all its processes together are measured from outside. The scripts read the export,
take the latest version of each report and count by half-year, library and category: no ledger, no
checks, nothing kept; dlt keeps its rows. All must come to the same number of incidents. Above ten
million rows pandas and polars need more memory than a common machine has, and above a hundred
thousand dlt takes minutes: they are left out there.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import duckdb
import psutil
from scale_exports import write_export
from targets import Target, at_least, at_most, median_at_most, table

PROJECT = Path(__file__).resolve().parent.parent
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
_SAMPLING_SECONDS = 0.05

# half-years are numbered: October 2022 and April 2023 begin one each
FLOOR = """
import duckdb, sys
duckdb.sql("set enable_progress_bar = false")
(total,) = duckdb.sql(f'''
    with latest as (
        select arg_max(struct_pack(
            half := (year("Hændelsestidspunkt") * 12 + month("Hændelsestidspunkt") - 4) // 6,
            place := "Ejendom", category := "Kategori", status := "Status", count := "Antal"
        ), "Senest ændret") as row
        from read_csv('{sys.argv[1]}', delim = ';', header = true,
            timestampformat = '%d-%m-%Y %H:%M', types = {{'Nr.': 'varchar'}})
        group by "Nr."
    ),
    facts as (
        select row.half, row.place, row.category, sum(row.count) as incidents
        from latest where row.status <> 'Annulleret' group by all
    )
    select sum(incidents)::bigint from facts
''').fetchone()
print(total)
"""
PANDAS = """
import pandas as pd, sys
dates = ["Hændelsestidspunkt", "Senest ændret"]
texts = ["Nr.", "Ejendom", "Kategori", "Status"]
rows = pd.read_csv(sys.argv[1], sep=";", usecols=[*texts, *dates, "Antal"],
                   dtype=dict.fromkeys([*texts, *dates], str))
for name in dates:
    rows[name] = pd.to_datetime(rows[name], format="%d-%m-%Y %H:%M")
rows = rows.sort_values("Senest ændret", kind="stable").drop_duplicates("Nr.", keep="last")
rows = rows[rows["Status"] != "Annulleret"]
occurred = rows["Hændelsestidspunkt"].dt
rows["half"] = (occurred.year * 12 + occurred.month - 4) // 6
print(rows.groupby(["half", "Ejendom", "Kategori"])["Antal"].sum().sum())
"""
POLARS = """
import polars as pl, sys
minute = dict(format="%d-%m-%Y %H:%M")
occurred = pl.col("Hændelsestidspunkt").dt
rows = (
    pl.scan_csv(sys.argv[1], separator=";", schema_overrides={"Nr.": pl.String})
    .with_columns(pl.col("Hændelsestidspunkt", "Senest ændret").str.to_datetime(**minute))
    .group_by("Nr.")
    .agg(pl.col("Hændelsestidspunkt", "Ejendom", "Kategori", "Status", "Antal")
         .get(pl.col("Senest ændret").arg_max()))
    .filter(pl.col("Status") != "Annulleret")
    .with_columns(half=(occurred.year() * 12 + occurred.month().cast(pl.Int32) - 4) // 6)
    .group_by("half", "Ejendom", "Kategori").agg(pl.col("Antal").sum())
    .collect(engine="streaming")
)
print(rows["Antal"].sum())
"""
DLT = """
import csv, os, sys, tempfile
os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
import dlt, duckdb
names = ("nr", "reported", "occurred", "place", "category", "status", "changed", "number")
def incidents():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        for row in rows:
            yield dict(zip(names, row))
with tempfile.TemporaryDirectory() as folder:
    database = f"{folder}/scale.duckdb"
    dlt.pipeline(
        "scale", destination=dlt.destinations.duckdb(database), dataset_name="raw",
        pipelines_dir=folder,
    ).run(incidents, table_name="incidents", write_disposition="replace")
    (total,) = duckdb.connect(database).execute('''
        with typed as (
            select *, strptime(occurred, '%d-%m-%Y %H:%M') as moment,
                strptime(changed, '%d-%m-%Y %H:%M') as changed_at
            from raw.incidents
        ),
        latest as (
            select arg_max(struct_pack(
                half := (year(moment) * 12 + month(moment) - 4) // 6,
                place := place, category := category, status := status, count := number::integer
            ), changed_at) as row from typed group by nr
        ),
        facts as (
            select row.half, row.place, row.category, sum(row.count) as incidents
            from latest where row.status <> 'Annulleret' group by all
        )
        select sum(incidents)::bigint from facts
    ''').fetchone()
print(total)
"""
LANDING = f"""
import resource, sys
from pathlib import Path
from orchestration.config import load_config
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.settings import PACKAGED_CONFIG, Settings
resource.setrlimit(resource.RLIMIT_DATA, ({LANDING_BYTES}, {LANDING_BYTES}))
settings = Settings(sources=Path(sys.argv[1]), home=Path(sys.argv[2]), config=PACKAGED_CONFIG)
settings.prepare()
(line,) = land(settings, load_config(settings.config), take_inventory(settings))
assert line.status == "landed", line
print(line.rows_read)
"""


@dataclass(frozen=True)
class Measured:
    """What a program cost, and what it printed; seconds, and GB of all its processes together."""

    wall: float
    cpu: float
    peak: float
    output: str


@dataclass(frozen=True)
class Round:
    """A start-up, the floor and a whole run, one after the other: a machine drifts for all."""

    start_up: Measured
    floor: Measured
    run: Measured

    @property
    def net(self) -> Measured:
        """The run beyond its start-up."""
        return _beyond(self.run, self.start_up)


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


def measured(command: list[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a program and measure it with its children.

    Raises:
        SystemExit: the program failed.
    """
    before, started = _cpu(), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
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


def run_dataspor(sources: Path, home: Path) -> Measured:
    """A whole run, as a user starts it."""
    places = {"DATASPOR_SOURCES": str(sources), "DATASPOR_HOME": str(home)}
    return measured([str(BIN / "dataspor"), "run", "--as-of", AS_OF], places)


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
        measured([sys.executable, "-c", FLOOR, str(export)]),
        run_dataspor(export.parents[1], home),
    )


def measure(rows: int, folder: Path, small: Path) -> tuple[list[Line], list[Target]]:
    """Measure all programs on an export of so many rows, and start-ups on a small one."""
    sources, home = folder / "sources", folder / "home"
    export = sources / "mainmanager" / "export.csv"
    write_export(export, rows)
    scripts: dict[str, tuple[str, str]] = {}
    if rows <= MOST_ROWS_IN_FRAMES:
        scripts |= {"polars script": (str(FRAMES), POLARS), "pandas script": (str(FRAMES), PANDAS)}
    if rows <= MOST_ROWS_FOR_DLT:
        scripts["dlt into DuckDB"] = (str(DLT_PYTHON), DLT)
    found = {
        name: measured([python, "-c", code, str(export)])
        for name, (python, code) in scripts.items()
    }
    landing = measured([sys.executable, "-c", LANDING, str(sources), str(folder / "landed")])
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
    new_net = _beyond(new, last.start_up)
    net = _typical([x.net for x in rounds])
    lines = [
        Line.of(FEW_ROWS, "Dataspor, start-up", _typical([x.start_up for x in rounds])),
        Line.of(rows, DATASPOR, net),
        Line.of(rows, "– landing alone, memory limited", landing),
        Line.of(rows, "DuckDB script (floor)", _typical([x.floor for x in rounds])),
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


def _typical(rounds: Sequence[Measured]) -> Measured:
    """The medians of what several rounds took, and the most memory that one did."""
    return Measured(
        statistics.median(x.wall for x in rounds),
        statistics.median(x.cpu for x in rounds),
        max(x.peak for x in rounds),
        rounds[-1].output,
    )


def _beyond(run: Measured, start_up: Measured) -> Measured:
    """A run beyond its fixed start-up, at least a moment."""
    least = 0.01  # small exports cost less than a start-up differs from the next
    return replace(
        run, wall=max(run.wall - start_up.wall, least), cpu=max(run.cpu - start_up.cpu, least)
    )


def machine() -> str:
    """Cores, memory and versions; no name of a machine, no paths."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}; load of the machine at the end {load:.1f}"
    )


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
    print(table(targets))


if __name__ == "__main__":
    main()
