"""Made-up incident exports of any size, written by DuckDB: the input of `benchmarks/scale.py`.

Every tenth row is a later version of an earlier report, every hundredth the same row once more, so
that choosing the current version is real work. Nothing of it is a person's.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.settings import PACKAGED_CONFIG

CATEGORIES = ("Utryghedsskabende adfærd", "Trusler", "Vold", "Hærværk")
# everything is a hash of the row's number, so that the same call writes the same bytes
_ROWS = """
    with numbered as (
        select
            range + {first} as n,
            case when range % 10 = 9 or range % 100 = 55 then range - range % 10 else range end
                + {first} as report,
            -- a version has a moment of its own, a repeated row that of the row it repeats
            case when range % 100 = 55 then range - range % 10 else range end + {first} as version
        from range({rows})
    ),
    drawn as (
        select *,
            timestamp '2022-10-01' + to_minutes((hash(report, 1) % 1576800)::bigint) as occurred
        from numbered
    ),
    reported as (
        select *, occurred + to_minutes((hash(report, 2) % 3000)::bigint) as reported from drawn
    )
    select
        lpad(report::varchar, 9, '0') as "Nr.",
        reported as "Oprettet",
        occurred as "Hændelsestidspunkt",
        ({places})[1 + (hash(report, 3) % {place_count})::integer] as "Ejendom",
        ({categories})[1 + (hash(version, 4) % {category_count})::integer] as "Kategori",
        case hash(version, 5) % 20 when 0 then 'Annulleret' else 'Afsluttet' end as "Status",
        -- no two versions of a report were changed in the same minute
        reported + to_minutes((hash(version, 6) % 20000 * 2 + (version <> report)::int)::bigint)
            as "Senest ændret",
        1 as "Antal",
        'Syntetisk beskrivelse nummer ' || report || ', som er en sætning af almindelig længde'
            as "Beskrivelse",
        'Syntetisk indberetter ' || report % 500 as "Anmelder"
    from reported
    order by n
"""


def places() -> list[str]:
    """One name of each library of the packaged configuration."""
    with (PACKAGED_CONFIG / "libraries.csv").open(encoding="utf-8", newline="") as file:
        return [row["library_name"] for row in csv.DictReader(file, delimiter=";")]


def write_export(path: Path, rows: int, *, first: int = 0, age: int = 3600) -> None:
    """Write an export as csv, `;` and Danish dates.

    Args:
        path: the file.
        rows: how many rows.
        first: number of the first report; a later export may go on within an earlier one.
        age: seconds since the export was made, so that it counts as settled, and for its order.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    names = places()
    select = _ROWS.format(
        rows=rows,
        first=first,
        places=_listed(names),
        place_count=len(names),
        categories=_listed(CATEGORIES),
        category_count=len(CATEGORIES),
    )
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '4GB'")
        connection.execute(
            f"copy ({select}) to '{path}' "
            "(format csv, header, delimiter ';', timestampformat '%d-%m-%Y %H:%M')"
        )
    os.utime(path, (time.time() - age,) * 2)


def _listed(texts: Sequence[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
