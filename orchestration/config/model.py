"""What a configuration folder may say: one pydantic model a file, and nothing about reading it.

The descriptions of fields are what editors show and what docs/configuration.md says.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orchestration.config.date_formats import checked_date_format, checked_time_format
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


def _pattern(value: str) -> str:
    # DuckDB runs it, and takes other expressions than Python; most configurations have none, and
    # what only reads them had better not load it
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("select regexp_full_match('', ?)", [value])
    except duckdb.InvalidInputException as error:
        told = str(error).removeprefix("Invalid Input Error: ")
        raise ValueError(f"not a regular expression of RE2: {told}") from None
    return value


def _timezone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (OSError, ValueError, KeyError):  # whatever a name leads to that is no time zone
        raise ValueError(f"{value!r} is no time zone; name one such as Europe/Copenhagen") from None


def _country(value: str) -> str:
    # the package's table of names; to ask it for a country loads all 250 of them
    from holidays.registry import COUNTRIES

    if value not in {names[1] for names in COUNTRIES.values()}:
        raise ValueError(
            f"{value!r} is no country whose holidays are known; give its two letters, such as DK"
        )
    return value


def _weekdays(value: list[list[str]]) -> list[list[str]]:
    seen: dict[str, int] = {}
    for day, words in enumerate(value):
        for word in words:
            if seen.setdefault(match_key(word), day) != day:
                raise ValueError(f"{word!r} stands there for two days")
    return value


HalfYearId = Annotated[str, AfterValidator(_half_year_id)]
DateFormat = Annotated[str, AfterValidator(checked_date_format)]
TimeFormat = Annotated[str, AfterValidator(checked_time_format)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Country = Annotated[str, AfterValidator(_country)]
Weekdays = Annotated[
    list[Annotated[list[str], Field(min_length=1)]],
    Field(min_length=7, max_length=7),
    AfterValidator(_weekdays),
]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlausibleDates(_Model):
    """Dates outside are quarantined as implausible."""

    from_: dt.date = Field(alias="from", ge=dt.date(2000, 1, 1), description="First day.")
    to: dt.date = Field(le=dt.date(2049, 12, 31), description="Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> PlausibleDates:
        if self.to < self.from_:
            raise ValueError("to is before from")
        return self

    def hold(self, day: dt.date) -> bool:
        """Whether a day is one of them."""
        return self.from_ <= day <= self.to


class Municipality(_Model):
    """municipality.yml: who the configuration belongs to, and rules for every source."""

    municipality: str = Field(description="Name of the municipality.")
    country: Country = Field(
        description="Two letters; its public and optional holidays are left out of normal hours."
    )
    timezone: Timezone = Field(
        default="Europe/Copenhagen",
        description="Local time: of today, and of timestamps with an offset; all others are local.",
    )
    first_half_year: HalfYearId = Field(
        description="Where the list of half-years begins in the Dagster UI, such as 2022-10; the "
        "last one that has ended is always on it."
    )
    maturity_days: int = Field(  # with 0: on its last day, not over yet
        ge=1, le=365, description="Days after its end from which a half-year's figures are final."
    )
    minimum_respondents: int = Field(
        ge=1, description="Groups of a survey below this size are published as suppressed only."
    )
    required_sources: list[SourceName] = Field(
        default=[],
        description="Sources of which a file that cannot be used or is still being written, or an "
        "answer that cannot be fetched, makes a run end with exit 1.",
    )
    plausible_dates: PlausibleDates = Field(
        description="Rows outside are quarantined; survey waves and snapshots of opening hours "
        "outside are refused."
    )
    unsafe_behaviour_category: str | None = Field(
        default=None,
        description="The category that fct_library_half_year counts apart; null: none is.",
    )
    archive_retention_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which `dataspor purge` removes raw exports; null: they are kept.",
    )
    late_after_days: dict[SourceName, Annotated[int, Field(ge=1)]] = Field(
        default={},
        description="Days after its newest usable export after which a source is late, by source; "
        "a source that is not listed never is.",
    )

    def today(self, now: dt.datetime | None = None) -> dt.date:
        """The day that it is where the libraries are, wherever the machine is.

        Args:
            now: the moment, with its offset; the present one unless told.
        """
        return (now or dt.datetime.now(tz=dt.UTC)).astimezone(ZoneInfo(self.timezone)).date()


class District(_Model):
    """One row of districts.csv: a district, by which libraries are ranked."""

    district_id: int = Field(description="A number of the district.")
    district_name: str = Field(description="Its name in figures and texts.")


class Library(_Model):
    """One row of libraries.csv: a library."""

    library_id: Identifier = Field(description="A short id of your own: small letters, digits, _.")
    isil: str = Field(description="International id of the library; without one, any unique id.")
    library_name: str = Field(description="Its name in figures and texts.")
    district_id: int = Field(description="A district of districts.csv.")


class Place(_Model):
    """One row of places.csv: a name as exports write it."""

    alias: str = Field(description="The place as exports name it; case and æ/ae do not matter.")
    library_id: str = Field(
        description=f"A library of libraries.csv, or {NOT_A_LIBRARY}: its rows are excluded."
    )


class Category(_Model):
    """One row of categories.csv: a category of incidents that is counted."""

    category_id: Identifier = Field(description="A short id of your own: small letters, digits, _.")
    category_name_da: str = Field(description="Its name in the municipality's own language.")
    category_name_en: str = Field(description="Its name in English.")


class CategoryAlias(_Model):
    """One row of category_aliases.csv: a name as exports write it."""

    alias: str = Field(description="The category as exports name it; case does not matter.")
    category_id: str = Field(description="A category of categories.csv.")


class NormalHours(_Model):
    """One row of normal_opening_hours.csv: self-service hours of a weekday from a date on."""

    library_id: str = Field(description="A library of libraries.csv.")
    valid_from: dt.date = Field(description="From this day on, until a later row.")
    weekday: Literal[WEEKDAYS_DA] = Field(  # type: ignore[valid-type]
        description="man, tir, ons, tor, fre, lør, søn (Monday to Sunday)."
    )
    self_service_hours: float = Field(ge=0, le=24, description="Normal self-service hours.")


class Intervention(_Model):
    """One row of interventions.csv: what was done at a library, for reading the figures."""

    intervention_id: Identifier = Field(description="A short id of your own.")
    library_id: str = Field(description="A library of libraries.csv.")
    starts_on: dt.date = Field(description="First day.")
    ends_on: dt.date | None = Field(default=None, description="Last day; empty: it goes on.")
    label_da: str = Field(description="What it is, in the municipality's own language.")

    @model_validator(mode="after")
    def _in_order(self) -> Intervention:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self


class Break(_Model):
    """One row of breaks.csv: from when on figures cannot be compared with those before.

    A figure across it has no plain sentence. Empty library: all; empty category: all.
    """

    break_id: Identifier = Field(description="A short id of your own.")
    kind: Literal["recode", "reporting", "opening_hours", "survey", "other"] = Field(
        description="What changed: categories, how reports are made, hours, the survey, other."
    )
    library_id: str | None = Field(
        default=None, description="A library of libraries.csv; empty: all of them."
    )
    category_id: str | None = Field(
        default=None, description="A category of categories.csv; empty: all of them."
    )
    starts_on: dt.date = Field(description="First day of the new practice.")
    label_da: str = Field(description="What changed, in the municipality's own language.")


class StaffCount(_Model):
    """One row of staff.csv: how many a survey wave was sent to, for narrower intervals."""

    library_id: str = Field(description="A library of libraries.csv.")
    wave_id: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="The wave, 2025-02.")
    staff: int = Field(ge=1, description="Staff who could answer.")


class EvidenceRules(_Model):
    """evidence.yml: from when on a figure is told with reserve."""

    opening_hours_break_share: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="A change of open hours by more than this share is a break in the series.",
    )
    category_break_incidents: int = Field(
        default=20,
        ge=1,
        description="A category with this many incidents in one half-year and none in the other "
        "was recoded: a break for figures on a single category.",
    )
    reporting_break_share: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="If the share reported by the next day changes by more than this, reporting "
        "has changed: a break.",
    )
    complete_from: float = Field(
        default=0.98,
        gt=0,
        le=1,
        description="Expected share of reports from which a half-year is complete.",
    )
    too_few_below: int = Field(
        default=5, ge=1, description="Changes between two counts below this are not stated."
    )
    small_group_below: int = Field(
        default=50,
        ge=1,
        description="Groups of a survey below this size are compared by an exact test as well.",
    )


class IncidentHeaders(_Model):
    """Accepted headers of each column of an incident export; only these columns are ever read."""

    incident_id: list[str] = Field(min_length=1, description="Number of the report.")
    reported_at: list[str] = Field(min_length=1, description="When it was reported.")
    occurred_at: list[str] = Field(
        default=[], description="When it happened; without it, when it was reported counts."
    )
    occurred_time: list[str] = Field(
        default=[], description="Time of day that belongs to an occurred_at without one."
    )
    location: list[str] = Field(min_length=1, description="The place; see places.csv.")
    category: list[str] = Field(min_length=1, description="What kind; see category_aliases.csv.")
    status: list[str] = Field(default=[], description="Status; see void_statuses and statuses.")
    updated_at: list[str] = Field(
        default=[],
        description="Last change; decides which version of a report is current. Without it, the "
        "later export does.",
    )
    count: list[str] = Field(
        default=[], description="Number of incidents that a row stands for; without it, 1."
    )


IncidentColumn = Literal[
    "occurred_at", "occurred_time", "status", "updated_at", "count"
]  # those that an export may lack


class IncidentDrift(_Model):
    """What happens when an export differs from the one before it; see ``Incidents.drift``."""

    added_column: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="There is a column more."
    )
    reordered_columns: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="The columns stand in another order."
    )
    renamed_column: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="A column has another of its accepted headers."
    )
    missing_column: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="A column that exports may lack is gone."
    )
    missing_columns_that_stop: list[IncidentColumn] = Field(
        default=[], description="Columns whose absence stops, whatever missing_column says."
    )
    moved_header: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="The header is in another row."
    )
    renamed_sheet: Literal["goes_on", "stops"] = Field(
        default="goes_on", description="The sheet has another name."
    )
    new_location: Literal["quarantines", "stops"] = Field(
        default="quarantines", description="A place that is not in places.csv."
    )
    new_category: Literal["quarantines", "stops"] = Field(
        default="quarantines", description="A category that is not in category_aliases.csv."
    )
    new_status: Literal["goes_on", "quarantines", "stops"] = Field(
        default="goes_on",
        description="A status that is neither in void_statuses nor in statuses, if statuses "
        "lists any.",
    )
    changed_unit: Literal["quarantines", "stops"] = Field(
        default="quarantines", description="The dates of a column are written in another way."
    )


class Incidents(_Model):
    """incidents.yml: how an export of incident reports is read."""

    headers: IncidentHeaders = Field(description="Accepted headers of each column.")
    date_formats: list[DateFormat] = Field(
        min_length=1,
        description="How dates are written, as strftime codes; `excel`: serial day numbers. Tried "
        "as a whole, never guessed.",
    )
    time_formats: list[TimeFormat] = Field(
        default=[], description="How times of day in occurred_time are written."
    )
    incident_id_pattern: Pattern | None = Field(
        default=None,
        description="Regular expression of a whole report number; null: anything with a digit "
        "that does not look like personal data.",
    )
    void_statuses: list[str] = Field(
        default=[],
        description="Statuses of reports that do not count: cancelled, entered by mistake.",
    )
    statuses: list[str] = Field(
        default=[],
        description="The other statuses; where any is listed, one in neither list is new. Empty: "
        "every other status is as good.",
    )
    footers: list[str] = Field(
        default=[], description="What the first cell of a footer begins with."
    )
    decimal_comma: bool = Field(
        default=True, description="Whether numbers have a decimal comma (1.234,5) or point."
    )
    drift: IncidentDrift = Field(
        default=IncidentDrift(),
        description="What happens when an export differs from the one before it. `goes_on`: it is "
        "used, and the change noted; `quarantines`: the rows concerned are not used; `stops`: the "
        "file is not used until this allows the change.",
    )


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
    least one of it and ``incident_id`` must be there. Of a workbook, numbers are written as they
    are shown (``300``), cells that hold dates as ``2024-02-01``, or ``2024-02-01 14:30:00`` with a
    time of day, and those that hold times as ``14:30:00``. Of several corrections of one cell the
    first is made.
    """

    correction_id: Identifier = Field(description="A short id of your own.")
    incident_id: str | None = Field(default=None, description="Number of the report.")
    match: str | None = Field(
        default=None, description="Rows by other columns: `location=Hus A & status=Ny`."
    )
    field: CorrectableField = Field(description="The column put right, by its canonical name.")
    old_value: str | None = Field(default=None, description="What stands there; empty: nothing.")
    new_value: str | None = Field(default=None, description="What is meant; empty: nothing.")
    reason: str = Field(description="Why.")
    decided_by: str = Field(description="Who decided: a role or a unit.")
    decided_on: dt.date = Field(description="When.")

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

    variable: str = Field(description="Name of the variable.")
    value: str = Field(description="Its code in completed answers, as text.")


