"""What only several files of a configuration together can tell: unknown ids, names with two uses.

A check is left out where one of the files that it needs could not be read: that is said already.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, get_args

from orchestration.config.date_formats import ambiguous
from orchestration.config.model import NOT_A_LIBRARY, HourMeasure, match_key, measure_of

_CSV = frozenset(
    (
        "districts",
        "libraries",
        "places",
        "categories",
        "category_aliases",
        "normal_opening_hours",
        "interventions",
        "breaks",
        "staff",
        "corrections",
    )
)
# what the sentence of a kind of figure may say, and the evidence that such a figure may have
_WHAT = ("what", "what_lower", "what_upper")
_ALWAYS = ("place", *_WHAT, "half_year_to")
_TWO_ENDS = ("half_year_from", "from", "to", "change", "low", "high")
PLACES_IN_SENTENCES = {
    "change": (*_ALWAYS, *_TWO_ENDS),
    "share": (*_ALWAYS, *_TWO_ENDS),
    "rank": (*_ALWAYS, "to", "change"),
    "hours": (*_ALWAYS, "to", "change", "weeks"),
    "intervention": (*_ALWAYS, "change", "low", "high", "intervention"),
}
# public tables carry the sentence where all numbers of the figure are left out
WITHOUT_NUMBERS = frozenset(("suppressed", "not_available"))
NUMBERS_IN_SENTENCES = frozenset(("change", "from", "to", "low", "high"))
# with something that may stand there
PLACES_IN_WORDS: dict[str, dict[str, str | int]] = {
    "at_library": {"library": "Hovedbiblioteket"},
    "winter": {"year": 2024, "next_year": 2025},
    "summer": {"year": 2025, "next_year": 2026},
}
WORDINGS = {
    "change": (
        *("clear_fall", "clear_halving", "clear_fall_each_step", "clear_rise", "uncertain"),
        *("uncertain_per_hour", "no_change", "too_few", "not_comparable", "not_available"),
    ),
    "share": (
        *("descriptive", "clear_rise", "clear_fall", "uncertain", "no_change", "not_comparable"),
        *("suppressed", "not_available"),
    ),
    "rank": ("clear_first", "uncertain_first", "descriptive", "not_comparable", "not_available"),
    "hours": ("descriptive", "planned", "none", "not_available"),
    "intervention": (
        *("clear_fall", "clear_rise", "uncertain", "too_few", "not_comparable", "not_available"),
    ),
}


def file_name(part: str) -> str:
    """The file of a part of the configuration."""
    return f"{part}.{'csv' if part in _CSV else 'yml'}"


@dataclass(frozen=True)
class Parts:
    """A folder as it was read.

    Attributes:
        read: part to its model or list of rows; parts that are not in order are not there.
        lines: line of each row, for CSV files.
        trees: what the file says with its positions, for YAML files.
    """

    read: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    trees: dict[str, Any] = field(default_factory=dict)

    def at(self, part: str, *location: Any) -> str:
        """File and line of the deepest part of ``location`` that a YAML file knows."""
        line = 1
        tree: Any = self.trees.get(part)
        for key in location:
            try:
                line = tree.lc.data[key][0] + 1
                tree = tree[key]
            except (AttributeError, KeyError, IndexError, TypeError):
                continue  # a discriminator's tag, or a missing key: keep the parent's line
        return f"{file_name(part)}, line {line}"

    def rows(self, part: str) -> Iterator[tuple[str, Any]]:
        """File and line of each row of a CSV file, and the row."""
        for line, row in zip(self.lines.get(part, []), self.read.get(part, []), strict=True):
            yield f"{file_name(part)}, line {line}", row

    def ids(self, part: str, attribute: str) -> set[Any]:
        """All values of an attribute of a CSV file's rows."""
        return {getattr(row, attribute) for row in self.read[part]}


# the parts that a check needs, and the check
_Check = tuple[tuple[str, ...], Callable[[Parts], Iterator[str]]]


