"""Text files to UTF-8: the encoding is found from the bytes, and broken letters are refused."""

from __future__ import annotations

import codecs
from pathlib import Path

from orchestration.errors import UnreadableFileError

HEAD_BYTES = 262_144
_CHUNK = 1 << 22
# UTF-8 read as Windows-1252 somewhere before: æ ø å Æ Ø Å; and the mark of a lost letter
MOJIBAKE = ("Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…", "\ufffd")


def encodings_of(head: bytes) -> list[str]:
    """Encodings to try on a file that begins with ``head``, the likeliest first."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if head[1:2] == b"\x00":
        return ["utf-16-le"]
    if head[:1] == b"\x00":
        return ["utf-16-be"]
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(head)  # may end within a letter
    except UnicodeDecodeError:
        return ["cp1252"]
    return ["utf-8-sig", "cp1252"]


def as_utf8(path: Path, folder: Path, *, trusted: bool) -> Path:
    """A UTF-8 file with the text of ``path``: itself, or a copy in ``folder``.

    Args:
        path: a text file.
        folder: private, for the copy.
        trusted: take a file that begins as UTF-8 for UTF-8 to its end, without looking.

    Raises:
        UnreadableFileError: no encoding fits.
    """
    with path.open("rb") as file:
        encodings = encodings_of(file.read(HEAD_BYTES))
    if trusted and encodings[0] == "utf-8-sig" and not _ends_within_letter(path):
        return path
    for number, encoding in enumerate(encodings):
        copy = folder / f"{path.name}.{number}.utf8"
        try:
            with (
                path.open(encoding=encoding, newline="") as source,
                copy.open("w", encoding="utf-8", newline="") as target,
            ):
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
            return copy
        except UnicodeError:
            copy.unlink()
    raise UnreadableFileError(
        "unreadable", "the text is neither UTF-8, UTF-16 nor Windows-1252; export it as UTF-8"
    )


def _ends_within_letter(path: Path) -> bool:
    """Whether the last bytes begin a letter of UTF-8 and do not end it, which DuckDB dies of."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - 4))
        tail = file.read()
    letter = tail.lstrip(bytes(range(0x80, 0xC0)))  # the rest of a letter that began before
    try:
        letter.decode()
    except UnicodeDecodeError:
        return True
    return False


def decode(content: bytes) -> str:
    """Text of a small file: UTF-8 with or without BOM, UTF-16, or Windows-1252.

    Raises:
        UnreadableFileError: no encoding fits, or the text was decoded wrongly before (mojibake).
    """
    for encoding in encodings_of(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        line = broken_line(text)
        if line:
            raise broken_letters(f"row {line}")
        return text
    raise UnreadableFileError(
        "unreadable", "the text is neither UTF-8, UTF-16 nor Windows-1252; export it as UTF-8"
    )


def broken_line(text: str) -> int:
    """Line in which letters were broken before the file came here; 0 if none."""
    if text.isascii():
        return 0
    broken = next((mark for mark in MOJIBAKE if mark in text), None)
    return 0 if broken is None else text[: text.index(broken)].count("\n") + 1


def broken_letters(where: str) -> UnreadableFileError:
    """The refusal of a file whose letters were broken before it came here, at ``where``."""
    return UnreadableFileError(
        "unreadable",
        f"{where} has letters such as 'Ã¸' or '\ufffd': Danish letters were broken before the "
        "file came here; export it again as UTF-8",
    )
