"""Status figures: from the configured definitions and the facts to one row a figure."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from orchestration.config import Config
from orchestration.config.model import ChangeFigure, Figure, HoursFigure, RankFigure, ShareFigure
from orchestration.figures import evidence
from orchestration.figures.facts import Facts
from orchestration.figures.sentences import Sentences

OVER_REPORTED = "Tallene er indmeldinger efter hændelsesdato og omfatter kun bibliotekerne"
SMALL_COUNT = 5


@dataclass(frozen=True)
class StatusFigure:
    """One row of ``fct_status_figure``; see the contract."""

    figure_id: str
    label_da: str
    statement_da: str
    measure: str
    scope_kind: str
    scope_id: str
    half_year_from: str | None
    half_year_to: str
    value_from: float | None
    value_to: float | None
    value: float | None
    unit: str
    ci_low: float | None
    ci_high: float | None
    evidence: str
    maturity: str
    caveats: str
    as_of: dt.date


def compute_figures(config: Config, facts: Facts) -> list[StatusFigure]:
    """Every configured figure; one whose data is missing says ``not_available``."""
    maker = _Maker(config, facts)
    return [maker.make(figure) for figure in config.figures.figures]


class _Maker:
    def __init__(self, config: Config, facts: Facts) -> None:
        self.config = config
        self.facts = facts
        self.sentences = Sentences(config)
        self.maturity_days = config.municipality.maturity_days

    def make(self, figure: Figure) -> StatusFigure:
        if isinstance(figure, ChangeFigure):
            return self._change(figure)
        if isinstance(figure, ShareFigure):
            return self._share(figure)
        if isinstance(figure, RankFigure):
            return self._rank(figure)
        return self._hours(figure)

    def _row(
        self,
        figure: Figure,
        *,
        unit: str,
        judged: str,
        statement: str,
        half_year_from: str | None = None,
        value_from: float | None = None,
        value_to: float | None = None,
        value: float | None = None,
        interval: evidence.Interval | None = None,
        caveats: list[str] | None = None,
    ) -> StatusFigure:
        measure = figure.measure if isinstance(figure.measure, str) else "+".join(figure.measure)
        maturity = self.facts.maturity(figure.half_year_to, self.maturity_days)
        notes = list(caveats or [])
        if maturity == "provisional" and judged != "not_available":
            notes.append(
                "Foreløbigt tal: halvåret er ikke afsluttet, eller der kan komme flere indmeldinger"
            )
        return StatusFigure(
            figure_id=figure.figure_id,
            label_da=figure.label_da,
            statement_da=statement,
            measure=measure,
            scope_kind=figure.scope.kind,
            scope_id=figure.scope.id,
            half_year_from=half_year_from,
            half_year_to=figure.half_year_to,
            value_from=value_from,
            value_to=value_to,
            value=value,
            unit=unit,
            ci_low=_finite(interval.low) if interval else None,
            ci_high=_finite(interval.high) if interval else None,
            evidence=judged,
            maturity=maturity,
            caveats="; ".join(notes),
            as_of=self.facts.as_of,
        )

    def _change(self, figure: ChangeFigure) -> StatusFigure:
        def count(half_year_id: str) -> float | None:
            return self.facts.count(figure.measure, figure.scope.id, half_year_id)

        before, after = count(figure.half_year_from), count(figure.half_year_to)
        common = {"unit": "percent", "half_year_from": figure.half_year_from}
        if before is None or after is None:
            return self._row(
                figure,
                **common,
                value_from=before,
                value_to=after,
                judged="not_available",
                statement=self.sentences.change(figure, "not_available", before, after),
            )
        ratio = evidence.rate_ratio(int(before), int(after))
        change = (after / before - 1) * 100 if before else None
        if before == after:
            judged, wording = "no_change", "no_change"
        elif ratio is None or change is None or not ratio.excludes(1):
            judged, wording = "uncertain", "uncertain"
        else:
            judged = "clear"
            wording = "clear_fall" if after < before else "clear_rise"
            steps = [before, *(count(step) for step in figure.steps), after]
            falls = all(
                a is not None and b is not None and b < a
                for a, b in zip(steps, steps[1:], strict=False)
            )
            if figure.steps and falls:
                wording = "clear_fall_each_step"
            elif round(change) == -50:
                wording = "clear_halving"
        interval = (
            evidence.Interval((ratio.low - 1) * 100, (ratio.high - 1) * 100)
            if ratio is not None and before
            else None
        )
        caveats = [OVER_REPORTED]
        if min(before, after) < SMALL_COUNT:
            caveats.append("Få hændelser: små tal svinger meget")
        return self._row(
            figure,
            **common,
            value_from=before,
            value_to=after,
            value=change,
            interval=interval,
            judged=judged,
            statement=self.sentences.change(figure, wording, before, after, change),
            caveats=caveats,
        )

    def _share(self, figure: ShareFigure) -> StatusFigure:
        later = self._wave(figure, half_year_id=figure.half_year_to)
        unit = "percentage_points" if figure.wave_from else "share"
        if later is None:
            return self._row(
                figure,
                unit=unit,
                judged="not_available",
                statement=self.sentences.share(figure, "not_available"),
            )
        earlier = self._wave(figure, prefix=figure.wave_from) if figure.wave_from else None
        half_year_from = earlier.half_year_id if earlier is not None else None
        if later.suppressed or (earlier is not None and earlier.suppressed):
            return self._row(
                figure,
                unit=unit,
                half_year_from=half_year_from,
                judged="suppressed",
                statement=self.sentences.share(figure, "suppressed"),
            )
        after = float(later.favourable_share)
        caveats = [f"{int(later.respondents)} svar, blanke og »ved ikke« er ikke talt med"]
        if not figure.wave_from:
            return self._row(
                figure,
                unit=unit,
                value_to=after,
                value=after,
                interval=evidence.wilson(int(later.favourable), int(later.respondents)),
                judged="descriptive",
                statement=self.sentences.share(figure, "descriptive", after=after),
                caveats=caveats,
            )
        if earlier is None:
            return self._row(
                figure,
                unit=unit,
                value_to=after,
                judged="not_available",
                statement=self.sentences.share(figure, "not_available"),
            )
        before = float(earlier.favourable_share)
        caveats[0] = f"{int(earlier.respondents)} og {caveats[0]}"
        interval = evidence.newcombe(
            int(earlier.favourable),
            int(earlier.respondents),
            int(later.favourable),
            int(later.respondents),
        )
        if before == after:
            judged, wording = "no_change", "no_change"
        elif not interval.excludes(0):
            judged, wording = "uncertain", "uncertain"
        else:
            judged, wording = "clear", "clear_rise" if after > before else "clear_fall"
        return self._row(
            figure,
            unit=unit,
            half_year_from=half_year_from,
            value_from=before,
            value_to=after,
            value=(after - before) * 100,
            interval=evidence.Interval(interval.low * 100, interval.high * 100),
            judged=judged,
            statement=self.sentences.share(
                figure, wording, after=after, before=before, half_year_from=half_year_from
            ),
            caveats=caveats,
        )

    def _wave(
        self, figure: ShareFigure, *, half_year_id: str | None = None, prefix: str | None = None
    ):  # noqa: ANN202
        """The latest wave of a half-year, or of those whose id begins with ``prefix``."""
        waves = self.facts.survey_half_year
        waves = waves[(waves.library_id == figure.scope.id) & (waves.question_id == figure.measure)]
        if half_year_id is not None:
            waves = waves[waves.half_year_id == half_year_id]
        if prefix is not None:
            waves = waves[waves.wave_id.str.startswith(prefix)]
        return None if waves.empty else waves.iloc[-1]

    def _rank(self, figure: RankFigure) -> StatusFigure:
        rows = self.facts.district_half_year
        rows = rows[rows.half_year_id == figure.half_year_to]
        own = rows[rows.district_id == int(figure.scope.id)]
        if own.empty:
            return self._row(
                figure,
                unit="rank",
                judged="not_available",
                statement=self.sentences.rank(figure, "not_available"),
            )
        rank, incidents = int(own.incident_rank.iloc[0]), int(own.incidents.iloc[0])
        others = rows[rows.district_id != int(figure.scope.id)].sort_values("incidents")
        caveats = [OVER_REPORTED]
        judged, wording = "descriptive", "descriptive"
        if rank == 1 and not others.empty:
            second = others.iloc[-1]
            ratio = evidence.rate_ratio(int(second.incidents), incidents)
            is_clear = ratio is not None and ratio.low > 1
            judged = "clear" if is_clear else "uncertain"
            wording = "clear_first" if is_clear else "uncertain_first"
            caveats.append(
                f"Næstflest: {second.district_name} med {int(second.incidents)} hændelser"
            )
        return self._row(
            figure,
            unit="rank",
            value_to=float(rank),
            value=float(rank),
            judged=judged,
            statement=self.sentences.rank(figure, wording, rank=rank, incidents=incidents),
            caveats=caveats,
        )

    def _hours(self, figure: HoursFigure) -> StatusFigure:
        measures = [figure.measure] if isinstance(figure.measure, str) else figure.measure
        values = [
            self.facts.count(measure, figure.scope.id, figure.half_year_to) for measure in measures
        ]
        if any(value is None for value in values):
            return self._row(
                figure,
                unit="hours",
                judged="not_available",
                statement=self.sentences.hours(figure, "not_available"),
            )
        hours = math.fsum(value for value in values if value is not None)
        weeks, is_planned = self._weeks(figure, measures)
        wording = "none" if hours == 0 else "planned" if is_planned else "descriptive"
        caveats = ["Planlagt, ikke registreret, tilstedeværelse"] if is_planned else []
        return self._row(
            figure,
            unit="hours",
            value_to=hours,
            value=hours,
            judged="descriptive",
            statement=self.sentences.hours(figure, wording, hours=hours, weeks=weeks),
            caveats=caveats,
        )

    def _weeks(self, figure: HoursFigure, measures: list[str]) -> tuple[list[str], bool]:
        """ISO weeks with any of the hours, and whether all of them are only planned."""
        days = self.facts.opening_days
        if measures == ["restricted_self_service_hours"]:
            here = (days.library_id == figure.scope.id) & (days.half_year_id == figure.half_year_to)
            return sorted(days[here].iso_week_id.unique()), False
        functions = [measure.removesuffix("_hours") for measure in measures]
        days = self.facts.presence_days
        days = days[
            (days.library_id == figure.scope.id)
            & (days.half_year_id == figure.half_year_to)
            & days.presence_function.isin(functions)
        ]
        return sorted(days.iso_week_id.unique()), bool(len(days)) and bool(days.is_planned.all())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
