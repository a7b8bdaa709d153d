"""The Danish sentence of a figure, from the configured templates; computes nothing."""

from __future__ import annotations

from itertools import groupby

from babel.numbers import format_decimal

from orchestration.config import Config
from orchestration.config.model import ChangeFigure, Figure, HoursFigure, RankFigure, ShareFigure
from orchestration.half_year import HalfYear

# how a library is written in a sentence where the configuration's words do not say
AT_LIBRARY = "på {library}"


class Sentences:
    """Templates, names and words of one configuration."""

    def __init__(self, config: Config) -> None:
        self.templates = config.sentences
        self.words = config.sentences.get("words", {})
        self.names = {row.library_id: row.library_name for row in config.libraries}
        self.districts = {str(row.district_id): row.district_name for row in config.districts}

    def change(
        self,
        figure: ChangeFigure,
        wording: str,
        before: float | None = None,
        after: float | None = None,
        change: float | None = None,
    ) -> str:
        """A change in counts."""
        return self._fill(
            "change",
            wording,
            figure,
            **{"from": _whole(before), "to": _whole(after)},
            change=_whole(abs(change)) if change is not None else "",
            half_year_from=self._half_year(figure.half_year_from),
        )

    def share(
        self,
        figure: ShareFigure,
        wording: str,
        *,
        after: float | None = None,
        before: float | None = None,
        half_year_from: str | None = None,
    ) -> str:
        """A share of favourable answers, alone or beside an earlier one."""
        return self._fill(
            "share",
            wording,
            figure,
            **{"from": _percent(before), "to": _percent(after)},
            half_year_from=self._half_year(half_year_from) if half_year_from else "",
        )

    def rank(self, figure: RankFigure, wording: str, *, rank: int = 0, incidents: int = 0) -> str:
        """A district's rank."""
        return self._fill("rank", wording, figure, change=str(rank), to=_whole(incidents))

    def hours(
        self, figure: HoursFigure, wording: str, *, hours: float = 0, weeks: list[str] | None = None
    ) -> str:
        """Hours in a half-year, with the weeks that they lie in."""
        return self._fill(
            "hours",
            wording,
            figure,
            to=format_decimal(round(hours, 1), locale="da", decimal_quantization=False),
            weeks=f" ({describe_weeks(weeks)})" if weeks else "",
        )

    def _half_year(self, half_year_id: str) -> str:
        half_year = HalfYear.parse(half_year_id)
        words = self.words.get(half_year.season)
        if words is None:
            return half_year.label_da
        return words.format_map({"year": half_year.year, "next_year": half_year.year + 1})

    def _fill(self, kind: str, wording: str, figure: Figure, **values: str) -> str:
        measure = figure.measure if isinstance(figure.measure, str) else "+".join(figure.measure)
        what = self.words.get(measure, measure)
        if figure.scope.kind == "library":
            at_library = self.words.get("at_library", AT_LIBRARY)
            place = at_library.format_map({"library": self.names[figure.scope.id]})
        else:
            place = self.districts[figure.scope.id]
        return self.templates[kind][wording].format_map(
            {
                "what": what,
                "what_lower": what[:1].lower() + what[1:],
                "place": place,
                "half_year_to": self._half_year(figure.half_year_to),
            }
            | values
        )


def describe_weeks(weeks: list[str]) -> str:
    """Runs of ISO weeks in words: ``uge 47–50 2024 og uge 3–6 2025``."""
    parts = []
    numbered = [(int(week[:4]), int(week[5:])) for week in weeks]
    for year, of_year in groupby(numbered, key=lambda week: week[0]):
        numbers = [number for _, number in of_year]
        runs = []
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            run_numbers = [number for _, number in run]
            first, last = run_numbers[0], run_numbers[-1]
            runs.append(str(first) if first == last else f"{first}–{last}")
        parts.append(f"uge {', '.join(runs)} {year}")
    return " og ".join(parts)


def _whole(value: float | None) -> str:
    return "" if value is None else format_decimal(round(value), locale="da")


def _percent(share: float | None) -> str:
    return "" if share is None else _whole(share * 100)
