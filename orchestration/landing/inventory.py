"""Which source files there are now, which of them are the same by content, and which must wait."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from orchestration.errors import DatasporError, UnreadableFileError
from orchestration.extract.workbook import SUFFIXES as WORKBOOKS
from orchestration.landing.archive import Archive, ChangedFileError, write_atomically
from orchestration.landing.unfinished import (
    UNFINISHED,
    WAVE_UNFINISHED,
    being_written,
    has_unfinished_name,
)
from orchestration.personal import screened
from orchestration.settings import SOURCE_NAMES, Settings

SYNTHETIC_NOTE = "LÆSMIG.txt"
_TABLES = (*WORKBOOKS, ".csv", ".tsv", ".zip", ".gz")
_PATTERNS = {
    "mainmanager": _TABLES,
    "survey": (".xlsx", ".xls", ".ods", ".csv"),
    "opening_hours": (".json",),
    "presence": _TABLES,
}
_WAVE = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DESCRIPTIONS = ("labels", "structure")
_PARTS = ("dataset", *_DESCRIPTIONS)
# parts of a SurveyXact export that hold no answers
_NOT_READ = ("variables", "people")


@dataclass(frozen=True)
class SourceFile:
    """One file as received.

    Attributes:
        source: mainmanager, survey, opening_hours or presence.
        source_file_id: SHA-256 of the content; of a file that cannot be read, of its name.
        path: where its bytes are read: in the archive, or where the file lies if they were purged.
        file_name: path below the source's folder, personal data screened.
        exported_at: modification time, UTC.
        wave_id: month of fielding, for survey files; None where the name tells none.
        part: dataset, labels, structure, workbook or table, for survey files with a wave.
        unreadable: why its bytes cannot be read, where no version of them was ever kept.
    """

    source: str
    source_file_id: str
    path: Path
    file_name: str
    exported_at: dt.datetime
    wave_id: str | None = None
    part: str | None = None
    unreadable: str | None = None

    @property
    def order(self) -> tuple[dt.datetime, str, str]:
        """Export order: by time, then by name; screened names may be the same, ids are not."""
        return self.exported_at, self.file_name, self.source_file_id


@dataclass(frozen=True)
class LeftFile:
    """A file that is left for the next run, as it is now; an earlier version of it may count.

    Attributes:
        file_name: path below the source's folder, personal data screened.
        why: how it was told that the file is not whole, or why it cannot be read.
    """

    source: str
    file_name: str
    why: str

    def __str__(self) -> str:
        return f"Left for the next run: {self.source}/{self.file_name}: {self.why}"


@dataclass(frozen=True)
class Inventory:
    """What there is.

    Attributes:
        files: the source files, in export order.
        left: the files left for the next run.
        in_archive: ids of the source files that lie below the archive themselves: in the mirror
            of a server, or among the fetched answers.
        wanting: the sources with an export that is still being written and has no earlier version.
    """

    files: list[SourceFile]
    left: list[LeftFile]
    in_archive: frozenset[str] = frozenset()
    wanting: frozenset[str] = frozenset()


def take_inventory(settings: Settings) -> list[SourceFile]:
    """All source files in the sources folder and among the fetched snapshots, in export order.

    See `look`, which also tells what is left for the next run.
    """
    return look(settings).files


def look(settings: Settings) -> Inventory:
    """Look at the sources folder and the fetched answers, and archive what is new.

    Files with the same content in one source are one source file: the copy exported last, of
    snapshots the one of the newest day. Labels and structure of surveys are kept apart by wave,
    since two waves may share them. A file is identified by the bytes that came into the archive.
    One that is still being written or cannot be read is left, and until it can be read its last
    version counts, as long as the archive has it; without one, a file that cannot be read is a
    source file all the same, so that the ledger says why. The new files of a survey wave wait for
    one another, since new labels would give old answers another meaning.

    Raises:
        DatasporError: a folder cannot be read, or the archive cannot be written.
    """
    settings.prepare()
    archive, hashes = Archive(settings), _HashCache(settings.archive / "hashes.json")
    archive.tidy()
    present, unfinished = _present(settings)
    left = [
        LeftFile(source, shown_name(path.relative_to(root)), UNFINISHED)
        for source, root, path in unfinished
    ]
    versions = _versions(archive, hashes, present, unfinished)
    found: dict[tuple[str, ...], SourceFile] = {}
    in_archive: set[str] = set()
    wanting: set[str] = set()
    for source, root, path in present:
        inner = path.relative_to(root)
        name = shown_name(inner)
        version, why = versions[path]
        if version is not None and version.key is not None:
            hashes.learn(version.key, version.source_file_id)
        if why is not None:
            earlier = hashes.last(path)
            if earlier is not None and archive.kept(source, earlier.source_file_id, path.name):
                version, why = earlier, f"{why}; until it can be read, its last version counts"
            elif version is None:
                wanting.add(source)
            if version is None or version.unreadable is None:
                left.append(LeftFile(source, name, why))
        if version is None:
            continue
        source_file_id = version.source_file_id
        if path.is_relative_to(settings.archive):
            in_archive.add(source_file_id)
        wave_id, part = wave_and_part(inner) if source == "survey" else (None, None)
        file = SourceFile(
            source=source,
            source_file_id=source_file_id,
            path=archive.kept(source, source_file_id, path.name) or path,
            file_name=name,
            exported_at=dt.datetime.fromtimestamp(version.modified_ns / 1e9, tz=dt.UTC),
            wave_id=wave_id,
            part=part,
            unreadable=version.unreadable,
        )
        # two waves may share their labels; the same answers lie in one wave only
        wave = file.wave_id if file.part in _DESCRIPTIONS else None
        content = (source, file.source_file_id, wave or "", file.part or "")
        if content not in found or _preference(found[content]) < _preference(file):
            found[content] = file
    hashes.save()
    # answers under a wrong name are those of the right one, if they lie there too
    named = {file.source_file_id for file in found.values() if file.wave_id}
    distinct = [
        file
        for file in found.values()
        if file.source != "survey" or file.wave_id or file.source_file_id not in named
    ]
    files = sorted(distinct, key=lambda file: (file.source, file.order, file.part or ""))
    return Inventory(files, left, frozenset(in_archive), frozenset(wanting))


@dataclass(frozen=True)
class _Version:
    """Which bytes of a file count: their id, when they were written, or why there are none.

    ``key`` is what they are found by from here on, where they came into the archive just now.
    """

    source_file_id: str
    modified_ns: int
    unreadable: str | None = None
    key: str | None = None


def _versions(
    archive: Archive, hashes: _HashCache, present: _Found, unfinished: _Found
) -> dict[Path, tuple[_Version | None, str | None]]:
    """Each file as it is now, or what is wrong with it; new ones of a wave wait for one another."""
    # what lies in the archive was put there whole
    new = {
        path
        for _, _, path in present
        if not path.is_relative_to(archive.folder) and hashes.of(path) is None
    }
    unsettled = being_written(new)
    versions = {
        path: _version_now(archive, hashes, source, root, path, unsettled.get(path))
        for source, root, path in present
    }
    # where a file cannot be read and never could, its wave is refused: there is nothing to mix
    broken = {
        path.parent
        for path, (version, why) in versions.items()
        if why is not None and (version is None or hashes.last(path) is not None)
    }
    broken |= {path.parent for _, _, path in unfinished}
    for source, root, path in present:
        version, why = versions[path]
        waits = path in new and version is not None and why is None and path.parent in broken
        if waits and wave_folder(source, path.relative_to(root)):
            versions[path] = None, WAVE_UNFINISHED
    return versions


def _version_now(
    archive: Archive,
    hashes: _HashCache,
    source: str,
    root: Path,
    path: Path,
    unsettled: str | None,
) -> tuple[_Version | None, str | None]:
    """A file as it is now, in the archive from here on, and what is wrong with it.

    No version and nothing wrong: it is gone since it was listed.
    """
    if unsettled is not None:
        return None, unsettled
    try:
        modified_ns = path.lstat().st_mtime_ns  # where what a link leads to cannot be looked at
        modified_ns = path.stat().st_mtime_ns
        source_file_id, key = hashes.of(path), None
        if source_file_id is None or archive.lacks(source, source_file_id, path.name):
            key = hashes.key(path)
            source_file_id = archive.receive(source, path)
    except ChangedFileError as error:
        return None, str(error)
    except FileNotFoundError as error:
        return None, f"it cannot be read ({error.strerror})" if path.exists() else None
    except UnreadableFileError as error:
        why = str(error)
    except OSError as error:
        why = f"it cannot be read ({error.strerror})"
    else:
        return _Version(source_file_id, modified_ns, key=key), None
    # its name stands for its content, so that the ledger has a line of it
    name = hashlib.sha256(os.fsencode(path.relative_to(root))).hexdigest()
    return _Version(name, modified_ns, why), why


def _preference(file: SourceFile) -> tuple[dt.date, tuple[dt.datetime, str, str]]:
    """Which of several copies stands for all: the snapshot of the newest day, or the last export.

    A snapshot whose name is no day cannot be used, and comes before all others.
    """
    day = dt.date.min
    if file.source == "opening_hours":
        with suppress(ValueError):
            day = dt.date.fromisoformat(file.path.stem)
    return day, file.order


def is_export(source: str, name: PurePath) -> bool:
    """Whether a file, by its path below the source's folder, is one that is read.

    One that is read may still be refused for its name: the ledger says so.
    """
    if name.suffix.casefold() not in _PATTERNS[source] or name.name.startswith((".", "~$")):
        return False
    return source != "survey" or name.stem.casefold() not in _NOT_READ


def wave_folder(source: str, name: PurePath) -> PurePath | None:
    """The folder whose new files wait for one another: a survey wave's; None for all others.

    Args:
        source: the file's source.
        name: its path below the source's folder.
    """
    return name.parent if source == "survey" and name.parent.name else None


def is_unfinished(source: str, name: PurePath) -> bool:
    """Whether a file, by its name, is an export that is not whole yet."""
    return has_unfinished_name(name.name, _PATTERNS[source])


def shown_name(name: PurePath) -> str:
    """A path below a source's folder as others may see it: personal data screened."""
    folders = [screened(_readable(part)) for part in name.parts[:-1]]
    file = PurePath(_readable(name.name))
    return "/".join([*folders, screened(file.stem) + file.suffix])


