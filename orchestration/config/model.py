"""What a configuration folder may say: one pydantic model a file, and nothing about reading it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orchestration.config.date_formats import EXCEL, pattern_of
from orchestration.half_year import HalfYear

NOT_A_LIBRARY = "not_a_library"
WEEKDAYS_DA = ("man", "tir", "ons", "tor", "fre", "lør", "søn")
_SPELLINGS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

SourceName = Literal["mainmanager", "survey", "opening_hours", "presence"]


def match_key(text: str) -> str:
    """The form in which names are compared: no case, no extra space, æ/ae, ø/oe and å/aa alike.

    An exact comparison of this key is all the matching there is; nothing is guessed.
    """
    folded = unicodedata.normalize("NFC", text).replace("\xa0", " ").casefold()
    return " ".join(folded.translate(_SPELLINGS).split())


def _half_year_id(value: str) -> str:
    return HalfYear.parse(value).id


def _date_format(value: str) -> str:
    if value != EXCEL:
        pattern_of(value)
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


HalfYearId = Annotated[str, AfterValidator(_half_year_id)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlausibleDates(_Model):
    """Dates outside are quarantined as implausible."""

    from_: dt.date = Field(alias="from", ge=dt.date(2000, 1, 1))
    to: dt.date = Field(le=dt.date(2049, 12, 31))


class Municipality(_Model):
    """municipality.yml."""

    municipality: str
    country: str
    timezone: str = "Europe/Copenhagen"
    first_half_year: HalfYearId
    maturity_days: int = Field(ge=0, le=365)
    minimum_respondents: int = Field(ge=1)
    required_sources: list[SourceName] = []
    plausible_dates: PlausibleDates
    unsafe_behaviour_category: str | None = None
    archive_retention_days: int | None = Field(default=None, ge=1)


class District(_Model):
    """One row of districts.csv."""

    district_id: int
    district_name: str


class Library(_Model):
    """One row of libraries.csv."""

    library_id: Identifier
    isil: str
    library_name: str
    district_id: int


class Place(_Model):
    """One row of places.csv: a name as exports write it."""

    alias: str
    library_id: str


class Category(_Model):
    """One row of categories.csv."""

    category_id: Identifier
    category_name_da: str
    category_name_en: str


class CategoryAlias(_Model):
    """One row of category_aliases.csv: a name as exports write it."""

    alias: str
    category_id: str


class NormalHours(_Model):
    """One row of normal_opening_hours.csv: self-service hours of a weekday from a date on."""

    library_id: str
    valid_from: dt.date
    weekday: Literal[WEEKDAYS_DA]  # type: ignore[valid-type]
    self_service_hours: float = Field(ge=0, le=24)


class Intervention(_Model):
    """One row of interventions.csv."""

    intervention_id: Identifier
    library_id: str
    starts_on: dt.date
    ends_on: dt.date | None = None
    label_da: str


class IncidentHeaders(_Model):
    """Accepted headers of each column of an incident export."""

    incident_id: list[str] = Field(min_length=1)
    reported_at: list[str] = Field(min_length=1)
    occurred_at: list[str] = []
    occurred_time: list[str] = []
    location: list[str] = Field(min_length=1)
    category: list[str] = Field(min_length=1)
    status: list[str] = []
    updated_at: list[str] = []
    count: list[str] = []


IncidentColumn = Literal[
    "occurred_at", "occurred_time", "status", "updated_at", "count"
]  # those that an export may lack


class IncidentDrift(_Model):
    """What happens when an export differs from the one before it.

    ``goes_on``: it is used, and the ledger notes the change. ``quarantines``: the rows concerned
    are not used. ``stops``: the file is not used, until the configuration allows the change.
    """

    added_column: Literal["goes_on", "stops"] = "goes_on"
    reordered_columns: Literal["goes_on", "stops"] = "goes_on"
    renamed_column: Literal["goes_on", "stops"] = "goes_on"
    missing_column: Literal["goes_on", "stops"] = "goes_on"
    missing_columns_that_stop: list[IncidentColumn] = []
    moved_header: Literal["goes_on", "stops"] = "goes_on"
    renamed_sheet: Literal["goes_on", "stops"] = "goes_on"
    new_location: Literal["quarantines", "stops"] = "quarantines"
    new_category: Literal["quarantines", "stops"] = "quarantines"
    new_status: Literal["goes_on", "quarantines", "stops"] = "goes_on"
    changed_unit: Literal["quarantines", "stops"] = "quarantines"


class Incidents(_Model):
    """incidents.yml."""

    headers: IncidentHeaders
    date_formats: list[DateFormat] = Field(min_length=1)
    time_formats: list[DateFormat] = []
    incident_id_pattern: Pattern | None = None
    void_statuses: list[str] = []
    statuses: list[str] = []
    footers: list[str] = []
    decimal_comma: bool = True
    drift: IncidentDrift = IncidentDrift()


CorrectableField = Literal[
    "incident_id",
    "reported_at",
    "occurred_at",
    "occurred_time",
    "location",
    "category",
    "status",
    "updated_at",
    "count",
]


class Correction(_Model):
    """One row of corrections.csv: a value that is put right here, in the export's own words.

    ``match`` names rows by other columns, such as ``location=Hus A & occurred_at=01-02-2024``; at
    least one of it and ``incident_id`` must be there.
    """

    correction_id: Identifier
    incident_id: str | None = None
    match: str | None = None
    field: CorrectableField
    old_value: str | None = None
    new_value: str | None = None
    reason: str
    decided_by: str
    decided_on: dt.date

    @model_validator(mode="after")
    def _names_rows(self) -> Correction:
        if self.incident_id is None and self.match is None:
            raise ValueError("names no rows: give an incident_id, a match, or both")
        if self.old_value == self.new_value:
            raise ValueError("old_value and new_value are the same")
        known = get_args(CorrectableField)
        for name in self.where():
            if name not in known:
                raise ValueError(f"match: {name!r} is none of {', '.join(known)}")
        return self

    def where(self) -> dict[str, str]:
        """Column to the value that a row must have there."""
        pairs = [part.partition("=") for part in (self.match or "").split("&") if part.strip()]
        named = {name.strip(): value.strip() for name, _, value in pairs}
        return named | ({"incident_id": self.incident_id} if self.incident_id else {})


class Completed(_Model):
    """The variable and code that mark a completed answer."""

    variable: str
    value: str


class Question(_Model):
    """A survey question: its variable and what counts as favourable.

    ``headers`` are those of its column in exports that hold the full texts of answers; the
    question's text and its variable are accepted as well.
    """

    question_id: Identifier
    variable: str
    text_da: str
    headers: list[str] = []
    answers: list[str] = Field(min_length=2)
    favourable: list[str] = Field(min_length=1)
    not_counted: list[str] = []

    @model_validator(mode="after")
    def _favourable_is_an_answer(self) -> Question:
        unknown = set(self.favourable) - set(self.answers)
        if unknown:
            raise ValueError(f"favourable answers that are no answers: {sorted(unknown)}")
        return self

    @property
    def accepted_headers(self) -> list[str]:
        """All that the question's column may be headed by."""
        return [*self.headers, self.text_da, self.variable]