class Question(_Model):
    """A survey question: its variable and what counts as favourable.

    ``headers`` are those of its column in exports that hold the full texts of answers; the
    question's text and its variable are accepted as well.
    """

    question_id: Identifier = Field(description="A short id of your own; figures name it.")
    variable: str = Field(description="Name of the variable in SurveyXact.")
    text_da: str = Field(description="The question as staff read it.")
    headers: list[str] = Field(
        default=[], description="Headers of its column in exports with full texts."
    )
    answers: list[str] = Field(min_length=2, description="All answers that count.")
    favourable: list[str] = Field(min_length=1, description="Those of them that are favourable.")
    not_counted: list[str] = Field(
        default=[], description="Answers left out of the denominator, as blank ones are."
    )

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
        description="The column that is filled where an answer is completed.",
    )
    library_headers: list[str] = Field(
        default=["Bibliotek", "Library"], min_length=1, description="The respondent's library."
    )


class RestSurvey(_Model):
    """A survey that is fetched from SurveyXact: its wave, and its number there."""

    wave: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Month of fielding, 2025-02.")
    survey_id: int = Field(ge=1, description="The survey's number in SurveyXact.")


class Survey(_Model):
    """survey.yml: how survey exports are read; answers are matched by their text.

    Of ``completed``, the first whose variable the export has decides.
    """

    completed: list[Completed] = Field(
        default=[
            Completed(variable="stato_4", value="1"),
            Completed(variable="statoverall", value="4"),
        ],
        min_length=1,
        description="What marks a completed answer in SurveyXact.",
    )
    library_variable: str = Field(
        default="bibliotek", description="The variable of the library in SurveyXact."
    )
    questions: list[Question] = Field(default=[], description="The questions that are counted.")
    labelled: LabelledSurvey = Field(
        default=LabelledSurvey(), description="Exports of LimeSurvey and Microsoft Forms."
    )
    rest: list[RestSurvey] = Field(
        default=[], description="Surveys that a run fetches from SurveyXact."
    )

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


