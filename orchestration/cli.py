"""The ``dataspor`` command: arguments in, plain functions called, tables and sentences out."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from pathlib import Path
from typing import Any

import click

from orchestration import __version__
from orchestration.errors import ConfigError, DatasporError, UsageError
from orchestration.settings import LOCK_SECONDS, OBJECTS_BETWEEN_LOOKS, Settings

FAILED, UNUSABLE = 1, 2


class _Commands(click.Group):
    """A group whose errors are sentences: exit 2 for unusable input, 1 for everything else."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            click.echo("The configuration cannot be used:", err=True)
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            sys.exit(UNUSABLE)
        except (UsageError, ValueError) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(UNUSABLE)
        except DatasporError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(FAILED)
        except BrokenPipeError:  # whoever read the output has seen enough; click knows
            raise
        except OSError as error:  # a full disk, a broken one, rights
            where = f": {error.filename}" if error.filename else ""
            click.echo(f"Error: the system says {error.strerror or error}{where}.", err=True)
            sys.exit(FAILED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dataspor")
def main() -> None:
    """Half-year figures on incidents, staff surveys, opening hours and presence in libraries.

    Where things are is told by the environment: DATASPOR_SOURCES, DATASPOR_HOME,
    DATASPOR_CONFIG, DATASPOR_OPENING_HOURS_URL, DATASPOR_SURVEYXACT_URL, _USER and _PASSWORD,
    DATASPOR_POSTGRES_DSN, DATASPOR_KEPT_VERSIONS, DATASPOR_ENVIRONMENT, DATASPOR_ALERTS, and
    DATASPOR_ENGINE and _DSN; deploy/environment.example explains them.
    """
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    # a library that logs or is loaded before anything is set up, such as one of dbt's, would print
    # every later line of the others
    logging.getLogger().addHandler(logging.NullHandler())


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Hand a command the settings of the environment."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        command(Settings.from_environment(), *args, **kwargs)

    return wrapped


_FORMAT = click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print them.",
)
_AS_OF = click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    default=None,
    help="The day the run pretends it is (default: today).",
)


@main.command()
@_AS_OF
@with_settings
def run(settings: Settings, as_of: dt.datetime | None) -> None:
    """Land what is new, build, validate, publish, and print the figures."""
    from orchestration.config import load_config
    from orchestration.landing.inventory import look
    from orchestration.landing.mirror import mirror
    from orchestration.run import lock, run_fingerprint

    config = load_config(settings.config)
    day = as_of.date() if as_of else config.municipality.today()
    if settings.sources_url is None and not settings.sources.is_dir():
        raise UsageError(
            f"There are no sources at {settings.sources}. Set DATASPOR_SOURCES to a folder of "
            f"exports, or write the synthetic ones: dataspor sample {settings.sources}"
        )
    settings.prepare()
    with lock(settings):
        mirrored = mirror(settings)
        fetched = _fetch(settings, config)
        inventory = look(settings)
        for left in (*mirrored.left, *inventory.left):
            click.echo(str(left), err=True)
        fingerprint = run_fingerprint(settings, config, inventory.files, day)
        if _is_published(settings, fingerprint):
            click.echo("Nothing new since the last published run.")
        else:
            _execute_run(settings, config, day, fingerprint)
    _print_unusable(settings, config, fetched, mirrored.wanting | inventory.wanting)
    _print_figures(settings)


def _fetch(settings: Settings, config: Any, **options: Any) -> list[Any]:
    """Fetch what is configured, and print what came of it, one line each."""
    from orchestration.fetch import is_configured

    if not is_configured(settings, config):
        return []
    from rich.console import Console

    from orchestration.fetch.answers import fetch_all

    with Console(stderr=True).status("Fetching …"):
        fetched = fetch_all(settings, config, config.municipality.today(), **options)
    for outcome in fetched:
        click.echo(outcome.line, err=outcome.status == "failed")
    return fetched


