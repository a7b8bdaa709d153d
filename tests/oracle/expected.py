"""The oracle: half-year facts and ledger of a case, counted slowly and plainly from its rows."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, NamedTuple

import holidays

from tests.oracle.case import (
    NOT_A_LIBRARY,
    UNREADABLE,
    Case,
    IncidentFile,
    IncidentRow,
    Number,
    OpeningItem,
    PresenceFile,
    PresenceRow,
    SnapshotFile,
    SourceFile,
    SurveyFile,
    distinct,
)
from tests.oracle.copenhagen import (
    ANSWERS,
    CATEGORIES,
    FAVOURABLE,
    FUNCTIONS,
    LIBRARIES,
    MATURITY_DAYS,
    MINIMUM_RESPONDENTS,
    NORMAL_FROM,
    NORMAL_SELF_SERVICE,
    UNSAFE_BEHAVIOUR,
    VOID_STATUSES,
)
from tests.oracle.half_years import from_first_to_last, half_year_of, last_day

OUTCOMES: Final = ("loaded", "superseded", "duplicate", "void", "excluded", "quarantined")
LANDED: Final = "landed"
NOT_LANDED: Final = "not landed"
Z_95: Final = 1.959963984540054


class Table(dict[tuple[Any, ...], dict[str, Any]]):
    """Expected rows by key; every row also holds its key columns."""

    def __init__(self, *key_columns: str):
        super().__init__()
        self.key_columns = key_columns

    def put(self, **row: Any) -> None:
        """Add a row under its key."""
        key = tuple(row[column] for column in self.key_columns)
        if key in self:
            raise ValueError(f"two rows with key {key}")
        self[key] = row


@dataclass(frozen=True)
class Expected:
    """What the published tables must hold."""

    fct_incident_half_year: Table
    fct_library_half_year: Table
    fct_survey_half_year: Table
    meta_source_file: Table


def expected(case: Case) -> Expected:
    """Everything the oracle has to say about a case."""
    ledger = Table("source", "source_file_id")
    incidents = _loaded_incidents(case.incident_files, ledger)
    surveys = _survey_table(case.survey_files, ledger)
    opening = _opening_hours(case.snapshot_files, ledger)
    presence = _presence_hours(case.presence_files, ledger)
    waves = {half_year_of(_month(f.wave_id)) for f in case.survey_files if _brings_answers(f)}
    return Expected(
        fct_incident_half_year=_incident_table(incidents),
        fct_library_half_year=_library_table(case.as_of, incidents, waves, opening, presence),
        fct_survey_half_year=surveys,
        meta_source_file=ledger,
    )


def _enter(ledger: Table, source: str, file: SourceFile, outcomes: Iterable[str]) -> None:
    """Write a file's line of the ledger."""
    counts = Counter(outcomes)
    ledger.put(
        source_file_id=file.digest,
        source=source,
        file_name=file.name,
        status=LANDED if file.readable else NOT_LANDED,
        rows_read=counts.total(),
        **{f"rows_{outcome}": counts[outcome] for outcome in OUTCOMES},
    )


# --- incidents ------------------------------------------------------------------------------


class _Version(NamedTuple):
    """What makes a row the same version of an incident as another row."""

    incident_id: str | None
    reported_at: dt.datetime | None
    occurred_at: dt.datetime | None
    library: str | None
    category: str | None
    status: str | None
    updated_at: dt.datetime | None
    count: int | None

    @property
    def is_void(self) -> bool:
        return self.status in {text.casefold() for text in VOID_STATUSES}

    @property
    def happened_at(self) -> dt.datetime:
        moment = self.occurred_at or self.reported_at
        assert moment is not None
        return moment

    @property
    def incidents(self) -> int:
        return 1 if self.count is None else self.count


