"""Control charts: which months lie outside what a steady process gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SIGMAS = 3
# mean moving range of two standard normal values (Shewhart's d2)
_D2 = 1.128


@dataclass(frozen=True)
class ControlChart:
    """Expected count and limits of each period, and which periods lie outside.

    Attributes:
        centre: expected count of each period, from the mean rate and its exposure.
        low: lower limit, at least 0.
        high: upper limit.
        outside: positions of the periods outside.
        spread: how much wider than Poisson limits they are, at least 1.
    """

    centre: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    outside: tuple[int, ...]
    spread: float


def control_chart(counts: Sequence[float], exposures: Sequence[float]) -> ControlChart | None:
    """Laney's u'-chart: three sigma of a Poisson rate, widened by what counts vary beyond it.

    The variation is that of neighbouring periods (moving range of the z values), so that a lasting
    change does not hide itself (Laney 2002, Quality Engineering 14:531-537; NHS Making Data Count).

    Args:
        counts: events of each period, in order.
        exposures: what each is measured against, such as days; above 0.

    Returns:
        The chart, or None for fewer than 12 periods or no events.
    """
    if len(counts) < 12 or not sum(counts):
        return None
    rate = sum(counts) / sum(exposures)
    sigmas = [(rate * exposure) ** 0.5 for exposure in exposures]
    centre = tuple(rate * exposure for exposure in exposures)
    z = [(count - c) / s for count, c, s in zip(counts, centre, sigmas, strict=True)]
    ranges = [abs(later - earlier) for earlier, later in zip(z, z[1:], strict=False)]
    spread = max(1.0, sum(ranges) / len(ranges) / _D2)
    low = tuple(max(0.0, c - SIGMAS * s * spread) for c, s in zip(centre, sigmas, strict=True))
    high = tuple(c + SIGMAS * s * spread for c, s in zip(centre, sigmas, strict=True))
    outside = tuple(
        position
        for position, (count, least, most) in enumerate(zip(counts, low, high, strict=True))
        if not least <= count <= most
    )
    return ControlChart(centre, low, high, outside, spread)
