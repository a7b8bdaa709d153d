"""The half-year in Python: keys, bounds, Danish labels. No other module computes them.

The dbt model ``int_calendar`` is the same definition for SQL; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_ID = re.compile(r"(\d{4})-(04|10)")


@dataclass(frozen=True, order=True)
class HalfYear:
    """Winter (1 October – 31 March) or summer (1 April – 30 September), local dates.

    Attributes:
        year: calendar year of the first month.
        month: first month, 4 (summer) or 10 (winter).
    """

    year: int
    month: int

    @classmethod
    def parse(cls, half_year_id: str) -> HalfYear:
        """Read an id such as ``2024-10``.

        Raises:
            ValueError: the id is not a year, a hyphen and 04 or 10.
        """
        match = _ID.fullmatch(half_year_id)
        if not match:
            raise ValueError(
                f"{half_year_id!r} is not a half-year: expected its first month, for example "
                "2024-10 (winter 2024/2025) or 2025-04 (summer 2025)"
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> HalfYear:
        """The half-year that a local date lies in."""
        if day.month >= 10:
            return cls(day.year, 10)
        if day.month >= 4:
            return cls(day.year, 4)
        return cls(day.year - 1, 10)

    @property
    def id(self) -> str:
        """The key used everywhere: the first month, ``2024-10``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def starts_on(self) -> dt.date:
        """First day."""
        return dt.date(self.year, self.month, 1)

    @property
    def ends_on(self) -> dt.date:
        """Last day, inclusive."""
        return self.next.starts_on - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.next.starts_on - self.starts_on).days

    @property
    def next(self) -> HalfYear:
        """The half-year that follows."""
        return HalfYear(self.year, 10) if self.month == 4 else HalfYear(self.year + 1, 4)

    @property
    def previous(self) -> HalfYear:
        """The half-year before."""
        return HalfYear(self.year - 1, 10) if self.month == 4 else HalfYear(self.year, 4)

    @property
    def season(self) -> str:
        """``winter`` or ``summer``."""
        return "summer" if self.month == 4 else "winter"

    @property
    def short_da(self) -> str:
        """The years as the briefing writes them: ``2024/2025`` or ``2025``."""
        return str(self.year) if self.month == 4 else f"{self.year}/{self.year + 1}"

    @property
    def label_da(self) -> str:
        """``vinterhalvåret 2024/2025`` or ``sommerhalvåret 2025``."""
        return f"{'sommer' if self.month == 4 else 'vinter'}halvåret {self.short_da}"

    def final_from(self, maturity_days: int) -> dt.date:
        """The first day on which its figures are final."""
        return self.ends_on + dt.timedelta(days=maturity_days)


def last_ended(today: dt.date) -> HalfYear:
    """The latest half-year whose last day is before ``today``."""
    return HalfYear.of(today).previous
