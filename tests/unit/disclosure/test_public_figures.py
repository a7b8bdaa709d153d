"""A public figure rests on what is public; one that has no data rests on nothing."""

from __future__ import annotations

from orchestration.disclosure.figures import Basis, Seen


def test_what_was_never_published_is_nothing_that_a_figure_rests_on() -> None:
    seen = Seen(
        is_final=lambda _: True,
        publications={"2024-10": 2},
        cells={"2024-10": {"library:valby/incidents"}},
        answers=set(),
    )
    basis = Basis(
        cells=frozenset({("2024-10", "library:valby/incidents")}),
        answers=frozenset({"2025-02/vesterbro/tryg"}),
    )
    assert seen.rests_on(basis) == {"2024-10": 2}
    assert not seen.shows(basis)
