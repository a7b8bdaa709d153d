"""Reading a configuration folder: files to models, every error with file and line, all at once."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from orchestration.config import model
from orchestration.config.checks import Parts, cross_checks, file_name
from orchestration.config.model import Config
from orchestration.errors import ConfigError

YAML_FILES: dict[str, Any] = {
    "municipality": model.Municipality,
    "incidents": model.Incidents,
    "survey": model.Survey,
    "opening_hours": model.OpeningHours,
    "presence": model.Presence,
    "figures": model.Figures,
    "evidence": model.EvidenceRules,
    "sentences": dict[str, dict[str, str]],
    "sentences_en": dict[str, dict[str, str]],
    "claims": model.Claims,
    "disclosure": model.Disclosure,
}
CSV_FILES: dict[str, type[BaseModel]] = {
    "districts": model.District,
    "libraries": model.Library,
    "places": model.Place,
    "categories": model.Category,
    "category_aliases": model.CategoryAlias,
    "normal_opening_hours": model.NormalHours,
    "interventions": model.Intervention,
    "breaks": model.Break,
    "staff": model.StaffCount,
    "corrections": model.Correction,
}
# what a municipality may do without: the files may be left out, or be empty
OPTIONAL = frozenset(name for name, part in Config.model_fields.items() if not part.is_required())


def load_config(folder: Path) -> Config:
    """Read and check a configuration folder; only once in a process while its files are the same.

    Raises:
        ConfigError: with one sentence, file and line for everything that is wrong.
    """
    return _loaded(folder, _content(folder))


def _content(folder: Path) -> str:
    """What identifies the files that are read; one that cannot be read is told of when it is."""
    digest = hashlib.sha256()
    for name in (*YAML_FILES, *CSV_FILES):
        try:
            content = (folder / file_name(name)).read_bytes()
        except OSError:
            continue
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _loaded(folder: Path, content: str) -> Config:  # noqa: ARG001  by what it is known again
    parts = Parts()
    problems: list[str] = []
    for name, kind in YAML_FILES.items():
        problems += _read_yaml(folder, name, kind, parts)
    for name, row in CSV_FILES.items():
        problems += _read_csv(folder, name, row, parts)
    problems += cross_checks(parts)
    if problems:
        raise ConfigError(problems)
    return Config.model_construct(**parts.read)


def files_not_read(folder: Path) -> list[str]:
    """Files in the folder that look like configuration and are none, such as a misspelt name."""
    known = {file_name(name) for name in (*YAML_FILES, *CSV_FILES)}
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix in (".yml", ".yaml", ".csv") and path.name not in known
    )


class _Constructor(RoundTripConstructor):
    """Says where a value stands that looks like a date or a number and is none: 2025-02-30."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            told = f"a date or number cannot be read ({error})"
            raise ConstructorError(None, None, told, node.start_mark) from None


def _read_yaml(folder: Path, name: str, kind: Any, parts: Parts) -> Iterator[str]:
    path = folder / file_name(name)
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        tree = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if name in OPTIONAL:
            parts.read[name] = TypeAdapter(kind).validate_python({})
        else:
            yield f"{path.name}: the file is missing from {folder}"
        return
    except OSError as error:
        yield f"{path.name}: the file cannot be read ({error.strerror})"
        return
    except UnicodeDecodeError:
        yield f"{path.name}: not UTF-8; save the file as UTF-8"
        return
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield f"{path.name}, line {line}: not valid YAML: {(error.problem or '').splitlines()[0]}"
        return
    except YAMLError:
        yield f"{path.name}: not valid YAML: it has characters that no text has"
        return
    parts.trees[name] = tree = {} if tree is None and name in OPTIONAL else tree
    try:
        parts.read[name] = TypeAdapter(kind).validate_python(tree)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"]) or "the file"
            yield f"{parts.at(name, *problem['loc'])}: {where}: {_message(problem)}"


def _read_csv(folder: Path, name: str, row: type[BaseModel], parts: Parts) -> Iterator[str]:
    path = folder / file_name(name)
    rows: list[Any] = []
    lines: list[int] = []
    expected = list(row.model_fields)
    is_whole = True
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=";", strict=True)
            if reader.fieldnames is None and name in OPTIONAL:
                parts.read[name], parts.lines[name] = rows, lines
                return
            if reader.fieldnames != expected:
                yield (
                    f"{path.name}, line 1: the header is {';'.join(reader.fieldnames or [])!r}, "
                    f"expected {';'.join(expected)!r}"
                )
                return
            for cells in reader:
                problems = list(_row_problems(row, cells, rows))
                where = f"{path.name}, line {reader.line_num}"
                yield from (f"{where}: {problem}" for problem in problems)
                is_whole = is_whole and not problems
                lines += [] if problems else [reader.line_num]
    except FileNotFoundError:
        if name not in OPTIONAL:
            yield f"{path.name}: the file is missing from {folder}"
            return
    except OSError as error:
        yield f"{path.name}: the file cannot be read ({error.strerror})"
        return
    except UnicodeDecodeError:
        yield f"{path.name}: not UTF-8; save the file as UTF-8"
        return
    except csv.Error as error:
        yield f"{path.name}, line {reader.line_num + 1}: not a readable CSV file: {error}"
        return
    if not rows and is_whole and name not in OPTIONAL | {"places", "category_aliases"}:
        yield f"{path.name}: has no rows; there must be one at least"
    elif is_whole:
        parts.read[name], parts.lines[name] = rows, lines


def _row_problems(row: type[BaseModel], cells: dict[Any, Any], rows: list[Any]) -> Iterator[str]:
    """What is wrong with a row, which is added to ``rows`` if nothing is."""
    if None in cells or None in cells.values():
        yield f"expected {len(row.model_fields)} cells"
        return
    given = {key: text.strip() for key, text in cells.items() if text.strip()}
    try:
        rows.append(row.model_validate(given))
    except ValidationError as error:
        for problem in error.errors():
            where = "".join(f"{part}: " for part in problem["loc"][:1])
            yield f"{where}{_message(problem)}"


def _message(problem: Any) -> str:
    """What pydantic says, in the words of somebody who edits a file."""
    told = {
        "missing": "is missing",
        "extra_forbidden": "there is no such key",
        "dict_type": "is empty, or is no list of keys",
        "model_type": "is empty, or is no list of keys",
    }
    return told.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