def _is_published(settings: Settings, fingerprint: str) -> bool:
    """Whether files, and PostgreSQL where there is one, show what a run would give."""
    from orchestration.warehouse_file import reads_landed_rows_in

    warehouses = (settings.published_warehouse, settings.audited_warehouse)
    if any(_fingerprint_of(warehouse) != fingerprint for warehouse in warehouses):
        return False
    if not reads_landed_rows_in(settings.audited_warehouse, settings.landing):
        return False  # the home was moved or copied here
    if settings.postgres_dsn is None:
        return True
    from orchestration.publish.postgres import published_fingerprint

    return published_fingerprint(settings.postgres_dsn) == fingerprint


def _fingerprint_of(warehouse: Path) -> str | None:
    """What the run of a warehouse was made of; none where no warehouse is, or none to be read."""
    from orchestration.publish import read_run_of

    try:
        return read_run_of(warehouse).get("fingerprint")
    except DatasporError:  # a run replaces it
        return None


def _execute_run(settings: Settings, config: Any, day: dt.date, fingerprint: str) -> None:
    from rich.console import Console

    from orchestration.assets.names import FETCH_OP, MIRROR_OP, RUN_JOB, all_half_years
    from orchestration.dbt_process import ready
    from orchestration.execute import execute
    from orchestration.fetch import is_configured

    ops: dict[str, Any] = {"open_working_warehouse": {"config": {"as_of": day.isoformat()}}}
    if is_configured(settings, config):  # it has been fetched already, before the inventory
        ops[FETCH_OP] = {"config": {"ask": False}}
    if settings.sources_url is not None:
        ops[MIRROR_OP] = {"config": {"ask": False}}
    console = Console(stderr=True)
    if console.is_terminal:  # the status has a thread, and must not begin before dbt is forked
        console.print("Loading …", end="\r")
    waiting = nullcontext() if settings.builds_elsewhere else ready(settings)
    with waiting as waiting_dbt, console.status("Loading …") as status:
        result = execute(
            settings,
            RUN_JOB,
            tags=all_half_years(config, config.municipality.today()),
            run_config={"ops": ops},
            on_step=lambda step: status.update(f"{step} …"),
            waiting_dbt=waiting_dbt,
        )
    if not result.succeeded:
        if _fingerprint_of(settings.published_warehouse) == fingerprint:
            told = "The files were published; what comes after them failed."
        elif settings.published_warehouse.exists():
            told = "Nothing was published; what was published before is untouched."
        else:
            told = "Nothing was published."
        raise DatasporError("\n  ".join([told, *result.reasons]))


def _print_unusable(
    settings: Settings, config: Any, fetched: list[Any], unfinished: frozenset[str]
) -> None:
    """Files that could not be used; one of a required source makes the run end with exit 1.

    So does an answer of a required source that could not be fetched, and a file that nothing
    counts of yet, since it is still being written.
    """
    from orchestration.publish import read_table

    refused = read_table(
        settings.published_warehouse,
        "select source, file_name, reason from marts.meta_source_file where status <> 'landed'",
    )
    for row in refused.itertuples():
        click.echo(f"Not used: {row.source}/{row.file_name}: {row.reason}", err=True)
    required = set(config.municipality.required_sources)
    wanting = {
        "of which a file could not be used": required & set(refused.source),
        "of which a file is left for the next run": required & unfinished,
        "of which an answer could not be fetched": required
        & {outcome.source for outcome in fetched if outcome.status == "failed"},
    }
    sentences = [
        f"The configuration requires {', '.join(sorted(sources))}, {what}."
        for what, sources in wanting.items()
        if sources
    ]
    if sentences:
        raise DatasporError(" ".join([*sentences, "Everything else was published."]))


def _print_figures(settings: Settings) -> None:
    from orchestration.present import figures_table, print_table
    from orchestration.publish import is_of_sample, read_figures, read_run

    told = read_run(settings)
    if is_of_sample(told):
        click.echo("SYNTHETIC DATA: these figures come from generated sample exports.")
    published = read_figures(settings)
    if published.empty:
        click.echo("No figures: figures.yml lists none.")
    else:
        print_table(figures_table(published), title=f"Status figures as of {told['as_of']}")
    click.echo(f"Published: {settings.published_warehouse}")


