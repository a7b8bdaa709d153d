"""What the briefing says: the release's warehouse read once into dataclasses, without any form."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import DatasporError, UsageError
from orchestration.figures.facts import KNOWN_SHARE_OF_DAYS
from orchestration.half_year import HalfYear

LIBRARY_MEASURES = (
    "incidents",
    "unsafe_behaviour_incidents",
    "open_hours",
    "staffed_hours",
    "self_service_hours",
    "restricted_self_service_hours",
    "opening_days_known",
    "incidents_per_1000_open_hours",
    "guard_hours",
    "night_host_hours",
    "relation_worker_hours",
)
ROW_OUTCOMES = ("read", "loaded", "superseded", "duplicate", "void", "excluded", "quarantined")
HIDDEN = ("suppressed", "not_available")
# Characters that neither XML nor a spreadsheet may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Period:
    """A half-year as the warehouse describes it."""

    id: str
    season: str
    label: str
    starts_on: dt.date
    ends_on: dt.date
    has_begun: bool
    is_complete: bool

    @property
    def years(self) -> str:
        """The label without its season: ``2024/2025`` or ``2025``."""
        return self.label.rpartition(" ")[2]

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class Place:
    """A library or a district that figures are about."""

    kind: str
    id: str
    name: str
    district_id: str
    district_name: str

    @property
    def heading(self) -> str:
        """Its name; a district's says that it is one."""
        return f"{self.name} (bydel)" if self.kind == "district" else self.name


@dataclass(frozen=True)
class Figure:
    """One status figure. A suppressed or missing one has no numbers here, whatever was stored."""

    id: str
    label: str
    statement: str
    measure: str
    place: Place
    half_year_from: str | None
    half_year_to: str | None
    value_from: float | None
    value_to: float | None
    value: float | None
    unit: str
    ci_low: float | None
    ci_high: float | None
    evidence: str
    maturity: str
    caveats: tuple[str, ...]

    @property
    def is_hidden(self) -> bool:
        """Whether the figure may or can have no numbers."""
        return self.evidence in HIDDEN


@dataclass(frozen=True)
class LibraryHalfYear:
    """What is known of a library in a half-year; a measure that nothing is known of is None."""

    library_id: str
    period: Period
    measures: Mapping[str, float | None]
    maturity: str

    @property
    def is_provisional(self) -> bool:
        """Whether the numbers may still change."""
        return self.maturity != "final"

    @property
    def knows_opening_in_part(self) -> bool:
        """Whether the opening hours are those of so few days that they tell of no half-year."""
        days = self.measures["opening_days_known"]
        return days is not None and days < KNOWN_SHARE_OF_DAYS * self.period.days


@dataclass(frozen=True)
class SurveyResult:
    """A wave's answer to one question at one library; suppressed ones have no numbers here."""

    library_id: str
    question_id: str
    wave_id: str
    half_year_id: str
    respondents: int | None
    favourable: int | None
    share: float | None
    ci_low: float | None
    ci_high: float | None
    suppressed: bool


@dataclass(frozen=True)
class DistrictHalfYear:
    """A district's incidents and rank in a half-year."""

    period: Period
    district_id: str
    district_name: str
    incidents: int | None
    rank: int | None


@dataclass(frozen=True)
class Intervention:
    """Something that was begun at a library, and perhaps ended."""

    id: str
    library_id: str
    starts_on: dt.date
    ends_on: dt.date | None
    label: str


@dataclass(frozen=True)
class Month:
    """A library's incidents in a calendar month that is over."""

    library_id: str
    id: str
    incidents: int

    @property
    def starts_on(self) -> dt.date:
        """First day."""
        return dt.date.fromisoformat(f"{self.id}-01")

    @property
    def days(self) -> int:
        """Number of days."""
        return calendar.monthrange(self.starts_on.year, self.starts_on.month)[1]

    @property
    def ends_on(self) -> dt.date:
        """Last day."""
        return self.starts_on + dt.timedelta(days=self.days - 1)


@dataclass(frozen=True)
class EvidenceItem:
    """A number by which a figure was judged; ``item`` is the code of what it is."""

    figure_id: str
    item: str
    label: str
    half_year_id: str | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    note: str


