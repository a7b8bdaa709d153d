"""Whole numbers, hours and shares as sentences write them; halves are rounded away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

MINUS = "\N{MINUS SIGN}"


def rounded(value: float, decimals: int = 0) -> Decimal:
    """The number that is printed: ``-62.5`` is −63, never −62."""
    step = Decimal(1).scaleb(-decimals)
    exact = round(float(value), decimals + 9)  # 23 of 40 is 57.5 per cent, not 57.49999999999999
    return Decimal(repr(exact)).quantize(step, rounding=ROUND_HALF_UP)


def whole(value: float, locale: str = "da") -> str:
    """``1234.5`` as ``1.235``."""
    number = rounded(value)
    return format_decimal(number or abs(number), locale=locale).replace("-", MINUS)


def percent(share: float, locale: str = "da") -> str:
    """A share 0–1 in whole per cent, without the sign: ``0.905`` as ``91``."""
    return whole(share * 100, locale)


def hours(value: float, locale: str = "da") -> str:
    """Hours with a decimal where it says anything: ``1.234,5``."""
    return format_decimal(rounded(value, 1).normalize(), locale=locale, decimal_quantization=False)
