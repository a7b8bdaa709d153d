"""Figures beside their targets: what all benches print at their end."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A figure beside its target.

    Attributes:
        what: what was measured, with the size of its input.
        value: the figure, in what `what` says.
        target: the target in words.
        met: whether it is met.
        note: the range of the rounds behind a median.
    """

    what: str
    value: float
    target: str
    met: bool
    note: str = ""


def at_most(what: str, value: float, target: float, note: str = "") -> Target:
    """A figure that is to be small."""
    return Target(what, value, f"at most {target:g}", value <= target, note)


def at_least(what: str, value: float, target: float, note: str = "") -> Target:
    """A figure that is to be large."""
    return Target(what, value, f"at least {target:g}", value >= target, note)


def median_at_most(what: str, rounds: Sequence[float], target: float) -> Target:
    """A figure that is to be small, measured in several rounds: their median, and their range."""
    spread = f"{min(rounds):.2f} to {max(rounds):.2f}" if len(rounds) > 1 else ""
    return at_most(what, statistics.median(rounds), target, spread)


def table(targets: Sequence[Target]) -> str:
    """All targets as markdown."""
    met = sum(target.met for target in targets)
    return "\n".join(
        [
            "| | measured | target | |",
            "|---|---:|---|---|",
            *(
                f"| {t.what} | {t.value:.2f}{f' ({t.note})' if t.note else ''} | {t.target} | "
                f"{'met' if t.met else 'NOT met'} |"
                for t in targets
            ),
            "",
            f"{met} of {len(targets)} targets are met.",
        ]
    )