def _loaded_incidents(files: Iterable[IncidentFile], ledger: Table) -> list[_Version]:
    """The current version of every incident that counts, and the ledger of the exports."""
    files = distinct(files)
    outcome: dict[tuple[str, int], str] = {}  # by digest and row
    places_of: dict[_Version, list[tuple[str, int]]] = {}  # in export order
    latest: dict[_Version, int] = {}  # running number of its last row
    versions_of: defaultdict[str, list[_Version]] = defaultdict(list)
    running_number = 0
    for file in files:
        for index, row in enumerate(file.rows):
            running_number += 1
            where = (file.digest, index)
            if _unusable(row):
                outcome[where] = "quarantined"
                continue
            version = _version(row)
            if not version.incident_id:
                outcome[where] = "excluded"
                continue
            if version not in places_of:
                places_of[version] = []
                versions_of[version.incident_id].append(version)
            places_of[version].append(where)
            latest[version] = running_number

    loaded = []
    for versions in versions_of.values():
        current = max(versions, key=lambda v: (str(v.updated_at or ""), latest[v]))
        for version in versions:
            first, *others = places_of[version]
            if version.library is None:
                outcome.update(dict.fromkeys(places_of[version], "excluded"))
                continue
            outcome.update(dict.fromkeys(others, "duplicate"))
            if version is not current:
                outcome[first] = "superseded"
            elif version.is_void:
                outcome[first] = "void"
            else:
                outcome[first] = "loaded"
                loaded.append(version)

    for file in files:
        _enter(
            ledger, "mainmanager", file, (outcome[file.digest, i] for i in range(len(file.rows)))
        )
    return loaded


def _unusable(row: IncidentRow) -> bool:
    """Whether a row goes to quarantine; a place that is no library is excluded before that."""
    if row.place is NOT_A_LIBRARY:
        return False
    return (
        not row.incident_id
        or row.reported_at in (None, UNREADABLE)
        or row.place in (None, UNREADABLE)
        or row.category in (None, UNREADABLE)
        or row.occurred_at is UNREADABLE
        or row.updated_at is UNREADABLE
        or not _is_count(row.count)
    )


def _is_count(value: Number) -> bool:
    return value is None or (isinstance(value, int) and value > 0)


def _version(row: IncidentRow) -> _Version:
    def usable(value: Any) -> Any:
        return None if value is UNREADABLE else value

    return _Version(
        incident_id=row.incident_id,
        reported_at=usable(row.reported_at),
        occurred_at=usable(row.occurred_at) or usable(row.reported_at),
        library=None if row.place is NOT_A_LIBRARY else usable(row.place),
        category=usable(row.category),
        status=row.status.strip().casefold() if row.status is not None else None,
        updated_at=usable(row.updated_at),
        count=1 if row.count is None else row.count if _is_count(usable(row.count)) else None,
    )


def _incident_table(loaded: list[_Version]) -> Table:
    table = Table("half_year_id", "library_id", "category_id")
    occurred: Counter[tuple[str, Any, Any]] = Counter()
    reported: Counter[tuple[str, Any, Any]] = Counter()
    for version in loaded:
        assert version.reported_at is not None
        what = version.library, version.category
        occurred[half_year_of(version.happened_at), *what] += version.incidents
        reported[half_year_of(version.reported_at), *what] += version.incidents
    for half_year_id in from_first_to_last({half_year for half_year, _, _ in occurred}):
        for library_id in LIBRARIES:
            for category_id in CATEGORIES:
                key = half_year_id, library_id, category_id
                table.put(
                    half_year_id=half_year_id,
                    library_id=library_id,
                    category_id=category_id,
                    incidents=occurred[key],
                    incidents_by_reported_date=reported[key],
                )
    return table


# --- survey ---------------------------------------------------------------------------------


def _month(wave_id: str) -> dt.date:
    return dt.date.fromisoformat(f"{wave_id}-01")


def _brings_answers(file: SurveyFile) -> bool:
    return file.readable and file.has_answers


