"""Going through all exports there are, one after another, once by content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.config import Config
from orchestration.errors import UnreadableFileError
from orchestration.extract.tabular import Workplace, workplace
from orchestration.landing.inventory import files_below, is_export, shown_name, wave_and_part
from orchestration.settings import SOURCE_NAMES, Settings
from orchestration.unmapped import incidents, others
from orchestration.unmapped.findings import Finding, Tally


@dataclass(frozen=True)
class Looked:
    """What came of going through the exports: how many there are, and what is not mapped."""

    files: int
    findings: list[Finding]


def look_for_unmapped(settings: Settings, config: Config) -> Looked:
    """Read every export and count what the configuration does not map; nothing is kept.

    Raises:
        DatasporError: a folder cannot be read.
    """
    tally = Tally()
    units = list(_units(settings))
    if not units:
        return Looked(0, [])
    settings.prepare()
    with workplace(settings.archive) as work:
        for unit in units:
            tally.file = unit.name
            with work.cleared() as cleared:
                try:
                    unit.look(config, cleared, tally)
                except UnreadableFileError as error:
                    tally.add("unreadable", f"{unit.name}{error}", str(error), rows=0, paste="")
                except OSError as error:
                    told = f"it cannot be opened ({error.strerror})"
                    tally.add("unreadable", f"{unit.name}{told}", told, rows=0, paste="")
    return Looked(len(units), list(tally.findings()))


@dataclass(frozen=True)
class _Unit:
    """What is read together: a file, or the files of a survey wave."""

    name: str
    look: Callable[[Config, Workplace, Tally], None]


def _units(settings: Settings) -> Iterator[_Unit]:
    lookers = {
        "mainmanager": incidents.look,
        "opening_hours": others.look_at_opening_hours,
        "presence": others.look_at_presence,
    }
    for folder in (settings.sources, settings.fetched):
        for source in SOURCE_NAMES:
            exports = _exports(folder / source, source)
            if source == "survey":
                yield from _waves(folder / source, exports)
                continue
            for path in exports:
                name = f"{source}/{shown_name(path.relative_to(folder / source))}"
                yield _Unit(name, _of_file(lookers[source], path))


def _of_file(
    look: Callable[[Path, Config, Workplace, Tally], None], path: Path
) -> Callable[[Config, Workplace, Tally], None]:
    return lambda config, work, tally: look(path, config, work, tally)


def _waves(root: Path, exports: list[Path]) -> Iterator[_Unit]:
    """The survey waves, each with the parts of its export; and files that name none."""
    waves: dict[tuple[str, str | None], dict[str, Path]] = {}
    for path in exports:
        name = path.relative_to(root)
        wave, part = wave_and_part(name)
        waves.setdefault((wave or shown_name(name), wave), {})[part or "file"] = path
    for (shown, wave), files in waves.items():
        yield _Unit(f"survey/{shown}", _of_wave(files, wave))


def _of_wave(
    files: dict[str, Path], wave: str | None
) -> Callable[[Config, Workplace, Tally], None]:
    return lambda config, work, tally: others.look_at_survey(files, wave, config, work, tally)


def _exports(root: Path, source: str) -> list[Path]:
    """The exports below a folder; of those with the same content, one, but in surveys all."""
    found: dict[str, Path] = {}
    for path in files_below(root):
        if is_export(source, path.relative_to(root)):
            found.setdefault(str(path) if source == "survey" else _digest(path), path)
    return list(found.values())


def _digest(path: Path) -> str:
    """What files with the same content share; for one that cannot be opened, its path."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return str(path)
