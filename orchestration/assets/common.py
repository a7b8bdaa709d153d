"""What every asset module shares: settings at hand, owners, groups, and tables as metadata."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import PrivateAttr

from orchestration import dbt_process
from orchestration.assets.names import RUN_JOB, first_listed
from orchestration.catalogue import Table
from orchestration.config import Config, load_config
from orchestration.errors import DatasporError, TransientError
from orchestration.run import lock
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

OWNERS = ["team:dataspor"]
WAREHOUSE_POOL = "warehouse"
MAX_METADATA_ROWS = 60
MAX_RETRIES = 3
FIRST_WAIT_SECONDS = 5


class Installation(dg.ConfigurableResource):
    """Where things are, read from the environment once a run, which has it for itself.

    Attributes:
        waiting_dbt: a process of dbt that whoever began the run has made ready, and ends.
    """

    waiting_dbt: dg.ResourceDependency[dbt_process.Process | None] = None  # type: ignore[assignment]
    _held: ExitStack = PrivateAttr(default_factory=ExitStack)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Hold the installation's lock until the run ends, wherever the run was started."""
        self._held.enter_context(lock(self.settings))
        is_whole = context.run is not None and context.run.job_name == RUN_JOB
        if is_whole and not self.settings.builds_elsewhere:
            _ = self.dbt  # starts while exports are landed

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Let the next run begin."""
        self._held.close()

    @cached_property
    def settings(self) -> Settings:
        """Folders of this installation."""
        settings = Settings.from_environment()
        settings.prepare()
        return settings

    @cached_property
    def dbt(self) -> dbt_process.Process:
        """The run's process of dbt, which waits for its command."""
        if self.waiting_dbt is not None:
            return self.waiting_dbt
        process = dbt_process.started(self.settings)
        self._held.callback(dbt_process.ended, process)
        return process

    def warehouse(self, *, read_only: bool = False) -> "duckdb.DuckDBPyConnection":
        """A connection to the working warehouse, which landing has begun.

        Raises:
            DatasporError: there is none.
        """
        import duckdb

        self.refuse_without_warehouse()
        return duckdb.connect(str(self.settings.working_warehouse), read_only=read_only)

    def refuse_without_warehouse(self) -> None:
        """See that there is a working warehouse, before anybody makes an empty one.

        Raises:
            DatasporError: there is none.
        """
        if not self.settings.working_warehouse.exists():
            raise DatasporError(
                "There is no working warehouse: a run that publishes takes it along. Materialise "
                f"the whole job {RUN_JOB}."
            )

    @cached_property
    def config(self) -> Config:
        """The municipality's configuration."""
        return load_config(self.settings.config)


class AskParameters(dg.Config):
    """What a run may be told of asking servers.

    Attributes:
        ask: False where whoever started the run has just asked them.
    """

    ask: bool = True


@contextmanager
def asked_again(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Have Dagster run the step again after a transient fault, later each time; no other fault."""
    try:
        yield
    except TransientError as error:
        raise dg.RetryRequested(
            max_retries=MAX_RETRIES,
            seconds_to_wait=FIRST_WAIT_SECONDS * 2**context.retry_number,
        ) from error


def half_year_partitions(config: Config) -> dg.TimeWindowPartitionsDefinition:
    """Half-years that have ended, in local time; the one place where Dagster learns of them."""
    return dg.TimeWindowPartitionsDefinition(
        start=first_listed(config, config.municipality.today()).id,
        cron_schedule="0 0 1 4,10 *",
        fmt="%Y-%m",
        timezone=config.municipality.timezone,
        end_offset=0,
    )


def described(spec: dg.AssetSpec, table: Table) -> dg.AssetSpec:
    """The spec with the catalogue's words for table and columns, as the other surfaces have them.

    The catalogue is the data dictionary: dbt's YAML, in Danish and English.
    """
    columns = [dg.TableColumn(column.name, column.type, column.comment) for column in table.columns]
    schema = {"dagster/column_schema": dg.TableSchema(columns)}
    text = (
        f"{table.description_da}\n\n{table.description_en}\n\n"
        f"En række pr. {table.grain_da} · one row per {table.grain_en}."
    )
    return spec.replace_attributes(description=text).merge_attributes(metadata=schema)


def table_metadata(table: "pd.DataFrame", command: str = "") -> dg.MetadataValue:
    """The first rows of a table, as markdown; where there are more, how many, is said below.

    Args:
        table: with what matters most first.
        command: that tells all rows.
    """
    if table.empty:
        return dg.MetadataValue.md("*no rows*")
    shown = table.head(MAX_METADATA_ROWS).astype(object).where(table.notna(), "")
    header = "| " + " | ".join(map(str, shown.columns)) + " |"
    rule = "|" + "---|" * len(shown.columns)
    rows = [
        "| " + " | ".join(_cell(v) for v in row) + " |" for row in shown.itertuples(index=False)
    ]
    lines = [header, rule, *rows]
    if len(rows) < len(table):
        told = f"; `{command}` tells all" if command else ""
        lines += ["", f"{len(rows)} of {len(table)} rows{told}."]
    return dg.MetadataValue.md("\n".join(lines))


def _number(value: float) -> str:
    if 0 < abs(value) < 0.1:  # a p value that is small is not 0
        return f"{value:.3g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _cell(value: object) -> str:
    text = _number(value) if isinstance(value, float) else str(value)
    # names of files come from elsewhere: no link, picture, code or markup may come of one
    text = re.sub(r"[\\|\[\]`]", r"\\\g<0>", " ".join(text.splitlines()))
    return text.replace("<", "&lt;")
