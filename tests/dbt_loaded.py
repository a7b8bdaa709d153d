"""A process whose forks find dbt with all that it keeps of a first parse."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients.jinja import template_cache

from orchestration.dbt_process import environment
from orchestration.settings import PACKAGED_CONFIG, Settings

# the static parser has threads, which a fork of this process would wait for without end
_PARSE = ["--log-level", "none", "--no-static-parser", "--no-write-json", "parse"]


@functools.cache
def have_dbt_parse() -> None:
    """Have dbt parse the project in this process, since it keeps what it makes for that.

    Four fifths of a first parse are templates compiled and readers of its own files made. Those
    of macros that only a build asks for are compiled as well.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "sources", folder / "home", PACKAGED_CONFIG)
        settings.prepare()
        with patch.dict(os.environ, environment(settings)), contextlib.chdir(settings.home):
            parsed = dbtRunner().invoke(_PARSE)
    assert isinstance(parsed.result, Manifest), parsed.exception
    for macro in parsed.result.macros.values():
        template_cache.get_node_template(macro)
