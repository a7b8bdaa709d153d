"""Where things are: the environment of the contract, and the folders under DATASPOR_HOME."""

from __future__ import annotations

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
LOCK_SECONDS = 900  # for which one run waits for another
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
            UsageError: DATASPOR_SOURCES or DATASPOR_CONFIG names a folder that is not there, or
                DATASPOR_KEPT_VERSIONS is no number above 0, or DATASPOR_ENVIRONMENT or
                DATASPOR_ENGINE is unknown.
        """
        home = _folder("DATASPOR_HOME") or PROJECT / "data"
        sources_url = _remote("DATASPOR_SOURCES")
        sources = home / "archive" / "mirror" if sources_url else _folder("DATASPOR_SOURCES")
        config = _folder("DATASPOR_CONFIG")
        local = None if sources_url else sources
        for name, folder in (("DATASPOR_SOURCES", local), ("DATASPOR_CONFIG", config)):
            if folder is not None and not folder.is_dir():
                # with an @, it is a mistyped URL rather, which may hold a password
                shown = "[…] (a URL needs ://)" if "@" in os.environ[name] else str(folder)
                raise UsageError(f"{name} is {shown}, which is not a folder. Correct the variable.")
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
        """Make the folders; those that hold rows of single incidents are for their owner only."""
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in (self.archive, self.landing, self.build, self.dbt_target, self.dagster_home):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        for folder in (self.published, self.releases):
            folder.mkdir(exist_ok=True)


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    if value and value.startswith("file://"):
        value = url2pathname(urlsplit(value).path)
    return Path(value).expanduser().absolute() if value else None


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
