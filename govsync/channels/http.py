"""One service over HTTP: requests within a deadline, and the truth about failures.

What goes wrong in an exchange is one of two things: the request certainly never left
(:class:`Retry`, after a few quick attempts), or it may have been read and carried out
(:class:`Unsure`, unless repeating it is harmless). Answers are returned whatever
their status; only a redirection is none, because following one would carry
credentials to wherever the answer says.

Messages name host and path and never the query, which may hold a token.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

import requests

from govsync.channels import exchanges
from govsync.channels.errors import Reject, Retry, Stop, Unsure
from govsync.channels.http_address import (
    as_sent,
    below,
    checked_base,
    checked_file,
    checked_proxy,
    path_below,
    without_query,
)
from govsync.channels.http_pin import Pin
from govsync.channels.http_retry_after import retry_after
from govsync.channels.http_transport import (
    BUDGET,
    FAILURES,
    SHORTEST_S,
    Budget,
    Transport,
    chain,
    classify,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tenacity import RetryCallState

    from govsync.channels.http_pin import Resolve

__all__ = ["Answer", "HttpClient", "classify", "retry_after"]

MIB = 1024 * 1024
HEAD_BYTES = 256 * 1024
"""What the head of an answer and its chunks' frames may take beside its content."""
PIECE = 64 * 1024
ATTEMPTS = 3
HEADER = re.compile(r"[\t -~]*")
OWN_HEADERS = MappingProxyType(
    # A digest covers the content as it is transferred: plain on both sides.
    {"User-Agent": "govsync", "Accept": "*/*", "Accept-Encoding": "identity"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered, whole."""

    status: int
    headers: Mapping[str, str]
    """Looked up without regard to case."""
    content: bytes = field(repr=False)
    url: str = field(repr=False)
    """The address that was asked, as it was sent."""


class HttpClient:
    """Calls one service below one address; safe to share between threads.

    Nothing but the base's host is ever called, at the addresses at which it was first
    found; with a proxy that is said of the proxy. Neither the environment's proxies nor
    ``.netrc`` nor cookies play a part.

    Args:
        base_url: What every path stands under, such as ``https://host/api/v1``.
        timeout_s: Seconds that a whole call may take, quick attempts included.
        connect_timeout_s: Seconds to connect in.
        max_request_bytes: The largest content that is sent.
        max_response_bytes: The largest content that is read.
        ca_file: PEM of the authorities to trust in place of the public ones.
        proxy: The address of an HTTP proxy.
        private: Whether the host may be this machine or stand in an internal network.
        resolve: Looks a name up, as :func:`socket.getaddrinfo`.
        sleep: Waits between the quick attempts.
        monotonic: The clock that deadlines are kept by, in seconds.

    Raises:
        ConfigError: An address or a file that cannot be used.
    """

    def __init__(  # noqa: PLR0913 - each has its default, and none a better home
        self,
        *,
        base_url: str,
        timeout_s: float = 30,
        connect_timeout_s: float = 5,
        max_request_bytes: int = 16 * MIB,
        max_response_bytes: int = 10 * MIB,
        ca_file: str | None = None,
        proxy: str | None = None,
        private: bool = False,
        resolve: Resolve = socket.getaddrinfo,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = checked_base(base_url)
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._max_request_bytes = max_request_bytes
        self._max_response_bytes = max_response_bytes
        self._verify = checked_file(ca_file) if ca_file else True
        self._proxies = checked_proxy(proxy) if proxy else {}
        self._pin = Pin(proxy or self._base, private=private, resolve=resolve)
        self._sleep = sleep
        self._monotonic = monotonic
        self._transport = Transport()

    def url(self, path: str) -> str:
        """Return the address that :meth:`request` asks for a path: sign this one.

        Raises:
            ValueError: The path is not encoded, or leads out of the base.
        """
        return as_sent(below(self._base, path))

    def path_of(self, address: str) -> str:
        """Return the path to :meth:`request` for an address that the service returned.

        Raises:
            Stop: It is not below the base, so this client will not go there.
        """
        return path_below(self._base, address)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        content: bytes = b"",
        idempotent: bool,
        about: str = "",
    ) -> Answer:
        """Ask, and return the answer whatever its status.

        Args:
            method: Such as ``PUT``.
            path: Below the base, percent-encoded, with its query if it has one.
            headers: The request's own.
            content: The body; empty for none.
            idempotent: Whether repeating the request without looking does no harm.
            about: The id of the one record that it is about, for the audit log.

        Raises:
            Retry: It was certainly not sent, or is harmless to repeat.
            Unsure: It may have been carried out.
            Stop: The service redirects, or its host is not to be called.
            Reject: The content is larger than may be sent.
            ValueError: A path or a header that cannot be sent.
        """
        place = f"{method} {without_query(self.url(path))}"
        answer = self._asked(
            _prepared(method, self.url(path), headers, content),
            content,
            idempotent=idempotent,
            about=about,
        )
        _refuse_redirection(answer, place, idempotent=idempotent)
        return answer

    def look(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Ask for what anybody may read; a redirection is an answer like any other.

        For looking at pages, with ``GET`` or ``HEAD``: nothing secret is sent, and it
        is for the caller to judge where a redirection leads.

        Raises:
            Retry: There was no usable answer.
            Stop: The host is not to be called.
            ValueError: A path or a header that cannot be sent.
        """
        prepared = _prepared(method, self.url(path), headers, b"")
        return self._asked(prepared, b"", idempotent=True, about="")

    def _asked(
        self,
        prepared: requests.PreparedRequest,
        content: bytes,
        *,
        idempotent: bool,
        about: str,
    ) -> Answer:
        place = f"{prepared.method} {without_query(prepared.url or '')}"
        self._refuse_too_much(content, place)
        budget = self._budget()
        entered = BUDGET.set(budget)
        try:
            answer = self._attempts(prepared, budget)
        except FAILURES as error:
            self._tell(place, content, classify(error), None, about)
            # The outer errors quote the whole address; only the innermost is kept.
            *_, innermost = chain(error)
            raise _verdict(error, place, idempotent=idempotent) from innermost
        finally:
            BUDGET.reset(entered)
        self._tell(place, content, str(answer.status), answer.content, about)
        return answer

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tell(
        self, place: str, sent: bytes, came: str, answered: bytes | None, about: str
    ) -> None:
        exchanges.tell(
            place,
            came=came,
            sent=sent,
            answered=answered,
            peer=self._pin.connected,
            record=about,
        )

    def _budget(self) -> Budget:
        return Budget(
            monotonic=self._monotonic,
            ends=self._monotonic() + self._timeout_s,
            bytes_left=2 * self._max_response_bytes + HEAD_BYTES,
            pin=self._pin,
        )

    def _refuse_too_much(self, content: bytes, place: str) -> None:
        most = self._max_request_bytes
        if len(content) > most:
            raise Reject(f"{place}: {len(content)} bytes, and no more than {most} go")

    def _attempts(self, prepared: requests.PreparedRequest, budget: Budget) -> Answer:
        try:
            return self._exchange(prepared, budget)
        except FAILURES as error:
            return self._again(error, prepared, budget)

    def _again(
        self,
        first: BaseException,
        prepared: requests.PreparedRequest,
        budget: Budget,
    ) -> Answer:
        """Try once more, and again, where the first attempt certainly never left."""
        from tenacity import Retrying, retry_if_exception, wait_exponential

        def enough(state: RetryCallState) -> bool:
            late = state.upcoming_sleep >= budget.seconds_left()
            return late or state.attempt_number >= ATTEMPTS

        failed = [first]

        def attempt() -> Answer:
            if failed:
                raise failed.pop()
            return self._exchange(prepared, budget)

        return Retrying(
            retry=retry_if_exception(_worth_a_quick_attempt),
            stop=enough,
            wait=wait_exponential(multiplier=0.2),
            sleep=self._sleep,
            reraise=True,
        )(attempt)

    def _exchange(self, prepared: requests.PreparedRequest, budget: Budget) -> Answer:
        left = max(budget.seconds_left(), SHORTEST_S)
        response = self._transport.send(
            prepared,
            stream=True,
            timeout=(min(self._connect_timeout_s, left), left),
            verify=self._verify,
            proxies=self._proxies,
        )
        with closing(response):
            return Answer(
                status=response.status_code,
                headers=response.headers,
                content=self._content(response),
                url=prepared.url or "",
            )

    def _content(self, response: requests.Response) -> bytes:
        coding = response.headers.get("Content-Encoding", "identity")
        if coding.lower() != "identity":
            raise OSError(f"the answer came as {coding}, and was asked for plain")
        content = bytearray()
        for piece in response.raw.stream(PIECE, decode_content=False):
            content += piece
            if len(content) > self._max_response_bytes:
                raise OSError(f"the answer has over {self._max_response_bytes} bytes")
        return bytes(content)


def _prepared(
    method: str, address: str, headers: Mapping[str, str], content: bytes
) -> requests.PreparedRequest:
    """Prepare a request: what requests does, without cookies and credentials."""
    bad = [name for name, value in headers.items() if not HEADER.fullmatch(value)]
    if bad:
        raise ValueError(f"header {bad[0]!r} holds what no header can")
    prepared = requests.PreparedRequest()
    prepared.prepare_method(method)
    prepared.url = address
    try:
        prepared.prepare_headers({**OWN_HEADERS, **headers})
    except requests.RequestException as error:
        raise ValueError("a header that cannot be sent") from error
    if content or prepared.method not in {"GET", "HEAD"}:
        prepared.headers["Content-Length"] = str(len(content))
    prepared.body = content or None
    return prepared


def _worth_a_quick_attempt(error: BaseException) -> bool:
    # A bad certificate is no better in half a second.
    return classify(error) == "not sent" and not _is_certificate(error)


def _is_certificate(error: BaseException) -> bool:
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in chain(error))


def _verdict(error: BaseException, place: str, *, idempotent: bool) -> Retry | Unsure:
    """Return what a broken exchange means to the caller."""
    *_, innermost = chain(error)
    reason = (str(innermost) or type(innermost).__name__)[:200]
    if _is_certificate(error):
        return Retry(f"{place}: not sent, its certificate does not hold: {reason}")
    if classify(error) == "not sent":
        return Retry(f"{place}: not sent: {reason}")
    if idempotent:
        return Retry(f"{place}: no usable answer: {reason}")
    return Unsure(f"no usable answer: {reason}", where=place)


def _refuse_redirection(answer: Answer, place: str, *, idempotent: bool) -> None:
    """Raise where an answer sends us elsewhere; 304 says that nothing changed."""
    if not 300 <= answer.status <= 399 or answer.status == 304:
        return
    target = without_query(urljoin(answer.url, answer.headers.get("Location", "")))
    message = f"{place}: {answer.status}, moved to {target}"
    if answer.status == 303 and not idempotent:
        # "See Other" comes after the request was carried out (RFC 9110, 15.4.4).
        raise Unsure(message)
    raise Stop(message, step=f"set the channel's address to where {target} leads")