def _mean_one_thing(names: BaseModel) -> None:
    """Refuse a name that stands in two lists of a model.

    Raises:
        ValueError: one does.
    """
    owners: dict[str, str] = {}
    for kind, titles in names.model_dump(by_alias=True).items():
        for title in titles:
            owner = owners.setdefault(match_key(title).rstrip(": "), kind)
            if owner != kind:
                raise ValueError(f"{title!r} stands both in {owner} and in {kind}")


class OpeningHoursCategories(_Model):
    """Titles of the CMS's categories, by what they mean."""

    open: list[str] = Field(default=[], description="The house is open.")
    staffed: list[str] = Field(default=[], description="Open with library staff at the desk.")
    self_service: list[str] = Field(default=[], description="Open without staff.")
    ignored: list[str] = Field(default=[], description="No opening hours of the house.")

    @model_validator(mode="after")
    def _told_apart(self) -> OpeningHoursCategories:
        _mean_one_thing(self)
        return self


class OpeningHours(_Model):
    """opening_hours.yml: how answers of the library CMS are read."""

    categories: OpeningHoursCategories = Field(
        default=OpeningHoursCategories(), description="Titles of categories."
    )
    branches: dict[int, str] = Field(
        default={}, description="The website's node id to a library of libraries.csv."
    )