def cross_checks(parts: Parts) -> Iterator[str]:
    """A sentence with file and line for everything that does not fit together."""
    for needed, check in _CHECKS:
        if all(name in parts.read for name in needed):
            yield from check(parts)


def _unknown(part: str, attribute: str, listed_in: str, *more: str | None) -> _Check:
    """A check that an id of one file stands in another."""

    def check(parts: Parts) -> Iterator[str]:
        known = parts.ids(listed_in, attribute) | set(more)
        for where, row in parts.rows(part):
            value = getattr(row, attribute)
            if value not in known:
                yield f"{where}: {attribute} {value!r} is not in {file_name(listed_in)}"

    return (part, listed_in), check


def _unique(part: str, *attributes: str) -> _Check:
    """A check that no two rows are the same in some attributes; aliases are names."""

    def check(parts: Parts) -> Iterator[str]:
        seen: dict[Any, str] = {}
        for where, row in parts.rows(part):
            values = [getattr(row, attribute) for attribute in attributes]
            is_name = attributes == ("alias",)
            key = match_key(values[0]) if is_name else tuple(values)
            if key in seen:
                shown = ", ".join(
                    f"{name} {str(value)!r}" for name, value in zip(attributes, values, strict=True)
                )
                alike = "; names are compared without case and with æ/ae, ø/oe, å/aa alike"
                line = seen[key].rpartition(" ")[2]
                yield f"{where}: {shown} is already on line {line}{alike if is_name else ''}"
            seen.setdefault(key, where)

    return (part,), check


def _date_formats(part: str) -> _Check:
    def check(parts: Parts) -> Iterator[str]:
        formats = parts.read[part].date_formats
        for pair in ambiguous(formats):
            first, second = sorted(map(formats.index, pair))
            yield (
                f"{parts.at(part, 'date_formats', second)}: date_formats: {formats[first]!r} and "
                f"{formats[second]!r} read the same text as different dates; keep the one that "
                "the exports use"
            )

    return (part,), check


def _unsafe_behaviour(parts: Parts) -> Iterator[str]:
    category = parts.read["municipality"].unsafe_behaviour_category
    if category is not None and category not in parts.ids("categories", "category_id"):
        where = parts.at("municipality", "unsafe_behaviour_category")
        yield f"{where}: unsafe_behaviour_category {category!r} is not in categories.csv"


def _branches(parts: Parts) -> Iterator[str]:
    libraries = parts.ids("libraries", "library_id")
    for branch, library_id in parts.read["opening_hours"].branches.items():
        if library_id not in libraries:
            yield (
                f"{parts.at('opening_hours', 'branches', branch)}: branches.{branch}: library "
                f"{library_id!r} is not in libraries.csv"
            )


def _corrections(parts: Parts) -> Iterator[str]:
    known = {
        "location": ({match_key(row.alias) for row in parts.read["places"]}, "places.csv"),
        "category": (
            {match_key(row.alias) for row in parts.read["category_aliases"]},
            "category_aliases.csv",
        ),
    }
    for where, row in parts.rows("corrections"):
        names, listed_in = known.get(row.field, (None, ""))
        if names is not None and row.new_value and match_key(row.new_value) not in names:
            yield f"{where}: new_value {row.new_value!r} is not in {listed_in}"


def _figures(parts: Parts) -> Iterator[str]:
    libraries = parts.ids("libraries", "library_id")
    districts = {str(district) for district in parts.ids("districts", "district_id")}
    seen = set()
    for number, figure in enumerate(parts.read["figures"].figures):
        where = f"{parts.at('figures', 'figures', number, 'figure_id')}: {figure.figure_id}"
        if figure.figure_id in seen:
            yield f"{where}: the figure stands there twice"
        seen.add(figure.figure_id)
        scope = figure.scope
        where_scope = f"{parts.at('figures', 'figures', number, 'scope', 'id')}: {figure.figure_id}"
        wanted = "district" if figure.kind == "rank" else "library"
        known = libraries if scope.kind == "library" else districts
        if scope.kind != wanted:
            yield f"{where_scope}: a figure of kind {figure.kind} is about a {wanted}"
        elif scope.id not in known:
            listed_in = "libraries.csv" if scope.kind == "library" else "districts.csv"
            yield f"{where_scope}: scope {scope.id!r} is not in {listed_in}"


