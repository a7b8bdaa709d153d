from __future__ import annotations

import base64
import dataclasses
import gzip
import time
from collections.abc import Iterator

import pytest

from orchestration.errors import DatasporError, PermanentFetchError, TransientFetchError
from orchestration.fetch.http import Answer, Patience, Server
from tests.servers import (
    Loopback,
    Reply,
    Request,
    cut_off,
    cut_off_in_a_chunk,
    dripping,
    hung_up,
    late,
    moved,
    other,
    send,
    serving,
    status,
)

BODY = b'{"hemmelig": "' + b"x" * 5000 + b'"}'


class Plain(Loopback):
    """Answers everything alike."""

    def reply(self, _: Request) -> Reply:
        return Reply(200, "application/json", BODY)


@pytest.fixture
def plain() -> Iterator[Plain]:
    with serving(Plain()) as server:
        yield server


def get(server: Loopback, patience: Patience) -> Answer:
    return Server(server.base_url, patience).get("/x", {"q": "1"})


def host(server: Loopback) -> str:
    return server.base_url.removeprefix("http://")


def test_an_answer_is_its_status_type_and_bytes(plain: Plain, impatient: Patience) -> None:
    assert get(plain, impatient) == Answer(200, "application/json", BODY)
    assert plain.requests[0].query == {"q": "1"}
    assert plain.requests[0].headers["User-Agent"].startswith("dataspor/")


@pytest.mark.parametrize(
    "fault",
    [
        status(429),
        status(500),
        status(502),
        status(503),
        status(504),
        cut_off,
        cut_off_in_a_chunk,
        hung_up,
        late(0.6),
    ],
    ids=[
        "429",
        "500",
        "502",
        "503",
        "504",
        "cut off",
        "cut off in a chunk",
        "hung up",
        "late",
    ],
)
def test_what_passes_is_asked_again_until_the_answer_is_whole(
    plain: Plain, impatient: Patience, fault: object
) -> None:
    plain.faults = [fault, fault]
    assert get(plain, impatient).body == BODY
    assert len(plain.requests) == 3


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (status(500), "answered with status 500 (text/html)"),
        (cut_off, "sent an answer that was cut off"),
        (cut_off_in_a_chunk, "sent an answer that was cut off"),
        (hung_up, "could not be reached, or closed the connection"),
        (late(0.6), "did not answer in time"),
    ],
    ids=["500", "cut off", "cut off in a chunk", "hung up", "late"],
)
def test_what_does_not_pass_is_a_transient_error_after_all_attempts(
    plain: Plain, impatient: Patience, fault: object, told: str
) -> None:
    plain.always = fault
    with pytest.raises(TransientFetchError) as refused:
        get(plain, impatient)
    assert str(refused.value) == f"{host(plain)} {told}; asked 4 times."
    assert len(plain.requests) == 1 + impatient.retries


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_what_asking_again_does_not_help_is_asked_once_and_is_a_permanent_error(
    plain: Plain, impatient: Patience, code: int
) -> None:
    plain.always = status(code)
    server = Server(plain.base_url, impatient)
    answer = server.get("/x", {})
    error = server.refuse(answer)
    assert (answer.status, answer.body, len(plain.requests)) == (code, b"", 1)
    assert isinstance(error, PermanentFetchError)
    assert host(plain) in str(error) and f"status {code}" in str(error)
    assert "SECRET" not in str(error)


def test_an_error_of_the_server_that_is_not_asked_again_is_still_transient(
    plain: Plain, impatient: Patience
) -> None:
    plain.always = status(507)
    server = Server(plain.base_url, impatient)
    assert isinstance(server.refuse(server.get("/x", {})), TransientFetchError)


def test_a_server_that_nobody_runs_is_a_transient_error(impatient: Patience) -> None:
    with serving(Plain()) as server:
        gone = server.base_url
    with pytest.raises(TransientFetchError, match="could not be reached"):
        Server(gone, impatient).get("/x", {})


def test_the_wait_that_a_server_asks_for_is_kept(plain: Plain, impatient: Patience) -> None:
    patience = dataclasses.replace(impatient, longest_wait_seconds=5)
    plain.faults = [status(503, Retry_After="1")]
    begun = time.monotonic()
    assert get(plain, patience).body == BODY
    assert 0.9 < time.monotonic() - begun < 3


@pytest.mark.parametrize("wait", ["86400", "Fri, 31 Dec 2049 23:59:59 GMT", "soon"])
def test_no_server_makes_us_wait_long(plain: Plain, impatient: Patience, wait: str) -> None:
    plain.faults = [status(503, Retry_After=wait)]
    begun = time.monotonic()
    assert get(plain, impatient).body == BODY
    assert time.monotonic() - begun < 1


def test_retries_wait_longer_each_time(plain: Plain, impatient: Patience) -> None:
    plain.always = status(500)
    patience = dataclasses.replace(impatient, backoff_seconds=0.1, longest_wait_seconds=1)
    begun = time.monotonic()
    with pytest.raises(TransientFetchError):
        get(plain, patience)
    # 0 + 0.2 + 0.4 s, and a jitter of at most 0.1 s each
    assert 0.6 <= time.monotonic() - begun < 1.2


