"""The rows of the public tables, from what was decided; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from orchestration.config import Config
from orchestration.disclosure.cells import ALL, CITY, category_cell, cell, measures
from orchestration.disclosure.decide import Decided
from orchestration.disclosure.facts import Facts
from orchestration.disclosure.incidents import Release
from orchestration.disclosure.package import BY_CATEGORY, BY_LIBRARY, FIGURES, SHARES
from orchestration.evidence.shares import Share, wilson
from orchestration.half_year import HalfYear


def public_tables(
    decided: Decided, facts: Facts, config: Config
) -> dict[str, list[dict[str, Any]]]:
    """Rows of each table that the configuration marks as public."""
    unsafe = config.municipality.unsafe_behaviour_category
    made: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
        BY_LIBRARY: lambda: _by_library(decided.incidents, facts, unsafe),
        BY_CATEGORY: lambda: _by_category(decided.incidents, facts, unsafe),
        SHARES: lambda: _shares(decided, facts),
        FIGURES: lambda: decided.figures,
    }
    return {
        table: list(make())
        for table, make in made.items()
        if table in config.disclosure.public_tables
    }


def _by_library(
    incidents: Mapping[str, Release], facts: Facts, unsafe: str | None
) -> Iterator[dict[str, Any]]:
    libraries = facts.libraries.to_dict("records")
    districts = {row["district_id"]: row["district_name"] for row in libraries}
    places = [
        (CITY, {"level": "city", "place_id": CITY, "place": ""}),
        *(
            (f"district:{number}", {"level": "district", "place_id": number, "place": name})
            for number, name in sorted(districts.items())
        ),
        *(
            (f"library:{row['library_id']}", _library(row) | {"level": "library"})
            for row in libraries
        ),
    ]
    for half_year, release in incidents.items():
        for place, told in places:
            for measure in measures(unsafe):
                count = _count(half_year, release, cell(place, measure))
                if count is not None:
                    yield {**told, "measure": measure, **count}


def _library(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"place_id": row["library_id"], "place": row["library_name"]}


def _by_category(
    incidents: Mapping[str, Release], facts: Facts, unsafe: str | None
) -> Iterator[dict[str, Any]]:
    categories = [("all", "", cell(CITY, ALL))]
    for row in facts.categories.itertuples():
        name = category_cell(row.category_id, unsafe)
        categories.append((row.category_id, row.category_name_da, name))
    for half_year, release in incidents.items():
        for category_id, category, name in categories:
            count = _count(half_year, release, name)
            if count is not None:
                yield {"category_id": category_id, "category": category, **count}


def _count(half_year: str, release: Release, name: str) -> dict[str, Any] | None:
    """A cell as it was published last; None if it was not there then."""
    shown = release.shown
    if name not in shown.counts.cells:
        return None
    is_shown = shown.shows(name)
    return {
        **_half_year(half_year),
        "incidents": shown.counts.cells[name] if is_shown else None,
        "suppressed": not is_shown,
        "as_of": release.publications[-1].as_of,
    }


def _shares(decided: Decided, facts: Facts) -> Iterator[dict[str, Any]]:
    names = dict(zip(facts.libraries.library_id, facts.libraries.library_name, strict=True))
    texts = dict(zip(facts.questions.question_id, facts.questions.question_text_da, strict=True))
    for row in facts.answers.itertuples():
        release = decided.answers.get(f"{row.wave_id}/{row.library_id}/{row.question_id}")
        if release is None:
            continue
        told = {
            **_half_year(row.half_year_id),
            "wave_id": row.wave_id,
            "library_id": row.library_id,
            "library": names[row.library_id],
            "question_id": row.question_id,
            "question": texts[row.question_id],
        }
        if release.suppressed is not None:
            yield {**told, "suppressed": True, "as_of": facts.as_of.isoformat()}
            continue
        last = release.publications[-1]
        share = Share(last.favourable, last.respondents)
        interval = wilson(share)
        yield {
            **told,
            "respondents": last.respondents,
            "favourable": last.favourable,
            "favourable_share": round(share.value, 4),
            "ci_low": round(interval.low, 4),
            "ci_high": round(interval.high, 4),
            "suppressed": False,
            "as_of": last.as_of,
        }


@cache
def _half_year(half_year_id: str) -> dict[str, str]:
    return {"half_year_id": half_year_id, "half_year": HalfYear.parse(half_year_id).label_da}
