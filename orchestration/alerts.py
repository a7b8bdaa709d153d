"""Sending an alert to the addresses of the environment: e-mail, webhook, or what Apprise knows."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apprise

from orchestration.errors import TransientError, UsageError

VARIABLE = "DATASPOR_ALERTS"


def send_alert(addresses: Sequence[str], title: str, lines: Sequence[str]) -> None:
    """Send a message to every address; what an address may hold of passwords is never told.

    Args:
        addresses: URLs as Apprise writes them (github.com/caronc/apprise/wiki), such as
            ``mailtos://user:password@smtp.example.dk?to=data@example.dk`` or ``jsons://host/hook``.
        title: of the message, one line.
        lines: the message.

    Raises:
        UsageError: an address is none that Apprise knows.
        TransientError: not all could be reached; some may have got the message.
    """
    # its own lines would show addresses, and with them passwords
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    messenger = apprise.Apprise()
    for number, address in enumerate(addresses, start=1):
        if not messenger.add(address):
            raise UsageError(
                f"Address {number} of {VARIABLE} is no URL that Apprise knows; see "
                "docs/operations.md."
            )
    if not messenger.notify(
        title=title, body="\n".join(lines), body_format=apprise.NotifyFormat.TEXT
    ):
        raise TransientError(
            f"An alert could not be sent to every address of {VARIABLE}. Check the servers there."
        )
