"""Jobs, schedules and the sensor: what runs, when, and for which half-years."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.assets.names import CLOSE_JOB, RUN_JOB, all_half_years
from orchestration.config import Config
from orchestration.errors import DatasporError
from orchestration.half_year import HalfYear, last_ended
from orchestration.settings import Settings

MOST_REPEATS = 6  # of a run that failed: over two and a half days


def build_jobs() -> list[Any]:
    """The pipeline, and the close of a half-year."""
    releases = dg.AssetSelection.groups("releases")
    return [
        dg.define_asset_job(
            RUN_JOB,
            selection=(dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks()) - releases,
            description="Lands what is new, builds, audits, publishes.",
            executor_def=dg.in_process_executor,
        ),
        dg.define_asset_job(
            CLOSE_JOB,
            selection=releases,
            description="Freezes the release of an ended half-year and writes its briefing.",
            executor_def=dg.in_process_executor,
        ),
    ]


def build_schedules(config: Config, *, is_on: bool) -> list[dg.ScheduleDefinition]:
    """The weekly refresh, the refresh before a close, and the close; ``is_on``: they run at once.

    A close is due from the day on which the half-year's figures become final, until there is a
    release with figures of that day or later, or the next half-year becomes final: a machine that
    was off on that day makes up for it.
    """
    rules = config.municipality

    def today(context: dg.ScheduleEvaluationContext) -> dt.date:
        return rules.today(context.scheduled_execution_time)

    def last_final(day: dt.date) -> HalfYear:
        return last_ended(day - dt.timedelta(days=rules.maturity_days - 1))

    def not_due(day: dt.date) -> str | None:
        from orchestration.publish import is_of_sample, read_run
        from orchestration.releases.release import revisions

        settings = Settings.from_environment()
        half_year = last_final(day)
        final_from = half_year.final_from(rules.maturity_days).isoformat()
        following = half_year.next
        then = f"{following.label_da} becomes final on {following.final_from(rules.maturity_days)}"
        if half_year < HalfYear.parse(rules.first_half_year):
            return then
        # one that was closed early holds provisional figures, and one of the sample no real ones
        final = [
            release
            for release in revisions(settings, half_year)
            if release.facts["as_of"] >= final_from
        ]
        is_sample = bool(final) and is_of_sample(read_run(settings))
        closed = [release for release in final if release.is_sample == is_sample]
        return f"{closed[-1].release_id} is there; {then}" if closed else None

    def refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags=all_half_years(config, today(context)))

    def refresh_before_close(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        why_not = not_due(today(context))
        return dg.SkipReason(why_not) if why_not else refresh(context)

    def close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from orchestration.publish import read_run

        day = today(context)
        why_not = not_due(day)
        if why_not:
            return dg.SkipReason(why_not)
        half_year = last_final(day)
        final_from = half_year.final_from(rules.maturity_days)
        as_of = read_run(Settings.from_environment()).get("as_of", "")
        if as_of < final_from.isoformat():
            told = f"are as of {as_of}" if as_of else "are not published yet"
            return dg.SkipReason(
                f"{half_year.label_da} is due, but its figures {told}, before {final_from}"
            )
        return dg.RunRequest(run_key=f"close-{half_year.id}-{day}", partition_key=half_year.id)

    def schedule(
        name: str, job: str, cron: str, tick: Callable[..., Any], description: str
    ) -> dg.ScheduleDefinition:
        return dg.ScheduleDefinition(
            name=name,
            job_name=job,
            cron_schedule=cron,
            execution_timezone=rules.timezone,
            execution_fn=tick,
            description=description,
            default_status=dg.DefaultScheduleStatus.RUNNING
            if is_on
            else dg.DefaultScheduleStatus.STOPPED,
        )

    return [
        schedule(
            "weekly_refresh",
            RUN_JOB,
            "0 5 * * 1",
            refresh,
            "Keeps the provisional figures fresh, Mondays at 5.",
        ),
        schedule(
            "refresh_before_close",
            RUN_JOB,
            "0 6 * * *",
            refresh_before_close,
            "Publishes the final figures of a half-year that is to be closed, daily at 6 until it "
            "is; other days are skipped.",
        ),
        schedule(
            "half_year_close",
            CLOSE_JOB,
            "0 7 * * *",
            close,
            "Closes the half-year that ended, from the day its figures become final "
            f"({rules.maturity_days} days after its end) until there is a release of them, daily "
            "at 7.",
        ),
    ]


@dataclass(frozen=True)
class _Asked:
    """What the sensor remembers of the runs that it asked for.

    Attributes:
        files: what identifies the files of the last one.
        at: when, in UTC.
        times: how often it has asked for a run of these files.
    """

    files: str
    at: str
    times: int

    @classmethod
    def of(cls, cursor: str | None) -> "_Asked | None":
        """What a cursor holds; nothing where there is none yet, or one of an earlier Dataspor."""
        try:
            return cls(**json.loads(cursor or ""))
        except (TypeError, ValueError):
            return None

    @property
    def again_at(self) -> dt.datetime:
        """When to ask again if the run failed: after an hour, later twice as long each time."""
        return dt.datetime.fromisoformat(self.at) + dt.timedelta(hours=2 ** (self.times - 1))


def build_sensors(config: Config, *, is_on: bool) -> list[dg.SensorDefinition]:
    """A run when files in the sources folder are new or changed; ``is_on`` as for schedules.

    Where it fails, perhaps by what passes (a full disk, a backup that holds the lock), the sensor
    asks again: the files would else wait for the weekly run.
    """

    zone = ZoneInfo(config.municipality.timezone)

    def why_not_again(asked: _Asked, instance: dg.DagsterInstance, now: dt.datetime) -> str | None:
        last = instance.get_run_records(dg.RunsFilter(job_name=RUN_JOB), limit=1)
        if not last or last[0].dagster_run.status != dg.DagsterRunStatus.FAILURE:
            return "no new source files"
        if asked.times > MOST_REPEATS:
            return (
                f"no new source files; the last run failed, and {asked.times} were asked for. Mend "
                f"what it tells, and start {RUN_JOB} by hand"
            )
        if now < asked.again_at:
            return (
                "no new source files; the last run failed, and another is asked for at "
                f"{asked.again_at.astimezone(zone):%H:%M}"
            )
        return None

    @dg.sensor(
        name="new_source_files",
        job_name=RUN_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED,
        description="Starts a run when a source file is new, changed or gone, and again where that "
        "run failed: after an hour, then twice as long each time.",
    )
    def new_source_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        from orchestration.landing.inventory import take_inventory
        from orchestration.landing.mirror import mirror

        settings = Settings.from_environment()
        try:
            mirror(settings)
            files = take_inventory(settings)
        except DatasporError as error:
            return dg.SkipReason(str(error))
        present = hashlib.sha256(
            "".join(f"{f.source}{f.source_file_id}{f.order}" for f in files).encode()
        ).hexdigest()
        if not files:
            return dg.SkipReason("no source files")
        now = dt.datetime.now(dt.UTC)
        asked, times = _Asked.of(context.cursor), 0
        if asked is not None and asked.files == present:
            why_not = why_not_again(asked, context.instance, now)
            if why_not:
                return dg.SkipReason(why_not)
            times = asked.times
        cursor = json.dumps(asdict(_Asked(present, now.isoformat(timespec="seconds"), times + 1)))
        tags = all_half_years(config, config.municipality.today())
        # no run key: with one, a folder that is again as it once was would start no run
        return dg.SensorResult([dg.RunRequest(tags=tags)], cursor=cursor)

    return [new_source_files]
