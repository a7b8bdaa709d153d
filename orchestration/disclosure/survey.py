"""Answers of a group for the public: too few, nearly all alike, or too little changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.disclosure.history import ShownAnswers


@dataclass(frozen=True)
class AnswerRule:
    """When a group's answers may be shown.

    Attributes:
        respondents: so many at least.
        answer_group: so many favourable ones at least, and so many others.
    """

    respondents: int
    answer_group: int

    def allows(self, respondents: int, favourable: int) -> bool:
        """Whether a group is large and mixed enough."""
        return (
            respondents >= self.respondents
            and min(favourable, respondents - favourable) >= self.answer_group
        )


@dataclass(frozen=True)
class AnswerRelease:
    """What is shown of a group.

    Attributes:
        publications: those that showed it so far.
        suppressed: why it is left out now, if it is.
        is_held_back: whether what is shown is an earlier state.
    """

    publications: tuple[ShownAnswers, ...]
    suppressed: Literal["primary", "complement"] | None = None
    is_held_back: bool = False

    @property
    def number(self) -> int:
        """Which publication the answers shown now are from, from 1 on."""
        return len(self.publications)


def release_answers(
    respondents: int | None,
    favourable: int | None,
    publications: Sequence[ShownAnswers],
    rule: AnswerRule,
    *,
    as_of: str,
) -> AnswerRelease:
    """Decide what to show of a group, in view of what was shown of it before.

    Two publications side by side tell the answers of those who came between: they are a group
    with the same rule. Until they are one, what was shown stands.

    Args:
        respondents: answers; None where too few.
        favourable: favourable ones among them.
        publications: those that showed the group so far, oldest first.
        rule: when a group may be shown.
        as_of: day of this run, ISO.
    """
    so_far = tuple(publications)
    if respondents is None or favourable is None or respondents < rule.respondents:
        return AnswerRelease(so_far, "primary")
    if not rule.allows(respondents, favourable):
        return AnswerRelease(so_far, "complement")
    now = ShownAnswers(as_of=as_of, respondents=respondents, favourable=favourable)
    if not so_far or all(_may_stand_beside(one, now, rule) for one in so_far):
        is_new = not so_far or not _is_same(so_far[-1], now)
        return AnswerRelease((*so_far, now) if is_new else so_far)
    last = so_far[-1]
    if not rule.allows(last.respondents, last.favourable):
        return AnswerRelease(so_far, "complement")
    return AnswerRelease(so_far, is_held_back=True)


def _is_same(before: ShownAnswers, now: ShownAnswers) -> bool:
    return (before.respondents, before.favourable) == (now.respondents, now.favourable)


def _may_stand_beside(before: ShownAnswers, now: ShownAnswers, rule: AnswerRule) -> bool:
    more = abs(now.respondents - before.respondents)
    favourable = now.favourable - before.favourable
    others = (now.respondents - now.favourable) - (before.respondents - before.favourable)
    return _is_same(before, now) or (
        more >= rule.respondents and min(abs(favourable), abs(others)) >= rule.answer_group
    )