def _readable(part: str) -> str:
    """A part of a path as text that everything takes: some programs write names in cp1252."""
    raw = os.fsencode(part)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def files_below(root: Path) -> list[Path]:
    """Every file below a source's folder, sorted; none where there is no such folder.

    Not ``rglob``: it takes a folder that cannot be listed for an empty one, and then the figures
    would lack what lies in it.

    Raises:
        DatasporError: a folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        folder = Path(error.filename)
        # there is none, or it is gone since it was listed; but not a link that leads nowhere
        if not isinstance(error, FileNotFoundError) or folder.is_symlink():
            raise _locked_folder(root, folder, error)

    found = []
    for folder, _, names in os.walk(root, onerror=refuse):
        for name in names:
            path = Path(folder, name)
            try:
                if _is_file(path):
                    found.append(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _locked_folder(root, path.parent, error) from None
    return sorted(found)


def _locked_folder(root: Path, folder: Path, error: OSError) -> DatasporError:
    below = folder.relative_to(root).parts
    shown = root.joinpath(*(screened(_readable(part)) for part in below))
    return DatasporError(
        f"The folder {shown} cannot be read ({error.strerror}), and without its exports the "
        "figures would be wrong. Give the account that Dataspor runs as leave to list and open "
        "it, or move it away, and run again."
    )


def _is_file(path: Path) -> bool:
    """Whether it is a file, as is a link to what may not be looked at.

    Raises:
        OSError: nothing in its folder can be looked at.
    """
    try:
        return path.is_file()
    except OSError:
        path.lstat()
        return True


_Found = list[tuple[str, Path, Path]]


def _present(settings: Settings) -> tuple[_Found, _Found]:
    """Source, the source's folder, and path of each export; and of each that is unfinished."""
    present: _Found = []
    unfinished: _Found = []
    for folder in (settings.sources, settings.fetched):
        for source in SOURCE_NAMES:
            root = folder / source
            for path in files_below(root):
                name = path.relative_to(root)
                if is_unfinished(source, name):
                    unfinished.append((source, root, path))
                elif is_export(source, name):
                    present.append((source, root, path))
    return present, unfinished