@dataclass(frozen=True)
class JudgedClaim:
    """What an earlier briefing stated, and what the figures say to it."""

    id: str
    figure_id: str
    text: str
    judgement: str
    reason: str


@dataclass(frozen=True)
class LedgerLine:
    """The ledger of one source system: files, those that could not be used, and rows by outcome."""

    source: str
    files: int
    unusable_files: int
    rows: Mapping[str, int]

    @property
    def balances(self) -> bool:
        """Whether every row read has exactly one outcome."""
        return self.rows["read"] == sum(self.rows[name] for name in ROW_OUTCOMES[1:])


@dataclass(frozen=True)
class Briefing:
    """Everything that the section "Dataspor" is made of."""

    half_year_id: str
    half_year_label: str
    as_of: dt.date
    is_sample: bool
    periods: Mapping[str, Period]
    places: tuple[Place, ...]
    figures: tuple[Figure, ...]
    libraries: tuple[LibraryHalfYear, ...]
    surveys: tuple[SurveyResult, ...]
    districts: tuple[DistrictHalfYear, ...]
    interventions: tuple[Intervention, ...]
    ledger: tuple[LedgerLine, ...]
    months: tuple[Month, ...]
    evidence: tuple[EvidenceItem, ...]
    claims: tuple[JudgedClaim, ...]
    library_names: Mapping[str, str]
    question_texts: Mapping[str, str]

    def figures_of(self, place: Place) -> list[Figure]:
        """The figures about a place, in the release's order."""
        return [figure for figure in self.figures if figure.place == place]

    def incidents_behind(self, figure: Figure) -> int | None:
        """The district's incidents behind a rank."""
        return next(
            (
                row.incidents
                for row in self.districts
                if (row.district_id, row.period.id) == (figure.place.id, figure.half_year_to)
            ),
            None,
        )

    def period_label(self, half_year_id: str | None) -> str:
        """The Danish name of a half-year, also of one that the data say nothing of."""
        if half_year_id is None:
            return ""
        period = self.periods.get(half_year_id)
        return period.label if period else HalfYear.parse(half_year_id).label_da

    @cached_property
    def knows_staff(self) -> bool:
        """Whether a figure's interval takes account of how many could answer."""
        return any(item.item == "staff" for item in self.evidence)

    @cached_property
    def ledger_total(self) -> LedgerLine:
        """The ledger of all source systems together."""
        return LedgerLine(
            source="",
            files=sum(line.files for line in self.ledger),
            unusable_files=sum(line.unusable_files for line in self.ledger),
            rows={name: sum(line.rows[name] for line in self.ledger) for name in ROW_OUTCOMES},
        )


def read(warehouse: Path, half_year_id: str) -> Briefing:
    """Read a release.

    Args:
        warehouse: DuckDB file with the contract's tables in schema ``marts``.
        half_year_id: the half-year that the release closes.

    Raises:
        UsageError: ``half_year_id`` is not a half-year.
        DatasporError: the warehouse is not there or lacks something.
    """
    try:
        half_year = HalfYear.parse(half_year_id)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not warehouse.is_file():
        raise DatasporError(f"There is no warehouse at {warehouse}. Close the half-year first.")
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return _Reader(connection).briefing(half_year)
    except duckdb.Error as error:
        raise DatasporError(
            f"{warehouse} cannot be read as a warehouse of Dataspor: {error}"
        ) from error