@main.command()
@with_settings
def fetch(settings: Settings) -> None:
    """Fetch opening hours and surveys from their servers, and print what came; run nothing."""
    from orchestration.config import load_config
    from orchestration.run import lock

    config = load_config(settings.config)
    settings.prepare()
    with lock(settings):
        fetched = _fetch(settings, config, fresh_for=dt.timedelta(0))
    if not fetched:
        click.echo(
            "Nothing is fetched here. Set DATASPOR_OPENING_HOURS_URL, or list surveys under "
            "`rest` in survey.yml."
        )
    if any(outcome.status == "failed" for outcome in fetched):
        raise DatasporError("Not everything was fetched; what was fetched before is kept.")


@main.command()
@_FORMAT
@with_settings
def figures(settings: Settings, shape: str) -> None:
    """Print the published status figures."""
    from orchestration.present import print_frame
    from orchestration.publish import read_figures

    if shape == "table":
        _print_figures(settings)
    else:
        print_frame(read_figures(settings), shape)


@main.command()
@_FORMAT
@with_settings
def claims(settings: Settings, shape: str) -> None:
    """Print what past briefings state, judged by the published figures."""
    from orchestration.present import claims_table, print_frame
    from orchestration.publish import read_table

    judged = read_table(settings.published_warehouse, "select * from marts.fct_claim")
    if shape == "table" and judged.empty:
        click.echo("No claims: claims.yml lists none.")
    else:
        print_frame(claims_table(judged) if shape == "table" else judged, shape)


@main.command()
@click.argument("figure_id")
@_FORMAT
@with_settings
def trace(settings: Settings, figure_id: str, shape: str) -> None:
    """Print the rows behind FIGURE_ID, each with source file and row."""
    from orchestration.figures.trace import trace as trace_figure
    from orchestration.present import print_frame

    rows = trace_figure(settings.audited_warehouse, settings.archive, figure_id)
    print_frame(rows.drop(columns="archived_in") if shape == "table" else rows, shape)
    if shape == "table":
        files = rows[["file_name", "archived_in"]].dropna().drop_duplicates()  # a day may have none
        for file_name, archived_in in files.itertuples(index=False):
            where = settings.archive / archived_in if archived_in else "no longer archived"
            click.echo(f"{file_name}: {where}")
    if shape == "table" and "incident_count" in rows:
        for half_year_id, count in rows.groupby("half_year_id").incident_count.sum().items():
            click.echo(f"{half_year_id}: {count} incidents")


@main.command("postgres-roles")
def postgres_roles() -> None:
    """Print the SQL by which an administrator prepares a PostgreSQL database, once.

    For example: dataspor postgres-roles | psql DATABASE
    """
    from orchestration.publish.postgres import ROLES

    click.echo(ROLES.read_text(encoding="utf-8"), nl=False)


@main.command()
@with_settings
def sources(settings: Settings) -> None:
    """Print the ledger: one line a source file, rows in and rows out."""
    from orchestration.present import print_frame
    from orchestration.publish import read_table

    print_frame(
        read_table(
            settings.published_warehouse,
            "select source, file_name, status, rows_read, rows_loaded, rows_superseded, "
            "rows_duplicate, rows_void, rows_excluded, rows_quarantined, "
            "source_file_id from marts.meta_source_file order by source, exported_at, file_name",
        ),
        "table",
    )
    noted = read_table(
        settings.published_warehouse,
        "select source, file_name, coalesce(reason, notes) as note from marts.meta_source_file "
        "where coalesce(reason, notes) is not null order by source, exported_at, file_name",
    )
    for row in noted.itertuples():
        click.echo(f"{row.source}/{row.file_name}: {row.note}")
    for source in _late_sources(settings):
        click.echo(f"Late: {source}")


def _late_sources(settings: Settings) -> list[Any]:
    from orchestration.config import load_config
    from orchestration.landing.lateness import lateness
    from orchestration.warehouse_file import open_to_read

    try:
        if not settings.audited_warehouse.exists():  # published tables alone were brought here
            return []
    except PermissionError:  # who may read published tables alone is told of these
        return []
    rules = load_config(settings.config).municipality
    with open_to_read(settings.audited_warehouse) as connection:
        found = lateness(connection, rules.late_after_days, rules.timezone)
    return [source for source in found if source.is_late]


