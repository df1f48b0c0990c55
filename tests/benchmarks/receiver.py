"""What deliveries arrive at: answers 200 at once, and counts them by their key.

A process of its own, on a core of its own; plain blocking sockets, a thread for each
connection, for with one client at a time nothing in Python answers sooner.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import threading
import urllib.request
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

CORE = 1
KEY = b"\r\nidempotency-key: "
LENGTH = b"\r\ncontent-length: "
COUNTS = "/counts"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
_OK = _ANSWER % (2, b"ok")


@contextmanager
def receiver() -> Iterator[str]:
    """Run one; gives its address."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def arrived(url: str) -> dict[str, int]:
    """Return how often each key arrived since the last question."""
    with urllib.request.urlopen(url + COUNTS) as answer:
        counts: dict[str, int] = json.load(answer)
    return counts


def pin(core: int) -> None:
    """Keep this process to one core, where there is more than one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def _serve(told: Connection) -> None:
    pin(CORE)
    counts: Counter[str] = Counter()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told.send(listener.getsockname()[1])
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_answer, args=(client, counts)).start()


def _answer(client: socket.socket, counts: Counter[str]) -> None:
    with client:
        kept = b""
        while piece := client.recv(65536):
            kept += piece
            while (end := _whole(kept)) is not None:
                client.sendall(_answer_to(kept, counts))
                kept = kept[end:]


def _whole(kept: bytes) -> int | None:
    """Return where the first request ends; None while it is not all there."""
    end = kept.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = int(_field(kept[:end], LENGTH) or 0)
    whole = end + 4 + length
    return whole if len(kept) >= whole else None


def _answer_to(request: bytes, counts: Counter[str]) -> bytes:
    head, _, _ = request.partition(b"\r\n\r\n")
    if head.startswith(b"GET " + COUNTS.encode()):
        told = json.dumps(counts).encode()
        counts.clear()
        return _ANSWER % (len(told), told)
    counts[_field(head, KEY).decode()] += 1
    return _OK


def _field(head: bytes, name: bytes) -> bytes:
    _, _, rest = head.lower().partition(name)
    return rest.partition(b"\r\n")[0]
