"""What configuration files may say, for others: JSON Schema for editors, and the reference page.

Both are generated from the models, which are the only definition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from orchestration.config.checks import PLACES_IN_SENTENCES, WORDINGS, file_name
from orchestration.config.load import CSV_FILES, OPTIONAL, YAML_FILES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SENTENCES = {
    "sentences": "The sentence of each kind of figure, by how strong the evidence is.",
    "sentences_en": "The same sentences in English; without the file, statement_en is empty.",
}
_WORDS = (
    "What each measure is called, hours that are added up joined by + "
    "(guard_hours+night_host_hours), needed where the sentences of a figure have {what}; and "
    "at_library (with {library}), winter and summer (with {year} and {next_year}), week and and: "
    "how a library, a half-year and weeks are written, if not in Danish."
)


def write_schemas(folder: Path) -> list[Path]:
    """Write one JSON Schema a YAML file of the configuration, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in YAML_FILES:
        path = folder / f"{name}.json"
        text = json.dumps(schema_of(name), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
        written.append(path)
    return written


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a YAML file, by its name without the ending."""
    kind = YAML_FILES[name]
    schema = _sentences(name) if name in _SENTENCES else TypeAdapter(kind).json_schema()
    return {"$schema": _DIALECT} | schema


def reference() -> str:
    """The reference page: every file, every key, in Markdown."""
    lines = [
        "# Configuration reference",
        "",
        "Every file of a configuration folder and every key in it. This page and the schemas in "
        "[`schema/`](schema/) are generated from the models (`dataspor config schema docs/schema "
        "--reference docs/configuration.md`); a test holds them current. For a worked example see "
        "[Your own municipality in an hour](your-own-municipality.md).",
        "",
        "YAML files are UTF-8. CSV files are UTF-8 with `;` between the cells and the columns in "
        "the order shown. Names of places, categories, statuses, headers and answers are compared "
        "without case and surrounding spaces, with æ/ae, ø/oe and å/aa alike; nothing is guessed.",
    ]
    for name in (*YAML_FILES, *CSV_FILES):
        lines += ["", f"## {file_name(name)}", ""]
        if name in OPTIONAL:
            lines += ["May be left out.", ""]
        lines += _sentence_lines(name) if name in _SENTENCES else _model_lines(name)
    return "\n".join(lines) + "\n"


def _sentences(name: str) -> dict[str, Any]:
    text = {"type": "string"}
    kinds = {
        kind: {
            "type": "object",
            "description": f"Sentences of figures of kind {kind}. In braces: {_braces(kind)}.",
            "properties": dict.fromkeys(wordings, text),
            "additionalProperties": text,
        }
        for kind, wordings in WORDINGS.items()
    }
    words = {"type": "object", "description": _WORDS, "additionalProperties": text}
    return {
        "title": "Sentences",
        "description": f"{file_name(name)}: {_SENTENCES[name]}",
        "type": "object",
        "properties": kinds | {"words": words},
        "additionalProperties": {"type": "object", "additionalProperties": text},
    }


def _sentence_lines(name: str) -> list[str]:
    rows = [
        f"| `{kind}` | {', '.join(f'`{name}`' for name in wordings)} | {_braces(kind, '`')} |"
        for kind, wordings in WORDINGS.items()
    ]
    return [
        f"{_SENTENCES[name]} Needed are those of the kinds that figures.yml has.",
        "",
        *("| key | keys below | in braces |", "|---|---|---|"),
        *rows,
        f"| `words` | {_WORDS} | |",
    ]


def _braces(kind: str, quote: str = "") -> str:
    return ", ".join(f"{quote}{{{name}}}{quote}" for name in PLACES_IN_SENTENCES[kind])


def _model_lines(name: str) -> list[str]:
    model = YAML_FILES.get(name) or CSV_FILES[name]
    rows = list(_rows(model, ""))
    column = "column" if name in CSV_FILES else "key"
    return [
        *(_about(model), "", f"| {column} | what | value | default |", "|---|---|---|---|"),
        *(
            f"| `{key}` | {_cell(what)} | {_cell(kind)} | {_cell(default)} |"
            for key, what, kind, default in rows
        ),
    ]


def _about(model: type[BaseModel]) -> str:
    """A model's docstring as one paragraph of Markdown, without the file's name."""
    text = " ".join((model.__doc__ or "").replace("``", "`").split())
    text = text.partition(".yml: ")[2] or text.partition(".csv: ")[2] or text
    return text[:1].upper() + text[1:]


_Row = tuple[str, str, str, str]


def _rows(model: type[BaseModel], prefix: str) -> Iterator[_Row]:
    """Key, what it is, its values and its default, for every key of a model and below."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        inner = [kind for kind in _types_in(field.annotation) if _is_model(kind)]
        what, default = field.description or "", _default(field)
        if not inner:
            yield key, what, _values(field), default
            continue
        is_list = get_origin(field.annotation) is list
        below = f"{key}[]." if is_list else f"{key}."
        yield key, what, "list" if is_list else "keys", default
        yield from _rows(inner[0], below) if len(inner) == 1 else _rows_of_kinds(inner, below)


def _rows_of_kinds(kinds: list[type[BaseModel]], prefix: str) -> Iterator[_Row]:
    """The keys of things of several kinds: first those that all have, then those of each."""
    (base,) = {base for kind in kinds for base in kind.__bases__ if issubclass(base, BaseModel)}
    yield from _rows(base, prefix)
    for kind in kinds:
        (name,) = get_args(kind.model_fields["kind"].annotation)
        for key, what, values, default in _rows(kind, prefix):
            if key.removeprefix(prefix).partition(".")[0] not in base.model_fields:
                yield key, f"`{name}`: {what}", values, default


def _types_in(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin in (list, dict, Union, UnionType):
        for argument in get_args(annotation):
            yield from _types_in(argument)
    elif origin is Annotated:
        yield from _types_in(get_args(annotation)[0])
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _values(field: FieldInfo) -> str:
    """The values of a key in words."""

    def name(annotation: Any) -> str:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Literal:
            return ", ".join(f"`{value}`" for value in arguments)
        if origin is Annotated:
            return name(arguments[0])
        if origin is list:
            return f"list of {name(arguments[0])}"
        if origin is dict:
            return f"{name(arguments[0])} to {name(arguments[1])}"
        if origin in (Union, UnionType):
            return " or ".join(name(one) for one in arguments if one is not type(None))
        plain = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
        return plain.get(annotation, "date")

    return name(field.annotation)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if isinstance(default, BaseModel):
        return "see below"
    if isinstance(default, list) and any(isinstance(item, BaseModel) for item in default):
        default = [item.model_dump(by_alias=True) for item in default]
    if default is None:
        return "empty"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
