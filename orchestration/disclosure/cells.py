"""The incidents of a half-year as cells and the sums between them; no rule of disclosure.

A cell is a count that the public tables hold, named ``place/measure``: ``city/incidents``,
``district:3/unsafe_behaviour_incidents``, ``library:valby/other_incidents``, ``category:theft``.
The two tables of incidents share cells, and so does whoever computes with both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    incidents: Iterable[tuple[str, str, int]],
    districts: Mapping[str, int],
    unsafe_category: str | None,
) -> Counts:
    """The cells of one half-year.

    Args:
        incidents: library, category, count; dense, so that every cell is there.
        districts: library to district.
        unsafe_category: the category that is counted apart, if one is.
    """
    cells: Counter[str] = Counter()
    libraries: dict[str, int] = {}
    categories: dict[str, None] = {}
    for library_id, category_id, count in incidents:
        counted = [ALL]
        if unsafe_category is not None:
            counted.append(UNSAFE if category_id == unsafe_category else OTHER)
        for place in (f"library:{library_id}", f"district:{districts[library_id]}", CITY):
            for measure in measures(unsafe_category):
                cells[cell(place, measure)] += count if measure in counted else 0
        libraries[library_id] = districts[library_id]
        categories[category_id] = None
        if category_id != unsafe_category:
            cells[category_cell(category_id, unsafe_category)] += count
    return Counts(dict(cells), tuple(_sums(libraries, list(categories), unsafe_category)))


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
