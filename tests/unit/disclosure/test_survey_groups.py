"""Groups of answers: too few, nearly all alike, or a few more than last time."""

from __future__ import annotations

import random

import pytest

from orchestration.disclosure.history import ShownAnswers
from orchestration.disclosure.survey import AnswerRule, release_answers

RULE = AnswerRule(respondents=5, answer_group=3)


@pytest.mark.parametrize(
    ("respondents", "favourable", "suppressed"),
    [
        (4, 2, "primary"),
        (9, 9, "complement"),
        (9, 0, "complement"),
        (9, 7, "complement"),
        (9, 2, "complement"),
        (9, 6, None),
        (6, 3, None),
    ],
)
def test_small_groups_and_nearly_unanimous_ones_are_not_shown(
    respondents: int, favourable: int, suppressed: str | None
) -> None:
    release = release_answers(respondents, favourable, [], RULE, as_of="2025-11-17")
    assert release.suppressed == suppressed
    assert bool(release.publications) == (suppressed is None)


def test_no_two_publications_of_a_group_differ_by_few_people() -> None:
    """The attacker subtracts: who came between is a group with the same rule."""
    for seed in range(500):
        dice = random.Random(seed)
        favourable, others = dice.randrange(3, 12), dice.randrange(3, 12)
        published: list[ShownAnswers] = []
        for day in range(6):
            release = release_answers(
                favourable + others, favourable, published, RULE, as_of=f"2025-11-{day + 1:02d}"
            )
            published = list(release.publications)
            favourable += dice.randrange(0, 4)
            others += dice.randrange(0, 4)
        for number, before in enumerate(published):
            for after in published[number + 1 :]:
                came = after.respondents - before.respondents
                liked = after.favourable - before.favourable
                assert came >= RULE.respondents
                assert min(liked, came - liked) >= RULE.answer_group


def test_what_was_shown_stands_until_enough_have_come() -> None:
    first = release_answers(20, 12, [], RULE, as_of="2025-11-01")
    one_more = release_answers(21, 13, first.publications, RULE, as_of="2025-11-02")
    assert one_more.is_held_back
    assert one_more.publications[-1].respondents == 20
    many_more = release_answers(28, 16, first.publications, RULE, as_of="2025-11-03")
    assert many_more.publications[-1].respondents == 28
