"""Requests' transport with a budget: seconds and bytes for one whole exchange.

The timeout of requests holds for each read, so that a service that sends a byte a
second holds the caller for hours. Here every operation on the socket, in the head of
the answer as in its body, gets what is left of the call's time and no more. Looking
up a name is the one step that no library can bound; a host with several addresses is
given the connect timeout for each, and all of them together what is left of the call.
Connections go where :class:`~govsync.channels.http_pin.Pin` says, whatever the name
means by then; TLS and ``Host`` keep to the name.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Literal

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import (
    ConnectionPool,
    HTTPConnectionPool,
    HTTPSConnectionPool,
)
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError
from urllib3.util.ssl_ import create_urllib3_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from _typeshed import ReadableBuffer, WriteableBuffer

    from govsync.channels.http_pin import Pin

FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError)
"""All that an exchange raises when it breaks, by requests and what it stands on."""

NOT_SENT = (
    ConnectTimeoutError,  # also of a refused connection and a failed name lookup
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
)
"""The failures that come before the first byte of a request; there are no others."""

SHORTEST_S = 0.001
"""A timeout of nothing would be an error of its own."""


@dataclass(slots=True)
class Budget:
    """What one call may still spend, and where it may go."""

    monotonic: Callable[[], float]
    ends: float
    bytes_left: int
    pin: Pin

    def seconds_left(self) -> float:
        """Return the seconds left, never negative."""
        return max(0.0, self.ends - self.monotonic())

    def limit(self, connection: socket.socket) -> None:
        """Let the next operation on a socket take no longer than what is left.

        Raises:
            TimeoutError: Nothing is left.
        """
        seconds = self.seconds_left()
        if not seconds:
            raise TimeoutError("the time for the call is up")
        connection.settimeout(seconds)

    def spend(self, received: int) -> int:
        """Count bytes that came, and return their number.

        Raises:
            OSError: They are more than the call may take.
        """
        self.bytes_left -= received
        if self.bytes_left < 0:
            raise OSError("the answer is larger than we take")
        return received


BUDGET: ContextVar[Budget] = ContextVar("budget")
"""The budget of the call that this thread is in."""


def classify(error: BaseException) -> Literal["not sent", "unknown"]:
    """Tell whether a broken exchange can have reached the service.

    Requests raises the same error for a connection that was reset before and after
    the service acted, so only what comes before the first byte counts as not sent.
    """
    if any(isinstance(link, NOT_SENT) for link in chain(error)):
        return "not sent"
    return "unknown"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it wraps, the innermost last."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = _wrapped(link)


def _wrapped(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None) or getattr(error, "original_error", None)
    candidates = (reason, *reversed(error.args), error.__cause__)
    return next((one for one in candidates if isinstance(one, BaseException)), None)


class _Socket(socket.socket):
    def recv_into(
        self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0
    ) -> int:
        budget = BUDGET.get()
        budget.limit(self)
        return budget.spend(super().recv_into(buffer, nbytes, flags))

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        BUDGET.get().limit(self)
        super().sendall(data, flags)


class TLSSocket(ssl.SSLSocket):
    """A socket behind TLS that keeps to :data:`BUDGET`."""

    def __del__(self) -> None:
        # ssl itself leaves it open where the peer resets before the handshake begins.
        self.close()

    def recv_into(
        self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0
    ) -> int:
        """Read, within the budget."""
        budget = BUDGET.get()
        budget.limit(self)
        return budget.spend(super().recv_into(buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        """Write, within the budget."""
        BUDGET.get().limit(self)
        return super().send(data, flags)


def bounded(plain: socket.socket) -> socket.socket:
    """Return a connected socket as one that keeps to :data:`BUDGET`."""
    timeout = plain.gettimeout()
    bounded = _Socket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    bounded.settimeout(timeout)
    return bounded


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        pin = BUDGET.get().pin
        name = self.host
        try:
            addresses = pin.addresses(name, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error
        try:
            return self._first_of(addresses)
        except ConnectTimeoutError:
            pin.forget(addresses)
            raise
        finally:
            # TLS checks the certificate, and ``Host`` speaks, of the name.
            self.host = name

    def _first_of(self, addresses: tuple[str, ...]) -> socket.socket:
        *others, last = addresses
        for address in others:
            with contextlib.suppress(ConnectTimeoutError):
                return self._connected(address)
        return self._connected(last)

    def _connected(self, address: str) -> socket.socket:
        self.host = address
        if isinstance(self.timeout, float | int):
            left = max(BUDGET.get().seconds_left(), SHORTEST_S)
            self.timeout = min(self.timeout, left)
        plain = super()._new_conn()
        BUDGET.get().pin.connected = address
        return bounded(plain)


class _TLSConnection(_Connection, HTTPSConnection):
    """The same, with TLS on top."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


POOLS: Mapping[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TLSPool}


class Transport(HTTPAdapter):
    """A requests adapter whose sockets keep to :data:`BUDGET`; it never retries.

    It is asked for one host, always in the same way, and so finds its pool once.
    """

    _pool: ConnectionPool | None = None

    def get_connection_with_tls_context(
        self, *args: Any, **kwargs: Any
    ) -> ConnectionPool:
        """Return the pool of connections."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def close(self) -> None:
        """Give back the connections."""
        super().close()
        self._pool = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=_tls())
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=_tls())
        manager.pool_classes_by_scheme = POOLS
        return manager


def _tls() -> ssl.SSLContext:
    context = create_urllib3_context()
    context.sslsocket_class = TLSSocket
    return context
