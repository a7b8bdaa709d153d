"""Incident reports: the SQL that gives the cells of an export their meaning, row by row.

One pass over the file: nothing is kept of a row but what the landed table has. The mapping of
places, categories and statuses comes as texts that stand in the file.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from orchestration.config.model import Correction, Incidents, PlausibleDates
from orchestration.extract.dates import Moments
from orchestration.extract.delimited import FLAW_BLANK, FLAW_CUT_OFF, FLAW_TOO_MANY, quoted
from orchestration.extract.rows import NOT_DATA, Outcome, Reason
from orchestration.extract.tabular import Table

COLUMNS = (
    "incident_id",
    "reported_at",
    "occurred_at",
    "occurred_time",
    "location",
    "category",
    "status",
    "updated_at",
    "count",
)
TOLD_APART = ("reported_at", "location", "category")
UNCLEAR = "unclear"
# seven digits: what is longer is a phone number or an id in the wrong column
MAX_COUNT = 9_999_999

TOO_MANY_CELLS = Reason(FLAW_TOO_MANY, "the row has more cells than the header")
CUT_OFF = Reason(FLAW_CUT_OFF, "the file ends in the middle of the row")
MISSING_ID = Reason("missing_incident_id", "the report has no number")
IMPLAUSIBLE_ID = Reason(
    "implausible_incident_id",
    "the number is not written as numbers of reports are (incident_id_pattern in incidents.yml)",
)
BAD_REPORTED = Reason("bad_reported_at", "the reporting time is missing or in no known format")
BAD_OCCURRED = Reason("bad_occurred_at", "the time of the incident is in no known format")
BAD_UPDATED = Reason("bad_updated_at", "the time of the last change is in no known format")
IMPLAUSIBLE = Reason("implausible_date", "a date lies outside the plausible dates configured")
NO_LOCATION = Reason("missing_location", "the report has no place")
UNKNOWN_LOCATION = Reason("unknown_location", "the place is not in places.csv")
NO_CATEGORY = Reason("missing_category", "the report has no category")
UNKNOWN_CATEGORY = Reason("unknown_category", "the category is not in category_aliases.csv")
UNKNOWN_STATUS = Reason("unknown_status", "the status is not in incidents.yml")
BAD_COUNT = Reason("bad_count", "the number of incidents is no whole number from 1 to 9999999")

# a digit somewhere, and nothing that a CPR number, a phone number, an address or a name looks like
_PLAIN_ID = r"[0-9]{1,9}|[1-9][0-9]{10,19}|[A-Za-z][0-9A-Za-z]{0,15}[0-9]"
_ANY_ID = r"[\pL\pN][\pL\pN ._/:#-]*"
_ID_LENGTH = 40  # not in the pattern, which then takes 65 ms to set up
_CPR = r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[ ._/-]?\d{4}"
_PHONE = r"[2-9]\d([ .-]\d\d){3}|(2[1-9]|[3-9]\d)\d\d \d{4}|0045[ ._-]?\d[\d ._-]*"
_NAME = r"\pL{2,}[ ._-]+\pL{2,}"
_PERSONAL_ID = (
    rf"(.*[^\pL\pN])?({_CPR}|{_PHONE})([^\pL\pN].*)?|.*{_NAME}.*|(?i)(tlf|tel|mobil|cpr)\b.*"
)


@dataclass(frozen=True)
class Meaning:
    """What texts of the file stand for; a text that is not here is unknown.

    Attributes:
        libraries: text of a place to library id; None for a place that is no library.
        categories: text to category id.
        statuses: text to the status kept, and whether it makes the report void.
        group_rows: what a row with one cell says if it only heads the rows below it; lower case.
        is_whole: whether it speaks of the whole file, not only of its first rows.
    """

    libraries: Mapping[str, str | None]
    categories: Mapping[str, str]
    statuses: Mapping[str, tuple[str, bool]]
    group_rows: frozenset[str]
    is_whole: bool


def cell(column: str) -> str:
    """SQL of a cell's text as `delimited.clean` gives it, null where it is blank."""
    return (
        f"nullif(trim(nfc_normalize(replace(replace({column}, chr(160), ' '), '_x000D_', '')), "
        "' \t\r\n'), '')"
    )


def _filled(column: str) -> str:
    """SQL of a cell of which only matters whether it is blank."""
    return f"nullif(trim({column}, ' \t\r\n\u00a0'), '')"