class LabelledSurvey(_Model):
    """Accepted headers of exports that hold the full texts of answers, a row per respondent.

    A respondent's answer is completed where the cell below one of ``completed_headers`` is filled.
    """

    completed_headers: list[str] = Field(
        default=["Completion time", "Fuldførelsestidspunkt", "Date submitted", "submitdate"],
        min_length=1,
    )
    library_headers: list[str] = Field(default=["Bibliotek", "Library"], min_length=1)


class RestSurvey(_Model):
    """A survey that is fetched from SurveyXact: its wave, and its number there."""

    wave: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    survey_id: int = Field(ge=1)


class Survey(_Model):
    """survey.yml; of ``completed``, the first whose variable the export has decides."""

    completed: list[Completed] = Field(min_length=1)
    library_variable: str
    questions: list[Question] = Field(min_length=1)
    labelled: LabelledSurvey = LabelledSurvey()
    rest: list[RestSurvey] = []

    @model_validator(mode="after")
    def _one_survey_a_wave(self) -> Survey:
        waves = [survey.wave for survey in self.rest]
        twice = sorted({wave for wave in waves if waves.count(wave) > 1})
        if twice:
            raise ValueError(f"rest lists a wave twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _questions_are_told_apart(self) -> Survey:
        owners: dict[str, str] = {}
        for question in self.questions:
            if question.question_id in owners.values():
                raise ValueError(f"question {question.question_id!r} stands there twice")
            for header in question.accepted_headers:
                owner = owners.setdefault(match_key(header), question.question_id)
                if owner != question.question_id:
                    raise ValueError(
                        f"{header!r} is a header, text or variable of both {owner!r} and "
                        f"{question.question_id!r}"
                    )
        return self


class OpeningHoursCategories(_Model):
    """Titles of the CMS's categories, by what they mean."""

    open: list[str] = []
    staffed: list[str] = []
    self_service: list[str] = []
    ignored: list[str] = []


class OpeningHours(_Model):
    """opening_hours.yml."""

    categories: OpeningHoursCategories
    branches: dict[int, str] = {}


class PresenceHeaders(_Model):
    """Accepted headers of each column of the presence register."""

    library: list[str] = Field(min_length=1)
    function: list[str] = Field(min_length=1)
    from_: list[str] = Field(alias="from", min_length=1)
    to: list[str] = Field(min_length=1)
    weekdays: list[str] = Field(min_length=1)
    from_time: list[str] = Field(min_length=1)
    to_time: list[str] = Field(min_length=1)
    count: list[str] = []
    status: list[str] = Field(min_length=1)


class PresenceFunctions(_Model):
    """Names of the functions whose presence is counted."""

    guard: list[str] = []
    night_host: list[str] = []
    relation_worker: list[str] = []


class PresenceStatuses(_Model):
    """Names of the two statuses of a presence row."""

    planned: list[str] = Field(min_length=1)
    actual: list[str] = Field(min_length=1)


class Presence(_Model):
    """presence.yml."""

    headers: PresenceHeaders
    functions: PresenceFunctions
    statuses: PresenceStatuses
    date_formats: list[str] = Field(min_length=1)
    footers: list[str] = ["I alt", "Total", "Antal", "Sum", "Udskrevet"]


class Scope(_Model):
    """What a figure is about: one library or one district."""

    kind: Literal["library", "district"]
    id: str


HourMeasure = Literal[
    "open_hours",
    "staffed_hours",
    "self_service_hours",
    "restricted_self_service_hours",
    "guard_hours",
    "night_host_hours",
    "relation_worker_hours",
]


class _Figure(_Model):
    figure_id: Identifier
    label_da: str
    scope: Scope
    half_year_to: HalfYearId


class ChangeFigure(_Figure):
    """Per cent change in a count between two half-years; ``steps`` are half-years between."""

    kind: Literal["change"]
    measure: Literal["incidents", "unsafe_behaviour_incidents"]
    half_year_from: HalfYearId
    steps: list[HalfYearId] = []


class ShareFigure(_Figure):
    """Share of favourable answers, or its change since an earlier wave."""

    kind: Literal["share"]
    measure: str
    wave_from: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2})?$")


