"""A published folder behind a web server, and the ResourceSync client of others."""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote

from resync.client import Client

from govsync.sync import resources
from govsync.sync.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class Published:
    """A folder of files, and the lists that tell of them."""

    def __init__(self, folder: Path, base: str, *, size: int = 1000) -> None:
        self.folder = folder
        self.base = base
        self.size = size
        self.contents: dict[str, bytes] = {}

    def held(self, path: str) -> bytes | None:
        """What is published at a path."""
        file = self.folder / path
        return file.read_bytes() if file.is_file() else None

    def change(self, changes: Mapping[str, bytes | None], at: datetime) -> set[str]:
        """Publish changes of contents; return which documents of lists changed."""
        told = {
            path: None if new is None else resource(path, new, at)
            for path, new in changes.items()
        }
        files = resources.publish(
            self.held, told, base=self.base, at=at, size=self.size
        )
        for path, new in {**changes, **files}.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if new is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(new)
        self.contents = {
            path: content
            for path, content in {**self.contents, **changes}.items()
            if content is not None
        }
        return set(files)


def resource(path: str, content: bytes, at: datetime) -> Resource:
    """What a list says of some bytes."""
    kind = "application/json" if path.endswith(".json") else ""
    return Resource(hashlib.sha256(content).hexdigest(), len(content), kind, at)


class Mirror:
    """A copy of a published folder, kept by the client ``resync``.

    The client keeps its state in the working directory.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self.folder = folder
        self.client = Client(hashes=["sha-256"])
        self.client.set_mappings([base.rstrip("/"), str(folder)])
        logging.getLogger("resync").setLevel(logging.ERROR)

    def baseline(self) -> None:
        """Copy by the resource list."""
        self.client.baseline_or_audit(allow_deletion=True)

    def incremental(self, since: str | None = None) -> None:
        """Copy by the change list."""
        # Asked for hashes here, this client (2.0.1) fails: its ChangeList has none.
        hashes, self.client.hashes = self.client.hashes, set()
        self.client.incremental(allow_deletion=True, from_datetime=since)
        self.client.hashes = hashes

    def contents(self) -> dict[str, bytes]:
        """What it holds; its names are those of the addresses, percent-encoded."""
        return {
            unquote(path.relative_to(self.folder).as_posix()): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
