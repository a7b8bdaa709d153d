"""Asking a server for one answer: time-outs, retries, bounds, and errors that are sentences."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import (
    HTTPError,
    InvalidHeader,
    LocationParseError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

from orchestration import __version__
from orchestration.errors import FetchError, PermanentFetchError, TransientFetchError

USER_AGENT = f"dataspor/{__version__} (half-year figures of public libraries; reads only)"
TRANSIENT_STATUSES = frozenset({429, 500, 502, 503, 504})
_CHUNK = 1 << 16
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True)
class Patience:
    """How long one answer may take, and how large it may be.

    Attributes:
        connect_seconds: to reach the server.
        read_seconds: between two parts of an answer.
        retries: further attempts after the first, whatever went wrong.
        backoff_seconds: the second retry waits twice this, each further one twice as long; the
            first retry waits not at all. The jitter added is as long at most.
        longest_wait_seconds: of one wait, also where the server asks for more (Retry-After).
        total_seconds: after so long no further attempt is begun, and no answer is read on.
        largest_bytes: of an answer, unpacked.
    """

    connect_seconds: float = 10
    read_seconds: float = 60
    retries: int = 4
    backoff_seconds: float = 1
    longest_wait_seconds: float = 30
    total_seconds: float = 180
    largest_bytes: int = 100_000_000

    def retry(self) -> Retry:
        """urllib3's count of attempts and waits."""
        return Retry(
            total=self.retries,
            backoff_factor=self.backoff_seconds,
            backoff_jitter=self.backoff_seconds,
            backoff_max=self.longest_wait_seconds,
            # typed as whole seconds, and only compared
            retry_after_max=self.longest_wait_seconds,  # type: ignore[arg-type]
        )


@dataclass(frozen=True)
class Answer:
    """What a server sent: status, content type in small letters, and the body of a 2xx answer."""

    status: int
    content_type: str
    body: bytes


class _UnsteadyError(Exception):
    """An attempt that is worth another one: what came, as the end of a sentence."""

    def __init__(self, what: str, response: BaseHTTPResponse | None = None) -> None:
        super().__init__(what)
        self.response = response