def _survey_table(files: Iterable[SurveyFile], ledger: Table) -> Table:
    table = Table("wave_id", "library_id", "question_id")
    for file in distinct(files):
        outcomes = ["loaded"] * file.codebook_rows
        answers_at: defaultdict[str, list[dict[str, str | None]]] = defaultdict(list)
        for respondent in file.respondents:
            if not respondent.completed:
                outcomes.append("excluded")
            elif not isinstance(respondent.library, str):
                outcomes.append("quarantined")
            else:
                outcomes.append("loaded")
                answers_at[respondent.library].append(respondent.answers)
        _enter(ledger, "survey", file, outcomes)
        for library_id, answers in answers_at.items():
            for question_id, counted_answers in ANSWERS.items():
                given = [a[question_id] for a in answers if a[question_id] in counted_answers]
                favourable = sum(answer in FAVOURABLE[question_id] for answer in given)
                table.put(
                    half_year_id=half_year_of(_month(file.wave_id)),
                    wave_id=file.wave_id,
                    library_id=library_id,
                    question_id=question_id,
                    **_shares(len(given), favourable),
                )
    return table


def _shares(respondents: int, favourable: int) -> dict[str, Any]:
    """The numbers of one group: nothing but ``suppressed`` if it is too small."""
    if respondents < MINIMUM_RESPONDENTS:
        numbers = ("respondents", "favourable", "favourable_share", "ci_low", "ci_high")
        return {**dict.fromkeys(numbers), "suppressed": True}
    share = favourable / respondents
    z2 = Z_95**2
    centre = (share + z2 / (2 * respondents)) / (1 + z2 / respondents)
    spread = math.sqrt(share * (1 - share) / respondents + z2 / (4 * respondents**2))
    half_width = Z_95 * spread / (1 + z2 / respondents)
    return {
        "respondents": respondents,
        "favourable": favourable,
        "favourable_share": share,
        "ci_low": centre - half_width,
        "ci_high": centre + half_width,
        "suppressed": False,
    }


# --- opening hours --------------------------------------------------------------------------

_USABLE_KINDS: Final = ("open", "staffed", "self_service")


def _opening_hours(
    files: Iterable[SnapshotFile], ledger: Table
) -> dict[tuple[str, str], dict[str, float | None]]:
    """Hours by half-year and library, for those that have any, and the ledger."""
    # by day, and those of one day in the order of export
    files = sorted(distinct(files), key=lambda file: file.day)
    newest: dict[tuple[Any, int, int], str] = {}  # snapshot by library and ISO week
    for file in files:
        for item in file.items:
            if _usable_item(item) or _ignored_item(item):
                newest[_library_week(item)] = file.digest

    loaded: list[OpeningItem] = []
    for file in files:
        outcomes = []
        seen = set()
        for item in file.items:
            same = (item.place, item.kind, item.day, item.start, item.end)
            if item.place is UNREADABLE or item.kind is UNREADABLE:
                outcomes.append("quarantined")
            elif _ignored_item(item):
                outcomes.append("excluded")
            elif not _usable_item(item):
                outcomes.append("quarantined")
            elif same in seen:
                outcomes.append("duplicate")
            elif newest[_library_week(item)] != file.digest:
                outcomes.append("superseded")
            else:
                outcomes.append("loaded")
                loaded.append(item)
            seen.add(same)
        _enter(ledger, "opening_hours", file, outcomes)
    return _hours_by_half_year(loaded, newest)


def _ignored_item(item: OpeningItem) -> bool:
    return isinstance(item.place, str) and item.kind == "ignored"


def _usable_item(item: OpeningItem) -> bool:
    return (
        isinstance(item.place, str)
        and item.kind in _USABLE_KINDS
        and _minute(item.start) <= _minute(item.end)
    )


def _library_week(item: OpeningItem) -> tuple[Any, int, int]:
    year, week, _ = item.day.isocalendar()
    return item.place, year, week