@main.command()
@click.option(
    "--source-file",
    default=None,
    help="Only rows of this source file: its name, its id, or how its id begins.",
)
@click.option(
    "--values",
    is_flag=True,
    help="Also what stands in the refused cells, read again from the files; names and numbers of "
    "persons are screened.",
)
@with_settings
def quarantine(settings: Settings, source_file: str | None, values: bool) -> None:
    """Print the rows that were not used: file, row number and reason."""
    from orchestration.config import load_config
    from orchestration.landing.quarantine import quarantined_rows, with_values
    from orchestration.present import print_frame

    rows = quarantined_rows(settings.audited_warehouse, source_file)
    if values:
        rows = with_values(rows, settings, load_config(settings.config))
    print_frame(rows, "table")


@main.command()
@click.argument("half_year_id")
@click.option("--if-missing", is_flag=True, help="Do nothing where there is a release already.")
@with_settings
def close(settings: Settings, half_year_id: str, if_missing: bool) -> None:
    """Freeze the release of the ended half-year HALF_YEAR_ID, such as 2025-04."""
    from orchestration.briefing import write_briefing
    from orchestration.config import load_config
    from orchestration.half_year import HalfYear, last_ended
    from orchestration.releases.freeze import check_closable
    from orchestration.releases.release import revisions
    from orchestration.run import lock

    half_year = HalfYear.parse(half_year_id)
    config = load_config(settings.config)
    closed = revisions(settings, half_year)
    if if_missing and closed:
        click.echo(f"Already closed: {closed[-1].release_id}")
        page = _briefing_page(closed[-1])
        if not page.exists():  # it failed
            write_briefing(closed[-1].warehouse, half_year.id, page.parent)
        click.echo(f"Briefing: {page}")
        return
    rules = config.municipality
    # Dagster knows these half-years only
    first, last = HalfYear.parse(rules.first_half_year), last_ended(rules.today())
    if half_year < first:
        raise UsageError(
            f"{half_year.id} is before {first.id}, with which half-years begin here: "
            f"`first_half_year` in {settings.config / 'municipality.yml'}. Set it to that or an "
            "earlier one, run `dataspor run`, and close again."
        )
    if half_year > last:
        raise UsageError(
            f"{half_year.id} has not ended today, {rules.today()}; the last that has is {last.id}. "
            "Only an ended half-year is closed."
        )
    check_closable(settings, half_year)
    with lock(settings):
        from orchestration.assets.names import CLOSE_JOB
        from orchestration.execute import execute

        before = {release.release_id for release in revisions(settings, half_year)}
        result = execute(settings, CLOSE_JOB, partition_key=half_year.id)
        made = [
            release
            for release in revisions(settings, half_year)
            if release.release_id not in before
        ]
    if not result.succeeded:
        told = ["Nothing was closed.", *result.reasons]
        if made:
            told[0] = f"Closed as {made[-1].release_id}; its briefing could not be written."
            told.append(f"`dataspor briefing {half_year.id}` writes it.")
        raise DatasporError("\n  ".join(told))
    release = made[-1]
    click.echo(f"Closed {half_year.label_da}: release {release.release_id} in {release.folder}")
    final_from = half_year.final_from(rules.maturity_days)
    as_of = release.facts["as_of"]
    if as_of < final_from.isoformat():
        click.echo(
            f"Its figures are as of {as_of} and provisional: they are final from {final_from}. "
            "Run and close again then; where the schedules are on, they do."
        )
    click.echo(f"Briefing: {_briefing_page(release)}")


def _briefing_page(release: Any) -> Path:
    page: Path = release.folder / "briefing" / "briefing.html"
    return page