class Server:
    """One server of which answers are asked, with or without a user name and a password.

    Neither stands in any text, error or ``repr`` that comes from here.

    Attributes:
        host: name and port, for sentences.
        address: the base URL without user name, password, query and closing slash.
    """

    def __init__(
        self,
        base_url: str,
        patience: Patience,
        *,
        user: str | None = None,
        password: str | None = None,
    ) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            base_url: may itself hold user name and password.
            patience: time-outs and bounds.
            user: for Basic authentication.
            password: goes with ``user``.

        Raises:
            PermanentFetchError: the URL cannot be used, or would show a password to the network.
        """
        parts = _split(base_url)
        self.host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        self.address = f"{parts.scheme}://{_bracketed(parts)}{parts.path.rstrip('/')}"
        self._patience = patience
        user = user if user is not None else unquote(parts.username or "") or None
        password = password if password is not None else unquote(parts.password or "")
        if user and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise PermanentFetchError(
                f"{self.host} is to be asked with a password over http, which everybody on the way "
                "can read. Use an address that begins with https."
            )
        self._session = _session(user, password)

    def get(self, path: str, parameters: Mapping[str, str], *, hint: str = "") -> Answer:
        """Ask once, and again where that may help.

        Args:
            path: below the base URL, beginning with a slash.
            parameters: of the query.
            hint: a sentence added where the server answers with an error.

        Returns:
            The whole answer; one that is not 2xx has no body, and ``refuse`` has words for it.

        Raises:
            TransientFetchError: no whole answer came, after all attempts; later it may.
            PermanentFetchError: the answer says that asking again would not help.
        """
        retry = self._patience.retry()
        deadline = time.monotonic() + self._patience.total_seconds
        attempts = 0
        while True:
            attempts += 1
            try:
                return self._attempt(path, parameters, deadline)
            except _UnsteadyError as unsteady:
                told = self._told(str(unsteady), attempts, hint)
                response = unsteady.response
            except (requests.exceptions.RequestException, LocationParseError):
                # the library's own words can hold the whole address, so they are not passed on
                raise PermanentFetchError(
                    f"{self.host} cannot be asked: its address or its redirects are unusable. "
                    "Correct the address."
                ) from None
            try:
                retry = retry.increment(
                    "GET", path, response=response, error=None if response else ProtocolError(told)
                )
            except (MaxRetryError, HTTPError):
                raise TransientFetchError(told) from None
            _wait(retry, response)
            if time.monotonic() >= deadline:
                raise TransientFetchError(told)

    def refuse(self, answer: Answer, hint: str = "") -> FetchError:
        """The error for an answer that is not 2xx and of which the caller can make nothing."""
        hint = f" {hint}" if hint else ""
        if answer.status in (401, 403):
            return PermanentFetchError(
                f"{self.host} refused access (status {answer.status}). Check user name and "
                f"password.{hint}"
            )
        told = f"{self.host} answered with status {answer.status} ({answer.content_type}).{hint}"
        return (TransientFetchError if answer.status >= 500 else PermanentFetchError)(told)

    def _attempt(self, path: str, parameters: Mapping[str, str], deadline: float) -> Answer:
        patience = self._patience
        try:
            with self._session.get(
                self.address + path,
                params=dict(parameters),
                timeout=(patience.connect_seconds, patience.read_seconds),
                stream=True,
                # a password goes to the server that it was given for and to no other
                allow_redirects=self._session.auth is None,
            ) as response:
                kind = _content_type(response)
                if response.status_code in TRANSIENT_STATUSES:
                    raise _UnsteadyError(
                        f"answered with status {response.status_code} ({kind})", response.raw
                    )
                if not 200 <= response.status_code < 300:
                    return Answer(response.status_code, kind, b"")
                return Answer(response.status_code, kind, self._body(response.raw, deadline))
        except requests.exceptions.SSLError:
            raise PermanentFetchError(
                f"{self.host} shows a certificate that this machine does not trust. Install the "
                "certificate of its issuer, or correct the address."
            ) from None
        except requests.exceptions.Timeout:
            raise _UnsteadyError("did not answer in time") from None
        except requests.exceptions.ConnectionError:
            raise _UnsteadyError("could not be reached, or closed the connection") from None

    def _body(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        """The body in full, unpacked; one that was cut off is told from a whole one by urllib3."""
        largest = self._patience.largest_bytes
        body = bytearray()
        try:
            # read1 gives what has come, where read would wait for a whole chunk of a slow answer
            while chunk := response.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > largest:
                    raise PermanentFetchError(
                        f"{self.host} sent more than {largest / 1e6:g} MB, which is more than such "
                        "an answer can be. Check the address."
                    )
                if time.monotonic() >= deadline:
                    raise _UnsteadyError("sent its answer too slowly")
        except ReadTimeoutError:
            raise _UnsteadyError("did not send the whole answer in time") from None
        except HTTPError:
            raise _UnsteadyError("sent an answer that was cut off") from None
        return bytes(body)

    def _told(self, what: str, attempts: int, hint: str) -> str:
        times = "once" if attempts == 1 else f"{attempts} times"
        return f"{self.host} {what}; asked {times}.{' ' + hint if hint else ''}"


def _content_type(response: requests.Response) -> str:
    """The declared type without its parameters; it comes from outside, and sentences quote it."""
    declared = response.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    return declared if _CONTENT_TYPE.fullmatch(declared) else "no content type"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if "@" in url and "@" not in parts.netloc and ":" in parts.netloc:
            usable = False  # a / ? or # in a password: its beginning would be the host's name
    except ValueError:
        usable = False
    if not usable:
        raise PermanentFetchError(
            "The address to fetch from is not one: it has to begin with https:// and a host's "
            "name. In a password, write %2F for /, %3F for ?, %23 for #, %5B for [ and %5D for ]."
        )
    return parts


def _bracketed(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return (f"[{host}]" if ":" in host else host) + (f":{parts.port}" if parts.port else "")


def _session(user: str | None, password: str) -> requests.Session:
    session = requests.Session()
    session.max_redirects = 5
    session.headers["User-Agent"] = USER_AGENT
    if user is not None:
        # as bytes: the library would write letters such as å in Latin-1 (RFC 7617 advises UTF-8)
        session.auth = HTTPBasicAuth(user.encode(), password.encode())
    return session


def _wait(retry: Retry, response: BaseHTTPResponse | None) -> None:
    try:
        retry.sleep(response)
    except InvalidHeader:  # a Retry-After that is none
        retry.sleep()
