"""How fresh each source is against the day of the run, and when it counts as late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.briefing import danish, words
from orchestration.half_year import HalfYear
from orchestration.site.content import Site


@dataclass(frozen=True)
class SourceFreshness:
    """One source on the day of the run.

    Attributes:
        state: ``fresh``, ``late``, ``missing`` (no usable file), ``unlimited`` (never late) or
            ``unknown`` (no date).
        age_days: days from the latest export to the day of the run; 0 for one made after it.
        latest_period: the latest period with data, in Danish; empty where there is none.
        latest_day: last day of that period, not after the day of the run; none where it has not
            begun by then, as with planned presence.
    """

    source: str
    name: str
    state: str
    files: int
    unusable_files: int
    exported_on: dt.date | None
    age_days: int | None
    late_after_days: int | None
    latest_period: str
    latest_day: dt.date | None

    @property
    def state_da(self) -> str:
        """The state in a word."""
        return {
            "fresh": "frisk",
            "late": "forsinket",
            "missing": "ingen data",
            "unlimited": "uden frist",
        }.get(self.state, "ukendt alder")


def freshness(site: Site, late_after_days: Mapping[str, int]) -> list[SourceFreshness]:
    """Every source that Dataspor knows, and any other in the ledger; known ones first."""
    names = dict.fromkeys([*words.SOURCE, *(file.source for file in site.files)])
    return [_of(site, source, late_after_days.get(source)) for source in names]


def _of(site: Site, source: str, limit: int | None) -> SourceFreshness:
    files = [file for file in site.files if file.source == source]
    usable = [file for file in files if file.is_usable]
    exported_on = max((file.exported_on for file in usable if file.exported_on), default=None)
    age = None
    if exported_on and site.as_of:
        age = max((site.as_of - exported_on).days, 0)
    if not usable:
        state = "missing"
    elif age is None:
        state = "unknown"
    elif limit is None:
        state = "unlimited"
    else:
        state = "late" if age > limit else "fresh"
    period, first, last = _latest(
        site.latest_data.get(source), monthly=source in ("mainmanager", "survey")
    )
    if first and site.as_of and first > site.as_of:
        period, last = f"{period}, ikke begyndt", None
    return SourceFreshness(
        source=source,
        name=words.source(source),
        state=state,
        files=len(files),
        unusable_files=len(files) - len(usable),
        exported_on=exported_on,
        age_days=age,
        late_after_days=limit,
        latest_period=period,
        latest_day=min(last, site.as_of) if last and site.as_of else last,
    )


def _latest(period_id: str | None, *, monthly: bool) -> tuple[str, dt.date | None, dt.date | None]:
    """A period's name in Danish, its first and its last day."""
    if period_id is None:
        return "", None, None
    try:
        if monthly:
            first = dt.date.fromisoformat(f"{period_id}-01")
            after = (first + dt.timedelta(days=32)).replace(day=1)
            return danish.month(period_id), first, after - dt.timedelta(days=1)
        half_year = HalfYear.parse(period_id)
    except ValueError:
        return period_id, None, None
    return half_year.label_da, half_year.starts_on, half_year.ends_on
