"""sickle, a harvester of others, reads our list of Dublin Core over HTTP."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from sickle import Sickle
from support.corpus import page
from support.formats import withdrawn, written

from govsync.formats import oai_dc

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = page()


class _Answers(BaseHTTPRequestHandler):
    """Answers ListRecords with a list that was written before."""

    def __init__(self, content: bytes, *arguments: object) -> None:
        self._content = content
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        assert asked == {"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"]}
        self.send_response(200)
        self.send_header("Content-Type", oai_dc.MEDIA_TYPE)
        self.send_header("Content-Length", str(len(self._content)))
        self.end_headers()
        self.wfile.write(self._content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository() -> Iterator[str]:
    content = written("oai_dc", [*RECORDS, withdrawn()])
    server = HTTPServer(("127.0.0.1", 0), partial(_Answers, content))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/oai"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_harvester_gets_ids_dates_titles_and_deletions(repository: str) -> None:
    deleted, *found = Sickle(repository).ListRecords(metadataPrefix="oai_dc")

    assert deleted.deleted
    assert deleted.header.identifier == withdrawn().uri
    for record, harvested in zip(RECORDS, found, strict=True):
        assert record.changed_at
        at = record.changed_at.astimezone(UTC)
        assert harvested.header.identifier == record.uri
        assert harvested.header.datestamp == f"{at:%Y-%m-%dT%H:%M:%SZ}"
        assert harvested.metadata["title"] == [record.title]
        assert not harvested.deleted