def _minute(clock: str) -> int:
    """Minutes after midnight; 23:59 stands for the end of the day."""
    hours, minutes = clock.split(":")
    minute = int(hours) * 60 + int(minutes)
    return 24 * 60 if minute == 24 * 60 - 1 else minute


def _hours_by_half_year(
    loaded: list[OpeningItem], observed: Collection[tuple[Any, int, int]]
) -> dict[tuple[str, str], dict[str, float | None]]:
    # The minutes of a day are the bits of a number: bit 0 is 00:00-00:01.
    minutes: defaultdict[tuple[str, dt.date], dict[str, int]] = defaultdict(dict)
    for item in loaded:
        assert isinstance(item.place, str) and isinstance(item.kind, str)
        by_kind = minutes[item.place, item.day]
        span = (1 << _minute(item.end)) - (1 << _minute(item.start))
        by_kind[item.kind] = by_kind.get(item.kind, 0) | span

    totals: dict[tuple[str, str], dict[str, float | None]] = {}
    self_service_on: dict[tuple[str, dt.date], float] = {}
    for (library_id, day), by_kind in minutes.items():
        open_minutes = 0
        for span in by_kind.values():
            open_minutes |= span
        staffed = by_kind.get("staffed", by_kind.get("open", 0))
        hours = {
            "open_hours": open_minutes.bit_count() / 60,
            "staffed_hours": staffed.bit_count() / 60,
            "self_service_hours": (open_minutes & ~staffed).bit_count() / 60,
        }
        self_service_on[library_id, day] = hours["self_service_hours"]
        total = totals.setdefault((half_year_of(day), library_id), dict.fromkeys(hours, 0.0))
        for measure, value in hours.items():
            total[measure] = (total[measure] or 0.0) + value

    for (half_year_id, library_id), total in totals.items():
        days = [day for day in _days_of(library_id, observed) if half_year_of(day) == half_year_id]
        total["opening_days_known"] = len(days)
        total["restricted_self_service_hours"] = _restricted(library_id, days, self_service_on)
    return totals


def _days_of(library_id: str, observed: Iterable[tuple[Any, int, int]]) -> list[dt.date]:
    """The days of the library's weeks that were observed."""
    return [
        dt.date.fromisocalendar(year, week, weekday)
        for library, year, week in observed
        if library == library_id
        for weekday in range(1, 8)
    ]


def _restricted(
    library_id: str, days: list[dt.date], self_service_on: dict[tuple[str, dt.date], float]
) -> float | None:
    """Normal self-service hours not offered, over the days that were observed."""
    normal = NORMAL_SELF_SERVICE.get(library_id)
    if normal is None:
        return None
    return sum(
        max(0.0, normal[day.weekday()] - self_service_on.get((library_id, day), 0.0))
        for day in days
        if day >= NORMAL_FROM and not _is_holiday(day)
    )


@cache
def _is_holiday(day: dt.date) -> bool:
    return day in _holidays_of(day.year)


@cache
def _holidays_of(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.Denmark(years=year, categories=("public", "optional")))


# --- presence -------------------------------------------------------------------------------


class _Span(NamedTuple):
    """One stay; minutes are counted from the first day of the calendar."""

    starts: int
    ends: int
    day: dt.date


