"""An archive in a directory, behind a real web server, and a mirror kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from support.archive import FEED, record, withdrawn

from govsync.files import replacing
from govsync.formats import Tombstone
from govsync.model import Record
from govsync.sync.archive import publish
from govsync.sync.archive_following import State, follow


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the directory is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/feed.atom"
    server.shutdown()
    thread.join()
    server.server_close()


def write(site: Path, url: str, *changes: Record) -> None:
    """Publish as docs/sync.md says."""

    def held(path: str) -> bytes | None:
        file = site / path
        return file.read_bytes() if file.exists() else None

    feed = FEED.changed(self_url=url)
    for path, content in publish(held, changes, feed, size=3).items():
        assert content is not None
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        with replacing(site / path) as file:
            file.write(content)


def fetch(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:
        content: bytes = answer.read()
    return content


def test_a_mirror_over_a_directory(tmp_path: Path, address: str) -> None:
    source = {f"r{n}": record(f"r{n}", n) for n in range(10)}
    write(tmp_path, address, *source.values())

    state, changes = follow(fetch, address, State())
    assert {change.id: change for change in changes} == source

    write(tmp_path, address, withdrawn(source["r0"], 20), record("r1", 21, revision=2))
    _, (grave, changed) = follow(fetch, address, state)
    assert isinstance(grave, Tombstone)
    assert grave.id == "r0"
    assert changed == record("r1", 21, revision=2)
    served = b"".join(file.read_bytes() for file in tmp_path.rglob("*.*"))
    assert "标题-r0-0" not in served.decode()