def select(
    table: Table,
    source_file_id: str,
    meaning: Meaning,
    incidents: Incidents,
    moments: Moments,
    plausible: PlausibleDates,
    corrections: list[Correction],
) -> str:
    """The landed rows of a table, in the file's order, one for every row below the header.

    Rows that are not data (blank, repeated headers, footers, groups) keep their place with the
    outcome ``not_data``, so that a row's position is its number; ``unclear`` asks for a whole
    ``meaning``.

    DuckDB reads a text in several parts at once, and promises to keep their order through plain
    projections only. The quick way has nothing else; the thorough way materialises and joins, so
    it numbers the rows where they are read and puts them in order at the end.
    """
    whole = meaning.is_whole
    at = table.header.columns
    raw = {name: f"c{at[name]}" if name in at else "null::varchar" for name in COLUMNS}
    is_plain_id = f"regexp_full_match({raw['incident_id']}, {quoted(_PLAIN_ID)})"
    cells = {"is_plain_id": is_plain_id, **raw, "incident_id": _incident_id(raw["incident_id"])}
    ordinal = "ordinal, " if whole else ""
    everything = [f"c{position}" for position in range(table.width)]
    wanted = {f"c{position}" for position in at.values()}
    cleaned = "*"
    if whole:
        texts = (f"{cell(n) if n in wanted else _filled(n)} as {n}" for n in everything)
        cleaned = ", ".join(("row_number() over () as ordinal", *texts, "flaw"))
    first = f"coalesce({', '.join(everything)})" if whole else "c0"
    filled = " + ".join(f"({text} is not null)::int" for text in everything) if whole else "2"
    moment = moments.sql if whole else moments.plain_sql
    corrected, applied = corrected_sql(table, corrections)

    def when(condition: str, reason: Reason) -> str:
        return f"when {condition} then {quoted(reason.code)}"

    def implausible(column: str) -> str:
        return f"{column}::date not between date '{plausible.from_}' and date '{plausible.to}'"

    refusals = (
        f"when flaw in ({quoted(FLAW_TOO_MANY)}, {quoted(FLAW_CUT_OFF)}) then flaw",
        "when is_excluded then null",
        when("incident_id is null", MISSING_ID),
        when("not is_plausible_id", IMPLAUSIBLE_ID),
        when("location is null", NO_LOCATION),
        when("library_id is null", UNKNOWN_LOCATION),
        when("category is null", NO_CATEGORY),
        when("category_id is null", UNKNOWN_CATEGORY),
        when("reported_at is null", BAD_REPORTED),
        when("occurred_at is null", BAD_OCCURRED),
        when("updated_at is null and updated_text is not null", BAD_UPDATED),
        when(implausible("reported_at"), IMPLAUSIBLE),
        when(implausible("occurred_at"), IMPLAUSIBLE),
        when(f"coalesce(incident_count not between 1 and {MAX_COUNT}, true)", BAD_COUNT),
        when("status_text is not null and status is null", UNKNOWN_STATUS),
    )
    told = " + ".join(f"({name} is not null)::int" for name in TOLD_APART)
    headers = " and ".join(
        f"{name} = {quoted(table.header.texts[at[name]])}" for name in TOLD_APART
    )
    has_clock = "occurred_time" in at or any(c.field == "occurred_time" for c in corrections)
    # else each use of a column below repeats its expression, which for small files is most of the
    # work; the quick way has cheap expressions, and streams
    once = "materialized" if whole else ""
    # a row of no library is never refused, but takes part in choosing the current version
    unread = (
        "reported_at is null or occurred_at is null or category_id is null "
        "or (updated_at is null and updated_text is not null) "
        "or (status is null and status_text is not null)"
    )
    excluded_in_part = "" if whole else f"when is_excluded and ({unread}) then {quoted(UNCLEAR)}"
    outcome = (
        "case when not_data is not null then not_data "
        f"when refusal is not null then 'quarantined' {excluded_in_part} "
        "when is_excluded then 'excluded' else 'usable' end"
    )
    return f"""
        with cleaned as (
            select {cleaned}
            from {table.relation()}
        ),
        cells as (
            select {", ".join(f"{text} as {name}" for name, text in cells.items())},
                {ordinal}flaw, {first} as first_cell, {filled} as filled
            from cleaned
        ),
        corrected as (
            select *{corrected}, {applied} as correction_ids
            from cells
        ),
        typed as (
            select
                {ordinal}incident_id, location, category, status as status_text,
                occurred_at as occurred_text, updated_at as updated_text, correction_ids,
                flaw, first_cell, filled,
                case when {_implausible_id(incidents.incident_id_pattern)} then false else true end
                    as is_plausible_id,
                {moment("reported_at")} as reported_at,
                {moment("occurred_at")} as occurred_day,
                occurred_time as time_text,
                {clock_sql(incidents, moments) if has_clock else "null"} as clock_time,
                {moment("updated_at")} as updated_at,
                {_lookup("location", {t: i for t, i in meaning.libraries.items() if i})}
                    as library_id,
                {_any("location", [t for t, i in meaning.libraries.items() if i is None])}
                    as is_excluded,
                {_lookup("category", meaning.categories)} as category_id,
                {_lookup("status", {t: kept for t, (kept, _) in meaning.statuses.items()})}
                    as status,
                {_any("status", [t for t, (_, void) in meaning.statuses.items() if void])}
                    as is_void,
                {_count("count", incidents.decimal_comma)} as incident_count,
                {told} as told,
                {headers} as is_header
            from corrected
        ),
        timed as {once} (
            select *,
                case
                    when occurred_text is null then reported_at
                    {_with_clock() if has_clock else ""}
                    else occurred_day
                end as occurred_at,
                case
                    when is_header or flaw = {quoted(FLAW_BLANK)} then {quoted(NOT_DATA)}
                    when told > 1 then null
                    when regexp_matches(first_cell, {quoted(_footer(incidents.footers))})
                    then {quoted(NOT_DATA)}
                    {_blank_or_group(meaning) if whole else f"else {quoted(UNCLEAR)}"}
                end as not_data
            from typed
        ),
        judged as (
            select *, case when not_data is null then case {" ".join(refusals)} end end as refusal
            from timed
        )
        select
            {_one_of(quoted(source_file_id), [source_file_id])} as source_file_id,
            {_one_of(quoted(table.sheet), [table.sheet])} as sheet,
            {table.first_row}::integer as first_row,
            -- whatever else is wrong: what a row with a flaw has there may be of another column
            case when not_data is null and flaw is null and is_plausible_id then incident_id end
                as incident_id,
            reported_at,
            occurred_at,
            occurred_text is null as occurred_at_is_reported,
            {_one_of("library_id", meaning.libraries.values())} as library_id,
            {_one_of("category_id", meaning.categories.values())} as category_id,
            {_one_of("status", (kept for kept, _ in meaning.statuses.values()))} as status,
            is_void,
            updated_at,
            case when incident_count <= {MAX_COUNT} then incident_count end as incident_count,
            {_one_of(outcome, (*get_args(Outcome), NOT_DATA, UNCLEAR))} as outcome,
            {_one_of("refusal", (reason.code for reason in REASONS))} as reason_code,
            {_one_of(_reason_text("refusal"), (reason.text for reason in REASONS))} as reason,
            correction_ids
        from judged
        {"order by ordinal" if whole else ""}
    """


