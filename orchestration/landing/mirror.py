"""Exports on a server: copied below the archive once a run, so that the rest reads a local folder.

Listing and copying go through fsspec, whatever the server speaks. Credentials are those of the
client's own configuration and environment; a URL is never shown with its password.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from filelock import FileLock

from orchestration.errors import DatasporError, TransientError, UsageError
from orchestration.landing.archive import private_file, private_folder
from orchestration.landing.inventory import (
    SYNTHETIC_NOTE,
    LeftFile,
    is_export,
    is_unfinished,
    shown_name,
    wave_folder,
)
from orchestration.landing.unfinished import (
    PAUSE_SECONDS,
    UNFINISHED,
    WAVE_UNFINISHED,
    YOUNG_SECONDS,
)
from orchestration.settings import SOURCE_NAMES, Settings

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_EXTRAS = {"sftp": "sftp", "ssh": "sftp", "s3": "s3", "s3a": "s3"}
_EXTRAS |= dict.fromkeys(("abfs", "abfss", "az", "adl"), "azure")
_SSH_SECONDS = 20.0
# clients' own names for a server that cannot be reached now: botocore's, and Azure's
_UNREACHED = {"ConnectionError", "HTTPClientError", "ServiceRequestError", "ServiceResponseError"}
# and for a login that it does not take: paramiko's, botocore's, and what s3fs makes of a 403
_REFUSED = {"AuthenticationException", "NoCredentialsError", "PermissionError"}
_REFUSALS = (401, 403)


@dataclass(frozen=True)
class Mirrored:
    """What came of mirroring.

    Attributes:
        copied: number of files copied.
        removed: number of files removed.
        left: the files left for the next run.
        wanting: the sources with an export that is still changing and not yet in the mirror.
    """

    copied: int
    removed: int
    left: list[LeftFile]
    wanting: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _RemoteFile:
    source: str
    name: PurePosixPath  # below the source's folder; the note on the whole lies above them
    address: str
    size: int
    modified_ns: int

    @property
    def state(self) -> tuple[int, int]:
        return self.size, self.modified_ns

    @property
    def wave(self) -> PurePath | None:
        return wave_folder(self.source, self.name)


def mirror(settings: Settings) -> Mirrored:
    """Make the mirror what the server has now; where the sources are local, do nothing.

    New and changed files are copied with their modification time, files that are gone leave the
    mirror. A file that is being written keeps its last whole version in the mirror, and so do the
    other new files of its survey wave: new labels would give old answers another meaning. Nothing
    is removed before everything is copied.

    Raises:
        UsageError: the URL cannot be used, or the client for it is not installed.
        DatasporError: the server cannot be reached; the mirror is as it was.
    """
    if settings.sources_url is None:
        return Mirrored(0, 0, [])
    settings.prepare()
    private_folder(settings.sources)
    with (
        FileLock(settings.archive / ".mirror.lock", mode=0o600),
        _server(settings.sources_url) as (server, root),
    ):
        remote, unfinished = _listed(server, root)
        left = [LeftFile(source, shown_name(name), UNFINISHED) for source, name in unfinished]
        waves = {wave_folder(*named) for named in unfinished} - {None}
        new = [file for file in remote if _state(_target(settings, file)) != file.state]
        changing = _still_changing(server, new)
        copied, wanting = 0, set()
        for files in _together(new):
            broken = changing.intersection(files)
            if not broken and files[0].wave not in waves:
                broken = _copied(server, {file: _target(settings, file) for file in files})
                if not broken:
                    copied += len(files)
                    continue
            for file in files:
                why = "it is still changing on the server" if file in broken else WAVE_UNFINISHED
                left.append(LeftFile(file.source, shown_name(file.name), why))
                if not _target(settings, file).is_file():
                    wanting.add(file.source)
        removed = _remove_others(settings.sources, {_target(settings, file) for file in remote})
    return Mirrored(copied, removed, left, frozenset(wanting))


def shown_url(url: str) -> str:
    """The URL without password, query and fragment, for people and logs.

    Raises:
        UsageError: it cannot be taken apart.
    """
    parts = _split(url)
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"


def _split(url: str) -> SplitResult:
    """The parts of a URL; none where a part of a password might stand in another's place.

    Raises:
        UsageError: the text says nothing of the URL, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        # a / ? or # in a password ends the server's name in the middle of the password
        if "@" in parts.netloc or "@" not in url or ":" not in parts.netloc:
            return parts
    except ValueError:  # a [ or ] that is not about a server's number
        pass
    raise UsageError(
        "DATASPOR_SOURCES is a URL that cannot be taken apart, as where a password has one of the "
        "characters [ ] / ? or #. Write it as sftp://user@host/exports, and have the server take a "
        "key of yours instead of a password."
    )