@main.command()
@click.argument("half_year_id")
@with_settings
def briefing(settings: Settings, half_year_id: str) -> None:
    """Write the briefing's Dataspor section of the release of HALF_YEAR_ID."""
    from orchestration.briefing import write_briefing
    from orchestration.releases.release import find_release

    release = find_release(settings, half_year_id)
    files = write_briefing(
        release.warehouse, half_year_id.partition(".")[0], release.folder / "briefing"
    )
    click.echo("Briefing:")
    for path in files:
        click.echo(f"  {path}")


@main.command()
@click.option("--verify", is_flag=True, help="Check that no file of a release was altered.")
@with_settings
def releases(settings: Settings, verify: bool) -> None:
    """Print the releases there are, and what each follows."""
    from orchestration.present import print_table
    from orchestration.releases.release import all_releases

    known = all_releases(settings)
    if not known:
        click.echo("There is no release yet. `dataspor close HALF_YEAR_ID` makes one.")
        return
    import pandas as pd

    altered = {release.release_id: release.altered() for release in known} if verify else {}
    rows = [
        {
            "release": release.release_id,
            "half-year": release.facts["label_da"],
            "as of": release.facts["as_of"],
            "follows": release.facts["since"] or "–",
        }
        | ({"files": "altered" if altered[release.release_id] else "unchanged"} if verify else {})
        for release in known
    ]
    print_table(pd.DataFrame(rows))
    told = [f"{name}: {', '.join(files)}" for name, files in altered.items() if files]
    if told:
        raise DatasporError("Files are not what was frozen. " + "; ".join(told))


@main.command()
@click.argument("release_id")
@with_settings
def reproduce(settings: Settings, release_id: str) -> None:
    """Make the release RELEASE_ID anew from archive and configuration, and compare the bytes."""
    from rich.console import Console

    from orchestration.releases.release import find_release
    from orchestration.releases.reproduce import reproduce as make_anew

    release = find_release(settings, release_id)
    with Console(stderr=True).status("Reproducing …") as status:
        found = make_anew(settings, release, lambda step: status.update(f"{step} …"))
    click.echo(f"{release.release_id}: {len(found.same)} files made anew to the same bytes.")
    if found.different:
        code = "" if found.is_same_code else " The release was made by other code than this."
        raise DatasporError(f"Other bytes: {', '.join(found.different)}.{code}")


@main.command(name="diff")
@click.argument("release_a")
@click.argument("release_b", default="now")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@with_settings
def diff_releases(settings: Settings, release_a: str, release_b: str, shape: str) -> None:
    """Print which figures moved from RELEASE_A to RELEASE_B (default: now), and why.

    Causes add up to the difference. Where code or configuration changed, the exports of RELEASE_A
    are run again, which takes as long as a run.
    """
    import json

    from orchestration.releases.diff import diff

    found = diff(settings, release_a, release_b)
    if shape == "json":
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        return
    if not found.moved:
        click.echo("No figure moved.")
    for figure in found.moved:
        click.echo(
            f"{figure.figure_id}: {figure.value_a} -> {figure.value_b}"
            + (
                f" ({figure.evidence_a} -> {figure.evidence_b})"
                if figure.evidence_a != figure.evidence_b
                else ""
            )
        )
        for cause in figure.causes:
            click.echo(f"    {cause.end}: {cause.amount:+g} by {cause.cause}")
    for word, names in found.files.items():
        for name in names:
            click.echo(f"{word} export: {name}")
    for note in found.notes:
        click.echo(note, err=True)


@main.command()
@with_settings
def disclosure(settings: Settings) -> None:
    """Print what the public tables leave out, and why; no counts."""
    from orchestration.disclosure.report import REASONS, read_report
    from orchestration.present import print_table

    left_out = read_report(settings)
    click.echo(f"Public tables: {settings.published / 'public'}")
    if left_out.empty:
        click.echo("They leave nothing out.")
        return
    print_table(left_out)
    for reason, count in left_out.reason.value_counts().items():
        click.echo(f"{count} {reason}: {REASONS[reason]}")


