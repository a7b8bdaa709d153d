"""Names of jobs and tags; needs no Dagster, so that the command line starts fast."""

import datetime as dt

from orchestration.config import Config
from orchestration.half_year import HalfYear, last_ended

# computed in Python from the marts of dbt; all others are dbt's
FIGURE_TABLES = (
    "fct_status_figure",
    "fct_figure_evidence",
    "fct_incident_completeness",
    "fct_claim",
)
SOURCES = "sources"
RUN_JOB = "dataspor_run"
CLOSE_JOB = "dataspor_close"
MIRROR_OP = "landing__mirrored_exports"
FETCH_OP = "landing__fetched_answers"
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def first_listed(config: Config, today: dt.date) -> HalfYear:
    """Where the list of half-years begins; one that has ended is on it, or nothing could run."""
    return min(HalfYear.parse(config.municipality.first_half_year), last_ended(today))


def all_half_years(config: Config, today: dt.date) -> dict[str, str]:
    """Tags of a run that refreshes the figures of every half-year that has ended."""
    return {RANGE_START: first_listed(config, today).id, RANGE_END: last_ended(today).id}
