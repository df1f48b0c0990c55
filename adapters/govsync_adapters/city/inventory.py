"""What stands in the topic's folder, file by file, held against its manifest.

The manifest says what was written; the files say what stands. A page that is not as it
was written is told with its own digest, which no receipt has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsync.channels import Holding, Standing
from govsync.model import State, digest_of
from govsync_adapters.city import documents, edition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from govsync_adapters.city.documents import Line
    from govsync_adapters.city.topic import About, Entry

_STANDINGS = {State.ACTIVE: Standing.LIVE, State.WITHDRAWN: Standing.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class _Files:
    """A page that stands, and what lies beside it."""

    path: str
    page: bytes
    memory: bytes | None
    line: Line | None
    """What the manifest says of it; None where it does not know it."""


def holdings(version: Path | None, about: About) -> Iterator[Holding]:
    """List every page of a version, known to its manifest or not."""
    if version is None:
        return
    listed = documents.read_manifest(edition.content(version, documents.MANIFEST))
    lines = {line.path: line for line in listed.records}
    for page in sorted((version / "records").glob("*.html")):
        files = _files(version, f"records/{page.name}", lines)
        yield _holding(files, about.url(files.path))


def _files(version: Path, path: str, lines: Mapping[str, Line]) -> _Files:
    return _Files(
        path=path,
        page=(version / path).read_bytes(),
        memory=edition.content(version, path.removesuffix(".html") + ".json"),
        line=lines.get(path),
    )


def _holding(files: _Files, address: str) -> Holding:
    entry = documents.read_memory(
        files.memory, files.path.removesuffix(".html") + ".json"
    )
    told = entry or files.line
    return Holding(
        record=told.id if told else files.path,
        revision=told.revision if told else 0,
        digest=_digest(files, entry),
        state=_STANDINGS[documents.state_of(entry)] if entry else Standing.LIVE,
        remote_id=files.path.removeprefix("records/").removesuffix(".html"),
        address=address,
    )


def _digest(files: _Files, entry: Entry | None) -> str:
    """Return the entry's digest where its files are as they were written."""
    page = digest_of(files.page)
    if entry is None:
        return page
    if files.memory != documents.memory(entry):
        return digest_of(files.memory or b"")
    line = files.line
    if line is None or (line.revision, line.digest) != (entry.revision, entry.digest):
        # Of another revision than the manifest's: the entry says which.
        return entry.digest
    return entry.digest if page == line.sha256 else page
