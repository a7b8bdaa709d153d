"""What a diff compares: figures, incidents and inputs, of a release or of what is published."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.config import Config, load_config
from orchestration.errors import ConfigError, DatasporError
from orchestration.publish import read_run, read_table
from orchestration.releases.release import Release
from orchestration.run import code_digest, made_with
from orchestration.settings import Settings

# one row an incident: its current version; one of a place that is no library, or one that could not
# be used, only where nothing else is
INCIDENTS = """
    select
        s.incident_id, coalesce(i.outcome, s.landing_outcome) as outcome, s.library_id,
        l.district_id, s.category_id, c.is_unsafe_behaviour, h.half_year_id, s.incident_count,
        s.reported_at, s.status, s.correction_ids, s.source_file_id, s.sheet, s.row_number
    from staging.stg_mainmanager__incidents as s
    left join intermediate.int_incident_outcomes as i
        on i.source_file_id = s.source_file_id and i.sheet = s.sheet
        and i.row_number = s.row_number
    left join intermediate.int_calendar as h on h.on_date = s.occurred_at::date
    left join marts.dim_library as l on l.library_id = s.library_id
    left join marts.dim_incident_category as c on c.category_id = s.category_id
    where s.incident_id is not null
        and (i.outcome in ('loaded', 'void', 'excluded') or s.landing_outcome = 'quarantined')
    qualify row_number() over (
        partition by s.incident_id
        order by
            case i.outcome
                when 'loaded' then 0 when 'void' then 1 when 'excluded' then 2 else 3
            end,
            s.updated_at desc nulls last, s.source_file_id, s.sheet, s.row_number
    ) = 1
    order by s.incident_id
"""


@dataclass(frozen=True)
class Source:
    """A source file that figures were made from.

    Attributes:
        file_name: path below the source's folder, personal data screened.
        exported_at: its modification time, ISO, UTC.
    """

    source: str
    source_file_id: str
    file_name: str
    exported_at: str


@dataclass(frozen=True)
class State:
    """One side of a diff.

    Attributes:
        name: the release's id, or ``now``.
        figures: rows of fct_status_figure by ``figure_id``.
        incidents: see :data:`INCIDENTS`.
        sources: the source files.
        config_folder: the configuration.
        code: digest of the code.
        as_of: day of the run, ISO.
        config: what the folder says; None where an earlier version read it and this one refuses it.
    """

    name: str
    figures: pd.DataFrame
    incidents: pd.DataFrame
    sources: list[Source]
    config_folder: Path
    code: str
    as_of: str
    config: Config | None = field(repr=False)

    def files(self, source: str | None = None) -> set[tuple[str, str]]:
        """Source and id of its files, of one source or all."""
        return {
            (file.source, file.source_file_id)
            for file in self.sources
            if source in (None, file.source)
        }


def state_of(release: Release) -> State:
    """A release as one side of a diff.

    Raises:
        DatasporError: an earlier version closed it and kept too little.
    """
    if not release.sources.is_file():
        raise DatasporError(
            f"{release.release_id} was closed by an earlier version of Dataspor, which kept no "
            "list of its source files; it can be read, but neither compared nor reproduced."
        )
    return State(
        name=release.release_id,
        figures=_figures(release.warehouse),
        incidents=_read_parquet(release.incidents),
        sources=[Source(**told) for told in json.loads(release.sources.read_text("utf-8"))],
        config_folder=release.config,
        code=release.facts["code_digest"],
        as_of=release.facts["as_of"],
        config=_config_of(release),
    )


def _config_of(release: Release) -> Config | None:
    try:
        return load_config(release.config)
    except ConfigError:
        return None


def state_of_run(settings: Settings, name: str = "now") -> State:
    """What is published as one side of a diff.

    Raises:
        DatasporError: as :func:`check_made_with`.
    """
    check_made_with(settings)
    return State(
        name=name,
        figures=_figures(settings.published_warehouse),
        incidents=read_table(settings.audited_warehouse, INCIDENTS),
        sources=sources_of(settings),
        config_folder=settings.config,
        code=code_digest(),
        as_of=read_run(settings)["as_of"],
        config=load_config(settings.config),
    )


def check_made_with(settings: Settings) -> None:
    """Whether what is published was made with the configuration and the code of now.

    Raises:
        DatasporError: it was not, so that neither is known by which its figures were made.
    """
    made = read_table(settings.audited_warehouse, "select made_with from landing.run").made_with
    if made.to_list() != [made_with(load_config(settings.config))]:
        raise DatasporError(
            "The configuration or the code has changed since the published run as of "
            f"{read_run(settings)['as_of']}. A release keeps those that its figures were made "
            "with, and a comparison measures them: run `dataspor run` first."
        )


def sources_of(settings: Settings) -> list[Source]:
    """The source files of the published run, in export order."""
    rows = read_table(
        settings.audited_warehouse,
        "select source, source_file_id, file_name, exported_at from landing.source_file "
        "order by export_order",
    )
    return [
        Source(
            row.source,
            row.source_file_id,
            row.file_name,
            row.exported_at.isoformat(),
        )
        for row in rows.itertuples()
    ]


def _figures(warehouse: Path) -> pd.DataFrame:
    return read_table(warehouse, "select * from marts.fct_status_figure").set_index("figure_id")


def _read_parquet(path: Path) -> pd.DataFrame:
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?)", [str(path)]).df()
