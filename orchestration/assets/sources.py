"""The source systems as assets from outside: when an export came, and whether the next is late."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.common import OWNERS, WAREHOUSE_POOL, Installation
from orchestration.assets.names import SOURCES
from orchestration.config import Config
from orchestration.settings import SOURCE_NAMES

if TYPE_CHECKING:
    from orchestration.landing.lateness import Lateness
    from orchestration.landing.ledger import LandedFile

CHECK = "on_time"
NEWEST = "newest export (UTC)"
_DESCRIPTIONS = {
    "mainmanager": "Incident reports: exports of MainManager, dropped as files.",
    "survey": "Staff surveys: exports of SurveyXact and others, a folder or file a wave.",
    "opening_hours": "Opening hours: answers of the library CMS's API, a snapshot a day.",
    "presence": "Register of guards, night hosts and relation workers, kept by hand.",
}


def source_key(source: str) -> dg.AssetKey:
    """The key of a source system."""
    return dg.AssetKey([SOURCES, source])


def build_source_specs(config: Config) -> list[dg.AssetSpec]:
    """One asset a source system; it is materialised, by landing, when a newer export has come."""
    late_after: dict[str, int] = dict(config.municipality.late_after_days.items())
    return [
        dg.AssetSpec(
            source_key(source),
            group_name=SOURCES,
            owners=OWNERS,
            description=_DESCRIPTIONS[source]
            + (
                f" Late where the newest is more than {late_after[source]} days old."
                if source in late_after
                else ""
            ),
            freshness_policy=dg.FreshnessPolicy.time_window(
                fail_window=dt.timedelta(days=late_after[source])
            )
            if source in late_after
            else None,
        )
        for source in SOURCE_NAMES
    ]


def tell_arrival(
    context: dg.AssetExecutionContext, source: str, landed: "list[LandedFile]"
) -> None:
    """Record that a newer usable export of a source has come than the one recorded last."""
    usable = [line.file.exported_at for line in landed if line.status == "landed"]
    if not usable:
        return
    newest = max(usable).strftime("%Y-%m-%d %H:%M:%S")
    last = context.instance.get_latest_materialization_event(source_key(source))
    if last is not None and last.asset_materialization is not None:
        told = last.asset_materialization.metadata.get(NEWEST)
        if told is not None and str(told.value) >= newest:
            return
    context.log_event(
        dg.AssetMaterialization(
            source_key(source), metadata={NEWEST: newest, "source files": len(landed)}
        )
    )


def build_source_checks(config: Config) -> list[dg.AssetChecksDefinition]:
    """Whether exports come: a warning, since what has come is published all the same."""
    late_after = config.municipality.late_after_days
    if not late_after:
        return []

    @dg.multi_asset_check(
        name="sources_on_time",
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=source_key(source),
                additional_deps=[["landing", "source_file"]],
                description=f"The newest export is at most {days} days old. A warning only.",
            )
            for source, days in late_after.items()
        ],
        pool=WAREHOUSE_POOL,
    )
    def sources_on_time(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        from orchestration.landing.lateness import lateness

        with installation.warehouse(read_only=True) as connection:
            found = lateness(connection, late_after, config.municipality.timezone)
        for source in found:
            yield _as_check(source)

    return [sources_on_time]


def _as_check(source: "Lateness") -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=CHECK,
        asset_key=source_key(source.source),
        passed=not source.is_late,
        severity=dg.AssetCheckSeverity.WARN,
        description=str(source),
        metadata={"days old": source.days, "late after days": source.late_after}
        if source.days is not None
        else {},
    )
