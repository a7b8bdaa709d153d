"""What the public tables are called and what is in them; writing them as a data package."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BY_LIBRARY = "incidents_by_library"
BY_CATEGORY = "incidents_by_category"
SHARES = "survey_shares"
FIGURES = "status_figures"

# owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\n")

_NOT_SHOWN = "empty: not shown, to protect confidentiality"
_NOT_SHOWN_DA = "tom: vises ikke af hensyn til fortrolighed"


@dataclass(frozen=True)
class Field:
    """A column: its name, its type in the data package, what it says, in English and Danish."""

    name: str
    type: str
    description: str
    description_da: str


@dataclass(frozen=True)
class Table:
    """A public table: what it is, its columns, and those that name a row."""

    title: str
    title_da: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]


_HALF_YEAR = (
    Field(
        "half_year_id",
        "string",
        "The half-year's first month, 2024-10.",
        "Halvårets første måned, 2024-10.",
    ),
    Field("half_year", "string", "The half-year in Danish.", "Halvårets navn."),
)
_AS_OF = Field("as_of", "date", "The day from which the numbers are.", "Den dag, tallene er fra.")
_SUPPRESSED = Field(
    "suppressed", "boolean", "Whether the number is not shown.", "Om tallet ikke vises."
)
_COUNT = Field(
    "incidents",
    "integer",
    f"Reported incidents; {_NOT_SHOWN}.",
    f"Indmeldte hændelser; {_NOT_SHOWN_DA}.",
)

TABLES = {
    BY_LIBRARY: Table(
        "Reported incidents by half-year and library, with districts and the municipality",
        "Indmeldte hændelser pr. halvår og bibliotek, med bydele og kommunen",
        (
            *_HALF_YEAR,
            Field(
                "level",
                "string",
                "city, district or library.",
                "city er kommunen, district en bydel, library et bibliotek.",
            ),
            Field(
                "place_id",
                "string",
                "The district's number or the library's id.",
                "Bydelens nummer eller bibliotekets id.",
            ),
            Field(
                "place",
                "string",
                "Name of the district or library.",
                "Bydelens eller bibliotekets navn.",
            ),
            Field(
                "measure",
                "string",
                "incidents, and of these unsafe_behaviour_incidents and other_incidents.",
                "incidents er hændelser, heraf unsafe_behaviour_incidents med utryghedsskabende "
                "adfærd og other_incidents uden.",
            ),
            _COUNT,
            _SUPPRESSED,
            _AS_OF,
        ),
        ("half_year_id", "level", "place_id", "measure"),
    ),
    BY_CATEGORY: Table(
        "Reported incidents by half-year and category, for the municipality",
        "Indmeldte hændelser pr. halvår og kategori i kommunen",
        (
            *_HALF_YEAR,
            Field(
                "category_id",
                "string",
                "The category; all: their total.",
                "Kategorien; all er dem alle.",
            ),
            Field("category", "string", "Its name in Danish.", "Dens navn."),
            _COUNT,
            _SUPPRESSED,
            _AS_OF,
        ),
        ("half_year_id", "category_id"),
    ),
    SHARES: Table(
        "Answers of staff by survey wave, library and question",
        "Medarbejdernes svar pr. undersøgelse, bibliotek og spørgsmål",
        (
            *_HALF_YEAR,
            Field(
                "wave_id",
                "string",
                "Month of fielding.",
                "Måneden, hvor undersøgelsen blev gennemført.",
            ),
            Field("library_id", "string", "The library's id.", "Bibliotekets id."),
            Field("library", "string", "Its name.", "Dets navn."),
            Field("question_id", "string", "The question's id.", "Spørgsmålets id."),
            Field(
                "question",
                "string",
                "The question as staff read it.",
                "Spørgsmålet, som medarbejderne læste det.",
            ),
            Field(
                "respondents",
                "integer",
                f"Answers counted; {_NOT_SHOWN}.",
                f"Svar, der er talt; {_NOT_SHOWN_DA}.",
            ),
            Field(
                "favourable",
                "integer",
                f"Favourable answers; {_NOT_SHOWN}.",
                f"Positive svar; {_NOT_SHOWN_DA}.",
            ),
            Field(
                "favourable_share",
                "number",
                f"Their share, 0 to 1; {_NOT_SHOWN}.",
                f"Andelen af dem, 0 til 1; {_NOT_SHOWN_DA}.",
            ),
            Field(
                "ci_low",
                "number",
                "Lower end of the 95 % Wilson interval, whatever the number of staff.",
                "Nedre grænse for 95 %-intervallet (Wilson), uanset hvor mange der kunne svare.",
            ),
            Field(
                "ci_high",
                "number",
                "Upper end of the 95 % Wilson interval, whatever the number of staff.",
                "Øvre grænse for 95 %-intervallet (Wilson), uanset hvor mange der kunne svare.",
            ),
            _SUPPRESSED,
            _AS_OF,
        ),
        ("wave_id", "library_id", "question_id"),
    ),
    FIGURES: Table(
        "Status figures, with the sentence that states them",
        "Status i tal, med sætningen, der fortæller dem",
        (
            Field("figure_id", "string", "The figure's id.", "Tallets id."),
            Field("label_da", "string", "What it is, in Danish.", "Hvad det er."),
            Field("statement_da", "string", "The sentence in Danish.", "Sætningen på dansk."),
            Field("statement_en", "string", "The sentence in English.", "Sætningen på engelsk."),
            Field("measure", "string", "What is measured.", "Hvad der måles."),
            Field(
                "scope_kind",
                "string",
                "library or district.",
                "library er et bibliotek, district en bydel.",
            ),
            Field("scope_id", "string", "Which one.", "Hvilket."),
            Field(
                "half_year_from",
                "string",
                "The half-year that it is compared with.",
                "Halvåret, der sammenlignes med.",
            ),
            Field(
                "half_year_to",
                "string",
                "The half-year that it speaks of.",
                "Halvåret, tallet handler om.",
            ),
            Field(
                "value_from",
                "number",
                f"The earlier value; {_NOT_SHOWN}.",
                f"Den tidligere værdi; {_NOT_SHOWN_DA}.",
            ),
            Field(
                "value_to",
                "number",
                f"The later value; {_NOT_SHOWN}.",
                f"Den senere værdi; {_NOT_SHOWN_DA}.",
            ),
            Field(
                "value",
                "number",
                f"The figure, rounded; {_NOT_SHOWN}.",
                f"Tallet, afrundet; {_NOT_SHOWN_DA}.",
            ),
            Field("unit", "string", "Unit of value.", "Enhed for value."),
            Field(
                "ci_low",
                "number",
                "Lower end of the 95 % interval, rounded.",
                "Nedre grænse for 95 %-intervallet, afrundet.",
            ),
            Field(
                "ci_high",
                "number",
                "Upper end of the 95 % interval, rounded.",
                "Øvre grænse for 95 %-intervallet, afrundet.",
            ),
            Field("evidence", "string", "How strong the evidence is.", "Hvor stærk evidensen er."),
            Field(
                "maturity",
                "string",
                "final or provisional.",
                "final er endelig, provisional er foreløbig.",
            ),
            Field(
                "caveats",
                "string",
                "What a reader has to know, in Danish.",
                "Hvad en læser skal vide.",
            ),
            _SUPPRESSED,
            _AS_OF,
        ),
        ("figure_id",),
    ),
}


def write_package(
    folder: Path,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    licence: str,
    is_synthetic: bool,
) -> None:
    """Write a csv file a table (UTF-8, comma) and the datapackage.json that describes them."""
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = [field.name for field in TABLES[table].fields]
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    title = "Dataspor: half-year facts and status figures for public libraries, public tables"
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dataspor-public",
        "title": f"SYNTHETIC DATA. {title}" if is_synthetic else title,
        "licenses": [{"name": licence}],
        "description": "Small numbers are not shown, nor are those from which they could be "
        "computed. A number that is not shown may be large or small.",
        "resources": [
            {
                "name": table,
                "path": f"{table}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "title": TABLES[table].title,
                "title_da": TABLES[table].title_da,
                "schema": {
                    "fields": [vars(field) for field in TABLES[table].fields],
                    "primaryKey": list(TABLES[table].key),
                    "missingValues": [""],
                },
            }
            for table in tables
        ],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def _cell(value: Any) -> Any:
    """Numbers as they are; a text that a spreadsheet would calculate stays a text there."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")  # csv does not quote a bare \r
        return f"'{text}" if text.startswith(_FORMULA) else text
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
