"""The process that interrupts: imports everything once, then forks a child for each fault.

Started by the test beside it with the shim preloaded; prints one JSON line a fault.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.cli import main as dataspor
from orchestration.config import load_config
from orchestration.half_year import HalfYear
from orchestration.landing.inventory import look
from orchestration.landing.land import land
from orchestration.landing.warehouse import open_working_warehouse
from orchestration.publish import publish
from orchestration.releases.freeze import close, write_tables
from orchestration.releases.release import revisions
from orchestration.settings import PACKAGED_CONFIG, SOURCE_NAMES, Settings
from tests.faults.shim import KILL, MODES, Faults
from tests.long.children import begun, loaded_by
from tests.pipeline.installation import AS_OF, OUTCOMES, TODAY

CLOSED = HalfYear.parse("2025-04")
PUTS, REMOVES = "rl", "u"  # renames and links, removals: what makes states visible
SECONDS = 600  # that no child takes
State = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A step, what is there before it, and what has to hold after a fault in it.

    Attributes:
        template: the folder that the home is a copy of.
        action: the step.
        seen: the state that others see, which is the old one or the new one.
        result: what a step that was done again has to come to.
    """

    template: str
    action: Callable[[Settings], None]
    seen: Callable[[Settings], State]
    result: Callable[[Settings], State]


def run(folder: Path, state: Path, name: str, points: int) -> None:
    """Interrupt a scenario's step at so many points, and say what came of each."""
    settings = Settings(folder / "sources", folder / "home", PACKAGED_CONFIG)
    faults, scenario, dice = Faults(state, settings.home), SCENARIOS[name], random.Random(name)
    restore(folder, scenario)
    loaded_by(lambda: scenario.action(settings), SECONDS)
    restore(folder, scenario)
    old = asked(scenario.seen, settings)
    with faults.at(1):
        status, told = forked(scenario.action, settings)
    if status:
        raise SystemExit(f"undisturbed, {name} fails: {told}")
    calls, new = faults.calls, asked(scenario.seen, settings)
    wanted = asked(scenario.result, settings)
    print(json.dumps({"calls": {kind: calls.count(kind) for kind in sorted(set(calls))}}))
    for at, mode in chosen(calls, points, dice):
        restore(folder, scenario)
        with faults.at(MODES[mode], at):
            status, told = forked(scenario.action, settings)
        line = {"mode": mode, "at": at, "call": calls[at - 1 : at], "status": status}
        line |= {"happened": faults.happened, "wrong": []}
        try:
            seen = asked(scenario.seen, settings)
            if seen not in (old, new):
                line["wrong"].append(f"seen is neither old nor new: {differing(old, new, seen)}")
            if status == 0 and seen != new:
                line["wrong"].append("succeeded, and the old state is seen")
            line["side"] = "new" if seen == new else "old"
            if status not in (0, -signal.SIGKILL) and "Traceback" in told:
                line["stack"] = told[-600:]
            status, again = forked(AGAIN.get(name, scenario.action), settings)
            if status:
                line["wrong"].append(f"cannot be done again: {again[-1500:]}")
            elif (came := asked(scenario.result, settings)) != wanted:
                line["wrong"].append(f"done again, it differs: {differing(wanted, wanted, came)}")
        except RuntimeError as error:
            line["wrong"].append(str(error))
        if line["wrong"]:
            line["told"] = told[-1500:]
        print(json.dumps(line), flush=True)


