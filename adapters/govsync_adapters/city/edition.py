"""An edition: one version of the topic as its files tell it, and what changes them.

A version never changes once it is current, so what was read of it stays true.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from govsync.model import digest_of
from govsync_adapters.city import documents
from govsync_adapters.city.slugs import memory_of, page_of
from govsync_adapters.city.topic import Topic, touched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from govsync_adapters.city.pages import Pages
    from govsync_adapters.city.topic import Entry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PASSING = ("areas/*.html", "sitemap*.xml")
"""Files that fall away when the topic no longer has them."""


@dataclass(frozen=True)
class Edition:
    """What a version holds; of no version, nothing."""

    version: Path | None = None
    topic: Topic = field(default_factory=lambda: Topic({}))
    layout: str = ""
    """A digest of what its pages were made with."""
    sums: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each page as it was written, by the record's id."""

    @property
    def key(self) -> tuple[str, int] | None:
        """What no other version has, even where a path was made anew."""
        return key_of(self.version)

    def page(self, record: str, pages: Pages) -> bytes:
        """Return the page of a record that is held, as it should be."""
        return _page(self.topic, record, pages)


def key_of(version: Path | None) -> tuple[str, int] | None:
    """Return the name and inode of a version's folder."""
    return (version.name, version.stat().st_ino) if version else None


def read(version: Path | None) -> Edition:
    """Read all that a version holds.

    A record whose JSON is spoilt is not held: it is found missing, and comes again.
    """
    if version is None:
        return Edition()
    found = (
        documents.read_memory(path.read_bytes(), f"records/{path.name}")
        for path in sorted((version / "records").glob("*.json"))
    )
    entries = {entry.id: entry for entry in found if entry}
    listed = documents.read_manifest(content(version, documents.MANIFEST))
    sums = {line.id: line.sha256 for line in listed.records if line.id in entries}
    return Edition(version, Topic(entries), listed.layout, sums)


def content(version: Path | None, path: str) -> bytes | None:
    """Return the bytes of one file; None where there is none."""
    file = version / path if version else None
    return file.read_bytes() if file and file.is_file() else None


def entry_in(version: Path | None, record: str) -> Entry | None:
    """Return what a version holds of one record, without reading the others."""
    path = memory_of(record)
    return documents.read_memory(content(version, path), path)


def written_at(version: Path | None, path: str) -> datetime | None:
    """Return the time that a file bears, to the microsecond."""
    file = version / path if version else None
    if file is None or not file.is_file():
        return None
    return _EPOCH + timedelta(microseconds=file.stat().st_mtime_ns // 1000)


def changed(
    edition: Edition, entries: Mapping[str, Entry], pages: Pages
) -> tuple[Edition, dict[str, bytes | None]]:
    """Return the edition that these entries make, and the files that they may change.

    Among the files are some that come out as they are: what somebody altered by hand
    is mended. None stands for a file that falls away.
    """
    if not entries:
        return edition, {}
    topic = edition.topic.changed(entries)
    stale = set(topic.entries)
    if edition.layout == pages.layout:
        stale -= set(edition.sums)
    made = {
        one: _page(topic, one, pages)
        for one in stale | touched(edition.topic, topic, entries)
    }
    sums = {**edition.sums, **{one: digest_of(page) for one, page in made.items()}}
    files: dict[str, bytes | None] = {
        **dict.fromkeys(_fleeting(edition.version)),
        **{memory_of(one): documents.memory(entries[one]) for one in entries},
        **{page_of(one): page for one, page in made.items()},
        **dict(documents.derived(topic, pages)),
        documents.MANIFEST: documents.manifest(topic, pages.layout, sums),
    }
    return Edition(None, topic, pages.layout, sums), files


def _page(topic: Topic, record: str, pages: Pages) -> bytes:
    standing = topic.standing(record)
    links = topic.links(standing) if standing else ()
    return pages.of(topic.entries[record], links)


def _fleeting(version: Path | None) -> Iterator[str]:
    if version:
        for pattern in _PASSING:
            for path in version.glob(pattern):
                yield path.relative_to(version).as_posix()