@main.command(name="check-text")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--release", "release_id", default=None, help="Check by this release's figures.")
@with_settings
def check_text_of(settings: Settings, file: Path, release_id: str | None) -> None:
    """Find the numeric claims of a briefing in FILE (docx, html, txt) and hold them to the figures.

    Each claim that no figure bears out is told: number, direction, period or library. Exit 1 where
    there is one.
    """
    from orchestration.claims.check import check_text
    from orchestration.claims.read_text import read_sentences
    from orchestration.config import load_config
    from orchestration.publish import read_table
    from orchestration.releases.release import find_release

    sentences = read_sentences(file)
    release = find_release(settings, release_id) if release_id else None
    warehouse = release.warehouse if release else settings.published_warehouse
    found = check_text(
        sentences,
        read_table(warehouse, "select * from marts.fct_status_figure"),
        load_config(release.config if release else settings.config),
    )
    for finding in found.findings:
        click.echo(f"{finding.sentence}")
        click.echo(f"    {finding.figure_id or 'no figure'}: {finding.what}")
    if found.findings:
        raise DatasporError(
            f"{len({f.sentence for f in found.findings})} of {found.claims} sentences with claims "
            "are not borne out by the figures."
        )
    click.echo(f"{found.claims} sentences with claims; the figures bear out all of them.")


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def sample(directory: Path) -> None:
    """Write the synthetic exports to DIRECTORY."""
    from orchestration.sample import write_sample

    files = write_sample(directory.expanduser())
    click.echo(f"{len(files)} synthetic exports in {directory}")


@main.command()
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=0),
    default=None,
    help="Days that things are kept (default: archive_retention_days of municipality.yml).",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@with_settings
def purge(settings: Settings, days: int | None, dry_run: bool) -> None:
    """Remove raw exports, and rows of exports that are gone, that were kept long enough.

    What is published and what was released stays. archive/purged.jsonl records what was removed;
    it is not archived again, even where it still lies in the sources.
    """
    from orchestration.config import load_config
    from orchestration.landing.purge import purge as purge_archive
    from orchestration.run import lock

    config = load_config(settings.config)
    kept_days = config.municipality.archive_retention_days if days is None else days
    if kept_days is None:
        raise UsageError(
            "Nothing says how long raw exports are kept. Give --older-than DAYS, or set "
            "archive_retention_days in municipality.yml."
        )
    settings.prepare()
    with lock(settings):
        now = dt.datetime.now(tz=dt.UTC)
        done = purge_archive(settings, config, kept_days, now, dry_run=dry_run)
    size = sum(stone.bytes for stone in done.raw)
    click.echo(
        f"{'Would remove' if dry_run else 'Removed'} {len(done.raw)} raw exports ({size} bytes) "
        f"archived, and {len(done.landed)} files of landed rows landed, more than {kept_days} "
        "days ago."
    )
    if done.still_sources:
        click.echo(
            f"Kept {done.still_sources} that are old enough: they still are sources, on a server "
            "or fetched. Take them out of the sources first."
        )


@main.command()
@with_settings
def instance(settings: Settings) -> None:
    """Print the folder of Dagster's own storage, DAGSTER_HOME for other tools."""
    from orchestration.execute import instance_folder

    click.echo(instance_folder(settings))


@main.group()
def config() -> None:
    """A municipality's configuration folder: copy it, check it, describe it to editors."""


