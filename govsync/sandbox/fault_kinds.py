"""The faults of an HTTP exchange: what each does to it, as a table."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

HALF_STATUS_BYTES = 11
HEAD_LIMIT = 64 * 1024
PIECE = 64 * 1024
BLANK_LINE = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a plan: what goes wrong, for which requests, how often.

    Raises:
        ValueError: No such kind, or a method, path or number for one that strikes
            before a request is read.
    """

    kind: str
    """A key of :data:`KINDS`."""
    method: str = "*"
    """The request's method; ``*`` for any."""
    path: str = ""
    """What the request's path begins with."""
    times: int | None = None
    """How often it strikes; None for always."""
    retry_after_s: int = 1
    """Seconds, for the kinds that answer with ``Retry-After``."""
    retry_after: str = ""
    """What ``Retry-After`` says in their place, such as a date."""
    pause_s: float = 0.05
    """Seconds between the bytes of ``drip``."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are: {', '.join(KINDS)}")
        if self.kind in UNREAD and (self.method, self.path) != ("*", ""):
            raise ValueError(f"{self.kind!r} comes before any method or path is known")
        if self.kind == REFUSE and self.times is not None:
            raise ValueError(f"{REFUSE!r}: a closed port cannot count who knocks")

    def concerns(self, method: str, path: str) -> bool:
        """Tell whether it strikes a request of this method and path."""
        method_fits = self.method in {"*", method}
        return self.kind not in UNREAD and method_fits and path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A client's connection, its fault, and the way to the target.

    The connection is closed after every exchange, whatever was done to it.
    """

    client: socket.socket
    fault: Fault
    forward: Callable[[], bytes]
    """Lets the target do the work, and returns its whole answer."""
    closed: threading.Event
    """Set when the proxy is closed."""


def _close(exchange: Exchange) -> None:
    del exchange


def _reset(exchange: Exchange) -> None:
    # Lingering for no time makes the close an RST in place of a FIN.
    linger = struct.pack("ii", 1, 0)
    exchange.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _drop_after(exchange: Exchange) -> None:
    exchange.forward()


def _reset_after(exchange: Exchange) -> None:
    exchange.forward()
    _reset(exchange)


def _hang_before(exchange: Exchange) -> None:
    exchange.closed.wait()


def _hang(exchange: Exchange) -> None:
    exchange.forward()
    exchange.closed.wait()


def _half_status(exchange: Exchange) -> None:
    exchange.client.sendall(exchange.forward()[:HALF_STATUS_BYTES])


def _short_body(exchange: Exchange) -> None:
    body = exchange.forward().partition(b"\r\n\r\n")[2]
    head = answer_head("200 OK", f"Content-Length: {len(body) + 16}")
    exchange.client.sendall(head + body)


def _broken_chunk(exchange: Exchange) -> None:
    exchange.forward()
    head = answer_head("200 OK", "Transfer-Encoding: chunked")
    exchange.client.sendall(head + b"no number\r\n")


def _drip(exchange: Exchange) -> None:
    for byte in exchange.forward():
        if exchange.closed.wait(exchange.fault.pause_s):
            return
        exchange.client.sendall(bytes((byte,)))


def _busy(exchange: Exchange) -> None:
    _refuse_service(exchange, "503 Service Unavailable")


def _busy_done(exchange: Exchange) -> None:
    exchange.forward()
    _busy(exchange)


def _failed(exchange: Exchange) -> None:
    head = answer_head("500 Internal Server Error", "Content-Length: 0")
    exchange.client.sendall(head)


def _failed_done(exchange: Exchange) -> None:
    exchange.forward()
    _failed(exchange)


def _too_many(exchange: Exchange) -> None:
    _refuse_service(exchange, "429 Too Many Requests")


def _refuse_service(exchange: Exchange, status: str) -> None:
    fault = exchange.fault
    wish = f"Retry-After: {fault.retry_after or fault.retry_after_s}"
    exchange.client.sendall(answer_head(status, "Content-Length: 0", wish))