class PresenceHeaders(_Model):
    """Accepted headers of each column of the presence register."""

    library: list[str] = Field(
        default=["Bibliotek"], min_length=1, description="The library; see places.csv."
    )
    function: list[str] = Field(
        default=["Funktion"], min_length=1, description="Who was there; see functions."
    )
    from_: list[str] = Field(alias="from", default=["Fra"], min_length=1, description="First day.")
    to: list[str] = Field(default=["Til"], min_length=1, description="Last day.")
    weekdays: list[str] = Field(default=["Ugedage"], min_length=1, description="Days of the week.")
    from_time: list[str] = Field(default=["Fra kl."], min_length=1, description="Begins.")
    to_time: list[str] = Field(default=["Til kl."], min_length=1, description="Ends.")
    count: list[str] = Field(default=[], description="How many there were; kept, not multiplied.")
    status: list[str] = Field(
        default=["Status"], min_length=1, description="Planned or actual; see statuses."
    )


class PresenceFunctions(_Model):
    """Names of the functions whose presence is counted."""

    guard: list[str] = Field(default=[], description="Guards.")
    night_host: list[str] = Field(default=[], description="Night hosts.")
    relation_worker: list[str] = Field(default=[], description="Relation workers.")

    @model_validator(mode="after")
    def _told_apart(self) -> PresenceFunctions:
        _mean_one_thing(self)
        return self


