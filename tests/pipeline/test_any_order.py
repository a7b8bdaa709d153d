"""Files arrive, are exported again, renamed and removed in any order: only the last folder counts.

Runs lie in between, some of them killed by the system in the middle of a write.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from orchestration.settings import PACKAGED_CONFIG, Settings
from tests.compiled_models import Model, build, of_years

CONFIG = of_years(2025, 2025)
HEADER = "Indmeldingsnr.;Indmeldt;Hændelsesdato;Bibliotek;Type;Status;Ændret"
LIBRARIES = ("Hovedbiblioteket", "Blågårdens Bibliotek", "Nørrebro Bibliotek", "Ukendt hus")
TYPES = ("Trusler", "Støj og uro", "Ukendt slags")
STATUSES = ("Afsluttet", "Under behandling", "Annulleret")
NAMES = ("januar", "februar", "alle", "kopi af alle", "gruppe/vinter")
FACTS = {
    "fct_incident_month": "select * from marts.fct_incident_month order by all",
    "meta_source_file": "select * from marts.meta_source_file order by all",
    "meta_quarantine": "select * from marts.meta_quarantine order by all",
}
LONGEST = 60

row = st.builds(
    lambda number, day, library, kind, status, changed: ";".join(
        [
            str(1000 + number),
            f"{day:02d}-03-2025 10:00",
            f"{day:02d}-{'03' if number % 2 else '02'}-2025",
            LIBRARIES[library],
            TYPES[kind],
            STATUSES[status],
            f"{changed:02d}-04-2025 12:00",
        ]
    ),
    st.integers(0, 5),
    st.integers(1, 28),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(1, 4),
)
export = st.lists(row, max_size=6).map(lambda rows: "\n".join([HEADER, *rows]) + "\n")
name = st.sampled_from(NAMES)
hour = st.integers(0, 40)  # times of export may be the same, and need not be in order


def proved(
    models: list[Model], folder: Path, sequences: int, steps: int, part: int | None = None
) -> int:
    """Run so many random sequences of so many steps in a folder; how many ended as they should.

    Parts have sequences of their own, also where CI has Hypothesis draw the same ones each time.
    """
    ended = 0
    wanted = [model for model in models if model.name != "meta_correction"]

    class AnyOrder(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp(dir=folder))
            self.settings = Settings(self.folder / "sources", self.folder / "home", PACKAGED_CONFIG)
            (self.settings.sources / "mainmanager").mkdir(parents=True)
            self.is_checked = False

        def path(self, name: str) -> Path:
            return self.settings.sources / "mainmanager" / f"{name}.csv"

        @rule(name=name, text=export, hour=hour)
        def arrives(self, name: str, text: str, hour: int) -> None:
            self.is_checked = False
            path = self.path(name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            moment = dt.datetime(2025, 4, 10, tzinfo=dt.UTC).timestamp() + 3600 * hour
            os.utime(path, (moment, moment))

        @rule(one=name, other=name)
        def is_renamed(self, one: str, other: str) -> None:
            self.is_checked = False
            if self.path(one).exists():
                self.path(other).parent.mkdir(exist_ok=True)
                self.path(one).rename(self.path(other))

        @rule(one=name, other=name)
        def is_copied(self, one: str, other: str) -> None:
            self.is_checked = False
            if self.path(one).exists() and one != other:
                self.path(other).parent.mkdir(exist_ok=True)
                shutil.copy2(self.path(one), self.path(other))

        @rule(name=name)
        def is_removed(self, name: str) -> None:
            self.is_checked = False
            self.path(name).unlink(missing_ok=True)

        @rule(size=st.integers(0, 9000), killed=st.booleans())
        def a_run_is_interrupted(self, size: int, killed: bool) -> None:
            self.is_checked = False
            interrupted(self.settings, wanted, size, killed=killed)

        @rule()
        def a_run(self) -> None:
            fresh = Settings(self.settings.sources, self.folder / "fresh", PACKAGED_CONFIG)
            shutil.rmtree(fresh.home, ignore_errors=True)
            assert facts(self.settings, wanted) == facts(fresh, wanted)
            self.is_checked = True

        def teardown(self) -> None:
            try:
                if not self.is_checked:
                    self.a_run()
                nonlocal ended
                ended += 1
            finally:
                shutil.rmtree(self.folder)

    run_state_machine_as_test(
        AnyOrder if part is None else seed(part)(AnyOrder),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return ended


def facts(settings: Settings, models: list[Model]) -> dict[str, Any]:
    """The facts of a run on what lies in the sources; the ledger's equation holds in them."""
    with build(settings, CONFIG, models) as connection:
        found = {name: connection.execute(query).fetchall() for name, query in FACTS.items()}
        (gaps,) = connection.execute(
            "select count(*) from marts.meta_source_file where rows_unaccounted <> 0"
        ).fetchone() or (None,)
    assert gaps == 0
    return found


def interrupted(settings: Settings, models: list[Model], size: int, *, killed: bool) -> None:
    """A run in a child that the system refuses to write more than so much to any file.

    Refused it fails with an error; or it is killed at that moment, in the middle of a write.
    """
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if killed else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            facts(settings, models)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_the_facts_are_those_of_the_last_folder_whatever_came_before(
    models: list[Model], tmp_path: Path
) -> None:
    proved(models, tmp_path, sequences=6, steps=6)
