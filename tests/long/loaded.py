"""What commands load, loaded once by a process whose forks carry them out."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import dbt.adapters.duckdb  # noqa: F401
import great_expectations  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import scipy.optimize  # noqa: F401
import scipy.stats  # noqa: F401
import statsmodels.api  # noqa: F401
from dbt.cli.main import dbtRunner

from orchestration.assets.names import RUN_JOB  # noqa: F401
from orchestration.dbt_process import environment
from orchestration.definitions import build_definitions  # noqa: F401
from orchestration.settings import PACKAGED_CONFIG, Settings

# the static parser has threads, which a fork of this process would wait for without end
_PARSE = ["--log-level", "none", "--no-static-parser", "--no-write-json", "parse"]


def have_dbt_parse() -> None:
    """Have dbt parse the project in this process, since it keeps what it makes for that.

    Four fifths of a first parse are templates compiled and readers of its own files made.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "sources", folder / "home", PACKAGED_CONFIG)
        settings.prepare()
        with patch.dict(os.environ, environment(settings)), contextlib.chdir(settings.home):
            parsed = dbtRunner().invoke(_PARSE)
    assert parsed.success, parsed.exception