class PresenceStatuses(_Model):
    """Names of the two statuses of a presence row."""

    planned: list[str] = Field(default=["planlagt"], min_length=1, description="It is planned.")
    actual: list[str] = Field(default=["faktisk"], min_length=1, description="It was so.")

    @model_validator(mode="after")
    def _told_apart(self) -> PresenceStatuses:
        _mean_one_thing(self)
        return self


class Presence(_Model):
    """presence.yml: how the register of presence is read."""

    headers: PresenceHeaders = Field(
        default=PresenceHeaders(), description="Accepted headers of each column."
    )
    functions: PresenceFunctions = Field(
        default=PresenceFunctions(), description="Names of the functions that are counted."
    )
    statuses: PresenceStatuses = Field(
        default=PresenceStatuses(), description="Names of the two statuses."
    )
    weekdays: Weekdays = Field(
        default=[
            ["man", "mandag"],
            ["tir", "tirsdag"],
            ["ons", "onsdag"],
            ["tor", "torsdag"],
            ["fre", "fredag"],
            ["lør", "lørdag"],
            ["søn", "søndag"],
        ],
        description="Words for each day of the week, Monday first; the register has lists or "
        "ranges of them, man,ons or man-fre.",
    )
    week: list[str] = Field(
        default=["uge"],
        min_length=1,
        description="Words before the number of an ISO week, as in uge 43 2025.",
    )
    date_formats: list[DateFormat] = Field(
        default=["%Y-%m-%d"],
        min_length=1,
        description="How days are written, beside ISO weeks; `excel`: serial day numbers.",
    )
    footers: list[str] = Field(
        default=["I alt", "Total", "Antal", "Sum", "Udskrevet"],
        description="What the first cell of a footer begins with.",
    )

    def weekday_numbers(self) -> dict[str, int]:
        """Match key of a weekday's word to its number, Monday 0."""
        return {match_key(word): day for day, words in enumerate(self.weekdays) for word in words}


class Scope(_Model):
    """What a figure is about: one library or one district."""

    kind: Literal["library", "district"] = Field(description="A library or a district.")
    id: str = Field(description="Its id in libraries.csv or districts.csv, as text.")


HourMeasure = Literal[
    "open_hours",
    "staffed_hours",
    "self_service_hours",
    "restricted_self_service_hours",
    "guard_hours",
    "night_host_hours",
    "relation_worker_hours",
]
# those that snapshots of opening hours tell; the others are of presence
OF_OPENING = frozenset(
    ("open_hours", "staffed_hours", "self_service_hours", "restricted_self_service_hours")
)