@contextmanager
def _server(url: str) -> Iterator[tuple[AbstractFileSystem, str]]:
    """The server's file system and the sources' folder on it; errors become sentences."""
    import fsspec

    protocol, shown = _split(url).scheme, shown_url(url)
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        extra = _EXTRAS.get(protocol)
        what = f"pip install 'dataspor[{extra}]'" if extra else "install its fsspec client"
        raise UsageError(
            f"DATASPOR_SOURCES is {shown}, and the client for {protocol}:// is not installed. "
            f"Install it: {what}"
        ) from error
    except ValueError as error:
        raise UsageError(
            f"DATASPOR_SOURCES is {shown}; {protocol}:// is not known. Use a folder, or a URL that "
            "begins with sftp://, s3:// or abfs://."
        ) from error
    server = None
    try:
        server, root = fsspec.core.url_to_fs(url, **_options(protocol))
        if protocol in ("sftp", "ssh"):
            server.ftp.get_channel().settimeout(_SSH_SECONDS)
        yield server, root.rstrip("/")
    except DatasporError:
        raise
    except FileNotFoundError as error:
        raise DatasporError(
            f"There is no folder {shown}, or a file went away while it was read. Correct "
            "DATASPOR_SOURCES, or try again. Nothing was changed."
        ) from error
    except Exception as error:  # each client has errors of its own
        raise (TransientError if _is_passing(error) else DatasporError)(
            f"The exports at {shown} cannot be read: {_reason(error)}. Nothing was changed; what "
            "was copied before is kept. Try again when the server answers."
        ) from error
    finally:
        if server is not None and protocol in ("sftp", "ssh"):
            server.client.close()


