"""Incident reports: what the rows of a MainManager export mean.

The mapping is configuration, since every installation names its columns itself. Text columns
other than place, category and status are never taken out of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.config import Config
from orchestration.config.model import match_key
from orchestration.errors import DiskError, TransientError, UnreadableFileError
from orchestration.extract.dates import Moments
from orchestration.extract.delimited import clean, quoted
from orchestration.extract.headers import describe, header_finder
from orchestration.extract.incident_sql import (
    BAD_COUNT,
    BAD_OCCURRED,
    BAD_REPORTED,
    BAD_UPDATED,
    IMPLAUSIBLE_ID,
    NO_CATEGORY,
    NO_LOCATION,
    UNCLEAR,
    UNKNOWN_CATEGORY,
    UNKNOWN_LOCATION,
    UNKNOWN_STATUS,
    Meaning,
    cell,
    select,
)
from orchestration.extract.rows import NOT_DATA, Landed
from orchestration.extract.tabular import Table, Workplace, read_tables
from orchestration.extract.text import broken_letters, broken_line

REQUIRED: tuple[str, ...] = ("incident_id", "reported_at", "location", "category")
TABLE = "mainmanager_incident"
SAMPLE_ROWS = 20_000
DATE_ROWS = 2_000
ISO_CELLS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
# from so many values on, a column that fits no format is a matter of the file, not of its rows
TELLING_VALUES = 3
SWAPPED_SHARE = 0.2
_OTHER = "other "
Counts = dict[tuple[str, str | None], int]
_DATE_COLUMNS = ("reported_at", "occurred_at", "updated_at")
# what a look at the first rows only cannot settle
_UNSETTLED = {
    reason.code
    for reason in (
        NO_LOCATION,
        UNKNOWN_LOCATION,
        NO_CATEGORY,
        UNKNOWN_CATEGORY,
        UNKNOWN_STATUS,
        BAD_REPORTED,
        BAD_OCCURRED,
        BAD_UPDATED,
        BAD_COUNT,
        IMPLAUSIBLE_ID,  # or the header once more, with spaces around
    )
}


def extract(path: Path, source_file_id: str, config: Config, work: Workplace) -> Landed:
    """The incident rows of one export, each usable, excluded (no library) or quarantined.

    Raises:
        UnreadableFileError: the file as a whole cannot be used.
        TransientError: memory or disk do not suffice; nothing is said of the file.
    """
    headers = config.incidents.headers.model_dump()
    what = describe(headers, REQUIRED)
    finder = header_finder(headers, REQUIRED)
    contents = read_tables(path, finder, what=what, folder=work.folder)
    landed = Landed(0, not_read=contents.not_read, unreadable=contents.unreadable)
    for number, table in enumerate(contents.tables):
        target = work.folder / f"{TABLE}{number}.parquet"
        table, counts = _write(table, source_file_id, config, work, target)
        _check_dates(table, counts, config, work.connection)
        for (outcome, reason), count in counts.items():
            if outcome == NOT_DATA:
                landed.rows_not_data += count
            else:
                landed.rows_read += count
            if reason is not None:
                landed.reasons[reason] = landed.reasons.get(reason, 0) + count
        landed.parquet.setdefault(TABLE, []).append(target)
        landed.layouts.append(layout_of(table))
        _note_new_statuses(landed, target, config, work.connection)
        _note_corrections(landed, target, config, work.connection)
    return landed


def _note_new_statuses(
    landed: Landed, target: Path, config: Config, connection: duckdb.DuckDBPyConnection
) -> None:
    """Count rows with a status that no list names; without a list every status is as good."""
    if config.incidents.statuses:
        ((count,),) = connection.execute(
            f"select count(*) from {_parquet(target)} where starts_with(status, '{_OTHER}')"
        ).fetchall()
        if count:
            landed.reasons["new_status"] = landed.reasons.get("new_status", 0) + count


def _note_corrections(
    landed: Landed, target: Path, config: Config, connection: duckdb.DuckDBPyConnection
) -> None:
    if config.corrections:
        met = connection.execute(
            "select id, count(*) from (select unnest(string_split(correction_ids, ',')) as id "
            f"from {_parquet(target)} where correction_ids is not null) group by id"
        ).fetchall()
        for correction_id, count in met:
            landed.corrections[correction_id] = landed.corrections.get(correction_id, 0) + count


def _write(
    table: Table, source_file_id: str, config: Config, work: Workplace, target: Path
) -> tuple[Table, Counts]:
    """Write a table's rows as the file lies; where it is irregular, as written anew."""
    # a last row without its end is filled up by DuckDB as if nothing were missing
    if not table.source.ends_within_row(table.width):
        counts = _pass(table, source_file_id, config, work.connection, target)
        if counts is not None:
            return table, counts
    table = table.rewritten(work.folder)
    counts = _pass(table, source_file_id, config, work.connection, target)
    if counts is None:
        raise UnreadableFileError(
            "unreadable", "the text cannot be read as a table; export it again, as xlsx if need be"
        )
    return table, counts


