"""The briefing and the site print the numbers that sentences and claims print."""

from __future__ import annotations

import math

import pytest

from orchestration.briefing import danish
from orchestration.figures.numbers import rounded


@pytest.mark.parametrize("decimals", [0, 1])
def test_a_number_is_rounded_as_in_sentences(decimals: int) -> None:
    for of in range(1, 121):
        for part in range(of + 1):
            for value in (part / of * 100, (part / of - 1) * 100):
                printed = danish.number(value, decimals)
                read = float(printed.replace(danish.MINUS, "-").replace(",", "."))
                assert read == float(rounded(value, decimals)), (part, of, printed)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (23 / 40 * 100, 0, "58"),
        ((29 / 80 - 1) * 100, 1, "−63,8"),
        (1234.5, 1, "1.234,5"),
        (-0.2, 0, "0"),
        (math.inf, 0, "ubegrænset"),
    ],
)
def test_a_number_is_written_the_danish_way(value: float, decimals: int, printed: str) -> None:
    assert danish.number(value, decimals) == printed
