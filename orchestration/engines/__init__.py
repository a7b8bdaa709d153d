"""Building the dbt project on another engine than DuckDB, between landing and figures.

Landing and everything after the marts stay DuckDB's: the landed rows are handed over, dbt builds
there, and what it built is read back into the working warehouse.
"""

from orchestration.engines.build import cleared, handed_over, on_engine, read_back
from orchestration.engines.installed import check_usable, engine_python

__all__ = ["check_usable", "cleared", "engine_python", "handed_over", "on_engine", "read_back"]
