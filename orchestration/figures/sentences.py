"""The sentence of a figure, from the configured templates; computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from orchestration.config import Config
from orchestration.config.model import Figure, measure_of
from orchestration.errors import DatasporError
from orchestration.figures.numbers import MINUS, hours, percent, whole
from orchestration.figures.status_figure import Judged
from orchestration.half_year import HalfYear

# how a library is written in a sentence where the configuration's words do not say
AT_LIBRARY = "på {library}"

# the bare numbers, in any language: said where the configuration leaves out a rare wording and each
# of its others would say something wrong
_BARE = {
    "clear_rise_from_none": (
        "{what_upper} {place}: {from} ({half_year_from}), {to} ({half_year_to})."
    ),
    "clear_fall_alone": "{what_upper} {place}, »{intervention}«: " + MINUS + "{change} %.",
    "clear_rise_alone": "{what_upper} {place}, »{intervention}«: +{change} %.",
}

# what is said where the configuration leaves out another rare wording
_INSTEAD = {"shared_first": "descriptive", "no_incidents": "not_comparable"}

# how the two ends of a figure are written, by its unit
_ENDS: dict[str, Callable[[float, str], str]] = {
    "percent": whole,
    "percentage_points": percent,
    "share": percent,
    "rank": whole,
    "hours": hours,
}


class Sentences:
    """Templates, names and words of one configuration, in one language."""

    def __init__(
        self, config: Config, templates: Mapping[str, Mapping[str, str]], locale: str
    ) -> None:
        self.templates = templates
        self.words = templates.get("words", {})
        self.locale = locale
        self.file = "sentences.yml" if locale == "da" else "sentences_en.yml"
        self.names = {row.library_id: row.library_name for row in config.libraries}
        self.districts = {str(row.district_id): row.district_name for row in config.districts}

    @classmethod
    def danish(cls, config: Config) -> Sentences:
        """Those of sentences.yml."""
        return cls(config, config.sentences, "da")

    @classmethod
    def english(cls, config: Config) -> Sentences:
        """Those of sentences_en.yml."""
        return cls(config, config.sentences_en, "en")

    def write(self, figure: Figure, judged: Judged) -> str:
        """The sentence of a figure as it was judged; empty where the language has no templates.

        Raises:
            DatasporError: the template says something that this figure has no value for.
        """
        if not self.templates:
            return ""
        end = _ENDS[judged.unit]

        def number(value: float | None, form: Callable[[float, str], str] = whole) -> str | None:
            return None if value is None else form(value, self.locale)

        places: dict[str, str | None] = {
            "from": number(judged.value_from, end),
            "to": number(judged.value_to, end),
            "change": number(None if judged.value is None else abs(judged.value)),
            "low": number(judged.interval.low if judged.interval else None),
            "high": number(judged.interval.high if judged.interval else None),
            "half_year_from": self._half_year(judged.half_year_from),
            "half_year_to": self._half_year(figure.half_year_to),
            "weeks": f" ({self._weeks(judged.weeks)})" if judged.weeks else "",
            "place": self._place(figure),
            **self._what(figure),
            **{
                name: told if isinstance(told, str) else number(told)
                for name, told in judged.said.items()
            },
        }
        template = self._template(figure.kind, judged.wording, is_one=places["to"] == "1")
        try:
            return template.format_map(
                {name: text for name, text in places.items() if text is not None}
            )
        except KeyError as missing:
            raise DatasporError(
                f"{self.file}: {figure.kind}.{judged.wording}: {figure.figure_id} has no value for "
                f"{{{missing.args[0]}}} here, so its sentence would have a hole. Write the "
                "sentence without it."
            ) from None

    def _template(self, kind: str, wording: str, *, is_one: bool) -> str:
        templates = self.templates[kind]
        if wording not in templates:
            wording = _INSTEAD.get(wording, wording)
        otherwise = templates[wording] if wording in templates else _BARE[wording]
        return templates.get(f"{wording}_one", otherwise) if is_one else otherwise

    def _half_year(self, half_year_id: str | None) -> str | None:
        if half_year_id is None:
            return None
        half_year = HalfYear.parse(half_year_id)
        words = self.words.get(half_year.season)
        if words is None:
            return half_year.label_da
        return words.format_map({"year": half_year.year, "next_year": half_year.year + 1})

    def _place(self, figure: Figure) -> str:
        if figure.scope.kind == "district":
            return self.districts[figure.scope.id]
        at_library = self.words.get("at_library", AT_LIBRARY)
        return at_library.format_map({"library": self.names[figure.scope.id]})

    def _what(self, figure: Figure) -> dict[str, str]:
        # no template says it where the words have no name; the configuration is checked for that
        measure = measure_of(figure)
        what = self.words.get(measure, measure)
        return {
            "what": what,
            "what_lower": what[:1].lower() + what[1:],
            "what_upper": what[:1].upper() + what[1:],
        }

    def _weeks(self, weeks: tuple[str, ...]) -> str:
        return describe_weeks(weeks, self.words.get("week", "uge"), self.words.get("and", "og"))


def describe_weeks(weeks: tuple[str, ...], week: str = "uge", joined_by: str = "og") -> str:
    """Runs of ISO weeks in words: ``uge 47–50 2024 og uge 3–6 2025``."""
    parts = []
    numbered = [(int(name[:4]), int(name[5:])) for name in weeks]
    for year, of_year in groupby(numbered, key=lambda pair: pair[0]):
        numbers = [number for _, number in of_year]
        runs = []
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            run_numbers = [number for _, number in run]
            first, last = run_numbers[0], run_numbers[-1]
            runs.append(str(first) if first == last else f"{first}–{last}")
        parts.append(f"{week} {', '.join(runs)} {year}")
    return f" {joined_by} ".join(parts)
