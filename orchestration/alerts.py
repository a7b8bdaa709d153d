"""Sending an alert to the addresses of the environment: e-mail, webhook, or what Apprise knows."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apprise

from orchestration.errors import TransientError, UsageError

VARIABLE = "DATASPOR_ALERTS"
RETRIES = 3  # of an address that could not be reached; its own retry= and wait= go before
WAIT_SECONDS = 5
ALL_SECONDS = 45  # Dagster waits 60 for a sensor, and then has it look at the same run again


def messenger(addresses: Sequence[str]) -> apprise.Apprise:
    """What sends to the addresses; each one is tagged with its number.

    Args:
        addresses: URLs as Apprise writes them (github.com/caronc/apprise/wiki), such as
            ``mailtos://user:password@smtp.example.dk?to=data@example.dk`` or ``jsons://host/hook``.

    Raises:
        UsageError: an address is none that Apprise knows.
    """
    # its own lines would show addresses, and with them passwords
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    patient = apprise.AppriseAsset(default_service_retry=RETRIES, default_service_wait=WAIT_SECONDS)
    made = apprise.Apprise(asset=patient)
    for number, address in enumerate(addresses, start=1):
        if not made.add(address, tag=str(number)):
            raise UsageError(
                f"Address {number} of {VARIABLE} is no URL that Apprise knows; see "
                "docs/operations.md."
            )
    return made


def send_alert(addresses: Sequence[str], title: str, lines: Sequence[str]) -> None:
    """Send a message to every address; what an address may hold of passwords is never told.

    An address that cannot be reached is tried again, the others are not sent the message twice.

    Args:
        addresses: as ``messenger`` takes them.
        title: of the message, one line.
        lines: the message.

    Raises:
        UsageError: an address is none that Apprise knows.
        TransientError: not all could be reached; some may have got the message.
    """
    sent = messenger(addresses).notify(
        title=title,
        body="\n".join(lines),
        body_format=apprise.NotifyFormat.TEXT,
        timeout=ALL_SECONDS,
    )
    if not sent:
        failed = sorted({int(tag) for service in sent if not service for tag in service.tag})
        raise TransientError(
            f"An alert could not be sent to address {', '.join(map(str, failed))} of {VARIABLE}, "
            "also not when tried again. Check the server there; the alert is not repeated later."
        )
