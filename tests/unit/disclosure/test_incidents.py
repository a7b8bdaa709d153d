"""A half-year that was public: shown again, or anew, or left as it was."""

from __future__ import annotations

from typing import Any

from orchestration.disclosure.cells import Counts, counts_of
from orchestration.disclosure.incidents import Release, release_counts
from orchestration.disclosure.protect import Rule

DISTRICTS = {"a": 1, "b": 1, "c": 2, "d": 2}


def counts(**more: int) -> Counts:
    """Twenty incidents of each category at each library, and more or fewer at some."""
    return counts_of(
        [
            (library, category, 20 + more.get(f"{library}_{category}", 0))
            for library in DISTRICTS
            for category in ("unsafe", "noise", "theft")
        ],
        DISTRICTS,
        "unsafe",
    )


def shown(now: Counts, before: Release | None = None, **changed: Any) -> Release:
    options: dict[str, Any] = {"rule": Rule(3), "as_of": "2025-10-20", "revise_from": 0.1} | changed
    return release_counts(now, before.publications if before else (), **options)


def test_a_half_year_without_small_counts_is_shown_whole() -> None:
    release = shown(counts())
    assert not release.shown.suppressed and not release.is_held_back
    assert release.shown.counts.cells["city/incidents"] == 240


def test_one_late_report_is_not_shown() -> None:
    first = shown(counts())
    later = shown(counts(a_noise=1), first)
    assert later.publications == first.publications
    assert later.is_held_back


def test_a_change_by_a_tenth_is_shown_and_what_changed_little_is_left_out() -> None:
    first = shown(counts())
    later = shown(counts(a_noise=30, d_theft=1), first)
    cells = later.shown.counts.cells
    assert len(later.publications) == 2 and not later.is_held_back
    assert later.shown.shows("library:b/incidents")
    assert later.shown.suppressed["library:d/incidents"] == "earlier"
    assert later.shown.suppressed["category:theft"] == "earlier"
    assert cells["library:a/incidents"] == 90


def test_nothing_new_makes_no_new_publication() -> None:
    first = shown(counts(a_unsafe=-19))
    again = shown(counts(a_unsafe=-19), first, as_of="2025-12-01")
    assert again == first


def test_a_stricter_rule_shows_the_same_counts_anew_with_less() -> None:
    first = shown(counts(a_unsafe=-16))
    assert first.shown.shows("library:a/unsafe_behaviour_incidents")
    stricter = shown(counts(a_unsafe=-16, b_noise=1), first, rule=Rule(5))
    assert stricter.shown.suppressed["library:a/unsafe_behaviour_incidents"] == "primary"
    # the late report at b is still not shown
    assert stricter.is_held_back
    assert stricter.shown.counts == first.shown.counts


def test_counts_are_of_the_publication_that_showed_them_first() -> None:
    """What was computed from counts stands as long as they do, and not when they come again."""
    release, told = shown(counts()), []
    for now, day, rule in [
        (counts(), "2025-11-01", Rule(5)),
        (counts(a_noise=30), "2025-11-02", Rule(5)),
        (counts(a_noise=31), "2025-11-03", Rule(3)),
        (counts(), "2025-11-04", Rule(3)),
    ]:
        release = shown(now, release, as_of=day, rule=rule)
        told.append((len(release.publications), release.number, release.publications[-1].as_of))
    assert told == [
        (2, 1, "2025-10-20"),
        (3, 3, "2025-11-02"),
        (4, 3, "2025-11-02"),
        (5, 5, "2025-11-04"),
    ]
