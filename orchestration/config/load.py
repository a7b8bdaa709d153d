"""Reading a configuration folder: files to models, every error with file and line, all at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from orchestration.config import model
from orchestration.config.date_formats import ambiguous
from orchestration.config.model import NOT_A_LIBRARY, Config, match_key
from orchestration.errors import ConfigError

_YAML_FILES: dict[str, Any] = {
    "municipality": model.Municipality,
    "incidents": model.Incidents,
    "survey": model.Survey,
    "opening_hours": model.OpeningHours,
    "presence": model.Presence,
    "figures": model.Figures,
    "sentences": dict[str, dict[str, str]],
    "claims": model.Claims,
}
_CSV_FILES: dict[str, type[BaseModel]] = {
    "districts": model.District,
    "libraries": model.Library,
    "places": model.Place,
    "categories": model.Category,
    "category_aliases": model.CategoryAlias,
    "normal_opening_hours": model.NormalHours,
    "interventions": model.Intervention,
}
_OPTIONAL_CSV_FILES: dict[str, type[BaseModel]] = {"corrections": model.Correction}


def load_config(folder: Path) -> Config:
    """Read and check a configuration folder.

    Raises:
        ConfigError: with one sentence, file and line for everything that is wrong.
    """
    problems: list[str] = []
    parts: dict[str, Any] = {}
    for name, kind in _YAML_FILES.items():
        parts[name] = _read_yaml(folder / f"{name}.yml", kind, problems)
    lines: dict[str, list[int]] = {}
    there = {n: row for n, row in _OPTIONAL_CSV_FILES.items() if (folder / f"{n}.csv").exists()}
    for name, row in (_CSV_FILES | there).items():
        parts[name], lines[name] = _read_csv(folder / f"{name}.csv", row, problems)
    if problems:
        raise ConfigError(problems)
    config = Config.model_construct(**parts)
    problems = list(_cross_checks(config, lines))
    if problems:
        raise ConfigError(problems)
    return config


def _read_yaml(path: Path, kind: Any, problems: list[str]) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        tree = YAML(typ="rt").load(text)
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing from {path.parent}")
        return None
    except UnicodeDecodeError:
        problems.append(f"{path.name}: not UTF-8; save the file as UTF-8")
        return None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(f"{path.name}, line {line}: not valid YAML: {error.problem}")
        return None
    try:
        return TypeAdapter(kind).validate_python(tree)
    except ValidationError as error:
        for problem in error.errors():
            line = _line_of(tree, problem["loc"])
            where = ".".join(str(part) for part in problem["loc"]) or "the file"
            problems.append(f"{path.name}, line {line}: {where}: {problem['msg']}")
        return None


def _line_of(tree: Any, location: tuple[Any, ...]) -> int:
    """Line of the deepest part of ``location`` that the YAML tree knows."""
    line = 1
    for part in location:
        try:
            line = tree.lc.data[part][0] + 1
            tree = tree[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            continue  # a discriminator's tag, or a key that is missing: keep the parent's line
    return line


def _read_csv(
    path: Path, row_model: type[BaseModel], problems: list[str]
) -> tuple[list[Any], list[int]]:
    rows: list[Any] = []
    lines: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=";", strict=True)
            expected = list(row_model.model_fields)
            if reader.fieldnames != expected:
                problems.append(
                    f"{path.name}, line 1: the header is {';'.join(reader.fieldnames or [])!r}, "
                    f"expected {';'.join(expected)!r}"
                )
                return rows, lines
            for cells in reader:
                if None in cells or None in cells.values():
                    problems.append(
                        f"{path.name}, line {reader.line_num}: expected {len(expected)} cells"
                    )
                    continue
                try:
                    rows.append(
                        row_model.model_validate({k: v.strip() or None for k, v in cells.items()})
                    )
                    lines.append(reader.line_num)
                except ValidationError as error:
                    problems.extend(
                        f"{path.name}, line {reader.line_num}: {problem['loc'][0]}: "
                        f"{problem['msg']}"
                        for problem in error.errors()
                    )
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing from {path.parent}")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: not UTF-8; save the file as UTF-8")
    except csv.Error as error:
        problems.append(f"{path.name}: not a readable CSV file: {error}")
    return rows, lines


def _cross_checks(config: Config, lines: dict[str, list[int]]) -> Iterator[str]:
    """What only several files together can tell: unknown ids, aliases that mean two things."""
    libraries = {library.library_id for library in config.libraries}
    districts = {district.district_id for district in config.districts}
    categories = {category.category_id for category in config.categories}

    def unknown(name: str, attribute: str, known: set[Any], where: str) -> Iterator[str]:
        for row, line in zip(getattr(config, name), lines[name], strict=True):
            value = getattr(row, attribute)
            if value not in known:
                yield f"{name}.csv, line {line}: {attribute} {value!r} is not in {where}"

    def unique(name: str, attribute: str) -> Iterator[str]:
        seen: dict[Any, int] = {}
        for row, line in zip(getattr(config, name), lines[name], strict=True):
            value = getattr(row, attribute)
            key = match_key(value) if attribute == "alias" else value
            if key in seen:
                yield (
                    f"{name}.csv, line {line}: {attribute} {value!r} is already on line "
                    f"{seen[key]}; names are compared without case and with æ/ae, ø/oe, å/aa alike"
                )
            seen.setdefault(key, line)

    yield from unknown("libraries", "district_id", districts, "districts.csv")
    yield from unknown("places", "library_id", libraries | {NOT_A_LIBRARY}, "libraries.csv")
    yield from unknown("category_aliases", "category_id", categories, "categories.csv")
    yield from unknown("normal_opening_hours", "library_id", libraries, "libraries.csv")
    yield from unknown("interventions", "library_id", libraries, "libraries.csv")
    yield from unique("libraries", "library_id")
    yield from unique("libraries", "isil")
    yield from unique("districts", "district_id")
    yield from unique("categories", "category_id")
    yield from unique("places", "alias")
    yield from unique("category_aliases", "alias")
    if config.corrections:
        yield from unique("corrections", "correction_id")
    for name in ("incidents", "presence"):
        for one, other in ambiguous(getattr(config, name).date_formats):
            yield (
                f"{name}.yml: date_formats: {one!r} and {other!r} read the same text as different "
                "dates; keep the one that the exports use"
            )

    unsafe = config.municipality.unsafe_behaviour_category
    if unsafe is not None and unsafe not in categories:
        yield f"municipality.yml: unsafe_behaviour_category {unsafe!r} is not in categories.csv"
    for branch, library_id in config.opening_hours.branches.items():
        if library_id not in libraries:
            yield (
                f"opening_hours.yml: branches.{branch}: library {library_id!r} is not in "
                "libraries.csv"
            )
    questions = {question.question_id for question in config.survey.questions}
    figure_ids = set()
    for figure in config.figures.figures:
        if figure.figure_id in figure_ids:
            yield f"figures.yml: figure {figure.figure_id!r} stands there twice"
        figure_ids.add(figure.figure_id)
        known = libraries if figure.scope.kind == "library" else {str(d) for d in districts}
        if figure.scope.id not in known:
            yield f"figures.yml: {figure.figure_id}: scope {figure.scope.id!r} is not known"
        if figure.kind == "share" and figure.measure not in questions:
            yield (
                f"figures.yml: {figure.figure_id}: question {figure.measure!r} is not in survey.yml"
            )
    for claim in config.claims.claims:
        if claim.figure_id not in figure_ids:
            yield f"claims.yml: {claim.claim_id}: figure {claim.figure_id!r} is not in figures.yml"