REASONS = (
    TOO_MANY_CELLS,
    CUT_OFF,
    MISSING_ID,
    IMPLAUSIBLE_ID,
    NO_LOCATION,
    UNKNOWN_LOCATION,
    NO_CATEGORY,
    UNKNOWN_CATEGORY,
    BAD_REPORTED,
    BAD_OCCURRED,
    BAD_UPDATED,
    IMPLAUSIBLE,
    BAD_COUNT,
    UNKNOWN_STATUS,
)


def _one_of(expression: str, values: Iterable[str | None]) -> str:
    """A text of a few as DuckDB's enumeration, which the Parquet file holds as text all the same.

    It is written by its number there; looking every row's text up took a third of a pass.
    """
    listed = ", ".join(quoted(value) for value in dict.fromkeys(values) if value is not None)
    return f"({expression})::enum({listed or quoted('')})"


def _reason_text(code: str) -> str:
    branches = " ".join(f"when {quoted(r.code)} then {quoted(r.text)}" for r in REASONS)
    return f"case {code} {branches} end"


def _incident_id(text: str) -> str:
    """Numbers stay texts; the decimals that a spreadsheet adds to a number go: 12345.0."""
    return (
        f"case when is_plain_id then {text} "
        f"else regexp_replace({cell(text)}, '^(\\d+)\\.0$', '\\1') end"
    )


def _implausible_id(pattern: str | None) -> str:
    if pattern is not None:
        return f"not regexp_full_match(incident_id, {quoted(pattern)})"
    return (
        "not is_plain_id and ("
        f"length(incident_id) > {_ID_LENGTH} "
        f"or not regexp_full_match(incident_id, {quoted(_ANY_ID)}) "
        f"or not regexp_matches(incident_id, '[0-9]') "
        f"or regexp_full_match(incident_id, {quoted(_PERSONAL_ID)}))"
    )


def _lookup(column: str, mapping: Mapping[str, str]) -> str:
    branches = " ".join(f"when {quoted(text)} then {quoted(to)}" for text, to in mapping.items())
    return f"case {column} {branches} end" if branches else "null::varchar"


def _any(column: str, texts: Iterable[str]) -> str:
    """Whether it is one of the texts; no ``in``, which DuckDB makes a join that keeps no order."""
    branches = " ".join(f"when {quoted(text)} then true" for text in texts)
    return f"case {column} {branches} else false end" if branches else "false"