def chosen(calls: str, points: int, dice: random.Random) -> list[tuple[int, str]]:
    """Calls and what happens at them: what replaces files first, then removals, then all others.

    In a whole run most removals are those of journals in Dagster's storage.
    """
    at = {
        kinds: [n for n, kind in enumerate(calls, 1) if kind in kinds] for kinds in (PUTS, REMOVES)
    }
    others = [n for n, kind in enumerate(calls, 1) if kind not in PUTS + REMOVES]
    picked: list[tuple[int, str]] = []
    for kinds in (PUTS, REMOVES):
        moves = [(n, mode) for n in at[kinds] for mode in MODES]
        picked += dice.sample(moves, min(len(moves), points * 6 // 10 - len(picked)))
    rest = points - len(picked)
    modes = ["kill", "kill", "full disk", "input/output error"]
    return picked + [(others[n * len(others) // rest], modes[n % 4]) for n in range(rest)]


def restore(folder: Path, scenario: Scenario) -> None:
    """The home as it is before the step."""
    if (folder / "home").exists():
        shutil.rmtree(folder / "home")
    shutil.copytree(folder / scenario.template, folder / "home", symlinks=True)


def forked(action: Callable[[Settings], Any], settings: Settings) -> tuple[int, str]:
    """Do something in a child; how it ended (minus the signal, if by one), and what it said.

    A killed run leaves its dbt behind, which goes on for seconds; its end is waited for.
    """
    at_end, held = os.pipe()  # by the child and all that is forked from it
    with tempfile.TemporaryFile("w+") as output, os.fdopen(at_end, "rb") as ended:
        child = begun(lambda: action(settings), output.fileno(), SECONDS)
        os.close(held)
        _, status = os.waitpid(child, 0)
        ended.read()
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read()


def asked(question: Callable[[Settings], State], settings: Settings) -> State:
    """A state, asked for in a child, so that this process never opens a database."""
    with tempfile.NamedTemporaryFile("w+") as answer:

        def action(settings: Settings) -> None:
            Path(answer.name).write_text(json.dumps(question(settings)))

        status, told = forked(action, settings)
        if status:
            raise RuntimeError(f"the state cannot be read: {told[-1500:]}")
        return json.loads(Path(answer.name).read_text())


def differing(one: State, other: State, found: State) -> list[str]:
    """Names of what is found that neither state has."""
    return [n for n in found if found[n] not in (one.get(n), other.get(n))] or ["mixed"]


def digest(folder: Path, pattern: str = "*") -> str:
    """What a folder holds."""
    told = hashlib.sha256()
    for path in sorted(p for p in folder.rglob(pattern) if p.is_file()):
        told.update(path.relative_to(folder).as_posix().encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


# --- the steps ----------------------------------------------------------------------------------


def land_all(settings: Settings) -> None:
    """Archive, land, and open a working warehouse."""
    settings.prepare()
    config, files = load_config(settings.config), look(settings).files
    landed = [
        line
        for source in SOURCE_NAMES
        for line in land(settings, config, [f for f in files if f.source == source])
    ]
    open_working_warehouse(
        settings, config, landed, as_of=TODAY, is_sample=False, run_fingerprint="", run_id=""
    )


def publish_it(settings: Settings) -> None:
    """Publish the working warehouse, which the test laid ready."""
    working = settings.working_warehouse
    shutil.copyfile(settings.home.parent / "working.duckdb", working)
    publish(settings, load_config(settings.config), f"run-{os.getpid()}")


def close_it(settings: Settings) -> None:
    """Close the last half-year."""
    close(settings, CLOSED)


def run_it(settings: Settings) -> None:
    """The command, as a person runs it."""
    os.environ |= {
        "DATASPOR_HOME": str(settings.home),
        "DATASPOR_SOURCES": str(settings.sources),
    }
    dataspor(["run", "--as-of", AS_OF])


# --- what is seen -------------------------------------------------------------------------------


def published(settings: Settings) -> State:
    """All surfaces of what is published, and the warehouse that traces read."""
    if not settings.published_warehouse.exists():
        return {}
    parts = settings.published
    with tempfile.TemporaryDirectory() as name:
        write_tables(settings.published_warehouse, Path(name))
        tables = digest(Path(name))
    ask = "select value from {} where key = 'run_id' or key = 'fingerprint' order by key"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_warehouse}' as p (read_only)")
        connection.execute(f"attach '{settings.audited_warehouse}' as a (read_only)")
        of_file = connection.execute(ask.format("p.marts.meta_run")).fetchall()
        of_parquet = connection.execute(
            ask.format(f"read_parquet('{parts / 'parquet' / 'meta_run.parquet'}')")
        ).fetchall()
        of_audited = connection.execute(ask.format("a.marts.meta_run")).fetchall()
        columns = " + ".join(f"rows_{outcome}" for outcome in OUTCOMES)
        (gaps,) = connection.execute(
            f"select count(*) from p.marts.meta_source_file where rows_read <> {columns}"
        ).fetchone() or (0,)
    return {
        "tables": tables,
        "public": digest(parts / "public"),
        "parquet is of the same run": of_parquet == of_file,
        "trace is of the same run": of_audited == of_file,
        "site": digest(parts / "site", "*.html") != digest(parts / "nothing"),
        "files whose rows do not add up": gaps,
    }


def landed(settings: Settings) -> State:
    """Rows of the schema landing, and the archive."""
    found: State = {}
    with (
        tempfile.TemporaryDirectory() as name,
        duckdb.connect(str(settings.working_warehouse), read_only=True) as connection,
    ):
        connection.execute("set threads = 1")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'landing'"
        ).fetchall()
        for (table,) in sorted(tables):
            path = Path(name) / f"{table}.parquet"
            connection.execute(f"copy (from landing.{table} order by all) to '{path}'")
            found[table] = hashlib.sha256(path.read_bytes()).hexdigest()
    for source in SOURCE_NAMES:
        kept = sorted((settings.archive / source).glob("?" * 64 + "/*"))
        found[f"archive of {source}"] = [
            [path.name, path.parent.name == hashlib.sha256(path.read_bytes()).hexdigest()]
            for path in kept
        ]
    return found


def releases(settings: Settings) -> State:
    """The releases there are; none may be altered or half."""
    return {
        release.release_id: release.altered() == [] and release.facts["release_id"] != ""
        for release in revisions(settings, CLOSED)
    }


def last_release(settings: Settings) -> State:
    """What the latest release holds, but for what it says of the one before it."""
    (*_, release) = revisions(settings, CLOSED)
    assert release.altered() == []
    facts = release.facts["sha256"]
    return {name: told for name, told in facts.items() if name != "diff.json"}


def nothing_more(settings: Settings) -> State:
    """What is published, and that the run left its mark in Dagster's storage and nothing else."""
    return published(settings)


SCENARIOS = {
    "landing": Scenario("before", land_all, published, landed),
    "publish": Scenario("ready", publish_it, published, published),
    "close": Scenario("after", close_it, releases, last_release),
    "run": Scenario("before", run_it, published, nothing_more),
}
AGAIN: dict[str, Callable[[Settings], None]] = {}

if __name__ == "__main__":
    from tests.long import loaded  # so that children need not

    if sys.argv[3] == "run":
        loaded.have_dbt_parse()
    assert KILL in MODES.values()
    run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
