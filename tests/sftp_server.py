"""A real SFTP server on loopback, in a thread of this process, that serves one folder."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "outbox", "hunter2-not-shown"


@dataclass
class SftpServer:
    """What a test may ask of the server.

    Attributes:
        port: where it listens on 127.0.0.1.
        key: its public host key, as known_hosts has it.
        listings: folders it was asked to list.
        reads: files it was asked to open.
    """

    port: int
    key: str
    listings: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def url(self, folder: str = "/", password: str | None = PASSWORD) -> str:
        """The address of a folder on it."""
        secret = f":{password}" if password else ""
        return f"sftp://{USER}{secret}@127.0.0.1:{self.port}{folder}"

    @property
    def known_hosts(self) -> str:
        """The line of known_hosts that vouches for it."""
        return f"[127.0.0.1]:{self.port} {self.key}\n"


class _PasswordServer(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def sftp_server(
    folder: Path, on_read: Callable[[Path], None] = lambda _: None, unlistable: Sequence[str] = ()
) -> Iterator[SftpServer]:
    """Serve a folder.

    ``on_read(path)`` is called after each block that a client has read; folders named in
    ``unlistable`` are refused.
    """
    key = asyncssh.generate_private_key("ssh-ed25519")
    told = SftpServer(0, key.export_public_key().decode().strip())

    class Sftp(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(folder).encode())

        def scandir(self, path: bytes) -> Any:
            told.listings.append(path.decode())
            if path.decode() in unlistable:
                raise asyncssh.SFTPPermissionDenied("refused")
            return super().scandir(path)

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:  # noqa: A003
            told.reads.append(path.decode())
            return super().open(path, pflags, attrs)

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            content = super().read(file_obj, offset, size)
            on_read(Path(file_obj.name.decode()))
            return content

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        return await asyncssh.create_server(
            _PasswordServer, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=Sftp
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    told.port = server.get_port()

    async def stop() -> None:
        server.close()
        await asyncio.wait_for(server.wait_closed(), 10)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(others, timeout=2) if others else None

    try:
        yield told
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
