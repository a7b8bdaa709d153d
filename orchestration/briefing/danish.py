"""Danish form of numbers, dates and names of waves; no words and no sentences."""

from __future__ import annotations

import datetime as dt
import math
import re

from babel.dates import format_date
from babel.numbers import format_decimal

from orchestration.figures.numbers import MINUS, rounded

LOCALE = "da_DK"
DASH = "\N{EN DASH}"
NBSP = "\N{NO-BREAK SPACE}"


def number(value: float, decimals: int = 0) -> str:
    """``1234.5`` with one decimal as ``1.234,5``; halves are rounded away from zero."""
    if math.isinf(value):
        return "ubegrænset"
    printed = rounded(value, decimals)
    if not printed:
        printed = abs(printed)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(printed, format=pattern, locale=LOCALE).replace("-", MINUS)


def compact(value: float) -> str:
    """A count or hours for a chart: one decimal only below a hundred and where it says anything."""
    is_whole = math.isinf(value) or value >= 100 or abs(value - round(value)) < 0.05
    return number(value, 0 if is_whole else 1)


def date(day: dt.date) -> str:
    """``15. oktober 2025``."""
    return format_date(day, "d. MMMM y", locale=LOCALE)


def month(wave_id: str) -> str:
    """A wave's id ``2025-02`` as ``februar 2025``; what is no month stays as it is."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", wave_id)
    if not match:
        return wave_id
    return format_date(dt.date(int(match[1]), int(match[2]), 1), "MMMM y", locale=LOCALE)


def from_month(starts_on: dt.date, ends_on: dt.date | None) -> str:
    """``fra januar 2025``, ``oktober 2025 til marts 2026`` or ``oktober 2025``."""
    first = format_date(starts_on, "MMMM y", locale=LOCALE)
    if ends_on is None:
        return f"fra {first}"
    last = format_date(ends_on, "MMMM y", locale=LOCALE)
    return first if first == last else f"{first} til {last}"


def measured(value: float | None, unit: str) -> str:
    """A figure's value with its unit; a dash where there is none."""
    if value is None:
        return DASH
    if math.isinf(value):
        return number(value)
    match unit:
        case "percent":
            return f"{number(value, 1)}{NBSP}pct."
        case "percentage_points":
            return f"{number(value, 1)}{NBSP}procentpoint"
        case "share":
            return f"{number(value * 100, 1)}{NBSP}pct."
        case "rank":
            return f"nr.{NBSP}{number(value)}"
        case "hours":
            return f"{number(value, 1)}{NBSP}timer"
        case _:
            return f"{number(value, 2)}{NBSP}{unit}".strip()


def item(value: float | None, unit: str) -> str:
    """A number of the evidence; a dash where there is none."""
    if value is None:
        return DASH
    match unit:
        case "share":
            return f"{number(value * 100, 1)}{NBSP}pct."
        case "count":
            return number(value)
        case "p_value":
            return "under 0,001" if value < 0.001 else number(value, 3)
        case _:
            return number(value, 2)


def observed(value: float | None, unit: str) -> str:
    """What a figure was computed from: a count for changes, a share, a rank or hours."""
    if value is None:
        return DASH
    if unit == "percent":
        return number(value, 0 if float(value).is_integer() else 1)
    return measured(value, "share" if unit == "percentage_points" else unit)


def interval(low: float | None, high: float | None, unit: str) -> str:
    """``−62,1 til −34,0 pct.``; a dash where there is no interval."""
    if low is None or high is None:
        return DASH
    upper = measured(high, unit)
    lower = measured(low, unit)
    unit_word = upper.partition(NBSP)[2]
    if unit != "rank" and unit_word and lower.endswith(NBSP + unit_word):
        lower = lower.removesuffix(NBSP + unit_word)
    return f"{lower} til {upper}"