@config.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Write a commented copy of the packaged configuration to DIRECTORY, with schemas."""
    from orchestration.config.starter import write_starter
    from orchestration.settings import PACKAGED_CONFIG

    write_starter(PACKAGED_CONFIG, directory)
    click.echo(
        f"Edit the files in {directory}, then: DATASPOR_CONFIG={directory} dataspor config check"
    )


@config.command()
@click.option("--strict", is_flag=True, help="Exit 1 where exports hold what is not mapped.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Lines of each table that are shown.",
)
@with_settings
def check(settings: Settings, strict: bool, limit: int) -> None:
    """Say what is wrong with the configuration folder, and what exports hold beyond it.

    Mistakes come with file and line. If there are none, the exports in DATASPOR_SOURCES are read,
    and names and dates that are not mapped are listed with counts and a line to paste.
    """
    from orchestration.config import load_config
    from orchestration.config.load import files_not_read

    found = load_config(settings.config)
    click.echo(
        f"{settings.config}: in order. {len(found.libraries)} libraries, "
        f"{len(found.places)} place names, {len(found.category_aliases)} category names, "
        f"{len(found.figures.figures)} figures."
    )
    for name in files_not_read(settings.config):
        click.echo(f"Not read, since no file of the configuration is called so: {name}", err=True)
    if _print_unmapped(settings, found, limit) and strict:
        raise DatasporError("The exports hold what the configuration does not map; see above.")


def _print_unmapped(settings: Settings, config: Any, limit: int) -> bool:
    """Print what the exports hold beyond the configuration; whether there is a gap."""
    from rich.console import Console

    from orchestration.present import print_table
    from orchestration.unmapped import SECTIONS, look_for_unmapped, tables_of_findings

    with Console(stderr=True).status("Reading the exports …"):
        looked = look_for_unmapped(settings, config)
    if not looked.files:
        click.echo(f"There are no exports in {settings.sources} to compare it with.")
        return False
    for section, table in tables_of_findings(looked.findings).items():
        click.echo(f"{SECTIONS[section].title}:")  # a table's own title would fold
        print_table(table.head(limit))
        if len(table) > limit:
            click.echo(f"  … and {len(table) - limit} more; --limit {len(table)} shows all.\n")
    is_gap = any(SECTIONS[finding.section].is_gap for finding in looked.findings)
    click.echo(
        f"{looked.files} exports read; "
        + ("not all that they hold is mapped." if is_gap else "all that they hold is mapped.")
    )
    return is_gap


@config.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--reference",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Also write the reference of all keys to this file, as Markdown.",
)
def schema(directory: Path, reference: Path | None) -> None:
    """Write a JSON Schema for each YAML file to DIRECTORY, for editors."""
    from orchestration.config.schema import reference as reference_text
    from orchestration.config.schema import write_schemas

    written = write_schemas(directory)
    click.echo(f"{len(written)} schemas in {directory}")
    if reference is not None:
        reference.write_text(reference_text(), encoding="utf-8")
        click.echo(f"Reference: {reference}")


@main.group()
def backup() -> None:
    """Back the installation up, and restore it."""


@backup.command("create")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Keep this many, remove older ones.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=LOCK_SECONDS,
    show_default=True,
    help="Seconds that a run may take to end.",
)
@with_settings
def create_backup(settings: Settings, folder: Path, keep: int | None, wait: float) -> None:
    """Write a backup to FOLDER and read it back."""
    from orchestration.backup import DATABASE, create

    database = os.environ.get(DATABASE) or None
    made = create(settings, folder, keep=keep, database=database, wait_seconds=wait)
    size = made.stat().st_size / 1e6
    click.echo(f"Backed up and read back: {made} ({size:.1f} MB)")
    if database:
        click.echo(f"It holds Dagster's history, dumped from the database of {DATABASE}.")


@backup.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify_backup(file: Path) -> None:
    """Read FILE whole and compare it with its checksums."""
    from orchestration.backup import verify

    click.echo(f"{len(verify(file))} files, folders and links are as they were backed up.")


@backup.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("home", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--without-history", is_flag=True, help="Leave Dagster's PostgreSQL storage in the backup."
)
def restore_backup(file: Path, home: Path, without_history: bool) -> None:
    """Put FILE into HOME, the DATASPOR_HOME to be, which is empty, and compare every file."""
    from orchestration.backup import CONFIG, DATABASE, DUMP, RESTORED_CONFIG, restore

    database = None if without_history else os.environ.get(DATABASE) or None
    entries = restore(file, home.absolute(), database=database)
    click.echo(f"{len(entries)} files, folders and links restored to {home}.")
    paths = {entry.path for entry in entries}
    if CONFIG in paths:
        click.echo(f"The configuration of that day: {home / RESTORED_CONFIG}")
    if DUMP in paths and database is None:
        click.echo(f"Dagster's history was not restored: {DUMP} stays in the backup.")


if __name__ == "__main__":
    main()
