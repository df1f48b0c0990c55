"""A real HTTP service that counts the work it has done, and a raw one."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Generator

MOST_READ = 1000
CONTENT = b'{"done": true}'


class Sink(ThreadingHTTPServer):
    """Answers 200 to everything; ``done`` counts requests read whole, by method."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.done: Counter[str] = Counter()
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []
        self.clients: set[int] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Sink
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.bodies.append(body)
        self.server.heads.append({k.lower(): v for k, v in self.headers.items()})
        self.server.clients.add(self.client_address[1])
        self.server.done[self.command] += 1
        self.send_response(200)
        self.send_header("Set-Cookie", "a=b")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def do_PUT(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@contextmanager
def sink() -> Generator[Sink]:
    with Sink() as server, serving(server):
        yield server


@contextmanager
def serving(server: ThreadingHTTPServer) -> Generator[None]:
    """Let a server answer in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def raw_service(
    speak: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
) -> Generator[str]:
    """Accept connections, read a request each, and let ``speak`` answer; the url."""
    scheme = "https" if tls else "http"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, speak, tls))
        thread.start()
        try:
            yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(
    listener: socket.socket,
    speak: Callable[[socket.socket], None],
    tls: ssl.SSLContext | None,
) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        # A client that gives up is what these tests are about.
        with contextlib.suppress(OSError), client:
            line = tls.wrap_socket(client, server_side=True) if tls else client
            with line:
                _read_request(line)
                speak(line)


def _read_request(line: socket.socket) -> None:
    """Read a request whole, of a large one the beginning.

    What is left unread would make a reset of the close, and lose the answer.
    """
    with line.makefile("rb", buffering=0) as stream:
        length = 0
        while (field := stream.readline().lower()).strip():
            if field.startswith(b"content-length:"):
                length = int(field.partition(b":")[2])
        for _ in range(min(length, MOST_READ)):
            stream.read(1)


@contextmanager
def tunnel(target: int) -> Generator[int]:
    """Be a proxy for one CONNECT, which leads to a loopback port; our own port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_connect, args=(listener, target))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _connect(listener: socket.socket, target: int) -> None:
    with contextlib.suppress(OSError):  # nobody came, or somebody went
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", target)) as service:
            _read_request(client)
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(service, client))
            back.start()
            _pump(client, service)
            back.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
