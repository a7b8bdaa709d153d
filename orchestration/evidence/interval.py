"""What every method here answers with: an interval at one level of confidence."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A two-sided 95 % interval; an end may be infinite."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether ``value`` lies outside; of an end that is no number, nothing is known."""
        return value < self.low or value > self.high

    def scaled(self, factor: float, shift: float = 0.0) -> Interval:
        """The interval in another unit: each end times ``factor``, plus ``shift``."""
        return Interval(self.low * factor + shift, self.high * factor + shift)
