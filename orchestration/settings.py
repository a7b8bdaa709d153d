"""Where things are: the environment of the contract, and the folders under DATASPOR_HOME."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from orchestration.errors import UsageError

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
PACKAGED_CONFIG = Path(__file__).resolve().parent / "config" / "copenhagen"

ENVIRONMENTS = ("development", "test", "production")
ENGINES = ("duckdb", "postgres", "spark")
# what makes room or another disk mend, and no other folder
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
LOCK_SECONDS = 900  # for which one run waits for another
# Python looks for cycles of garbage after 700 new objects; a run makes millions and keeps most, and
# so it is with the definitions and with a briefing's charts
OBJECTS_BETWEEN_LOOKS = 50_000
SOURCE_NAMES = ("mainmanager", "survey", "opening_hours", "presence")


@dataclass(frozen=True)
class Settings:
    """Folders and servers of one installation; see the contract's table of environment variables.

    Where DATASPOR_SOURCES is the URL of a server, ``sources_url`` is that, and ``sources``
    the mirror of it.
    What may hold a password is not shown in ``repr``.
    """

    sources: Path
    home: Path
    config: Path
    opening_hours_url: str | None = field(default=None, repr=False)
    surveyxact_url: str | None = field(default=None, repr=False)
    surveyxact_user: str | None = field(default=None, repr=False)
    surveyxact_password: str | None = field(default=None, repr=False)
    sources_url: str | None = field(default=None, repr=False)
    postgres_dsn: str | None = field(default=None, repr=False)
    kept_versions: int = 5
    environment: str = "development"
    alerts: tuple[str, ...] = field(default=(), repr=False)
    engine: str = ENGINES[0]
    engine_dsn: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment, with the contract's defaults.

        Raises:
            UsageError: DATASPOR_SOURCES, DATASPOR_CONFIG or DATASPOR_HOME names what is no folder
                or one that may not be entered, or DATASPOR_KEPT_VERSIONS is no number above 0, or
                DATASPOR_ENVIRONMENT or DATASPOR_ENGINE is unknown.
        """
        home = _folder("DATASPOR_HOME") or PROJECT / "data"
        sources_url = _remote("DATASPOR_SOURCES")
        sources = home / "archive" / "mirror" if sources_url else _folder("DATASPOR_SOURCES")
        config = _folder("DATASPOR_CONFIG")
        _check("DATASPOR_HOME", home)
        _check("DATASPOR_SOURCES", None if sources_url else sources)
        _check("DATASPOR_CONFIG", config)
        return cls(
            sources=sources or home / "sample",
            home=home,
            config=config or PACKAGED_CONFIG,
            opening_hours_url=os.environ.get("DATASPOR_OPENING_HOURS_URL") or None,
            surveyxact_url=os.environ.get("DATASPOR_SURVEYXACT_URL") or None,
            surveyxact_user=os.environ.get("DATASPOR_SURVEYXACT_USER") or None,
            surveyxact_password=os.environ.get("DATASPOR_SURVEYXACT_PASSWORD") or None,
            sources_url=sources_url,
            postgres_dsn=os.environ.get("DATASPOR_POSTGRES_DSN") or None,
            kept_versions=_count("DATASPOR_KEPT_VERSIONS", default=5),
            environment=_environment(),
            alerts=tuple(os.environ.get("DATASPOR_ALERTS", "").split()),
            engine=_engine(),
            engine_dsn=os.environ.get("DATASPOR_ENGINE_DSN") or None,
        )

    @property
    def builds_elsewhere(self) -> bool:
        """Whether another engine than DuckDB builds the models."""
        return self.engine != ENGINES[0]

    @property
    def is_production(self) -> bool:
        """Whether schedules and sensors run without being turned on by hand."""
        return self.environment == "production"

    @property
    def archive(self) -> Path:
        """Raw bytes as received; the only place where raw exports lie."""
        return self.home / "archive"

    @property
    def fetched(self) -> Path:
        """Answers of APIs as source files, in one folder a source."""
        return self.archive / "fetched"

    @property
    def landing(self) -> Path:
        """Typed rows of each source file, one Parquet file and one JSON line of ledger each."""
        return self.home / "landing"

    @property
    def build(self) -> Path:
        """The private folder in which a run builds the whole warehouse anew."""
        return self.home / "build"

    @property
    def working_warehouse(self) -> Path:
        """The warehouse under construction, with incident-level rows; never published."""
        return self.build / "warehouse.duckdb"

    @property
    def engine_folder(self) -> Path:
        """What another engine than DuckDB reads and writes during a build; gone after it."""
        return self.build / "engine"

    @property
    def audited_warehouse(self) -> Path:
        """The working warehouse of the run that is published; trace reads it.

        The link that names the published version chooses it too. Earlier versions of Dataspor kept
        one only, in the folder itself.
        """
        current = self.published / "current"
        if current.is_symlink():
            of_version = self.audited_warehouse_of(current.readlink().name)
            if of_version.exists():
                return of_version
        return self.build / "audited" / "warehouse.duckdb"

    def audited_warehouse_of(self, version: str) -> Path:
        """The working warehouse that a published version was made of.

        It keeps its file's name, by which its views name the database that they are in.
        """
        return self.build / "audited" / version / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """What others read."""
        return self.home / "published"

    @property
    def published_warehouse(self) -> Path:
        """The contract's stable path of the published warehouse."""
        return self.published / "warehouse.duckdb"

    @property
    def releases(self) -> Path:
        """Frozen half-year releases."""
        return self.home / "releases"

    @property
    def disclosed(self) -> Path:
        """The record of what the public has been shown, for the owner only."""
        return self.home / "disclosed" / "history.json"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage."""
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's artifacts of this installation (partial parse, run results, log)."""
        return self.home / (f"dbt-{self.engine}" if self.builds_elsewhere else "dbt")

    def prepare(self) -> None:
        """Make the folders; those that hold rows of single incidents are for their owner only.

        Raises:
            UsageError: DATASPOR_HOME names a place where they cannot be made.
        """
        private = (self.archive, self.landing, self.build, self.dbt_target, self.dagster_home)
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            for folder in private:
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
            for folder in (self.published, self.releases):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            if error.errno in _OF_THE_DISK:
                raise
            raise UsageError(
                f"DATASPOR_HOME is {self.home}, where {error.filename} cannot be made or changed "
                f"({error.strerror}). Name a folder that is yours to write in, or get the right to "
                "this one."
            ) from None


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    if value and value.startswith("file://"):
        value = url2pathname(urlsplit(value).path)
    try:
        return Path(value).expanduser().absolute() if value else None
    except RuntimeError:
        raise UsageError(
            f"{variable} is {value}, and there is no user of that name whose home it could mean. "
            "Write the path from / on."
        ) from None


