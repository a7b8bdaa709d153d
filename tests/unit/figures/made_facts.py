"""Facts made from a few counts, so that a test tells only what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from orchestration.config import Config, load_config
from orchestration.config.model import ChangeFigure, Scope
from orchestration.figures.background import Background
from orchestration.figures.facts import Facts
from orchestration.half_year import HalfYear
from orchestration.settings import PACKAGED_CONFIG

AS_OF = dt.date(2025, 11, 17)
# library -> half-year -> incidents, and of them unsafe behaviour
Counts = Mapping[str, Mapping[str, tuple[int, int] | int]]


def packaged(**parts: object) -> Config:
    """The packaged configuration with some of its parts replaced."""
    return load_config(PACKAGED_CONFIG).model_copy(update=parts)


def change_figure(measure: str = "incidents", **parts: object) -> ChangeFigure:
    """A change at Vesterbro from winter 2022/2023 to winter 2024/2025."""
    told = {
        "figure_id": "change",
        "label_da": "En ændring",
        "kind": "change",
        "measure": measure,
        "scope": Scope(kind="library", id="vesterbro"),
        "half_year_from": "2022-10",
        "half_year_to": "2024-10",
    }
    return ChangeFigure.model_validate(told | parts)


def made(
    counts: Counts,
    *,
    as_of: dt.date = AS_OF,
    exported_on: dt.date | None = None,
    delays: tuple[int, ...] = (0, 1),
    open_hours: Mapping[tuple[str, str], float] | None = None,
    surveys: pd.DataFrame | None = None,
) -> Facts:
    """Facts in which incidents are spread evenly over each half-year.

    Args:
        counts: incidents, and those of unsafe behaviour where a pair is given.
        as_of: the day of the run; later reports are not known.
        exported_on: day of the latest export, if that is to be known.
        delays: days from event to report, taken in turn.
        open_hours: hours of a library and half-year, all its days known.
        surveys: rows of fct_survey_half_year.
    """
    incidents = _incidents(counts, as_of, delays)
    pairs = [(h, lib) for lib, of in counts.items() for h in of]
    by = incidents.groupby(["half_year_id", "library_id"])
    totals = pd.DataFrame(
        {
            "half_year_id": [h for h, _ in pairs],
            "library_id": [lib for _, lib in pairs],
            "incidents": [int(by.incidents.sum().get(pair, 0)) for pair in pairs],
            "unsafe_behaviour_incidents": [int(by.unsafe.sum().get(pair, 0)) for pair in pairs],
        }
    )
    days = (
        incidents.groupby(["library_id", "half_year_id", "occurred_on"], as_index=False)
        .agg(
            incidents=("incidents", "sum"),
            unsafe_behaviour_incidents=("unsafe", "sum"),
            next_day_incidents=("next_day", "sum"),
        )
        .astype({"occurred_on": "datetime64[us]"})
    )
    reported = incidents.assign(
        at_end=[
            r.reported_on <= HalfYear.parse(r.half_year_id).ends_on for r in incidents.itertuples()
        ]
    )
    reported_by = reported.groupby(["half_year_id", "library_id"], as_index=False).agg(
        incidents_at_end=("at_end", "sum"), incidents_at_maturity=("at_end", "sum")
    )
    categories = pd.concat(
        [
            totals.assign(category_id="unsafe_behaviour", incidents=totals.iloc[:, 3]),
            totals.assign(category_id="other", incidents=totals.incidents - totals.iloc[:, 3]),
        ]
    )
    hours = [
        {
            "month": half_year_id,
            "library_id": library_id,
            "half_year_id": half_year_id,
            "open_hours": known,
            "days": HalfYear.parse(half_year_id).days,
        }
        for (library_id, half_year_id), known in (open_hours or {}).items()
    ]
    months = days.assign(month=days.occurred_on.dt.strftime("%Y-%m"))
    known = pd.period_range(months.month.min(), months.month.max(), freq="M").strftime("%Y-%m")
    return Facts(
        as_of=as_of,
        exported_on=exported_on,
        library_half_year=totals,
        district_half_year=pd.DataFrame(),
        survey_half_year=pd.DataFrame() if surveys is None else surveys,
        category_half_year=categories[["half_year_id", "library_id", "category_id", "incidents"]],
        category=pd.DataFrame(
            {
                "category_id": ["unsafe_behaviour", "other"],
                "category_name_da": ["Utryghedsskabende adfærd", "Andet"],
            }
        ),
        library=pd.DataFrame({"library_id": list(counts)}),
        incident_months=months.groupby(["month", "library_id"])[
            ["incidents", "unsafe_behaviour_incidents"]
        ]
        .sum()
        .reindex(pd.MultiIndex.from_product([known, counts], names=["month", "library_id"]))
        .fillna(0)
        .astype("int64")
        .reset_index(),
        open_months=pd.DataFrame(
            hours, columns=["month", "library_id", "half_year_id", "open_hours", "days"]
        ),
        restricted_weeks=pd.DataFrame(columns=["library_id", "half_year_id", "iso_week_id"]),
        presence_days=pd.DataFrame(),
        delays=incidents.groupby(["occurred_on", "reported_on"], as_index=False).incidents.sum(),
        incident_days=days,
        reported_by=reported_by,
    )


def background(counts: Counts, config: Config | None = None, **options: object) -> Background:
    """The same with a configuration."""
    return Background(config or packaged(), made(counts, **options))  # type: ignore[arg-type]


def _incidents(counts: Counts, as_of: dt.date, delays: tuple[int, ...]) -> pd.DataFrame:
    rows = []
    for library_id, of_library in counts.items():
        for half_year_id, told in of_library.items():
            total, unsafe = told if isinstance(told, tuple) else (told, 0)
            half_year = HalfYear.parse(half_year_id)
            for number in range(total):
                occurred = half_year.starts_on + dt.timedelta(days=number * half_year.days // total)
                delay = delays[number % len(delays)]
                if occurred + dt.timedelta(days=delay) <= as_of:
                    rows.append(
                        {
                            "library_id": library_id,
                            "half_year_id": half_year_id,
                            "occurred_on": occurred,
                            "reported_on": occurred + dt.timedelta(days=delay),
                            "incidents": 1,
                            "unsafe": int(number < unsafe),
                            "next_day": int(delay <= 1),
                        }
                    )
    return pd.DataFrame(rows)
