"""The numbers the synthetic incidents must give, and which exports are pretended to exist."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# First day of each half-year, in the order of the columns below; the last one is still running.
HALF_YEARS = tuple(
    dt.date(year, month, 1)
    for year, month in (
        (2022, 10),
        (2023, 4),
        (2023, 10),
        (2024, 4),
        (2024, 10),
        (2025, 4),
        (2025, 10),
    )
)
RUNNING = dt.date(2025, 10, 1)
LAST_DAY = dt.date(2025, 11, 16)
HALF_YEAR_WITH_COUNTS = dt.date(2025, 4, 1)  # some rows of this one stand for several incidents

# Current incidents that are not void, by library and half-year.
INCIDENTS: dict[str, tuple[int, ...]] = {
    "hovedbiblioteket": (70, 61, 70, 56, 65, 56, 19),
    "blaagaarden": (94, 78, 132, 104, 148, 108, 34),
    "broenshoej": (22, 18, 16, 13, 17, 14, 6),
    "christianshavn": (17, 15, 15, 14, 18, 12, 5),
    "husum": (25, 23, 20, 16, 22, 18, 7),
    "islands_brygge": (20, 14, 15, 13, 22, 13, 5),
    "oebro_jagtvej": (30, 21, 28, 24, 25, 21, 7),
    "rentemestervej": (55, 51, 60, 43, 65, 52, 17),
    "noerrebro": (97, 80, 121, 96, 117, 88, 27),
    "solvang": (13, 11, 15, 16, 12, 9, 5),
    "sundby": (54, 40, 43, 32, 48, 35, 11),
    "bibliotekshuset": (18, 15, 16, 13, 16, 14, 5),
    "sydhavnen": (33, 27, 28, 30, 36, 27, 8),
    "tingbjerg": (48, 46, 41, 41, 54, 36, 15),
    "valby": (47, 34, 46, 38, 45, 41, 10),
    "vanloese": (24, 22, 26, 17, 30, 23, 6),
    "vesterbro": (212, 148, 158, 118, 106, 87, 26),
    "vigerslev": (9, 8, 13, 11, 14, 9, 4),
    "oesterbro": (35, 30, 33, 28, 37, 27, 9),
    "oerestad": (24, 20, 23, 16, 21, 18, 6),
}
# Of those at Vesterbro, the unsafe behaviour; elsewhere the categories fall freely.
UNSAFE_AT_VESTERBRO = (100, 66, 64, 47, 37, 31, 9)
CATEGORY_WEIGHTS: dict[str, int] = {
    "unsafe_behaviour": 30,
    "threats": 8,
    "violence": 3,
    "harassment": 9,
    "vandalism": 8,
    "theft_burglary": 6,
    "intoxicated_persons": 10,
    "noise_disturbance": 9,
    "smoking_alcohol_drugs": 6,
    "fire_alarm": 3,
    "technical_access": 4,
    "medical_assistance": 2,
    "other": 4,
}
# Reports that must not count: a share of all that turn void, and places that are no libraries.
VOID_SHARE = 0.04
ELSEWHERE_PER_HALF_YEAR = 24
ELSEWHERE_RUNNING = 6
# Shares of the counted reports.
RECODED_SHARE = 0.04
MOVED_SHARE = 0.02
WITHOUT_OCCURRED_SHARE = 0.01
SEVERAL_IN_ONE_ROW_SHARE = 0.06


@dataclass(frozen=True)
class Window:
    """What one export covers.

    Attributes:
        file_name: its name in the folder of incident exports.
        exported_at: its modification time.
        data_as_of: the state of the source system that it shows.
        first_day: first day of reporting that it covers.
        last_day: last day of reporting that it covers.
        library: the only library in it; None: all places.
    """

    file_name: str
    exported_at: dt.datetime
    data_as_of: dt.datetime
    first_day: dt.date
    last_day: dt.date
    library: str | None = None

    def covers(self, reported_at: dt.datetime) -> bool:
        """Whether a report was made in this export's period."""
        return self.first_day <= reported_at.date() <= self.last_day


def _window(name: str, exported: str, first: str, last: str) -> Window:
    at = dt.datetime.fromisoformat(exported)
    return Window(name, at, at, dt.date.fromisoformat(first), dt.date.fromisoformat(last))


WINTER_START_2022 = _window(
    "haendelser_2022-10_til_2022-12_SYNTETISK.csv", "2023-01-09 07:00", "2022-10-01", "2022-12-31"
)
WINTER_2022 = _window(
    "Hændelser vinter 2022-2023 (SYNTETISK).xlsx", "2023-05-02 07:00", "2022-10-01", "2023-04-30"
)
YEAR_2023 = _window(
    "Hændelser 2023 (SYNTETISK).xlsx", "2024-01-15 07:00", "2023-01-01", "2023-12-31"
)
# A copy that was handed in late and shows an old state: its rows must lose against newer ones.
STALE_COPY = Window(
    "vesterbro_2023_kopi_SYNTETISK.csv",
    dt.datetime(2024, 2, 20, 7),  # noqa: DTZ001  local, as all times here
    dt.datetime(2023, 9, 1, 7),  # noqa: DTZ001
    dt.date(2023, 1, 1),
    dt.date(2023, 8, 31),
    "vesterbro",
)
WINTER_2023 = _window(
    "haendelser_vinter_2023-2024_SYNTETISK.csv", "2024-05-06 07:00", "2023-10-01", "2024-04-30"
)
YEAR_2024 = _window(
    "Hændelser 2024 (SYNTETISK).xlsx", "2025-01-13 07:00", "2024-01-01", "2024-12-31"
)
WINTER_2024 = _window(
    "haendelser_vinter_2024-2025_SYNTETISK.csv", "2025-05-05 07:00", "2024-10-01", "2025-04-30"
)
YEAR_2025 = _window(
    "Hændelser 2025 til oktober (SYNTETISK).xlsx", "2025-11-03 07:00", "2025-01-01", "2025-10-31"
)
WINTER_START_2025 = _window(
    "haendelser_2025-10_til_2025-11-16_SYNTETISK.csv",
    "2025-11-17 05:00",
    "2025-10-01",
    "2025-11-16",
)
WINDOWS = (
    WINTER_START_2022,
    WINTER_2022,
    YEAR_2023,
    STALE_COPY,
    WINTER_2023,
    YEAR_2024,
    WINTER_2024,
    YEAR_2025,
    WINTER_START_2025,
)
