"""Changes the code in small ways and tells how many of the changes the unit tests notice.

mutmut changes landing, evidence and publishing (settings in pyproject.toml), cosmic-ray the
half-year. Both work on copies below ``mutants/``, keep what they found there, and go on where they
were cut off; remove the folder to begin anew.
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from orchestration.evidence.shares import Share, wilson

PROJECT = Path(__file__).resolve().parent.parent
MUTMUT = Path(sys.executable).with_name("mutmut")
COSMIC_RAY = PROJECT / ".venv" / "cosmic-ray" / "bin" / "cosmic-ray"
SETTINGS = Path(__file__).with_name("half_year_mutants.toml")
COPIED = (
    "pyproject.toml",
    "orchestration/__init__.py",
    "orchestration/half_year.py",
    "tests/unit/test_half_year.py",
)
# mutmut makes the mutants of all modules before it tries any; of these few all are tried
LEDGER = "landing.ledger"
AT_LEAST = 6  # of each module, however small the sample
TARGET = 0.9
# plugins that no test here needs cost more than the tests; a stale .pyc would hide a mutant
ENVIRONMENT = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
Counts = dict[str, Counter[str]]
NOT_TRIED = "not checked"


def run(*command: str | Path, folder: Path = PROJECT) -> str:
    """What a command prints; its errors and its progress go to the screen."""
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def of_half_year() -> Counts:
    """Mutants of the half-year by what became of them."""
    folder = PROJECT / "mutants" / "half_year"
    session = folder / "session.sqlite"
    if not session.exists():
        for name in COPIED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
        run(COSMIC_RAY, "init", SETTINGS, session, folder=folder)
    run(COSMIC_RAY, "exec", SETTINGS, session, folder=folder)
    lines = run(COSMIC_RAY, "dump", session, folder=folder).splitlines()
    return {"half_year": Counter(json.loads(line)[1]["test_outcome"] for line in lines)}


def of_the_rest(per_cent: int) -> Counts:
    """Mutants of the other modules, or a random sample of each module's, by what became of them."""
    subprocess.run(
        [MUTMUT, "run", f"orchestration.{LEDGER}.*"], cwd=PROJECT, env=ENVIRONMENT, check=True
    )
    sample = set(sampled(outcomes(), per_cent))
    left = [name for name, outcome in outcomes().items() if outcome == NOT_TRIED]
    if wanted := [name for name in left if name in sample]:
        subprocess.run([MUTMUT, "run", *wanted], cwd=PROJECT, env=ENVIRONMENT, check=True)
    counts: Counts = defaultdict(Counter)
    for name, outcome in outcomes().items():
        counts[module_of(name)][outcome if name in sample else NOT_TRIED] += 1
    return counts


def outcomes() -> dict[str, str]:
    """What became of each of mutmut's mutants, by its name."""
    lines = run(MUTMUT, "results", "--all", "true").splitlines()
    return {name: outcome for name, _, outcome in (line.strip().rpartition(": ") for line in lines)}


def module_of(mutant: str) -> str:
    """The module that a mutant belongs to: orchestration.landing.land.x_land__mutmut_1."""
    return mutant.removeprefix("orchestration.").rpartition(".")[0]


def sampled(mutants: Iterable[str], per_cent: int) -> Iterator[str]:
    """Some of each module, at random, always the same ones; a larger sample holds them too."""
    for module, names in groupby(sorted(mutants, key=module_of), key=module_of):
        shuffled = sorted(names)
        random.Random(module).shuffle(shuffled)
        of_module = 100 if module == LEDGER else per_cent
        yield from shuffled[: max(AT_LEAST, math.ceil(len(shuffled) * of_module / 100))]


def main() -> None:
    """Run both, print a line a module, and exit with 1 below the target."""
    per_cent = int(sys.argv[1])
    counts = of_half_year() | of_the_rest(per_cent)
    counts["all"] = sum(counts.values(), Counter())
    table = Table(
        Column("module", no_wrap=True),
        "mutants",
        "tried",
        "killed",
        "by time",
        "share",
        "95 % interval",
    )
    for module, of_module in counts.items():
        tried = of_module.total() - of_module[NOT_TRIED]
        # a mutant that never ends is noticed too; many of them tell of a busy machine
        killed = Share(of_module["killed"] + of_module["timeout"], tried)
        interval = wilson(killed)
        table.add_row(
            module,
            f"{of_module.total()}",
            f"{killed.respondents}",
            f"{killed.favourable}",
            f"{of_module['timeout']}",
            f"{killed.value:.1%}",
            f"{interval.low:.0%} to {interval.high:.0%}",
        )
    Console().print(table, end="")
    some = f"; tried: {per_cent} % of each module's, at least {AT_LEAST}; half_year, ledger whole"
    print(f"target: {TARGET:.0%} killed" + some * (per_cent < 100))
    print(
        f"{killed.favourable:,} of {killed.respondents:,} killed, {killed.value:.1%} "
        f"({interval.low:.0%} to {interval.high:.0%}), of {counts['all'].total():,} mutants"
    )
    sys.exit(killed.value < TARGET)


if __name__ == "__main__":
    main()