class _Figure(_Model):
    figure_id: Identifier = Field(description="A short id of your own; `dataspor trace` takes it.")
    label_da: str = Field(description="What it is, in the municipality's own language.")
    scope: Scope = Field(description="What it is about.")
    half_year_to: HalfYearId = Field(description="The half-year that it speaks of, 2024-10.")


class ChangeFigure(_Figure):
    """Per cent change in a count between two half-years; ``steps`` are half-years between."""

    kind: Literal["change"] = Field(description="A change in a count.")
    measure: Literal["incidents", "unsafe_behaviour_incidents"] = Field(description="The count.")
    half_year_from: HalfYearId = Field(description="The half-year that it is compared with.")
    steps: list[HalfYearId] = Field(
        default=[], description="Half-years between, to tell a fall in each step."
    )

    @model_validator(mode="after")
    def _in_order(self) -> ChangeFigure:
        ids = [self.half_year_from, *self.steps, self.half_year_to]
        if ids != sorted(set(ids)):
            raise ValueError(
                "half_year_from, steps and half_year_to must follow each other in time: "
                + ", ".join(ids)
            )
        return self


class ShareFigure(_Figure):
    """Share of favourable answers, or its change since an earlier wave."""

    kind: Literal["share"] = Field(description="A share of favourable answers.")
    measure: str = Field(description="A question_id of survey.yml.")
    wave_from: str | None = Field(
        default=None,
        pattern=r"^\d{4}(-\d{2})?$",
        description="The wave, or the year of a wave, that it is compared with.",
    )


class RankFigure(_Figure):
    """A district's rank by incidents."""

    kind: Literal["rank"] = Field(description="A district's place among the districts.")
    measure: Literal["incidents"] = Field(description="What they are ranked by.")


class HoursFigure(_Figure):
    """Hours of one or more measures, added up."""

    kind: Literal["hours"] = Field(description="Hours in a half-year.")
    measure: HourMeasure | Annotated[list[HourMeasure], Field(min_length=1)] = Field(
        description="The hours, or several kinds that are added up: of opening, or of presence."
    )

    @model_validator(mode="after")
    def _of_one_source(self) -> HoursFigure:
        measures = {self.measure} if isinstance(self.measure, str) else set(self.measure)
        of_opening = OF_OPENING.intersection(measures)
        if of_opening and of_opening != measures:
            raise ValueError(
                "measure: opening hours and hours of presence are not added up; make a figure of "
                "each"
            )
        return self


class InterventionFigure(_Figure):
    """What happened to incidents at an intervention, beside libraries without one.

    Per cent change of the monthly level, from the first month with incidents to the end of
    ``half_year_to``.
    """

    kind: Literal["intervention"] = Field(description="The effect of an intervention.")
    measure: Literal["incidents", "unsafe_behaviour_incidents"] = Field(description="The count.")
    intervention_id: str = Field(description="An intervention of interventions.csv.")


Figure = Annotated[
    ChangeFigure | ShareFigure | RankFigure | HoursFigure | InterventionFigure,
    Field(discriminator="kind"),
]


def measure_of(figure: Figure) -> str:
    """What a figure counts, as tables and words name it: several measures are joined by ``+``."""
    return figure.measure if isinstance(figure.measure, str) else "+".join(figure.measure)


class Figures(_Model):
    """figures.yml: which status figures there are."""

    figures: list[Figure] = Field(default=[], description="The figures, in the order shown.")


ClaimWording = Literal["halving", "doubling", "each_step", "most", "some"]


