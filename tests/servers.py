"""Servers on loopback that answer as the source systems do, and fail as servers fail."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LONGEST_DAYS = 184  # a half-year is never longer
NEW_PATH = "/api/v1/opening_hours"
OLDER_PATH = "/opening_hours/instances"
NEWEST_GENERATION = 3
JSON = "application/json"


@dataclass
class Reply:
    """What a server says; ``faults`` change it or send something else."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What a server was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


Fault = Callable[[BaseHTTPRequestHandler, Reply], None]


class Loopback:
    """A server of which each request is noted; the next fault, if one is left, spoils its answer.

    Attributes:
        requests: what it was asked.
        faults: what befalls the next requests, one each; None is a request answered well.
        always: what befalls all others.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault | None] = []
        self.always: Fault | None = None
        self.base_url = ""

    def reply(self, request: Request) -> Reply:
        """The answer to a request when nothing befalls it."""
        raise NotImplementedError

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        request = Request(parts.path, dict(parse_qsl(parts.query)), dict(handler.headers))
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else self.always
        reply = self.reply(request)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (fault or send)(handler, reply)


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(server: Loopback) -> Iterator[Loopback]:
    """Run a server in threads of this process until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        disable_nagle_algorithm = True  # head and body go out in two writes: 40 ms each otherwise

        def do_GET(self) -> None:  # noqa: N802  the library's name
            server.handle(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _QuietServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server.base_url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


# --- faults -------------------------------------------------------------------------------------


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """No fault: the whole answer."""
    _head(handler, reply, {"Content-Length": str(len(reply.body))})
    handler.wfile.write(reply.body)


def status(code: int, **headers: str) -> Fault:
    """An error page in HTML; underscores in headers' names are hyphens."""

    def fault(handler: BaseHTTPRequestHandler, _: Reply) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send(handler, Reply(code, "text/html; charset=UTF-8", b"<h1>SECRET PAGE</h1>", named))

    return fault


def other(content_type: str | None = None, body: bytes | None = None) -> Fault:
    """Another content type, another body, or both."""

    def fault(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        kind = content_type if content_type is not None else reply.content_type
        send(handler, Reply(200, kind, reply.body if body is None else body))

    return fault


def late(seconds: float) -> Fault:
    """Nothing for so long, then the answer."""

    def fault(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(seconds)
        send(handler, reply)

    return fault


def dripping(seconds_between: float, times: int) -> Fault:
    """One byte at a time, never so slow that one read takes long."""

    def fault(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        _head(handler, reply, {"Content-Length": str(len(reply.body))})
        for byte in reply.body[:times]:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(seconds_between)
        handler.close_connection = True

    return fault


def cut_off(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Half of what the header promises."""
    _head(handler, reply, {"Content-Length": str(len(reply.body))})
    handler.wfile.write(reply.body[: len(reply.body) // 2])
    handler.close_connection = True


def cut_off_in_a_chunk(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """A chunk that ends before its length, and no last chunk."""
    _head(handler, reply, {"Transfer-Encoding": "chunked"})
    half = reply.body[: len(reply.body) // 2]
    handler.wfile.write(f"{len(reply.body):x}\r\n".encode() + half)
    handler.close_connection = True


def hung_up(handler: BaseHTTPRequestHandler, _: Reply) -> None:
    """No answer at all."""
    handler.close_connection = True


def moved(to: str) -> Fault:
    """A redirect."""

    def fault(handler: BaseHTTPRequestHandler, _: Reply) -> None:
        send(handler, Reply(302, "text/html", b"", {"Location": to}))

    return fault


def _head(handler: BaseHTTPRequestHandler, reply: Reply, more: dict[str, str]) -> None:
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.content_type)
    for name, value in {**reply.headers, **more}.items():
        handler.send_header(name, value)
    handler.end_headers()


# --- the library website ------------------------------------------------------------------------


def opening_item(
    day: dt.date,
    *,
    title: str = "Åbent",
    times: tuple[str, str] = ("08:00", "17:00"),
    node: int = 101,
    isil: str | None = "DK-710119",
    generation: int = NEWEST_GENERATION,
) -> dict[str, Any]:
    """An item as the CMS sends it in one of its three generations."""
    item: dict[str, Any] = {
        "id": 5_000 + day.toordinal() % 1000,
        "category": {"title": title, "color": "#b9d7ee"},
        "date": day.isoformat(),
        "start_time": times[0],
        "end_time": times[1],
        "branch_id": node,
        "repetition": {
            "id": 7,
            "type": "weekly",
            "weekly_data": {"end_date": (day + dt.timedelta(days=30)).isoformat()},
        },
    }
    if generation >= 2 and isil is not None:
        item["branch_isil_id"] = isil
    if generation >= NEWEST_GENERATION:
        item["branch_name"] = "Vesterbro Bibliotek og Kulturhus"
    return item


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """All days, both included."""
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


class LibraryWebsite(Loopback):
    """The Danish common library CMS as a client sees it: both dates inclusive, no order.

    Attributes:
        items: all the website knows.
        paths: the addresses it has; any other is 404.
    """

    def __init__(
        self, items: Sequence[dict[str, Any]], paths: Sequence[str] = (NEW_PATH, OLDER_PATH)
    ) -> None:
        super().__init__()
        self.items = list(items)
        self.paths = tuple(paths)

    @property
    def windows(self) -> list[tuple[dt.date, dt.date]]:
        """The days asked for, in order."""
        return [
            (
                dt.date.fromisoformat(request.query["from_date"]),
                dt.date.fromisoformat(request.query["to_date"]),
            )
            for request in self.requests
        ]

    def reply(self, request: Request) -> Reply:
        if request.path not in self.paths:
            return Reply(404, "text/html; charset=UTF-8", b"<h1>Siden findes ikke</h1>")
        query = request.query
        try:
            first = dt.date.fromisoformat(query["from_date"])
            last = dt.date.fromisoformat(query["to_date"])
        except (KeyError, ValueError):
            return _bad_request("dates")
        if not 1 <= (last - first).days + 1 <= LONGEST_DAYS:
            return _bad_request("a window longer than a half-year")
        if request.path == NEW_PATH and query.get("_format") != "json":
            return _bad_request("format")
        known = [i for i in self.items if first <= dt.date.fromisoformat(i["date"]) <= last]
        if request.path == OLDER_PATH:
            nodes = query.get("nid", "").split(",")
            known = [_older(i) for i in known if str(i["branch_id"]) in nodes]
        body = json.dumps(known[::-1], ensure_ascii=False).encode()
        return Reply(200, "application/json; charset=utf-8", body)


def _older(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "nid": item["branch_id"],
        "category_tid": 12,
        "date": item["date"],
        "start_time": item["start_time"],
        "end_time": item["end_time"],
        "notice": item["category"]["title"],
    }


def _bad_request(what: str) -> Reply:
    return Reply(400, JSON, json.dumps({"message": f"SECRET {what}"}).encode())


# --- SurveyXact ---------------------------------------------------------------------------------

USER, PASSWORD = "ærø", "hemmelig-æøå"


class SurveyServer(Loopback):
    """SurveyXact's REST interface: INTL_US is UTF-16 with tabs; without an account it answers 500.

    Attributes:
        surveys: survey number to its parts as text.
    """

    def __init__(self, surveys: dict[int, dict[str, str]]) -> None:
        super().__init__()
        self.surveys = surveys

    def body(self, survey_id: int, part: str) -> bytes:
        """A part in the bytes that are sent."""
        return b"\xff\xfe" + self.surveys[survey_id][part].encode("utf-16-le")

    def reply(self, request: Request) -> Reply:
        account = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != account:
            return Reply(500, "text/html", b"<h1>SECRET PAGE</h1>")
        pieces = request.path.strip("/").split("/")
        if len(pieces) != 5 or (pieces[0], pieces[1], pieces[3]) != ("rest", "surveys", "export"):
            return Reply(404, "text/html", b"")
        survey_id, part = int(pieces[2]), pieces[4]
        if survey_id not in self.surveys or part not in self.surveys[survey_id]:
            return Reply(404, "text/html", b"")
        if request.query != {"format": "INTL_US", "lang": "da"}:
            return Reply(400, "text/html", b"")
        return Reply(200, "text/csv; charset=UTF-16LE", self.body(survey_id, part))


def survey_parts(answers: Sequence[tuple[str, str]] = (("1", "1"), ("1", "2"))) -> dict[str, str]:
    """The three parts of a small survey at Vesterbro; an answer is (completed, tryg)."""
    return {
        "dataset": "respondent\tbibliotek\ttryg\tkompetence\tstato_4\r\n"
        + "".join(f"{n}\t1\t{tryg}\t1\t{done}\r\n" for n, (done, tryg) in enumerate(answers, 1)),
        "labels": "bibliotek\t1\tVesterbro Bibliotek\r\ntryg\t1\tTryg \r\ntryg\t2\tUtryg\r\n"
        "kompetence\t1\tI høj grad\r\nstato_4\t1\tGennemført\r\n",
        "structure": "questionName\tvariableName\tquestionType\tsubType\tquestionText\t"
        "choiceValue\tchoiceText\r\ntryg\ttryg\tSingle\t\tHvor tryg?\t1\tTryg\r\n",
    }
