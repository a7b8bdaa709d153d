"""Random half-years of incidents, as they are first and after corrections."""

from __future__ import annotations

import numpy as np

from orchestration.disclosure.cells import Counts, counts_of

UNSAFE = "unsafe"


def random_incidents(random: np.random.Generator) -> tuple[dict[tuple[str, str], int], dict]:
    """Library and category to count, and library to district."""
    libraries = [f"l{number}" for number in range(random.integers(2, 13))]
    categories = [UNSAFE, *(f"c{number}" for number in range(random.integers(1, 8)))]
    districts = {library: int(random.integers(1, 6)) for library in libraries}
    level = random.choice([0.3, 1.0, 3.0, 8.0])
    size = {library: random.gamma(1.0, level) for library in libraries}
    return {
        (library, category): int(random.poisson(size[library] * random.gamma(1.0)))
        for library in libraries
        for category in categories
    }, districts


def corrected(
    incidents: dict[tuple[str, str], int], random: np.random.Generator
) -> dict[tuple[str, str], int]:
    """The same half-year later: late reports, withdrawals, recoding, perhaps a missing export."""
    changed = dict(incidents)
    keys = list(changed)
    for _ in range(random.integers(1, 6)):
        key = keys[random.integers(len(keys))]
        changed[key] = max(0, changed[key] + int(random.choice([-2, -1, 1, 1, 1, 2])))
    if random.random() < 0.6:
        library = keys[random.integers(len(keys))][0]
        for key in keys:
            if key[0] == library:
                changed[key] += int(random.poisson(4))
    if random.random() < 0.2:
        here, there = keys[random.integers(len(keys))], keys[random.integers(len(keys))]
        changed[there] += changed[here]
        changed[here] = 0 if here != there else changed[here]
    return changed


def table(
    incidents: dict[tuple[str, str], int], districts: dict[str, int], unsafe: str | None = UNSAFE
) -> Counts:
    """The cells of a half-year."""
    rows = [(library, category, count) for (library, category), count in incidents.items()]
    return counts_of(rows, districts, unsafe)