def answer_head(status: str, *fields: str) -> bytes:
    """Return the head of an answer after which the connection ends."""
    lines = (f"HTTP/1.1 {status}", *fields, "Connection: close", "", "")
    return "\r\n".join(lines).encode()


def read_request(client: socket.socket) -> bytes:
    """Return a whole request, made to end its connection.

    A request in chunks is answered with 411, and nothing is returned.

    Raises:
        OSError: It broke off.
    """
    begun = _until_blank_line(client)
    head, _, body = begun.partition(BLANK_LINE)
    fields = {name.lower(): value for name, _, value in map(_split, _lines(head))}
    if b"transfer-encoding" in fields:
        client.sendall(answer_head("411 Length Required", "Content-Length: 0"))
        return b""
    missing = int(fields.get(b"content-length", b"0")) - len(body)
    return made_last(begun) + _exactly(client, missing)


def made_last(message: bytes) -> bytes:
    """Return a message that says that its connection ends after it.

    Without it a client would keep a connection that is about to be closed, and its
    next request would be lost by no fault of the plan.
    """
    head, blank, body = message.partition(BLANK_LINE)
    first = head.partition(b"\r\n")[0]
    kept = [line for line in _lines(head) if _split(line)[0].lower() != b"connection"]
    return b"\r\n".join((first, *kept, b"Connection: close")) + blank + body


def _lines(head: bytes) -> list[bytes]:
    return head.split(b"\r\n")[1:]


def _split(line: bytes) -> tuple[bytes, bytes, bytes]:
    return line.partition(b":")


def _until_blank_line(client: socket.socket) -> bytes:
    begun = bytearray()
    while BLANK_LINE not in begun:
        if len(begun) > HEAD_LIMIT:
            raise ConnectionError("the request's head has no end")
        begun += _some(client, PIECE)
    return bytes(begun)


def _exactly(client: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        received += _some(client, count - len(received))
    return bytes(received)


def _some(client: socket.socket, most: int) -> bytes:
    received = client.recv(most)
    if not received:
        raise ConnectionError("the request broke off")
    return received


class Kind(NamedTuple):
    """What a kind of fault does, in words and in deed."""

    does: str
    act: Callable[[Exchange], None]


REFUSE = "refuse"
ON_CONNECT = ("reset_before", "close_before")
UNREAD = (REFUSE, *ON_CONNECT)
"""The kinds that strike before there is a request to match."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        REFUSE: Kind("the port is closed: connections are refused", _close),
        "reset_before": Kind("the connection is reset once it is made", _reset),
        "close_before": Kind("the connection is closed once it is made", _close),
        "drop_before": Kind("the request is read and kept; no answer", _close),
        "drop_after": Kind("the target does the work; no answer", _drop_after),
        "reset_after": Kind(
            "the target does the work; the connection is reset", _reset_after
        ),
        "hang_before": Kind("the request is read and kept; silence", _hang_before),
        "hang": Kind("the target does the work; silence", _hang),
        "half_status": Kind(
            "the target does the work; half a status line comes", _half_status
        ),
        "short_body": Kind(
            "the target does the work; less content than announced", _short_body
        ),
        "broken_chunk": Kind(
            "the target does the work; a chunk without a length", _broken_chunk
        ),
        "drip": Kind("the target does the work; the answer comes byte by byte", _drip),
        "status_500_done": Kind("the target does the work; 500", _failed_done),
        "status_500_not_done": Kind("not passed on; 500", _failed),
        "status_503_done": Kind(
            "the target does the work; 503 with Retry-After", _busy_done
        ),
        "status_503_not_done": Kind("not passed on; 503 with Retry-After", _busy),
        "status_429": Kind("not passed on; 429 with Retry-After", _too_many),
    }
)
"""Every kind of fault. Silence lasts until the proxy is closed."""