def is_synthetic(sources: Path) -> bool:
    """Whether a sources folder says of itself that it is the synthetic sample."""
    note = sources / SYNTHETIC_NOTE
    if not note.is_file():
        return False
    # whatever a note of other people is written in, it is no reason to stop
    text = note.read_text(encoding="utf-8-sig", errors="replace")
    return "SYNTETISK" in text.upper()


def wave_and_part(name: PurePath) -> tuple[str | None, str | None]:
    """Wave and part of a survey file, by its path below the folder; a wrong name has neither."""
    if len(name.parts) == 1 and _WAVE.fullmatch(name.stem):
        return name.stem, "table" if name.suffix.casefold() == ".csv" else "workbook"
    part = name.stem.casefold()
    if len(name.parts) == 2 and _WAVE.fullmatch(name.parts[0]) and part in _PARTS:
        return name.parts[0], part
    return None, None


class _HashCache:
    """Content hashes by path, size and times, so that nothing is hashed twice."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        if path.is_file():
            self.known = json.loads(path.read_text(encoding="utf-8"))

    def of(self, path: Path) -> str | None:
        """The hash of a file, if it has not changed since it was learnt and can be looked at."""
        try:
            key = self.key(path)
        except OSError:
            return None
        if key in self.known:
            self.seen[key] = self.known[key]
        return self.seen.get(key)

    def last(self, path: Path) -> _Version | None:
        """The state in which a file was read last, whatever it is now; it is not forgotten."""
        for key, digest in self.known.items():
            of_file, _, modified_ns, _ = key.rsplit("|", 3)
            if of_file == str(path):
                self.seen[key] = digest
                return _Version(digest, int(modified_ns))
        return None

    def learn(self, key: str, digest: str) -> None:
        """Remember the hash of the file that had this key before it was read."""
        self.seen[key] = digest

    def save(self) -> None:
        """Write what is still there."""
        if self.seen != self.known:
            write_atomically(self.path, json.dumps(self.seen, indent=0).encode())

    def key(self, path: Path) -> str:
        """What identifies a state of a file."""
        status = path.stat()
        return f"{path}|{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}"