def _presence_hours(
    files: Iterable[PresenceFile], ledger: Table
) -> dict[str, dict[tuple[str, str], float]]:
    """Hours by half-year, then library and function, and the ledger.

    A half-year in which nobody was registered anywhere is left out.
    """
    rows: list[PresenceRow] = []
    seen = set()
    for file in distinct(files):
        outcomes = []
        for row in file.rows:
            canonical = replace(row, count=row.count or 1)
            if row.place is NOT_A_LIBRARY and not _unusable_stay(row):
                outcomes.append("excluded")
            elif _unusable_stay(row) or not isinstance(row.place, str):
                outcomes.append("quarantined")
            elif canonical in seen:
                outcomes.append("duplicate")
            else:
                outcomes.append("loaded")
                rows.append(row)
                seen.add(canonical)
        _enter(ledger, "presence", file, outcomes)

    spans: defaultdict[tuple[str, str], dict[str, list[_Span]]] = defaultdict(
        lambda: {"planned": [], "actual": []}
    )
    for row in rows:
        spans[row.place, row.function][row.status].extend(_spans(row))  # type: ignore[index]

    hours: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for who, by_status in spans.items():
        with_actual = {span.day for span in by_status["actual"]}
        stays = by_status["actual"] + [
            span for span in by_status["planned"] if span.day not in with_actual
        ]
        counted_to = 0
        for stay in sorted(stays):  # who started first has the minutes that overlap
            fresh = max(0, stay.ends - max(stay.starts, counted_to))
            counted_to = max(counted_to, stay.ends)
            hours[half_year_of(stay.day)][who] += fresh / 60  # type: ignore[assignment]
    return {half_year_id: dict(counter) for half_year_id, counter in hours.items()}


def _unusable_stay(row: PresenceRow) -> bool:
    values = (row.function, row.first, row.last, row.weekdays, row.start, row.end, row.status)
    if any(value in (None, UNREADABLE) for value in values):
        return True
    assert isinstance(row.first, dt.date) and isinstance(row.last, dt.date)
    return row.last < row.first or row.start == row.end or not _is_count(row.count)


def _spans(row: PresenceRow) -> Iterable[_Span]:
    assert isinstance(row.first, dt.date) and isinstance(row.last, dt.date)
    assert isinstance(row.start, int) and isinstance(row.end, int)
    assert isinstance(row.weekdays, frozenset)
    length = row.end - row.start if row.end > row.start else row.end + 24 * 60 - row.start
    for ordinal in range(row.first.toordinal(), row.last.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        if day.weekday() in row.weekdays:
            starts = ordinal * 24 * 60 + row.start
            yield _Span(starts, starts + length, day)


# --- libraries ------------------------------------------------------------------------------


def _library_table(
    as_of: dt.date,
    incidents: list[_Version],
    survey_half_years: set[str],
    opening: dict[tuple[str, str], dict[str, float | None]],
    presence: dict[str, dict[tuple[str, str], float]],
) -> Table:
    table = Table("half_year_id", "library_id")
    number: Counter[tuple[str, Any]] = Counter()
    unsafe: Counter[tuple[str, Any]] = Counter()
    for version in incidents:
        key = half_year_of(version.happened_at), version.library
        number[key] += version.incidents
        if version.category == UNSAFE_BEHAVIOUR:
            unsafe[key] += version.incidents
    counted = from_first_to_last({half_year for half_year, _ in number})
    observed = {half_year_id for half_year_id, _ in opening}
    unknown: dict[str, float | None] = dict.fromkeys(
        (
            *("open_hours", "staffed_hours", "self_service_hours"),
            *("restricted_self_service_hours", "opening_days_known"),
        )
    )

    for half_year_id in from_first_to_last({*counted, *survey_half_years, *observed, *presence}):
        is_final = as_of >= last_day(half_year_id) + dt.timedelta(days=MATURITY_DAYS)
        present = presence.get(half_year_id)
        for library_id in LIBRARIES:
            key = half_year_id, library_id
            total = number[key] if half_year_id in counted else None
            hours = opening.get(key, unknown)
            open_hours = hours["open_hours"]
            table.put(
                half_year_id=half_year_id,
                library_id=library_id,
                incidents=total,
                unsafe_behaviour_incidents=unsafe[key] if half_year_id in counted else None,
                **hours,
                incidents_per_1000_open_hours=(
                    total * 1000 / open_hours if total is not None and open_hours else None
                ),
                **{
                    f"{function}_hours": (
                        None if present is None else present.get((library_id, function), 0.0)
                    )
                    for function in FUNCTIONS
                },
                maturity="final" if is_final else "provisional",
            )
    return table