def _check(variable: str, folder: Path | None) -> None:
    """Refuse what is no folder, or one that whoever runs this may not enter; a home may be made.

    Raises:
        UsageError: it is so.
    """
    if folder is None:
        return
    is_home = variable == "DATASPOR_HOME"
    why = None
    try:
        if folder.is_dir():
            if not os.access(folder, os.X_OK):
                why = "may not be entered by the user who runs this"
        elif not is_home or os.path.lexists(folder):
            why = "is not a folder"
    except OSError as error:
        why = f"cannot be looked at ({error.strerror})"
    if why is not None:
        # with an @, it is a mistyped URL rather, which may hold a password
        is_url = "@" in os.environ.get(variable, "") and not is_home
        shown = "[…] (a URL needs ://)" if is_url else str(folder)
        raise UsageError(f"{variable} is {shown}, which {why}. Correct the variable or the rights.")


def _remote(variable: str) -> str | None:
    """The variable's value where it is the URL of something else than a local folder."""
    value = os.environ.get(variable, "")
    return value if "://" in value and not value.startswith("file://") else None


def _count(variable: str, *, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise UsageError(
            f"{variable} is {value!r}, which is no whole number from 1 on. Correct it."
        )
    return int(value)


def _environment() -> str:
    value = os.environ.get("DATASPOR_ENVIRONMENT") or ENVIRONMENTS[0]
    if value not in ENVIRONMENTS:
        raise UsageError(
            f"DATASPOR_ENVIRONMENT is {value!r}; it is one of {', '.join(ENVIRONMENTS)}. Only "
            "production turns schedules and sensors on by itself."
        )
    return value


def _engine() -> str:
    value = os.environ.get("DATASPOR_ENGINE") or ENGINES[0]
    if value not in ENGINES:
        raise UsageError(f"DATASPOR_ENGINE is {value!r}; it is one of {', '.join(ENGINES)}.")
    return value
