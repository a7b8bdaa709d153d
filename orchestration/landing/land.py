"""Landing: each source file's bytes into the archive and its rows into Parquet, once by content.

A landed file is known by its content, by the part of the configuration that gave its rows their
meaning, and by the code that read it; if one of them changes, it is landed again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from orchestration.config import Config
from orchestration.errors import DiskError, UnreadableFileError
from orchestration.extract.delimited import quoted
from orchestration.extract.rows import LANDED_TABLES, Landed
from orchestration.extract.tabular import Workplace, workplace
from orchestration.landing.archive import write_atomically
from orchestration.landing.drift import judged
from orchestration.landing.inventory import SourceFile
from orchestration.landing.ledger import LandedFile, notes_on
from orchestration.settings import PROJECT, Settings

_BLOCK = 1 << 20
_CONFIG_PARTS = {
    "mainmanager": ("incidents", "places", "category_aliases", "municipality", "corrections"),
    "survey": ("survey", "places", "municipality"),
    "opening_hours": ("opening_hours", "libraries", "municipality"),
    "presence": ("presence", "places", "municipality"),
}


def land(settings: Settings, config: Config, files: list[SourceFile]) -> list[LandedFile]:
    """Land what is new of ``files`` (all of one source) and return the ledger lines of all.

    Args:
        settings: where things are.
        config: the municipality's configuration.
        files: the source's files, from the inventory.

    Raises:
        DiskError: the disk failed; what was landed before stays, and no file is called damaged.
    """
    units = groupby(sorted(files, key=_unit), key=_unit)
    with ExitStack() as stack:
        # made for the first new file only; below the archive, where raw bytes may lie
        work = cache(lambda: stack.enter_context(workplace(settings.archive)))
        lines = [
            line for _, unit in units for line in _land_unit(settings, config, list(unit), work)
        ]
    is_incidents = bool(files) and files[0].source == "mainmanager"
    return judged(lines, config.incidents.drift) if is_incidents else lines


def notes_of(settings: Settings, config: Config, files: list[SourceFile]) -> set[Path]:
    """The notes beside the rows of files that are present, landed or to be landed."""
    in_order = sorted(files, key=lambda file: (file.source, _unit(file)))
    units = groupby(in_order, key=lambda file: (file.source, _unit(file)))
    return {_stem(settings, config, list(unit)).with_suffix(".json") for _, unit in units}


def fingerprint(source: str, config: Config) -> str:
    """What, beside a file's content, decides how its rows are landed."""
    parts = [getattr(config, part) for part in _CONFIG_PARTS[source]]
    return hashlib.sha256((_code_digest() + repr(parts)).encode()).hexdigest()[:12]


def reading_code() -> list[Path]:
    """The modules that decide how a file's rows are landed."""
    code = PROJECT / "orchestration"
    patterns = ("extract/*.py", "landing/*.py", "config/model.py", "config/date_formats.py")
    return [path for name in (*patterns, "personal.py") for path in sorted(code.glob(name))]


@cache
def _code_digest() -> str:
    digest = hashlib.sha256()
    for path in reading_code():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _unit(file: SourceFile) -> str:
    """What is landed together: the files of a survey wave, otherwise each file by itself."""
    return file.wave_id or file.source_file_id


def _stem(settings: Settings, config: Config, unit: list[SourceFile]) -> Path:
    """Where a unit's rows lie, without the ending: content, name and meaning of its files."""
    source = unit[0].source
    ids = "".join(f"{file.part}{file.source_file_id}{file.wave_id}" for file in unit)
    key = unit[0].source_file_id
    if source == "survey" or source == "opening_hours":
        # the meaning also lies in the name: the wave, or the date of the snapshot
        key = hashlib.sha256(ids.encode() + os.fsencode(unit[0].path.stem)).hexdigest()
    return settings.landing / source / f"{key[:40]}-{fingerprint(source, config)}"


def _land_unit(
    settings: Settings, config: Config, files: list[SourceFile], work: Callable[[], Workplace]
) -> list[LandedFile]:
    locked = next((file for file in files if file.unreadable), None)
    if locked is not None:
        return [_without_bytes(file, locked) for file in files]
    source, stem = files[0].source, _stem(settings, config, files)
    note = stem.with_suffix(".json")
    is_new = not note.is_file()
    if is_new:
        stem.parent.mkdir(parents=True, exist_ok=True)
        with work().cleared() as cleared:
            _write_landed(stem, note, _extract(source, files, config, cleared), cleared)
    lines = json.loads(note.read_text(encoding="utf-8"))
    return [
        LandedFile(
            file=file,
            is_new=is_new,
            parquet={
                table: [str(settings.landing / source / name) for name in names]
                for table, names in lines[file.part or "file"]["parquet"].items()
            },
            **{k: v for k, v in lines[file.part or "file"].items() if k != "parquet"},
        )
        for file in files
    ]