class RankFigure(_Figure):
    """A district's rank by incidents."""

    kind: Literal["rank"]
    measure: Literal["incidents"]


class HoursFigure(_Figure):
    """Hours of one or more measures, added up."""

    kind: Literal["hours"]
    measure: HourMeasure | list[HourMeasure]


Figure = Annotated[
    ChangeFigure | ShareFigure | RankFigure | HoursFigure, Field(discriminator="kind")
]


class Figures(_Model):
    """figures.yml."""

    figures: list[Figure]


class Claim(_Model):
    """A sentence of a past briefing, and the figure and number that it states."""

    claim_id: Identifier
    figure_id: str
    text_da: str
    direction: Literal["down", "up", "level"] | None = None
    value: float | None = None
    value_from: float | None = None
    value_to: float | None = None


class Claims(_Model):
    """claims.yml."""

    claims: list[Claim] = []


class Config(_Model):
    """A whole configuration folder, checked; see the files of the packaged one."""

    municipality: Municipality
    districts: list[District] = Field(min_length=1)
    libraries: list[Library] = Field(min_length=1)
    places: list[Place]
    categories: list[Category] = Field(min_length=1)
    category_aliases: list[CategoryAlias]
    normal_opening_hours: list[NormalHours]
    interventions: list[Intervention]
    incidents: Incidents
    survey: Survey
    opening_hours: OpeningHours
    presence: Presence
    figures: Figures
    sentences: dict[str, dict[str, str]]
    claims: Claims
    corrections: list[Correction] = []

    def place_to_library(self) -> dict[str, str | None]:
        """Match key of a place to library id; None for a place known not to be a library."""
        return {
            match_key(p.alias): None if p.library_id == NOT_A_LIBRARY else p.library_id
            for p in self.places
        }

    def category_by_alias(self) -> dict[str, str]:
        """Match key of a category's name to category id."""
        return {match_key(a.alias): a.category_id for a in self.category_aliases}
