"""What commands load, loaded once by a process whose forks carry them out."""

from __future__ import annotations

import dbt.adapters.duckdb  # noqa: F401
import great_expectations  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import pandas as pd
import scipy.optimize  # noqa: F401
import scipy.stats  # noqa: F401
import statsmodels.api  # noqa: F401
from babel.numbers import format_decimal

from expectations.adapter import run_suite, suites
from orchestration.config import load_config
from orchestration.definitions import build_definitions
from orchestration.run import made_with
from orchestration.settings import PACKAGED_CONFIG
from tests.dbt_loaded import have_dbt_parse as have_dbt_parse

# what is read once a process: configuration, suites, the catalogue, the code's digest, how Danish
# numbers are written; and what Great Expectations and pandas find out about each other's classes
made_with(load_config(PACKAGED_CONFIG))
build_definitions()
format_decimal(1, locale="da_DK")
for suite in suites().values():
    run_suite(suite, pd.DataFrame())
