"""The incidents of a half-year as cells and the sums between them; no rule of disclosure.

A cell is a count that the public tables hold, named ``place/measure``: ``city/incidents``,
``district:3/unsafe_behaviour_incidents``, ``library:valby/other_incidents``, ``category:theft``.
The two tables of incidents share cells, and so does whoever computes with both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

ALL, UNSAFE, OTHER = "incidents", "unsafe_behaviour_incidents", "other_incidents"
CITY = "city"
CATEGORY = "category:"


@dataclass(frozen=True)
class Sum:
    """A total and the cells that make it up."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """Counts of one half-year.

    Attributes:
        cells: every cell to its count.
        sums: how the cells depend on each other.
    """

    cells: Mapping[str, int]
    sums: tuple[Sum, ...]


def cell(place: str, measure: str) -> str:
    """The name of a cell of the table by library."""
    return f"{place}/{measure}"


def category_cell(category_id: str, unsafe_category: str | None) -> str:
    """The name of a category's cell; that of unsafe behaviour is in both tables."""
    return cell(CITY, UNSAFE) if category_id == unsafe_category else f"{CATEGORY}{category_id}"


def measures(unsafe_category: str | None) -> tuple[str, ...]:
    """What is counted of each place."""
    return (ALL, UNSAFE, OTHER) if unsafe_category is not None else (ALL,)


def counts_of(
    incidents: pd.DataFrame, districts: Mapping[str, int], unsafe_category: str | None
) -> Counts:
    """The cells of one half-year.

    Args:
        incidents: library_id, category_id, incidents; a row a library and category.
        districts: library to district.
        unsafe_category: the category that is counted apart, if one is.
    """
    cells: dict[str, int] = {}
    by_category = incidents.groupby("category_id").incidents.sum()
    for measure in measures(unsafe_category):
        is_unsafe = incidents.category_id == unsafe_category
        counted = {ALL: is_unsafe | True, UNSAFE: is_unsafe, OTHER: ~is_unsafe}[measure]
        by_library = incidents[counted].groupby("library_id").incidents.sum()
        for library_id, district_id in districts.items():
            count = int(by_library.get(library_id, 0))
            for place in (f"library:{library_id}", f"district:{district_id}", CITY):
                name = cell(place, measure)
                cells[name] = cells.get(name, 0) + count
    for category_id, count in by_category.items():
        cells[category_cell(str(category_id), unsafe_category)] = int(count)
    return Counts(
        cells, tuple(_sums(districts, list(map(str, by_category.index)), unsafe_category))
    )


def _sums(
    districts: Mapping[str, int], categories: list[str], unsafe_category: str | None
) -> list[Sum]:
    libraries: dict[int, list[str]] = {}
    for library_id, district_id in districts.items():
        libraries.setdefault(district_id, []).append(f"library:{library_id}")
    sums = []
    for measure in measures(unsafe_category):
        within = {f"district:{number}": parts for number, parts in libraries.items()}
        for total, parts in {CITY: list(within), **within}.items():
            sums.append(Sum(cell(total, measure), tuple(cell(part, measure) for part in parts)))
    if unsafe_category is not None:
        for place in (CITY, *within, *(f"library:{library_id}" for library_id in districts)):
            sums.append(Sum(cell(place, ALL), (cell(place, UNSAFE), cell(place, OTHER))))
    others = tuple(
        category_cell(name, unsafe_category) for name in categories if name != unsafe_category
    )
    if others:
        sums.append(Sum(cell(CITY, ALL if unsafe_category is None else OTHER), others))
    return sums