def _pass(
    table: Table,
    source_file_id: str,
    config: Config,
    connection: duckdb.DuckDBPyConnection,
    target: Path,
) -> Counts | None:
    """Write a table's rows in a quick way, and thoroughly where that leaves questions.

    None where rows went missing or the text is irregular.
    """
    moments = moments_of(table, config)
    expected = table.source.expected_rows()
    if expected is None:  # lines end in several ways, so that not each of them is a row
        return None

    def write(meaning: Meaning, moments: Moments) -> Counts:
        plausible = config.municipality.plausible_dates
        rows = select(
            table, source_file_id, meaning, config.incidents, moments, plausible, config.corrections
        )
        connection.execute(
            f"copy ({rows}) to {quoted(str(target))} "
            # no dictionary of what is hardly ever twice the same: numbers and moments
            "(format parquet, compression zstd, compression_level 1, dictionary_size_limit 1000)"
        )
        found = connection.execute(
            f"select outcome, reason_code, count(*) from {_parquet(target)} group by all"
        )
        return {(outcome, reason): count for outcome, reason, count in found.fetchall()}

    try:
        if not config.corrections:
            sample = _texts(table, connection, limit=SAMPLE_ROWS)
            dates = moments.fitting(t for row in sample[:DATE_ROWS] for t in row[3:] if t)
            if len(sample) < DATE_ROWS:
                moments = dates
            if len(sample) == SAMPLE_ROWS:
                quick = _meaning(sample, config, is_whole=False)
                counts = write(quick, dates.then(moments.formats))
                if sum(counts.values()) != expected:
                    return None
                if not any(o == UNCLEAR or reason in _UNSETTLED for o, reason in counts):
                    return counts
        counts = write(_meaning(_texts(table, connection), config), moments)
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException):
        raise  # a mistake of ours, not of the file
    except duckdb.IOException:
        raise DiskError from None
    except duckdb.OutOfMemoryException:
        raise TransientError(
            "An export could not be read for want of memory, or of room on the disk to put rows "
            "aside. Free some, and run again."
        ) from None
    except duckdb.Error:
        return None  # the text is irregular somewhere
    return counts if sum(counts.values()) == expected else None


def moments_of(table: Table, config: Config) -> Moments:
    """How a table's dates are read; date cells of a workbook come as ISO texts, see `tabular`."""
    cells = ISO_CELLS if table.plain.kind == "workbook" else ()
    formats = tuple(dict.fromkeys((*config.incidents.date_formats, *cells)))
    return Moments(formats, config.municipality.timezone, table.date1904)


def layout_of(table: Table) -> dict[str, object]:
    """What a later export can differ in; texts of headers that are not configured as digests."""
    named = {position: name for name, position in table.header.columns.items()}
    return {
        "sheet": table.sheet,
        "header_row": table.header.row_number,
        "columns": [
            named.get(position) or (f"{_OTHER}{_digest(text)}" if text else "")
            for position, text in enumerate(table.header.texts)
        ],
        "headers": {
            name: table.header.texts[position] for name, position in table.header.columns.items()
        },
    }


