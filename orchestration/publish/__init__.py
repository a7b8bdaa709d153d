"""Publishing: an audited working warehouse becomes what others read, in one step."""

from orchestration.publish.publish import publish
from orchestration.publish.published import (
    PUBLISHED_TABLES,
    read_figures,
    read_run,
    read_run_of,
    read_table,
)

__all__ = ["PUBLISHED_TABLES", "publish", "read_figures", "read_run", "read_run_of", "read_table"]
