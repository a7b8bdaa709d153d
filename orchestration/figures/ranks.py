"""Figures of kind ``rank``: a district's place by incidents."""

from __future__ import annotations

from orchestration.config.model import RankFigure
from orchestration.evidence.counts import rate_ratio
from orchestration.evidence.ranks import probability_of_most
from orchestration.figures import breaks, caveats
from orchestration.figures.background import Background
from orchestration.figures.status_figure import Evidence, Item, Judged
from orchestration.half_year import HalfYear

# one-sided, as the interval of a change: a wrong plain sentence in at most 2.5 % of cases
_SURE = 0.975


def judge_rank(figure: RankFigure, background: Background) -> Judged:
    """The rank, the margin to the next district, and how sure a first place is.

    There is no rank where no district has an incident.
    """
    rows = background.facts.district_half_year
    rows = rows[rows.half_year_id == figure.half_year_to]
    own = rows[rows.district_id == int(figure.scope.id)]
    if own.empty:
        return Judged("rank", "not_available", "not_available")
    rank, incidents = int(own.incident_rank.iloc[0]), int(own.incidents.iloc[0])
    others = rows[rows.district_id != int(figure.scope.id)].sort_values("incidents")
    overdispersion = background.overdispersion("incidents")
    broken = _broken(figure, background)
    notes, items = [caveats.OVER_REPORTED, *broken], []
    evidence: Evidence = "descriptive"
    wording = "descriptive"
    if not rows.incidents.any():  # all are level, and none is first of anything
        evidence, wording = "too_few", "no_incidents"
    elif rank == 1 and not others.empty:
        second = others.iloc[-1]
        sure = probability_of_most(incidents, [int(n) for n in others.incidents], overdispersion)
        if second.incidents:
            margin = rate_ratio(int(second.incidents), incidents, overdispersion=overdispersion)
            items.append(
                Item(
                    "margin_to_second",
                    incidents / int(second.incidents),
                    margin,
                    note_da=second.district_name,
                )
            )
        items += [
            Item("probability_first", sure),
            background.overdispersion_item("incidents"),
        ]
        is_clear = sure >= _SURE
        evidence = "clear" if is_clear else "uncertain"
        wording = "clear_first" if is_clear else "uncertain_first"
        level = others[others.incidents == incidents].district_name
        if level.empty:
            notes.append(caveats.second(second.district_name, int(second.incidents)))
        else:
            wording = "shared_first"
            notes.append(caveats.shared_first(sorted(level), incidents))
    place = None if evidence == "too_few" else float(rank)
    if broken:
        evidence, wording = "not_comparable", "not_comparable"
    return Judged(
        "rank",
        evidence,
        wording,
        value_to=place,
        value=place,
        said={"change": rank, "to": incidents},
        caveats=tuple(notes),
        items=tuple(items),
    )


def _broken(figure: RankFigure, background: Background) -> list[str]:
    """Why the districts cannot be compared, if they cannot.

    The half-year is not over, or has breaks at single libraries; one of all libraries concerns all
    alike.
    """
    half_year = HalfYear.parse(figure.half_year_to)
    libraries = set(background.facts.library.library_id)
    of_all = set(breaks.declared(background.config, set(), half_year.starts_on, half_year.ends_on))
    return [
        *breaks.unfinished(background.facts, figure.half_year_to),
        *(
            told
            for told in breaks.declared(
                background.config,
                libraries,
                half_year.starts_on,
                half_year.ends_on,
                kinds=("reporting", "other"),
            )
            if told not in of_all
        ),
    ]
