"""What of a run's facts the public sees, in view of what it saw before; writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orchestration.config import Config
from orchestration.disclosure.cells import ALL, CATEGORY, CITY, UNSAFE, Counts, cell, counts_of
from orchestration.disclosure.facts import Facts
from orchestration.disclosure.figures import Basis, Seen, basis_of, release_figure
from orchestration.disclosure.history import History, ShownFigure
from orchestration.disclosure.incidents import Release, release_counts
from orchestration.disclosure.package import BY_CATEGORY, BY_LIBRARY, FIGURES, SHARES
from orchestration.disclosure.protect import Rule
from orchestration.disclosure.report import LeftOut
from orchestration.disclosure.survey import AnswerRelease, AnswerRule, release_answers
from orchestration.half_year import HalfYear


@dataclass(frozen=True)
class Decided:
    """What the public sees.

    Attributes:
        incidents: half-year to what is shown of it.
        answers: ``wave/library/question`` to what is shown of the group.
        figures: the rows of the public figures.
        history: the record of all that was public, this run included.
        left_out: what is not shown, and why.
    """

    incidents: Mapping[str, Release]
    answers: Mapping[str, AnswerRelease]
    figures: list[dict[str, Any]]
    history: History
    left_out: list[LeftOut]


def decide(facts: Facts, config: Config, history: History) -> Decided:
    """Decide table by table: incidents, then answers, then the figures that rest on them.

    Raises:
        DatasporError: the solver gave no answer.
    """
    run = _Run(facts, config, history)
    figures, shown_figures, figures_left_out = run.figures()
    return Decided(
        run.incidents,
        run.answers,
        figures,
        History(
            is_sample=facts.is_sample,
            incidents=history.incidents
            | {half_year: list(one.publications) for half_year, one in run.incidents.items()},
            answers=history.answers
            | {group: list(one.publications) for group, one in run.answers.items()},
            figures=history.figures | shown_figures,
        ),
        [*run.cells_left_out(), *run.answers_left_out(), *figures_left_out],
    )


@dataclass(frozen=True)
class _Run:
    facts: Facts
    config: Config
    history: History

    @property
    def as_of(self) -> str:
        return self.facts.as_of.isoformat()

    @cached_property
    def half_year_of_group(self) -> dict[str, str]:
        """Every group of answers, public or not, to its half-year."""
        rows = self.facts.answers.itertuples()
        return {
            f"{row.wave_id}/{row.library_id}/{row.question_id}": row.half_year_id for row in rows
        }

    @cached_property
    def bases(self) -> dict[str, Basis]:
        """What each figure rests on."""
        if FIGURES not in self.config.disclosure.public_tables:
            return {}
        rows = {row["figure_id"]: row for row in self.facts.figures.to_dict("records")}
        districts = set(self.facts.libraries.district_id)
        return {
            one.figure_id: basis_of(one, rows[one.figure_id], self.half_year_of_group, districts)
            for one in self.config.figures.figures
        }

    def is_final(self, half_year_id: str) -> bool:
        days = self.config.municipality.maturity_days
        return HalfYear.parse(half_year_id).final_from(days) <= self.facts.as_of

    @cached_property
    def incidents(self) -> dict[str, Release]:
        rules, unsafe = self.config.disclosure, self.config.municipality.unsafe_behaviour_category
        libraries = self.facts.libraries
        districts = dict(zip(libraries.library_id, libraries.district_id, strict=True))
        released = {}
        for half_year, incidents in self.facts.incidents.items():
            if not self.is_final(half_year):
                continue
            counts = counts_of(incidents, districts, unsafe)
            quoted = {
                name
                for basis in self.bases.values()
                for key, name in basis.cells
                if key == half_year
            }
            asked = quoted | _cells_of_tables(counts, rules.public_tables).keys()
            released[half_year] = release_counts(
                counts,
                self.history.incidents.get(half_year, []),
                Rule(rules.small_below, rules.zeros_are_small),
                as_of=self.as_of,
                revise_from=rules.revise_from,
                hidden=frozenset(counts.cells.keys() - asked),
                precious=quoted,
            )
        return released

    @cached_property
    def answers(self) -> dict[str, AnswerRelease]:
        rule = AnswerRule(
            self.config.municipality.minimum_respondents,
            self.config.disclosure.smallest_answer_group,
        )
        quoted = {group for basis in self.bases.values() for group in basis.answers}
        is_marked = SHARES in self.config.disclosure.public_tables
        released = {}
        for group, row in zip(
            self.half_year_of_group, self.facts.answers.itertuples(), strict=True
        ):
            if self.is_final(row.half_year_id) and (is_marked or group in quoted):
                released[group] = release_answers(
                    row.respondents,
                    row.favourable,
                    self.history.answers.get(group, []),
                    rule,
                    as_of=self.as_of,
                )
        return released

    def figures(self) -> tuple[list[dict[str, Any]], dict[str, ShownFigure], list[LeftOut]]:
        """Public rows, the record of those that show something, and what is left out."""
        seen = self.seen
        rows, shown, left_out = [], {}, []
        for row in self.facts.figures.to_dict("records"):
            figure_id = row["figure_id"]
            if figure_id not in self.bases:
                continue
            basis = self.bases[figure_id]
            before = self.history.figures.get(figure_id)
            public, reason = release_figure(row, basis, seen, before, self.config.disclosure)
            if reason is not None:
                left_out.append(LeftOut(FIGURES, row["half_year_to"], figure_id, reason))
            if public is not None:
                rows.append(public)
                if not public["suppressed"] and public["evidence"] != "not_available":
                    shown[figure_id] = ShownFigure(rests_on=seen.rests_on(basis), row=public)
        return rows, shown, left_out

    @property
    def seen(self) -> Seen:
        """What the public sees of incidents and answers."""
        both: dict[str, Release | AnswerRelease] = {**self.incidents, **self.answers}
        return Seen(
            is_final=self.is_final,
            publications={name: one.number for name, one in both.items()},
            cells={
                half_year: {name for name in one.shown.counts.cells if one.shown.shows(name)}
                for half_year, one in self.incidents.items()
            },
            answers={group for group, one in self.answers.items() if one.suppressed is None},
            held_back={name for name, one in both.items() if one.is_held_back},
        )

    def cells_left_out(self) -> Iterator[LeftOut]:
        """Cells of incidents, each in the table that shows it first; and half-years held back."""
        for half_year, release in self.incidents.items():
            tables = _cells_of_tables(release.shown.counts, self.config.disclosure.public_tables)
            for name, reason in release.shown.suppressed.items():
                yield LeftOut(tables.get(name, FIGURES), half_year, name, reason)
            if release.is_held_back:
                yield LeftOut(BY_LIBRARY, half_year, "all incidents", "held_back")

    def answers_left_out(self) -> Iterator[LeftOut]:
        """Groups of answers."""
        for group, release in self.answers.items():
            reason = "held_back" if release.is_held_back else release.suppressed
            if reason is not None:
                yield LeftOut(SHARES, self.half_year_of_group[group], group, reason)


def _cells_of_tables(counts: Counts, tables: Collection[str]) -> dict[str, str]:
    """Cells that the marked tables of incidents hold, each with the first that does."""
    of_categories = {name for name in counts.cells if name.startswith(CATEGORY)}
    asked: dict[str, str] = {}
    if BY_LIBRARY in tables:
        asked |= dict.fromkeys(counts.cells.keys() - of_categories, BY_LIBRARY)
    if BY_CATEGORY in tables:
        totals = {cell(CITY, ALL), cell(CITY, UNSAFE)} & counts.cells.keys()
        asked = dict.fromkeys(of_categories | totals, BY_CATEGORY) | asked
    return asked