def _figures_of_questions(parts: Parts) -> Iterator[str]:
    questions = {question.question_id for question in parts.read["survey"].questions}
    for number, figure in enumerate(parts.read["figures"].figures):
        if figure.kind == "share" and figure.measure not in questions:
            yield (
                f"{parts.at('figures', 'figures', number, 'measure')}: {figure.figure_id}: "
                f"question {figure.measure!r} is not in survey.yml"
            )


def _figures_of_unsafe_behaviour(parts: Parts) -> Iterator[str]:
    if parts.read["municipality"].unsafe_behaviour_category is not None:
        return
    for number, figure in enumerate(parts.read["figures"].figures):
        if figure.measure == "unsafe_behaviour_incidents":
            yield (
                f"{parts.at('figures', 'figures', number, 'measure')}: {figure.figure_id}: "
                "municipality.yml names no unsafe_behaviour_category to count"
            )


def _figures_of_interventions(parts: Parts) -> Iterator[str]:
    libraries = {row.intervention_id: row.library_id for _, row in parts.rows("interventions")}
    for number, figure in enumerate(parts.read["figures"].figures):
        if figure.kind != "intervention":
            continue
        where = f"{parts.at('figures', 'figures', number, 'intervention_id')}: {figure.figure_id}"
        library = libraries.get(figure.intervention_id)
        if library is None:
            yield f"{where}: intervention {figure.intervention_id!r} is not in interventions.csv"
        elif library != figure.scope.id:
            yield f"{where}: {figure.intervention_id!r} is at {library!r}, not {figure.scope.id!r}"


def _sentences(part: str) -> _Check:
    def check(parts: Parts) -> Iterator[str]:
        sentences = parts.read[part]
        if part == "sentences_en" and not sentences:
            return  # a municipality need not write in English
        for kind in dict.fromkeys(figure.kind for figure in parts.read["figures"].figures):
            missing = [name for name in WORDINGS[kind] if name not in sentences.get(kind, {})]
            if missing:
                yield (
                    f"{parts.at(part, kind)}: {kind}: no sentence for {', '.join(missing)}, "
                    f"which a figure of kind {kind} may need"
                )

    return ("figures", part), check


def _words(part: str) -> _Check:
    """A check that sentences have a word for what they name; an id is nothing for a committee."""

    def check(parts: Parts) -> Iterator[str]:
        sentences = parts.read[part]
        named = {
            kind: not {*_WHAT}.isdisjoint(chain(*map(_places_of, wordings.values())))
            # the bare numbers, which are told instead, name it
            or (kind == "change" and "clear_rise_from_none" not in wordings)
            for kind, wordings in sentences.items()
        }
        nameless: dict[str, list[str]] = {}
        for figure in parts.read["figures"].figures:
            measure = measure_of(figure)
            if named.get(figure.kind) and measure not in sentences.get("words", {}):
                nameless.setdefault(measure, []).append(figure.figure_id)
        for measure, figures in nameless.items():
            yield (
                f"{parts.at(part, 'words')}: words: no name for {measure!r}, which "
                f"{', '.join(figures)} {'counts' if len(figures) == 1 else 'count'}"
            )

    return ("figures", part), check


def _places_in_sentences(part: str) -> _Check:
    def check(parts: Parts) -> Iterator[str]:
        yield from _unknown_places(parts, part)

    return (part,), check


