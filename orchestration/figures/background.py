"""What the figures of one run share: libraries to compare with, overdispersion, late reports."""

from __future__ import annotations

from functools import cached_property

from orchestration.config import Config
from orchestration.evidence.counts import POISSON, Overdispersion, pooled_overdispersion
from orchestration.figures import breaks
from orchestration.figures.completeness import Reporting
from orchestration.figures.facts import Facts
from orchestration.figures.status_figure import Item

# with fewer degrees of freedom, overdispersion cannot be told from chance
LEAST_FREEDOM = 10


class Background:
    """Facts, configuration, and what is computed from them once."""

    def __init__(self, config: Config, facts: Facts) -> None:
        self.config = config
        self.facts = facts

    @property
    def unsafe_behaviour(self) -> str | None:
        """The category that is counted apart."""
        return self.config.municipality.unsafe_behaviour_category

    def category_of(self, measure: str) -> str | None:
        """The only category that a measure counts; None for all."""
        return self.unsafe_behaviour if measure == "unsafe_behaviour_incidents" else None

    @cached_property
    def comparison_libraries(self) -> list[str]:
        """Libraries without an intervention, in order."""
        changed = {row.library_id for row in self.config.interventions}
        return [name for name in sorted(self.facts.library.library_id) if name not in changed]

    @cached_property
    def _overdispersion(self) -> dict[str, Overdispersion]:
        return {}

    def overdispersion(self, measure: str) -> Overdispersion:
        """How much a measure varies beyond chance at the comparison libraries.

        Pooled over libraries and seasons, on half-years that have ended: what an intervention
        changed is no chance. At all libraries where each has had one; Poisson where there are too
        few of them to tell.
        """
        if measure not in self._overdispersion:
            rows = self.facts.library_half_year
            rows = rows[
                rows.library_id.isin(self.comparison_libraries or self.facts.library.library_id)
                & rows[measure].notna()
                & ~rows.half_year_id.map(lambda name: breaks.is_running(self.facts, name))
            ]
            seasons = rows.half_year_id.str[5:]
            pooled = pooled_overdispersion(
                [
                    of_season.pivot_table(
                        index="half_year_id", columns="library_id", values=measure, aggfunc="sum"
                    ).astype(float)
                    for _, of_season in rows.groupby(seasons)
                ]
            )
            is_known = pooled.degrees_of_freedom >= LEAST_FREEDOM
            self._overdispersion[measure] = pooled if is_known else POISSON
        return self._overdispersion[measure]

    def overdispersion_item(self, measure: str) -> Item:
        """The same as an item of evidence, with what it rests on."""
        known = self.overdispersion(measure)
        return Item(
            "overdispersion",
            known.factor,
            note_da=f"{known.periods} halvår, {known.groups} biblioteker, "
            f"{known.degrees_of_freedom} frihedsgrader"
            if known.degrees_of_freedom
            else "Ikke vurderet: for få afsluttede halvår og biblioteker",
        )

    @cached_property
    def reporting(self) -> Reporting:
        """How late reports come."""
        return Reporting(self.facts, self.overdispersion("incidents").factor)
