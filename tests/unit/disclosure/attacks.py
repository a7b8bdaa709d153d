"""Attacks on random half-years, published once and then again after corrections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from orchestration.disclosure.incidents import Release, release_counts
from orchestration.disclosure.protect import Rule, Shown
from tests.unit.disclosure.attacker import Attacker, seen
from tests.unit.disclosure.random_tables import UNSAFE, corrected, random_incidents, table


@dataclass(frozen=True)
class Given:
    """A count or change that the attacker knows too well."""

    what: str
    width: float


def published(seed: int, revisions: int) -> tuple[Rule, list[Release]]:
    """A random half-year, published and then corrected some times."""
    random = np.random.default_rng(seed)
    rule = Rule(int(random.choice([2, 3, 3, 5])), bool(random.random() < 0.25))
    incidents, districts = random_incidents(random)
    unsafe = UNSAFE if random.random() < 0.8 else None
    releases: list[Release] = []
    for number in range(revisions + 1):
        if number:
            incidents = corrected(incidents, random)
        counts = table(incidents, districts, unsafe)
        hidden = frozenset(
            name for name in counts.cells if seed % 7 == 3 and name.startswith("district:")
        )
        releases.append(
            release_counts(
                counts,
                releases[-1].publications if releases else (),
                rule,
                as_of=f"2025-{number + 1:02d}-14",
                revise_from=float(random.choice([0.0, 0.05, 0.1])),
                hidden=hidden,
            )
        )
    return rule, releases


def given_away(rule: Rule, publications: list[Shown]) -> Iterator[Given]:
    """What an attacker knows more exactly than the rule allows, of all publications together."""
    tables = [one.counts.cells for one in publications]
    unchanged = [
        (name, a, b)
        for a, b in combinations(range(len(tables)), 2)
        for name, count in tables[b].items()
        if tables[a].get(name) == count
    ]
    attacker = Attacker(
        [seen(one) for one in publications],
        zeros_are_shown=not rule.zeros_are_small,
        told_unchanged=unchanged,
    )
    elsewhere = _shown_elsewhere(unchanged, publications)
    for number, one in enumerate(publications):
        for name, count in one.counts.cells.items():
            # a large count that an earlier publication left out for others' sake is no secret later
            is_secret = rule.is_small(count) or (one is publications[-1] and name in one.suppressed)
            if is_secret and (name, number) not in elsewhere:
                width = attacker.width((1, name, number))
                if width < rule.small_below:
                    yield Given(f"{name} in publication {number + 1}", width)
            if rule.is_small(count) and one.shows(name):
                yield Given(f"{name} in publication {number + 1}, as it stands there", 0)
    for a, b in combinations(range(len(tables)), 2):
        for name, count in tables[b].items():
            change = abs(count - tables[a].get(name, count))
            at_zero = not rule.zeros_are_small and 0 in (count, tables[a].get(name, count))
            if 0 < change < rule.small_below and not at_zero:
                width = attacker.width((1, name, b), (-1, name, a))
                if width < rule.small_below:
                    yield Given(f"change of {name} from publication {a + 1} to {b + 1}", width)


def _shown_elsewhere(
    unchanged: list[tuple[str, int, int]], publications: list[Shown]
) -> set[tuple[str, int]]:
    """Counts that another publication shows: an equal one that is left out is no secret."""
    found = set()
    for name, a, b in unchanged:
        if publications[a].shows(name):
            found.add((name, b))
        if publications[b].shows(name):
            found.add((name, a))
    return found


def attack(seed: int, revisions: int) -> tuple[int, list[Given]]:
    """How often a random half-year was published, and what an attacker knows too well of it."""
    rule, releases = published(seed, revisions)
    publications = [one.shown for one in releases[-1].publications]
    return len(publications), list(given_away(rule, publications))


def primary_only(published: Shown, rule: Rule) -> Shown:
    """The publication with nothing but small counts left out."""
    small = {
        name: reason
        for name, reason in published.suppressed.items()
        if rule.is_small(published.counts.cells[name])
    }
    return Shown(published.counts, small, published.hidden)
