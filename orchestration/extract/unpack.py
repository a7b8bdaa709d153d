"""What kind of file it is, by its bytes; zip and gz unpacked with bounds that hold before opening.

A workbook is a zip too: it is bounded by the same rules, and left as it is.
"""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from orchestration.errors import DiskError, UnreadableFileError, writing
from orchestration.extract.workbook import SUFFIXES as WORKBOOKS

MAX_BYTES = 8_000_000_000
MAX_RATIO = 400
FREE_BYTES = 50_000_000
MAX_ENTRIES = 1_000
_TABLES = (*WORKBOOKS, ".csv", ".tsv", ".zip", ".gz")
_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
# what the packing's own readers make of wrong bytes; ValueError and IndexError: in a member's name
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, IndexError),
)
_DAMAGED_SENTENCE = "the file is damaged, cut off or encrypted; export it again"


@dataclass(frozen=True)
class Plain:
    """A file that is not packed: the source file itself, or a member of it.

    Attributes:
        name: the member's name; empty for the source file itself.
        path: where it lies, with the suffix that its bytes ask for.
        why: why it is unreadable, where it is a member that is so.
    """

    name: str
    path: Path
    kind: Literal["text", "workbook", "unreadable"]
    why: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether the source file cannot be used without it: it is that, or named as a table."""
        return not self.name or self.name.casefold().endswith(_TABLES)


def unpack(path: Path, folder: Path) -> list[Plain]:
    """The plain files in ``path``: itself, or the members of a zip or gz, unreadable ones too.

    Args:
        path: the file as received; its suffix decides nothing, since a file is landed by its
            content and may be renamed.
        folder: where members are written, under numbers: names inside a zip are never paths; and
            a link to the file, by which it is read.

    Raises:
        UnreadableFileError: empty, damaged, encrypted, a web page, or larger than the bounds.
    """
    if path.stat().st_size == 0:
        raise UnreadableFileError("empty", "the file is empty (0 bytes); export it again")
    # copies are named after the file, and its own name may be as long as names can be
    return _plain(_linked(path, folder / "received"), folder, "", depth=0)


def _plain(path: Path, folder: Path, name: str, depth: int) -> list[Plain]:
    with path.open("rb") as file:
        head = file.read(1024)
    try:
        if head.startswith(_OLE):
            return [Plain(name, _named(path, folder, ".xls"), "workbook")]
        if head.startswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                _check_bounds(archive, path)
                suffix = _workbook_suffix(archive)
                if suffix:
                    return [Plain(name, _named(path, folder, suffix), "workbook")]
                _refuse_depth(depth)
                return _members(archive, path, folder, depth)
        if head.startswith(_GZIP):
            _refuse_depth(depth)
            target = folder / f"{depth}_member"
            with gzip.open(path, "rb") as packed:
                _copy_bounded(packed, target, _limit(path))
            return _plain(target, folder, name, depth + 1)
    except _DAMAGED:
        raise UnreadableFileError("unreadable", _DAMAGED_SENTENCE) from None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"%pdf")):
        raise UnreadableFileError(
            "unreadable",
            "the file is a web page, XML or PDF whatever its name says; open it in a spreadsheet "
            "program and save it as xlsx or csv",
        )
    return [Plain(name, path, "text")]


def _workbook_suffix(archive: zipfile.ZipFile) -> str | None:
    """Suffix of the workbook that a zip is (Open Packaging Conventions, OpenDocument), if any."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return ".xlsb" if "xl/workbook.bin" in names else ".xlsx"
    return ".ods" if {"mimetype", "content.xml"} <= names else None


def _named(path: Path, folder: Path, suffix: str) -> Path:
    """The file under a name with this suffix, by which readers know the format."""
    return _linked(path, folder / f"{path.name}{suffix}")


def _linked(path: Path, link: Path) -> Path:
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return link


def _members(archive: zipfile.ZipFile, path: Path, folder: Path, depth: int) -> list[Plain]:
    plain = []
    left = _limit(path)
    for number, entry in enumerate(e for e in archive.infolist() if _is_content(e)):
        target, name = folder / f"{depth}_member{number}", _path_in(entry).name
        is_whole = _copied(archive, entry, target, left)
        size = target.stat().st_size if target.exists() else 0
        left -= size
        if not is_whole:
            plain.append(Plain(name, target, "unreadable", _DAMAGED_SENTENCE))
        elif size:
            plain.extend(_member(target, folder, name, depth))
    return plain


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> bool:
    """Copy a member, or as much of it as can be read; whether that is all."""
    try:
        with archive.open(entry) as packed:
            _copy_bounded(packed, target, limit)
    except _DAMAGED:
        return False
    return True


def _member(path: Path, folder: Path, name: str, depth: int) -> list[Plain]:
    try:
        return _plain(path, folder, name, depth + 1)
    except UnreadableFileError as error:
        return [Plain(name, path, "unreadable", str(error))]


def _is_content(entry: zipfile.ZipInfo) -> bool:
    name = _path_in(entry)
    return not (entry.is_dir() or name.name.startswith(".") or "__MACOSX" in name.parts)


def _path_in(entry: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path; some programs separate folders by backslashes."""
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _refuse_depth(depth: int) -> None:
    if depth > 1:
        raise UnreadableFileError("unreadable", "packed files inside packed files; unpack them")


def _limit(path: Path) -> int:
    return min(MAX_BYTES, FREE_BYTES + MAX_RATIO * path.stat().st_size)


def _check_bounds(archive: zipfile.ZipFile, path: Path) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFileError(
            "unreadable",
            f"{len(entries):,} packed files in one, more than the {MAX_ENTRIES:,} allowed",
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _limit(path):
        raise _too_large(_limit(path))


def _copy_bounded(packed: IO[bytes] | gzip.GzipFile, target: Path, limit: int) -> None:
    """Copy at most ``limit`` bytes: what a header says of its size may be a lie."""
    written = 0
    with writing():
        output = target.open("wb", buffering=0)
    with output:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > limit:
                raise _too_large(limit)
            with writing():
                if output.write(chunk) < len(chunk):
                    raise DiskError


def _too_large(limit: int) -> UnreadableFileError:
    return UnreadableFileError(
        "unreadable",
        f"the file unpacks to more than {limit:,} bytes, which is too much for its size",
    )
