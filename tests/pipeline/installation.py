"""An installation of the whole pipeline in a temporary folder, and what tests ask of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from filelock import FileLock

from orchestration import dbt_process
from orchestration.assets.names import RUN_JOB, all_half_years
from orchestration.cli import main
from orchestration.config import load_config
from orchestration.execute import Execution, execute
from orchestration.publish import read_table
from orchestration.settings import PACKAGED_CONFIG, Settings

DATASPOR = Path(sys.executable).with_name("dataspor")
AS_OF = "2025-11-17"
TODAY = dt.date(2025, 11, 17)
CLOSED = "2025-04"  # the half-year that the releases of tests are of
OUTCOMES = ("loaded", "superseded", "duplicate", "void", "excluded", "quarantined")


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    exit_code: int
    output: str
    error: str = ""

    @property
    def told(self) -> str:
        """Everything printed, on one line, so that folding does not matter."""
        return " ".join((self.output + " " + self.error).split())


@dataclass(frozen=True)
class Place:
    """One installation: its folders, and the ways of running it.

    Attributes:
        folder: holds ``sources``, ``home``, perhaps ``config``, and notes of what was printed.
    """

    folder: Path

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def config(self) -> Path:
        """The installation's own configuration, where it has one."""
        return self.folder / "config"

    @property
    def settings(self) -> Settings:
        return Settings(
            sources=self.sources,
            home=self.home,
            config=self.config if self.config.is_dir() else PACKAGED_CONFIG,
        )

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The environment that names this installation."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATASPOR_HOME", str(self.home))
            patch.setenv("DATASPOR_SOURCES", str(self.sources))
            patch.setenv("DATASPOR_CONFIG", str(self.settings.config))
            patch.delenv("DATASPOR_OPENING_HOURS_URL", raising=False)
            yield

    def dataspor(self, *arguments: str) -> Answer:
        """Run a command in this process."""
        with self.environment():
            result = CliRunner().invoke(main, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    def noted(self, name: str, *arguments: str) -> Answer:
        """Run a command and keep what it printed under a name, for the other workers."""
        return self._kept(name, self.dataspor(*arguments))

    def noted_of_the_command(self, name: str, *arguments: str) -> Answer:
        """The same with the installed command, in a process of its own."""
        with self.environment():
            told = subprocess.run(
                [DATASPOR, *arguments], capture_output=True, text=True, check=False
            )
        return self._kept(name, Answer(told.returncode, told.stdout, told.stderr))

    def _kept(self, name: str, answer: Answer) -> Answer:
        (self.folder / f"{name}.json").write_text(json.dumps(answer.__dict__), encoding="utf-8")
        return answer

    def note(self, name: str) -> Answer:
        """What a command printed when this installation was made."""
        return Answer(**json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8")))

    def execute(self, as_of: dt.date) -> Execution:
        """Run the pipeline's job in this process."""
        with self.environment():
            settings = Settings.from_environment()
            settings.prepare()
            with dbt_process.ready(settings) as waiting_dbt:
                return execute(
                    settings,
                    RUN_JOB,
                    tags=all_half_years(load_config(settings.config), TODAY),
                    run_config={
                        "ops": {"open_working_warehouse": {"config": {"as_of": as_of.isoformat()}}}
                    },
                    waiting_dbt=waiting_dbt,
                )

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """The answer of a query on the published warehouse, with null as None."""
        table = read_table(self.settings.published_warehouse, query, list(parameters))
        return table.astype(object).where(table.notna(), None).to_dict("records")

    def value(self, query: str, *parameters: Any) -> Any:
        """The one value that a query on the published warehouse gives."""
        (row,) = self.rows(query, *parameters)
        (value,) = row.values()
        return value

    def figures(self) -> dict[str, dict[str, Any]]:
        """The published status figures by id."""
        found = self.rows("select * from marts.fct_status_figure")
        return {row["figure_id"]: row for row in found}

    def fingerprint(self) -> str:
        """sha256 of the published warehouse."""
        return hashlib.sha256(self.settings.published_warehouse.read_bytes()).hexdigest()


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Place], None]
) -> Place:
    """An installation that the first worker who needs it makes, and all others share."""
    # with xdist, each worker has a folder of its own below the session's
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    place = Place(shared / "pipeline" / name)
    place.folder.parent.mkdir(exist_ok=True)
    with FileLock(f"{place.folder}.lock"):
        if not (place.folder / "made").exists():
            shutil.rmtree(place.folder, ignore_errors=True)
            place.sources.mkdir(parents=True)
            make(place)
            (place.folder / "made").touch()
    return place


def ledger_gaps(place: Place) -> list[dict[str, Any]]:
    """Source files whose rows in are not their rows out."""
    out = " + ".join(f"rows_{outcome}" for outcome in OUTCOMES)
    return place.rows(f"select * from marts.meta_source_file where rows_read <> {out}")


def copied(place: Place, folder: Path) -> Place:
    """A copy of an installation, to be changed; symbolic links in it stay relative."""
    shutil.copytree(place.folder, folder, symlinks=True)
    return Place(folder)


def begun_from(place: Place, other: Place) -> None:
    """Begin a shared installation (`made_once`) as a copy of another one."""
    shutil.rmtree(place.folder)
    copied(other, place.folder)
    (place.folder / "made").unlink()