class Claim(_Model):
    """A sentence of a past briefing, and the figure, number and words that it states."""

    claim_id: Identifier = Field(description="A short id of your own.")
    figure_id: str = Field(description="A figure of figures.yml.")
    text_da: str = Field(description="What was stated.")
    direction: Literal["down", "up", "level"] | None = Field(
        default=None, description="Which way it says that the figure went."
    )
    value: float | None = Field(
        default=None,
        description="The number stated, as printed: -63 for a fall by 63 per cent, 78 for a share "
        "of 78 per cent, 24 for percentage points, 1 for the first place, or hours.",
    )
    value_from: float | None = Field(default=None, description="The earlier number stated.")
    value_to: float | None = Field(default=None, description="The later number stated.")
    wording: ClaimWording | None = Field(
        default=None,
        description="What it says in words: `halving` or `doubling` of a count, `each_step` (it "
        "moved in its direction in every step), `most` (of all districts), `some` (there were "
        "such hours at all).",
    )

    @model_validator(mode="after")
    def _states_something(self) -> Claim:
        stated = (self.direction, self.value, self.value_from, self.value_to, self.wording)
        if all(part is None for part in stated):
            raise ValueError(
                "it states nothing that can be judged; give direction, value, value_from, "
                "value_to or wording"
            )
        if self.wording == "each_step" and self.direction not in ("down", "up"):
            raise ValueError("wording each_step needs a direction, down or up")
        return self


class Claims(_Model):
    """claims.yml: what past briefings state, and the words by which texts name what is measured."""

    claims: list[Claim] = Field(default=[], description="The claims.")
    words: dict[str, list[str]] = Field(
        default={},
        description="What texts call a measure, or measures joined by `+`, beside the words of "
        "sentences.yml; `dataspor check-text` finds them. A word may end in `*` for any ending; "
        "`…` stands for other words between. The longest word found counts.",
    )


class Disclosure(_Model):
    """disclosure.yml: what the public may read, in published/public; other tables stay whole."""

    public_tables: list[
        Literal["incidents_by_library", "incidents_by_category", "survey_shares", "status_figures"]
    ] = Field(
        default=[
            "incidents_by_library",
            "incidents_by_category",
            "survey_shares",
            "status_figures",
        ],
        description="The tables that are written for the public.",
    )
    small_below: int = Field(
        default=3,
        ge=1,
        description="Counts of incidents from 1 to below this are not shown, nor are others from "
        "which they could be computed; 1: all are shown.",
    )
    zeros_are_small: bool = Field(
        default=False, description="Whether counts of 0 are not shown either."
    )
    smallest_answer_group: int = Field(
        default=3,
        ge=1,
        description="A group's answers are not shown if fewer are favourable, or fewer are not; "
        "1: if all or none are. Groups below minimum_respondents never are.",
    )
    revise_from: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="What was shown of a half-year stands until a count has changed by this share "
        "of it and by small_below.",
    )
    suppressed_da: str = Field(
        default="Tallet vises ikke af hensyn til fortrolighed.",
        description="The sentence of a figure that is not shown, in the municipality's language.",
    )
    suppressed_en: str = Field(
        default="The figure is not shown, to protect confidentiality.",
        description="The same in English.",
    )
    licence: str = Field(
        default="CC-BY-4.0",
        description="Licence of the public tables, by its id at opendefinition.org.",
    )


class Config(_Model):
    """A whole configuration folder, checked; see the files of the packaged one."""

    municipality: Municipality
    districts: list[District] = Field(min_length=1)
    libraries: list[Library] = Field(min_length=1)
    places: list[Place]
    categories: list[Category] = Field(min_length=1)
    category_aliases: list[CategoryAlias]
    normal_opening_hours: list[NormalHours] = []
    interventions: list[Intervention] = []
    breaks: list[Break] = []
    staff: list[StaffCount] = []
    incidents: Incidents
    survey: Survey = Survey()
    opening_hours: OpeningHours = OpeningHours()
    presence: Presence = Presence()
    figures: Figures = Figures()
    evidence: EvidenceRules = EvidenceRules()
    sentences: dict[str, dict[str, str]] = {}
    sentences_en: dict[str, dict[str, str]] = {}
    claims: Claims = Claims()
    corrections: list[Correction] = []
    disclosure: Disclosure = Disclosure()

    def place_to_library(self) -> dict[str, str | None]:
        """Match key of a place to library id; None for a place known not to be a library."""
        return {
            match_key(p.alias): None if p.library_id == NOT_A_LIBRARY else p.library_id
            for p in self.places
        }

    def category_by_alias(self) -> dict[str, str]:
        """Match key of a category's name to category id."""
        return {match_key(a.alias): a.category_id for a in self.category_aliases}