def _without_bytes(file: SourceFile, locked: SourceFile) -> LandedFile:
    """The line of a file that cannot be read, or that is of no use without one that cannot."""
    what = locked.unreadable if file is locked else f"{locked.file_name}: {locked.unreadable}"
    return LandedFile(
        file,
        "unreadable",
        f"{what}; give the account that Dataspor runs as leave to read it, or copy it anew",
    )


def _extract(
    source: str, files: list[SourceFile], config: Config, work: Workplace
) -> Mapping[str, Landed | UnreadableFileError]:
    """What came out of each file of a unit, by part: rows, or why there are none.

    Raises:
        DiskError: bytes of a file cannot be read, or what it holds cannot be written.
    """
    try:
        parts = _read(source, files, config, work)
        if any(isinstance(r, UnreadableFileError) or r.unreadable for r in parts.values()):
            # readers call a file damaged too where the disk did not give its bytes
            for file in files:
                _read_to_its_end(file.path)
    except OSError:
        raise DiskError from None
    return parts


def _read_to_its_end(path: Path) -> None:
    with path.open("rb", buffering=0) as raw:
        while raw.read(_BLOCK):
            pass


def _read(
    source: str, files: list[SourceFile], config: Config, work: Workplace
) -> Mapping[str, Landed | UnreadableFileError]:
    from orchestration.extract import mainmanager, opening_hours, presence, survey

    first = files[0]
    try:
        if source == "survey":
            _refuse_repeated_parts(files)
            parts = {str(f.part): (f.path, f.source_file_id) for f in files}
            return survey.extract(parts, first.wave_id, config, work.folder)
        if source == "mainmanager":
            return {"file": mainmanager.extract(first.path, first.source_file_id, config, work)}
        if source == "presence":
            return {"file": presence.extract(first.path, first.source_file_id, config, work.folder)}
        return {"file": opening_hours.extract(first.path, first.source_file_id, config)}
    except UnreadableFileError as error:
        return {file.part or "file": error for file in files}


def _refuse_repeated_parts(files: list[SourceFile]) -> None:
    first: dict[str | None, SourceFile] = {}
    for file in files:
        other = first.setdefault(file.part, file)
        if other is not file:
            raise UnreadableFileError(
                "unreadable",
                f"wave {file.wave_id} has its {file.part} twice, in {other.file_name} and in "
                f"{file.file_name} (one may be a fetched answer); keep the one that counts",
            )


def _write_landed(
    stem: Path, note: Path, parts: Mapping[str, Landed | UnreadableFileError], work: Workplace
) -> None:
    lines = {}
    for part, result in parts.items():
        line: dict[str, Any] = {"status": "landed", "reason": None, "parquet": {}}
        if isinstance(result, UnreadableFileError):
            line |= {"status": result.status, "reason": str(result)}
            result = Landed(0)
        for table, rows in result.tables.items():
            path = work.folder / f"{part}.{table}.parquet"
            write_parquet(work, path, table, rows)
            result.parquet.setdefault(table, []).append(path)
        for table, paths in result.parquet.items():
            line["parquet"][table] = [
                _moved(path, stem.with_name(f"{stem.name}.{part}.{table}.{number}.parquet"))
                for number, path in enumerate(paths)
            ]
        counts = ("rows_read", "description_rows", "rows_not_data", "reasons", "corrections")
        lines[part] = line | {name: getattr(result, name) for name in (*counts, "layouts")}
        lines[part]["notes"] = notes_on(result)
    # the note comes last: without it, the Parquet files beside it do not count
    write_atomically(note, json.dumps(lines, ensure_ascii=False, indent=1).encode())


def _moved(path: Path, target: Path) -> str:
    path.chmod(0o600)
    path.replace(target)
    return target.name


def write_parquet(work: Workplace, path: Path, table: str, rows: pd.DataFrame) -> None:
    """Write a landed table's rows with its declared types."""
    columns = ", ".join(
        f'"{name}"::{kind} as "{name}"' for name, kind in LANDED_TABLES[table].items()
    )
    work.connection.register("rows", rows)
    work.connection.execute(
        f"copy (select {columns} from rows) to {quoted(str(path))} "
        "(format parquet, compression zstd)"
    )
    work.connection.unregister("rows")
