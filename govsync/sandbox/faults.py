"""A proxy that breaks HTTP exchanges on purpose, to see what happens then.

It stands between a channel and its service on the loopback and passes everything on,
until a plan says otherwise. Point a channel's address at :attr:`FaultProxy.url`::

    with FaultProxy("127.0.0.1", 8080) as proxy:
        proxy.plan(Fault("drop_after", method="PUT", times=1))
        ...  # the first PUT reaches the service, and its answer is lost
        assert proxy.counts["drop_after"] == 1

For dry runs and tests: HTTP/1.1, in the clear or behind TLS of its own, requests with a
``Content-Length``, one exchange a connection. What each fault does is told by
:data:`KINDS`.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Self

from govsync.sandbox.fault_kinds import (
    KINDS,
    ON_CONNECT,
    REFUSE,
    Exchange,
    Fault,
    answer_head,
    made_last,
    read_request,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Generator
    from types import TracebackType

__all__ = ["KINDS", "Fault", "FaultProxy"]

LOOPBACK = "127.0.0.1"
PIECE = 64 * 1024
TARGET_TIMEOUT_S = 30
BACKLOG = 128
FORWARDED = "forwarded"
"""The name under which :attr:`FaultProxy.counts` counts what reached the target."""


class FaultProxy:
    """A threaded proxy to one target, with a plan of faults that can change any time.

    Args:
        target_host: Where the service listens.
        target_port: Its port.
        faults: The first plan, as for :meth:`plan`.
        tls: Secures what comes in; the target is reached in the clear.
    """

    def __init__(
        self,
        target_host: str,
        target_port: int,
        *faults: Fault,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.tls = tls
        """May be replaced at any time, as certificates are."""
        self._target = (target_host, target_port)
        self._lock = threading.Lock()
        self._turning = threading.Lock()
        self._closed = threading.Event()
        self._counts: Counter[str] = Counter()
        self._plan: list[Fault] = []
        self._struck: Counter[int] = Counter()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        # Bound and not listening: it refuses connections, and keeps the port ours
        # while nothing listens there.
        self._holder = _bound(0)
        self.port: int = self._holder.getsockname()[1]
        self.plan(*faults)

    @property
    def url(self) -> str:
        """The address to point a channel at."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{LOOPBACK}:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How often each kind struck, and how often the target was ``forwarded`` to."""
        with self._lock:
            return self._counts.copy()

    def plan(self, *faults: Fault) -> None:
        """Replace the plan: the first fault that concerns a request strikes it.

        With none, everything passes. Exchanges under way end as they began.
        """
        with self._lock:
            self._plan = list(faults)
            self._struck.clear()
        with self._turning:
            if any(fault.kind == REFUSE for fault in faults):
                self._stop_listening()
            elif self._listener is None and not self._closed.is_set():
                self._listen()

    def close(self) -> None:
        """End every exchange, and give back the port."""
        self._closed.set()
        with self._turning:
            self._stop_listening()
        with self._lock:
            connections, threads = list(self._connections), list(self._threads)
        for connection in connections:
            with contextlib.suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        self._holder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self) -> None:
        listener = _bound(self.port)
        listener.listen(BACKLOG)
        self._listener = listener
        self._acceptor = self._start(self._accept, listener)

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave the accepting thread asleep in the kernel.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        if self._acceptor is not None:
            self._acceptor.join()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # it was closed
            with self._lock:
                self._connections.add(client)
            self._start(self._serve, client)

    def _start(
        self, work: Callable[[socket.socket], None], on: socket.socket
    ) -> threading.Thread:
        thread = threading.Thread(target=work, args=(on,), daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()]
            thread.start()
            self._threads.append(thread)
        return thread

    @contextlib.contextmanager
    def _open(self, connection: socket.socket) -> Generator[None]:
        """Close a connection at the end, or as soon as the proxy is closed."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _serve(self, client: socket.socket) -> None:
        # Who asks or who answers may go away at any moment: that is no fault of ours.
        with self._open(client), contextlib.suppress(OSError):
            if fault := self._strike(lambda one: one.kind in ON_CONNECT):
                forward = partial(self._forward, b"")
                KINDS[fault.kind].act(Exchange(client, fault, forward, self._closed))
                return
            with self._secured(client) as line:
                self._exchange(line)

    @contextlib.contextmanager
    def _secured(self, client: socket.socket) -> Generator[socket.socket]:
        if self.tls is None:
            yield client
            return
        line = self.tls.wrap_socket(
            client, server_side=True, do_handshake_on_connect=False
        )
        with self._open(line):
            line.do_handshake()
            yield line

    def _exchange(self, client: socket.socket) -> None:
        request = read_request(client)
        if not request:
            return
        method, path = request.decode("latin-1").split(" ", 2)[:2]
        forward = partial(self._forward, request)
        if fault := self._strike(lambda one: one.concerns(method, path)):
            KINDS[fault.kind].act(Exchange(client, fault, forward, self._closed))
        else:
            client.sendall(forward())

    def _strike(self, concerns: Callable[[Fault], bool]) -> Fault | None:
        """Return the first fault of the plan that concerns us, and count it."""
        with self._lock:
            for place, fault in enumerate(self._plan):
                left = fault.times is None or self._struck[place] < fault.times
                if left and concerns(fault):
                    self._struck[place] += 1
                    self._counts[fault.kind] += 1
                    return fault
        return None

    def _forward(self, request: bytes) -> bytes:
        try:
            target = socket.create_connection(self._target, TARGET_TIMEOUT_S)
        except OSError:
            return answer_head("502 Bad Gateway", "Content-Length: 0")
        with self._open(target):
            target.sendall(request)
            with self._lock:
                self._counts[FORWARDED] += 1
            answer = b"".join(iter(partial(target.recv, PIECE), b""))
        return made_last(answer) if answer else b""


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((LOOPBACK, port))
    return bound