def _unknown_places(parts: Parts, part: str) -> Iterator[str]:
    for kind, wordings in parts.read[part].items():
        for wording, sentence in wordings.items():
            known = _known_places(kind, wording)
            if known is None:
                continue  # a measure's name is not filled in
            where = f"{parts.at(part, kind, wording)}: {kind}.{wording}"
            unknown = sorted(_places_of(sentence) - known.keys())
            for name in unknown:
                listed = ", ".join(sorted(known))
                yield f"{where}: {{{name}}} is nothing that can be said here; these are: {listed}"
            if unknown:
                continue
            try:
                sentence.format_map(known)
            except (ValueError, LookupError) as error:
                yield (
                    f"{where}: the braces cannot be filled in ({error}); each pair of them holds "
                    "one of these names, and nothing else: " + ", ".join(sorted(known))
                )


def _known_places(kind: str, wording: str) -> dict[str, str | int] | None:
    """What can be said, with something that may stand there; None where nothing is filled in."""
    if kind == "words":
        return PLACES_IN_WORDS.get(wording)
    if kind not in PLACES_IN_SENTENCES:
        return None
    left_out = NUMBERS_IN_SENTENCES if wording in WITHOUT_NUMBERS else frozenset[str]()
    return {name: "1" for name in PLACES_IN_SENTENCES[kind] if name not in left_out}


def _places_of(sentence: str) -> set[str]:
    """The names in braces; none of a sentence whose braces are wrong, which is told on its own."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    except ValueError:
        return set()


def _claims(parts: Parts) -> Iterator[str]:
    figures = {figure.figure_id for figure in parts.read["figures"].figures}
    seen = set()
    for number, claim in enumerate(parts.read["claims"].claims):
        where = f"{parts.at('claims', 'claims', number)}: {claim.claim_id}"
        if claim.claim_id in seen:
            yield f"{where}: the claim stands there twice"
        seen.add(claim.claim_id)
        if claim.figure_id not in figures:
            yield f"{where}: figure {claim.figure_id!r} is not in figures.yml"


def _words_of_claims(parts: Parts) -> Iterator[str]:
    known = {"incidents", "unsafe_behaviour_incidents", *get_args(HourMeasure)} | {
        question.question_id for question in parts.read["survey"].questions
    }
    for measures in parts.read["claims"].words:
        for measure in measures.split("+"):
            if measure not in known:
                where = parts.at("claims", "words", measures)
                listed = ", ".join(sorted(known))
                yield f"{where}: words: {measure!r} is not measured; what is: {listed}"


_CHECKS = (
    _unknown("libraries", "district_id", "districts"),
    _unknown("places", "library_id", "libraries", NOT_A_LIBRARY),
    _unknown("category_aliases", "category_id", "categories"),
    _unknown("normal_opening_hours", "library_id", "libraries"),
    _unknown("interventions", "library_id", "libraries"),
    _unknown("breaks", "library_id", "libraries", None),
    _unknown("breaks", "category_id", "categories", None),
    _unknown("staff", "library_id", "libraries"),
    _unique("libraries", "library_id"),
    _unique("libraries", "isil"),
    _unique("districts", "district_id"),
    _unique("categories", "category_id"),
    _unique("places", "alias"),
    _unique("category_aliases", "alias"),
    _unique("corrections", "correction_id"),
    _unique("interventions", "intervention_id"),
    _unique("breaks", "break_id"),
    _unique("staff", "library_id", "wave_id"),
    _unique("normal_opening_hours", "library_id", "valid_from", "weekday"),
    _date_formats("incidents"),
    _date_formats("presence"),
    (("municipality", "categories"), _unsafe_behaviour),
    (("opening_hours", "libraries"), _branches),
    (("corrections", "places", "category_aliases"), _corrections),
    (("figures", "libraries", "districts"), _figures),
    (("figures", "survey"), _figures_of_questions),
    (("figures", "municipality"), _figures_of_unsafe_behaviour),
    (("figures", "interventions"), _figures_of_interventions),
    _sentences("sentences"),
    _sentences("sentences_en"),
    _places_in_sentences("sentences"),
    _places_in_sentences("sentences_en"),
    _words("sentences"),
    _words("sentences_en"),
    (("claims", "figures"), _claims),
    (("claims", "survey"), _words_of_claims),
)
