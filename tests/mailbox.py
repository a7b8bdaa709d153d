"""A mail server and a webhook on loopback that keep what they are sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What came by mail and to the webhook.

    Attributes:
        addresses: to be set as DATASPOR_ALERTS; what fails there is tried again without a pause.
        status: what the webhook answers.
        busy: so many mails are not taken yet.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    status: int = 200
    busy: int = 0

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.busy:
            self.busy -= 1
            return "451 try again later"
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def texts(self) -> list[str]:
        """What was sent, as one text each: title and body."""
        mails = [
            f"{mail['subject']}\n{part.get_content() if (part := mail.get_body()) else ''}"
            for mail in self.mails
        ]
        return mails + [f"{post['title']}\n{post['message']}" for post in self.posts]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Both servers, on free ports."""
    box = Mailbox()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  the name that http.server calls
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.posts.append(json.loads(body))
            self.send_response(box.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=hook.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = Controller(box, hostname="127.0.0.1", port=port)
    mail.start()
    try:
        box.addresses = [
            f"mailto://127.0.0.1:{port}?from=dataspor@example.dk&to=data@example.dk&wait=0",
            f"json://127.0.0.1:{hook.server_port}/hook?wait=0",
        ]
        yield box
    finally:
        mail.stop()
        hook.shutdown()
        hook.server_close()
