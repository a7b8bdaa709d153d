"""Danish words for what a reader has to know of a figure; computes nothing.

Caveats are joined by ``; ``, so none says that itself; names that are told in them may.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from babel.dates import format_date

from orchestration.figures.numbers import percent, whole
from orchestration.half_year import HalfYear

OVER_REPORTED = "Tallene er indmeldinger efter hændelsesdato og omfatter kun bibliotekerne"
SMALL_COUNT = "Få hændelser: små tal svinger meget"
PROVISIONAL = "Foreløbigt tal: halvåret er ikke afsluttet, eller der kan komme flere indmeldinger"
PLANNED = "Planlagt, ikke registreret, tilstedeværelse"
PARTLY_PLANNED = "En del af tilstedeværelsen er planlagt, ikke registreret"
PER_OPEN_HOUR = "Målt pr. åbningstime er ændringen ikke større, end tilfældige udsving kan give"
ASSUMED = (
    "Forudsætter et jævnt forløb uden indsatsen, samme årstidsmønster som på de øvrige biblioteker "
    "og en virkning, der kommer med det samme og varer ved. Siger ikke, hvad der er årsagen"
)
ASSUMED_ALONE = (
    "Forudsætter et jævnt forløb uden indsatsen, samme årstidsmønster hvert år og en virkning, der "
    "kommer med det samme og varer ved. Alle biblioteker har haft en indsats, så det, der er sket "
    "overalt, er ikke trukket fra. Siger ikke, hvad der er årsagen"
)
SHARED_FIRST = "Deler førstepladsen"
EXPOSURE_DAYS = "Målt pr. dag, da åbningstimer ikke kendes for hele perioden"

_RECODED = "Brud i tidsserien: kategorien »"
_REPORTED_OTHERWISE = "Brud i tidsserien: andelen, der indmeldes senest dagen efter, er gået fra "
# how these begin, and what the public reads in their place: a share of a count that is shown tells
# another count, and that a category is not used tells a count of it
INSTEAD_IN_PUBLIC = {
    _RECODED: "Brud i tidsserien: en kategori er ikke brugt i begge halvår",
    _REPORTED_OTHERWISE: "Brud i tidsserien: der indmeldes hurtigere eller langsommere end før",
}


def running(half_year_id: str) -> str:
    """The half-year is not over."""
    label = HalfYear.parse(half_year_id).label_da
    return f"{label[:1].upper()}{label[1:]} er ikke slut: kun en del af det er talt med"


def not_exported(half_year_id: str, exported_on: dt.date) -> str:
    """The half-year was not over when the latest export was made."""
    label = HalfYear.parse(half_year_id).label_da
    return (
        f"Den nyeste eksport er fra {_day(exported_on)}, før {label} var slut: "
        "kun en del af det er talt med"
    )


def incomplete(half_year_id: str, share: float, low: float, high: float) -> str:
    """Not all reports of a half-year have come yet, and what it is expected to become."""
    return (
        f"For {HalfYear.parse(half_year_id).label_da} ventes {percent(share)} pct. af "
        f"indmeldingerne at være kommet, og tallet ventes at ende mellem {whole(low)} og "
        f"{whole(high)}"
    )


def respondents(*counts: int, not_counted: Sequence[str]) -> str:
    """How many answered, wave by wave, and which answers are not among them."""
    told = " og ".join(str(count) for count in counts)
    left_out = _listed(["blanke", *(f"»{answer}«" for answer in not_counted)])
    return f"{told} svar, {left_out} er ikke talt med"


def second(district: str, incidents: int) -> str:
    """The district that comes next."""
    return f"Næstflest: {district} med {whole(incidents)} {_incidents(incidents)}"


def shared_first(districts: Sequence[str], incidents: int) -> str:
    """No district is alone at the top."""
    told = _listed(districts)
    return f"{SHARED_FIRST} med {told}, som også har {whole(incidents)} {_incidents(incidents)}"


def days_known(days: int, of_days: int) -> str:
    """Snapshots speak of a part of the half-year."""
    return f"Åbningstiderne kendes for {whole(days)} af halvårets {whole(of_days)} dage"


def declared_break(label: str, starts_on: dt.date) -> str:
    """A break that the configuration declares."""
    return f"Brud i tidsserien {_day(starts_on)}: {label}"


def opening_hours_break(change: float) -> str:
    """Opening hours changed by a share."""
    word = "længere" if change > 0 else "kortere"
    return f"Brud i tidsserien: åbningstiden er {percent(abs(change))} pct. {word}"


def recode_break(category: str, half_year_id: str) -> str:
    """A category that is used in one half-year only."""
    label = HalfYear.parse(half_year_id).label_da
    return f"{_RECODED}{category}« er ikke brugt i {label}"


def reporting_break(before: float, after: float) -> str:
    """Reports come sooner or later than they did."""
    return f"{_REPORTED_OTHERWISE}{percent(before)} pct. til {percent(after)} pct."


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} og {last}" if others else last


def _incidents(count: int) -> str:
    return "hændelse" if count == 1 else "hændelser"


def _day(day: dt.date) -> str:
    return format_date(day, "d. MMMM y", locale="da")
