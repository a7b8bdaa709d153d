"""Alerts by mail and webhook, to real servers; no address is ever told."""

from __future__ import annotations

import logging

import apprise
import pytest

from orchestration import alerts
from orchestration.alerts import RETRIES, send_alert
from orchestration.errors import TransientError, UsageError
from tests.mailbox import mailbox


def test_every_address_gets_title_and_lines() -> None:
    with mailbox() as box:
        send_alert(
            box.addresses, "Dataspor: dataspor_run failed", ["Første linje.", "<b>Anden</b>."]
        )

    assert len(box.mails) == len(box.posts) == 1
    assert box.mails[0]["to"] == "data@example.dk"
    for text in box.texts():
        assert text.startswith("Dataspor: dataspor_run failed\n")
        assert "Første linje." in text
        assert "<b>Anden</b>." in text


def test_an_address_that_is_none_is_told_by_its_number() -> None:
    with pytest.raises(UsageError, match="Address 2 of DATASPOR_ALERTS") as raised:
        send_alert(["json://127.0.0.1:1/", "hemmelig"], "title", ["line"])
    assert "hemmelig" not in str(raised.value)


def test_a_mail_server_that_is_busy_is_asked_again_and_nobody_gets_the_message_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alerts, "WAIT_SECONDS", 1)
    monkeypatch.setattr(apprise.NotifyBase, "request_rate_per_sec", 0)  # it waits 5.5 s of its own
    with mailbox() as box:
        box.busy = RETRIES
        send_alert(box.addresses, "title", ["line"])
    assert len(box.mails) == len(box.posts) == 1


def test_the_addresses_that_were_not_reached_are_told_by_their_numbers() -> None:
    with mailbox() as box:
        box.status = 500
        with pytest.raises(TransientError, match="to address 2, 3 of DATASPOR_ALERTS") as raised:
            send_alert([*box.addresses, "json://me:hemmelig@127.0.0.1:1/?wait=0"], "t", ["line"])
    assert len(box.mails) == 1
    assert len(box.posts) == 1 + RETRIES
    assert "hemmelig" not in str(raised.value)


def test_a_server_that_refuses_or_is_away_is_a_transient_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with mailbox() as box, caplog.at_level(logging.DEBUG):
        box.status = 500
        with pytest.raises(TransientError, match="could not be sent"):
            send_alert([box.addresses[1]], "title", ["line"])
        with pytest.raises(TransientError) as raised:
            send_alert(["json://me:hemmelig@127.0.0.1:1/?wait=0"], "title", ["line"])
    assert "hemmelig" not in str(raised.value)
    assert "hemmelig" not in caplog.text
