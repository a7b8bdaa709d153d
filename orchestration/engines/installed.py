"""Whether an engine can be used here, and by which Python; it imports nothing of theirs."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from orchestration.errors import UsageError
from orchestration.settings import Settings

# the module of dbt's adapter, and that of the engine where it runs in the same process
_MODULES = {"spark": ("dbt.adapters.spark", "pyspark"), "postgres": ("dbt.adapters.postgres",)}


def engine_python(engine: str) -> Path | None:
    """The Python that has an engine's packages: this one, or that of ``engines`` below it.

    They may have an environment of their own, since what they bring (pyarrow) would be loaded by
    every ordinary run.
    """
    if all(_is_here(name) for name in _MODULES[engine]):
        return Path(sys.executable)
    python = Path(sys.prefix) / "engines" / "bin" / "python"
    return python if python.is_file() and _can_import(python, _MODULES[engine]) else None


def check_usable(settings: Settings) -> None:
    """Say what an engine other than DuckDB lacks, before anything is landed.

    Raises:
        UsageError: the engine's packages, Java or the address of its database are missing.
    """
    engine = settings.engine
    if engine_python(engine) is None:
        raise UsageError(
            f"DATASPOR_ENGINE is {engine}, whose packages are not installed. Install them with "
            f"`pip install -e '.[{engine}]'`, or in an environment of their own with "
            "`sh tests/install_engines.sh`."
        )
    if engine == "spark" and shutil.which("java") is None:
        raise UsageError(
            "DATASPOR_ENGINE is spark, which needs Java 17 or 21. Install Debian's "
            "openjdk-17-jre-headless."
        )
    if engine == "postgres" and not settings.engine_dsn:
        raise UsageError(
            "DATASPOR_ENGINE is postgres, but DATASPOR_ENGINE_DSN does not say which database. Set "
            "it to an empty database of its own, such as host=localhost dbname=dataspor_build."
        )


def _is_here(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@cache
def _can_import(python: Path, modules: tuple[str, ...]) -> bool:
    script = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))"
    told = subprocess.run([python, "-c", script, *modules], capture_output=True, check=False)
    return told.returncode == 0