class _Reader:
    """Queries of one open warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._figure_rows = self._rows("select * from marts.fct_status_figure")
        self._as_of = self._day_of_run()
        self._periods = {
            row["half_year_id"]: Period(
                id=row["half_year_id"],
                season=row["season"],
                label=row["label_da"],
                starts_on=_date(row["starts_on"]),
                ends_on=_date(row["ends_on"]),
                has_begun=self._as_of is None or _date(row["starts_on"]) <= self._as_of,
                is_complete=bool(row["is_complete"]),
            )
            for row in self._rows("select * from marts.dim_half_year order by half_year_id")
        }
        self._libraries = {
            row["library_id"]: row
            for row in self._rows("select * from marts.dim_library order by library_id")
        }
        self._district_names = {
            str(row["district_id"]): row["district_name"]
            for table in ("dim_library", "fct_district_half_year")
            for row in self._rows(
                f"select distinct district_id, district_name from marts.{table} order by all"
            )
        }

    def briefing(self, half_year: HalfYear) -> Briefing:
        figures = tuple(self._figure(row) for row in self._figure_rows)
        period = self._periods.get(half_year.id)
        return Briefing(
            half_year_id=half_year.id,
            half_year_label=period.label if period else half_year.label_da,
            as_of=self._as_of or half_year.ends_on,
            is_sample=self._is_sample(),
            periods=self._periods,
            places=_in_order(figure.place for figure in figures),
            figures=figures,
            libraries=tuple(self._library_half_years()),
            surveys=tuple(self._survey_results()),
            districts=tuple(self._district_half_years()),
            interventions=tuple(self._interventions()),
            ledger=tuple(self._ledger()),
            months=tuple(self._months()),
            evidence=tuple(self._evidence()),
            claims=tuple(self._claims()),
            library_names={key: row["library_name"] for key, row in self._libraries.items()},
            question_texts=self._question_texts(),
        )

    def _rows(self, query: str) -> list[dict[str, Any]]:
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [
            {name: _clean(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]

    def _has(self, table: str) -> bool:
        """Whether a table is there that a warehouse may do without."""
        return bool(
            self._rows(
                "select 1 from information_schema.tables "
                f"where table_schema = 'marts' and table_name = '{table}'"
            )
        )

    def _question_texts(self) -> dict[str, str]:
        if not self._has("dim_survey_question"):
            return {}
        rows = self._rows("select * from marts.dim_survey_question")
        return {row["question_id"]: row["question_text_da"] for row in rows}

    def _run(self) -> dict[str, Any]:
        if not self._has("meta_run"):
            return {}
        return {row["key"]: row["value"] for row in self._rows("select * from marts.meta_run")}

    def _day_of_run(self) -> dt.date | None:
        """The day of the run; that of the figures where the warehouse does not tell of its run."""
        told = self._run().get("as_of")
        days = [told] if told else [row["as_of"] for row in self._figure_rows]
        return max((_date(day) for day in days if day), default=None)

    def _is_sample(self) -> bool:
        return str(self._run().get("sample")).casefold() == "true"

    def _place(self, kind: str, scope_id: str) -> Place:
        if kind == "library" and scope_id in self._libraries:
            row = self._libraries[scope_id]
            name, district_id = row["library_name"], str(row["district_id"])
        else:
            district_id = scope_id if kind == "district" else ""
            name = self._district_names.get(district_id, scope_id)
        return Place(kind, scope_id, name, district_id, self._district_names.get(district_id, ""))

    def _figure(self, row: dict[str, Any]) -> Figure:
        hidden = row["evidence"] in HIDDEN
        numbers = {
            name: None if hidden else _number(row[name])
            for name in ("value_from", "value_to", "value", "ci_low", "ci_high")
        }
        return Figure(
            id=row["figure_id"],
            label=row["label_da"] or row["figure_id"],
            statement=row["statement_da"] or row["label_da"] or row["figure_id"],
            measure=row["measure"] or "",
            place=self._place(row["scope_kind"], str(row["scope_id"])),
            half_year_from=row["half_year_from"],
            half_year_to=row["half_year_to"],
            unit=row["unit"] or "",
            evidence=row["evidence"] or "",
            maturity=row["maturity"] or "",
            caveats=_sentences(row["caveats"]),
            **numbers,
        )

    def _library_half_years(self) -> Iterable[LibraryHalfYear]:
        for row in self._rows(
            "select * from marts.fct_library_half_year order by library_id, half_year_id"
        ):
            if row["half_year_id"] in self._periods:
                yield LibraryHalfYear(
                    library_id=row["library_id"],
                    period=self._periods[row["half_year_id"]],
                    # warehouses of earlier releases lack what was added since
                    measures={name: _number(row.get(name)) for name in LIBRARY_MEASURES},
                    maturity=row["maturity"] or "",
                )

    def _survey_results(self) -> Iterable[SurveyResult]:
        for row in self._rows(
            "select * from marts.fct_survey_half_year order by question_id, library_id, wave_id"
        ):
            suppressed = bool(row["suppressed"])
            yield SurveyResult(
                library_id=row["library_id"],
                question_id=row["question_id"],
                wave_id=str(row["wave_id"]),
                half_year_id=row["half_year_id"],
                respondents=None if suppressed else _whole(row["respondents"]),
                favourable=None if suppressed else _whole(row["favourable"]),
                share=None if suppressed else _number(row["favourable_share"]),
                ci_low=None if suppressed else _number(row["ci_low"]),
                ci_high=None if suppressed else _number(row["ci_high"]),
                suppressed=suppressed,
            )

    def _district_half_years(self) -> Iterable[DistrictHalfYear]:
        for row in self._rows(
            "select * from marts.fct_district_half_year "
            "order by half_year_id, incident_rank nulls last, district_name"
        ):
            if row["half_year_id"] in self._periods:
                yield DistrictHalfYear(
                    period=self._periods[row["half_year_id"]],
                    district_id=str(row["district_id"]),
                    district_name=row["district_name"],
                    incidents=_whole(row["incidents"]),
                    rank=_whole(row["incident_rank"]),
                )

    def _interventions(self) -> Iterable[Intervention]:
        for row in self._rows(
            "select * from marts.dim_intervention order by starts_on, intervention_id"
        ):
            yield Intervention(
                id=row["intervention_id"],
                library_id=row["library_id"],
                starts_on=_date(row["starts_on"]),
                ends_on=_date(row["ends_on"]) if row["ends_on"] else None,
                label=row["label_da"],
            )

    def _months(self) -> Iterable[Month]:
        if not self._has("fct_incident_month"):
            return
        for row in self._rows(
            "select library_id, month, sum(incidents)::bigint as incidents "
            "from marts.fct_incident_month group by all order by library_id, month"
        ):
            month = Month(row["library_id"], row["month"], row["incidents"])
            if self._as_of is None or month.ends_on < self._as_of:
                yield month

    def _evidence(self) -> Iterable[EvidenceItem]:
        if not self._has("fct_figure_evidence"):
            return
        for row in self._rows(
            "select * from marts.fct_figure_evidence order by figure_id, item_order"
        ):
            yield EvidenceItem(
                figure_id=row["figure_id"],
                item=row["item"],
                label=row["label_da"],
                half_year_id=row["half_year_id"],
                value=_number(row["value"]),
                low=_number(row["ci_low"]),
                high=_number(row["ci_high"]),
                unit=row["unit"],
                note=row["note_da"] or "",
            )

    def _claims(self) -> Iterable[JudgedClaim]:
        if not self._has("fct_claim"):
            return
        for row in self._rows("select * from marts.fct_claim"):
            yield JudgedClaim(
                row["claim_id"],
                row["figure_id"],
                row["text_da"],
                row["judgement"],
                row["reason_da"] or "",
            )

    def _ledger(self) -> Iterable[LedgerLine]:
        sums = ", ".join(
            f"coalesce(sum(rows_{name}), 0)::bigint as rows_{name}" for name in ROW_OUTCOMES
        )
        for row in self._rows(
            "select source, count(*) as files, "
            "count(*) filter (where status <> 'landed') as unusable_files, "
            f"{sums} from marts.meta_source_file group by source order by source"
        ):
            yield LedgerLine(
                source=row["source"],
                files=row["files"],
                unusable_files=row["unusable_files"],
                rows={name: row[f"rows_{name}"] for name in ROW_OUTCOMES},
            )


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """Places once each: districts as they first come, a district before its libraries."""
    unique = list(dict.fromkeys(places))
    first: dict[str, int] = {}
    for position, place in enumerate(unique):
        first.setdefault(place.district_id, position)
    return tuple(
        sorted(unique, key=lambda p: (first[p.district_id], p.kind != "district", unique.index(p)))
    )


def _clean(value: Any) -> Any:
    return _CONTROL.sub("", value) if isinstance(value, str) else value


def _number(value: Any) -> float | None:
    if value is None or math.isnan(value):
        return None
    return float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def _sentences(caveats: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (caveats or "").split("; ") if part.strip())