def _blank_or_group(meaning: Meaning) -> str:
    """Branches for rows that only head others, or hold nothing.

    DuckDB makes a join of the long list, which is paid for every row and keeps no order: for a
    thorough pass only.
    """
    groups = ", ".join(quoted(text) for text in sorted(meaning.group_rows))
    is_group = f"coalesce({_group_key('first_cell')} in ({groups}), false)" if groups else "false"
    return (
        f"when first_cell is null then {quoted(NOT_DATA)} "
        f"when filled = 1 and {is_group} then {quoted(NOT_DATA)}"
    )


def _with_clock() -> str:
    """Branches for a day with its time of day in a column of its own."""
    return (
        "when time_text is null then occurred_day "
        "when occurred_day = date_trunc('day', occurred_day) "
        "then occurred_day + (clock_time - timestamp '2000-01-01')"
    )


def _group_key(column: str) -> str:
    """A group row's text without the number of rows that some reports add: `Vold (12)`."""
    return f"lower(regexp_replace({column}, '[ :]*(\\(\\d+\\)|: ?\\d+)?$', ''))"


def clock_sql(incidents: Incidents, moments: Moments) -> str:
    """SQL of occurred_time as a timestamp of 1 January 2000; numbers are fractions of a day."""
    days = tuple(f"%Y-%m-%d {time_format}" for time_format in incidents.time_formats)
    clock = Moments(days, moments.timezone).sql("'2000-01-01 ' || occurred_time")
    fraction = "regexp_full_match(occurred_time, '0([.,]\\d+)?')"
    serial = (
        "timestamp '2000-01-01' + "
        "to_seconds(round(replace(occurred_time, ',', '.')::double * 86400)::bigint)"
    )
    return (
        "case when occurred_time is null then null::timestamp "
        f"when {fraction} then {serial} else {clock} end"
    )


def _count(column: str, decimal_comma: bool) -> str:
    """A whole number above 0; `1.234` is a thousand where the decimal sign is a comma."""
    decimal, thousands = (",", r"\.") if decimal_comma else (r"\.", ",")
    text = f"replace({column}, ' ', '')"
    grouped = rf"\d{{1,3}}({thousands}\d{{3}})+({decimal}0+)?"
    return (
        f"case when {column} is null then 1 "
        # nearly all; a pattern costs three times as much
        f"when strlen({column}) = 1 then try_cast({column} as integer) "
        f"when regexp_full_match({column}, '\\d{{1,9}}') then try_cast({column} as integer) "
        f"when regexp_full_match({text}, {quoted(grouped)}) "
        f"then try_cast(regexp_replace(regexp_replace({text}, '{decimal}0+$', ''), "
        f"'{thousands}', '', 'g') as integer) "
        f"when regexp_full_match({column}, '\\d{{1,3}}( \\d{{3}}){{1,2}}({decimal}0+)?') "
        f"then try_cast(regexp_extract({text}, '^\\d+') as integer) "
        f"when regexp_full_match({text}, '\\d{{1,9}}([.,]0{{1,2}}|{decimal}0+)') "
        f"then try_cast(regexp_extract({text}, '^\\d+') as integer) end"
    )


def _footer(words: list[str]) -> str:
    """A pattern of what footers begin with; one that never matches where there are none."""
    if not words:
        return r"[^\s\S]"
    return "(?i)^(?:" + "|".join(map(_escaped, words)) + r")(?:[^\pL\pN]|$)"


def _escaped(word: str) -> str:
    # ASCII only: before any other character the backslash itself would be the mistake
    return "".join(f"\\{c}" if c in string.punctuation else c for c in word)


def corrected_sql(table: Table, corrections: list[Correction]) -> tuple[str, str]:
    """SQL that replaces the corrected columns, and of the ids of the corrections that did so.

    Of several corrections of one cell, the first is made.
    """
    # a person sees 300 where a workbook's number comes as 300.0
    has_numbers = table.plain.kind == "workbook"
    new_values: dict[str, str] = {}
    ids: dict[str, str] = {}

    def holds(column: str, text: str | None) -> str:
        shown = f"regexp_replace({column}, '\\.0$', '')" if has_numbers else column
        if text is not None and has_numbers:
            text = text.removesuffix(".0")
        return f"{shown} is not distinct from {_literal(text)}"

    for correction in corrections:
        name = correction.field
        wanted = [*correction.where().items(), (name, correction.old_value)]
        condition = " and ".join(holds(column, text) for column, text in wanted)
        new_values[name] = (
            f"{new_values.get(name, '')} when {condition} then {_literal(correction.new_value)}"
        )
        ids[name] = f"{ids.get(name, '')} when {condition} then {quoted(correction.correction_id)}"
    if not corrections:
        return "", "null::varchar"
    columns = ", ".join(
        f"case{text} else {name} end as {name}" for name, text in new_values.items()
    )
    applied = ", ".join(f"case{text} end" for text in ids.values())
    return f" replace ({columns})", f"nullif(concat_ws(',', {applied}), '')"


def _literal(text: str | None) -> str:
    return "null" if text is None else quoted(text)