def test_an_answer_that_drips_is_given_up_after_the_whole_time(
    plain: Plain, impatient: Patience
) -> None:
    plain.always = dripping(0.05, times=100)
    patience = dataclasses.replace(impatient, total_seconds=0.4)
    begun = time.monotonic()
    with pytest.raises(TransientFetchError, match="too slowly; asked once"):
        get(plain, patience)
    assert time.monotonic() - begun < 2


def test_an_answer_without_end_is_not_read_to_its_end(plain: Plain, impatient: Patience) -> None:
    plain.always = other(body=b"y" * 3_000_000)
    with pytest.raises(PermanentFetchError, match="more than 1 MB") as refused:
        get(plain, impatient)
    assert host(plain) in str(refused.value)


def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(
    plain: Plain, impatient: Patience
) -> None:
    packed = gzip.compress(b"z" * 50_000_000)
    assert len(packed) < impatient.largest_bytes
    plain.always = lambda handler, _: send(
        handler, Reply(200, "application/json", packed, {"Content-Encoding": "gzip"})
    )
    with pytest.raises(PermanentFetchError, match="more than 1 MB"):
        get(plain, impatient)


def test_a_packed_answer_is_unpacked(plain: Plain, impatient: Patience) -> None:
    plain.always = lambda handler, reply: send(
        handler,
        Reply(200, "application/json", gzip.compress(reply.body), {"Content-Encoding": "gzip"}),
    )
    assert get(plain, impatient).body == BODY


def test_a_content_type_that_is_none_is_not_quoted(plain: Plain, impatient: Patience) -> None:
    plain.always = other(content_type="\x1b[31m" + "a" * 500)
    assert get(plain, impatient).content_type == "no content type"


@pytest.mark.parametrize(
    "address", ["", "website.example", "ftp://website.example", "https://", "http://[::1"]
)
def test_an_address_that_is_none_is_a_permanent_error(impatient: Patience, address: str) -> None:
    with pytest.raises(PermanentFetchError, match="has to begin with https"):
        Server(address, impatient)


@pytest.mark.parametrize("password", ["12[34", "12/34", "12?34", "12#34", "hemme/lig"])
def test_no_part_of_a_password_is_taken_for_the_host(impatient: Patience, password: str) -> None:
    with pytest.raises(PermanentFetchError, match="has to begin with https") as refused:
        Server(f"https://anna:{password}@website.example", impatient)
    assert not any(part in str(refused.value) for part in ("12", "34", "lig", "anna"))


@pytest.mark.parametrize("name", ["bibliotek..example", "a" * 64 + ".example"])
def test_a_name_that_no_host_can_have_is_a_permanent_error(impatient: Patience, name: str) -> None:
    with pytest.raises(PermanentFetchError, match="Correct the address"):
        Server(f"https://{name}", impatient).get("/x", {})


def test_a_redirect_to_nowhere_is_a_permanent_error(plain: Plain, impatient: Patience) -> None:
    plain.always = moved("/round")
    with pytest.raises(PermanentFetchError, match="redirects"):
        get(plain, impatient)


# --- user name and password ---------------------------------------------------------------------


def test_user_and_password_are_sent_in_utf_8_and_shown_nowhere(
    plain: Plain, impatient: Patience
) -> None:
    server = Server(plain.base_url, impatient, user="åse", password="kodeord-ø")
    server.get("/x", {})
    sent = plain.requests[0].headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == "åse:kodeord-ø".encode()
    plain.always = status(500)
    with pytest.raises(DatasporError) as refused:
        server.get("/x", {})
    told = f"{refused.value} {refused.value!r} {server!r} {server.address} {server.host}"
    assert "åse" not in told and "kodeord" not in told and sent not in told


def test_user_and_password_in_the_address_are_used_and_shown_nowhere(
    plain: Plain, impatient: Patience
) -> None:
    server = Server(plain.base_url.replace("//", "//anna:kodeord@"), impatient)
    server.get("/x", {})
    sent = plain.requests[0].headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"anna:kodeord"
    assert server.address == plain.base_url
    assert server.host == host(plain)


def test_a_password_is_not_sent_over_http_to_another_machine(impatient: Patience) -> None:
    with pytest.raises(PermanentFetchError, match="begins with https") as refused:
        Server("http://surveys.example/rest", impatient, user="anna", password="kodeord")
    assert "anna" not in str(refused.value) and "kodeord" not in str(refused.value)


def test_a_password_does_not_follow_a_redirect(plain: Plain, impatient: Patience) -> None:
    with serving(Plain()) as elsewhere:
        plain.always = moved(f"{elsewhere.base_url}/x")
        server = Server(plain.base_url, impatient, user="anna", password="kodeord")
        answer = server.get("/x", {})
        assert answer.status == 302
        assert "status 302" in str(server.refuse(answer))
        assert elsewhere.requests == []


def test_without_a_password_a_redirect_is_followed(plain: Plain, impatient: Patience) -> None:
    plain.faults = [moved("/elsewhere")]
    assert get(plain, impatient).body == BODY
    assert [request.path for request in plain.requests] == ["/x", "/elsewhere"]