def _texts(
    table: Table, connection: duckdb.DuckDBPyConnection, limit: int | None = None
) -> list[tuple[str | None, ...]]:
    """Place, category and status: as they stand in the first rows, with dates; or all, cleaned."""
    at = table.header.columns
    names = ("location", "category", "status", *(_DATE_COLUMNS if limit else ()))
    columns = [f"c{at[name]}" if name in at else "null" for name in names]
    if limit:
        picked = f"select {', '.join(columns)} from {table.relation()} limit {limit}"
    else:
        picked = f"select distinct {', '.join(map(cell, columns))} from {table.relation()}"
    return connection.execute(picked).fetchall()


def _meaning(
    texts: Iterable[tuple[str | None, ...]], config: Config, *, is_whole: bool = True
) -> Meaning:
    texts = list(texts)
    places, categories = config.place_to_library(), config.category_by_alias()
    void = {match_key(status) for status in config.incidents.void_statuses}
    known = void | {match_key(status) for status in config.incidents.statuses}
    # without a list, every status is as good
    accepts_new = not config.incidents.statuses or (
        config.incidents.drift.new_status != "quarantines"
    )

    def distinct(at: int, field: str) -> list[str]:
        new = (c.new_value for c in config.corrections if c.field == field and c.new_value)
        # SQL has no way to write a zero byte: such a text stands for nothing known
        told = {text for row in texts if (text := row[at]) and clean(text) and "\0" not in text}
        found = sorted(told | set(new))
        if any(broken_line(text) for text in found):
            raise broken_letters(f"the column of the {field}")
        return found

    statuses = {
        text: (key if key in known else f"{_OTHER}{_digest(key)}", key in void)
        for text, key in ((text, match_key(clean(text))) for text in distinct(2, "status"))
        if key in known or accepts_new
    }
    libraries = {text: match_key(text) for text in distinct(0, "location")}
    aliases = {text: match_key(text) for text in distinct(1, "category")}
    return Meaning(
        libraries={text: places[key] for text, key in libraries.items() if key in places},
        categories={text: categories[key] for text, key in aliases.items() if key in categories},
        statuses=statuses,
        group_rows=frozenset(
            clean(text).lower()
            for text in (
                *(place.alias for place in config.places),
                *(category.alias for category in config.category_aliases),
            )
        ),
        is_whole=is_whole,
    )


def _check_dates(
    table: Table,
    counts: Counts,
    config: Config,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Refuse a file whose dates are written in another way than configured.

    Raises:
        UnreadableFileError: a column fits no format, or has day and month the other way round.
    """
    moments = moments_of(table, config)
    is_small = sum(counts.values()) < DATE_ROWS
    columns = [name for name in _DATE_COLUMNS if name in table.header.columns]
    reasons = dict(zip(_DATE_COLUMNS, (BAD_REPORTED, BAD_OCCURRED, BAD_UPDATED), strict=True))
    refused = {reason for _, reason in counts}
    for name in columns:
        if reasons[name].code not in refused:
            continue
        header = table.header.texts[table.header.columns[name]]
        text = cell(f"c{table.header.columns[name]}")
        values = f"(select {text} as x from {table.relation()}) where x is not null"
        fitting = moments
        if is_small:
            texts = connection.execute(f"select distinct x from {values}").fetchall()
            fitting = moments.fitting(x for (x,) in texts)
        ((written, read, swapped),) = connection.execute(
            f"select count(*), count({fitting.sql('x')}), "
            f"count(*) filter ({fitting.swapped_sql('x')}) from {values}"
        ).fetchall()
        if read == 0 and written >= TELLING_VALUES:
            raise UnreadableFileError(
                "wrong_dates",
                f"none of the {written} values under {header!r} is written in a configured format; "
                f"tried {', '.join(moments.formats)}; add theirs to date_formats in incidents.yml",
            )
        if swapped >= TELLING_VALUES and swapped >= SWAPPED_SHARE * written:
            raise UnreadableFileError(
                "wrong_dates",
                f"{swapped} of the {written} values under {header!r} are dates only with day and "
                "month the other way round; if the file is written so, correct date_formats in "
                "incidents.yml",
            )


def _parquet(path: Path) -> str:
    return f"read_parquet({quoted(str(path))})"


def _digest(text: str) -> str:
    return hashlib.sha256(match_key(text).encode()).hexdigest()[:8]
