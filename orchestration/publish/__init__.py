"""Publishing: an audited working warehouse becomes what others read, in one step."""

from orchestration.catalogue import PUBLISHED_TABLES
from orchestration.publish.publish import publish
from orchestration.publish.published import (
    is_of_sample,
    read_figures,
    read_run,
    read_run_of,
    read_table,
)

__all__ = [
    "PUBLISHED_TABLES",
    "is_of_sample",
    "publish",
    "read_figures",
    "read_run",
    "read_run_of",
    "read_table",
]