def _options(protocol: str) -> dict[str, Any]:
    """No connection or listing of an earlier run is used; SSH servers must be known."""
    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if protocol not in ("sftp", "ssh"):
        return options
    import paramiko

    class KnownHosts(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # has no types
        """Accepts the keys that the user's own known_hosts holds, as ssh does."""

        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:  # noqa: ARG002
            known = paramiko.HostKeys()
            for path in (Path("/etc/ssh/ssh_known_hosts"), Path.home() / ".ssh" / "known_hosts"):
                if path.is_file():
                    known.load(str(path))
            if not known.check(hostname, key):
                raise DatasporError(
                    f"The server {hostname} is not the one in ~/.ssh/known_hosts, or not in it. "
                    "Compare its key with its owner's, and add it: connect once with sftp."
                )

    return {
        "skip_instance_cache": True,
        "host_key_policy": KnownHosts(),
        "timeout": _SSH_SECONDS,
        "banner_timeout": _SSH_SECONDS,
        "auth_timeout": _SSH_SECONDS,
    }


def _reason(error: Exception) -> str:
    """Why, in words; never the client's own text, which may hold the URL or a file's name."""
    if isinstance(error, TimeoutError):
        return "the server does not answer"
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    name = type(error).__name__
    if name in _REFUSED or getattr(error, "status_code", None) in _REFUSALS:
        return "the server refused the login"
    return f"the connection failed ({name})"


def _is_passing(error: Exception) -> bool:
    """Whether asking again later may help."""
    if isinstance(error, OSError):
        return not isinstance(error, PermissionError)
    return any(kind.__name__ in _UNREACHED for kind in type(error).__mro__)


def _listed(
    server: AbstractFileSystem, root: str
) -> tuple[list[_RemoteFile], list[tuple[str, PurePosixPath]]]:
    """The exports on the server; and source and name of those that are unfinished by their name."""
    found, unfinished = [], []
    top = server.ls(root or "/", detail=True)
    names = {PurePosixPath(entry["name"]).name: entry for entry in top}
    if SYNTHETIC_NOTE in names:
        found.append(_remote(server, "", PurePosixPath(SYNTHETIC_NOTE), names[SYNTHETIC_NOTE]))
    for source in SOURCE_NAMES:
        if source not in names:
            continue
        for name, entry in _files(server, f"{root}/{source}", PurePosixPath()):
            if is_unfinished(source, name):
                unfinished.append((source, name))
            elif is_export(source, name):
                found.append(_remote(server, source, name, entry))
    return found, unfinished


def _together(files: list[_RemoteFile]) -> list[list[_RemoteFile]]:
    """The files by what comes into the mirror whole or not at all: those of a wave, or one."""
    found: dict[tuple[str, PurePath], list[_RemoteFile]] = {}
    for file in files:
        found.setdefault((file.source, file.wave or file.name), []).append(file)
    return list(found.values())


def _files(
    server: AbstractFileSystem, folder: str, inside: PurePosixPath
) -> Iterator[tuple[PurePosixPath, dict[str, Any]]]:
    """Every file below a folder, by its path below it.

    Not fsspec's own ``walk``: it takes a subfolder that cannot be listed for an empty one, and
    then everything in it would leave the mirror.

    Raises:
        DatasporError: a file hides what lies in a folder.
    """
    # Azure's client lists a folder twice that has a mark of its own
    listed = {entry["name"].rstrip("/"): entry for entry in server.ls(folder, detail=True)}
    for address, entry in sorted(listed.items()):
        name = address.rpartition("/")[2]  # pathlib would drop a name that is a dot
        if address.strip("/") == folder.strip("/"):
            if entry["type"] == "directory" or entry["name"].endswith("/"):
                continue  # the folder itself, or S3's mark of it
            # Azure's client lists a mark by the folder's name, and then nothing else
            shown = shown_name(PurePosixPath(folder.strip("/")))
            raise DatasporError(
                f"On the server, {shown} is a file, or an empty file by the folder's name hides "
                "what lies in it. Remove that file. Nothing was changed."
            )
        if name in (".", ".."):
            continue  # names of objects may be any text; none leads out of the mirror
        if entry["type"] == "directory":
            yield from _files(server, f"{folder}/{name}", inside / name)
        else:
            yield inside / name, entry


def _remote(
    server: AbstractFileSystem, source: str, name: PurePosixPath, entry: dict[str, Any]
) -> _RemoteFile:
    # each file system has a name of its own for the modification time
    keys = ("mtime", "LastModified", "last_modified", "modified")
    modified = next((entry[key] for key in keys if entry.get(key)), None)
    if modified is None:
        modified = server.modified(entry["name"])
    if isinstance(modified, dt.datetime):
        zoned = modified if modified.tzinfo else modified.replace(tzinfo=dt.UTC)
        modified = zoned.timestamp()
    # whole microseconds: what a float holds exactly enough to be compared with the copy's
    nanoseconds = round(modified * 1_000_000) * 1000
    return _RemoteFile(source, name, entry["name"], int(entry["size"]), nanoseconds)


def _still_changing(server: AbstractFileSystem, files: list[_RemoteFile]) -> frozenset[_RemoteFile]:
    """Those changed within the last seconds that are not the same after a short pause."""
    young = [file for file in files if time.time() - file.modified_ns / 1e9 < YOUNG_SECONDS]
    if not young:
        return frozenset()
    time.sleep(PAUSE_SECONDS)
    return frozenset(file for file in young if not _is_as_listed(server, file))


def _is_as_listed(server: AbstractFileSystem, file: _RemoteFile) -> bool:
    try:
        now = _remote(server, file.source, file.name, server.info(file.address))
    except FileNotFoundError:
        return False
    return now.state == file.state


def _copied(
    server: AbstractFileSystem, targets: Mapping[_RemoteFile, Path]
) -> frozenset[_RemoteFile]:
    """Copy files, all or none; the one because of which there is no copy, as it became another."""
    temporary: dict[Path, Path] = {}
    try:
        for number, (file, target) in enumerate(targets.items()):
            copy = private_folder(target.parent) / f".{os.getpid()}.{number}.mirrored"
            temporary[copy] = target
            if not _got(server, file, copy):
                return frozenset({file})
        for copy, target in temporary.items():
            copy.replace(target)
    finally:
        for copy in temporary:
            copy.unlink(missing_ok=True)
    return frozenset()


def _got(server: AbstractFileSystem, file: _RemoteFile, copy: Path) -> bool:
    """Copy a file; False where it became another meanwhile."""
    private_file(copy).close()
    try:
        server.get_file(file.address, str(copy))
    except Exception:
        if _is_as_listed(server, file):  # it did not change under the copy: something else
            raise
        return False
    if copy.stat().st_size != file.size or not _is_as_listed(server, file):
        return False
    os.utime(copy, ns=(file.modified_ns, file.modified_ns))
    return True


def _remove_others(folder: Path, present: set[Path]) -> int:
    gone = [path for path in folder.rglob("*") if path.is_file() and path not in present]
    for path in gone:
        path.unlink()
    return len(gone)


def _target(settings: Settings, file: _RemoteFile) -> Path:
    return settings.sources.joinpath(file.source, *file.name.parts)


def _state(path: Path) -> tuple[int, int] | None:
    if not path.is_file():
        return None
    status = path.stat()
    return status.st_size, status.st_mtime_ns
