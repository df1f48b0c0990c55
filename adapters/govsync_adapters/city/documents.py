"""What machines read of the topic: JSON, feeds, catalog, sitemap, manifest. Pure.

A record's JSON is both the static interface and the adapter's own memory.
"""

from __future__ import annotations

from functools import cached_property
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

from pydantic import ValidationError

from govsync.errors import FormatError
from govsync.formats import FORMATS, Feed, Tombstone
from govsync.formats.json_records import read_entry
from govsync.formats.text import text
from govsync.model import Record, State, Status, Value, canonical_json
from govsync_adapters.city.slugs import area_page, memory_of, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from govsync_adapters.city.pages import Pages
    from govsync_adapters.city.topic import About, Entry, Topic

MANIFEST = "manifest.json"
FEEDS = {"feed.atom": "atom", "feed.rss": "rss"}
"""The feeds' paths, and their formats."""
SITEMAP_SIZE = 50_000
"""Addresses of one sitemap (sitemaps.org)."""
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Line(Value):
    """What the manifest says of one record."""

    id: str
    revision: int
    digest: str
    """Of the public view."""
    state: State
    path: str
    """The page; the JSON lies beside it."""
    sha256: str
    """Of the page's bytes."""


class Manifest(Value):
    """The list of all that the topic holds."""

    layout: str = ""
    """A digest of what its pages were made with."""
    records: tuple[Line, ...] = ()


class Grave(Record):
    """A withdrawn record of which only the tombstone is left."""

    sent_digest: str

    @cached_property
    def digest(self) -> str:
        """The digest that the whole record had."""
        return self.sent_digest


def entry_of(public: Record, about: About) -> tuple[Entry, bytes]:
    """Return what the topic holds of a record's public view, and its JSON.

    Raises:
        FormatError: One of the topic's documents cannot carry it.
    """
    content = FORMATS["json"].entry(public)
    for form in FEEDS.values():
        FORMATS[form].write(_feed(about, ""), [public], BytesIO())
    return read_entry(content), content


def memory(entry: Entry) -> bytes:
    """Return the JSON of an entry."""
    if isinstance(entry, Record):
        return FORMATS["json"].entry(entry)
    plain = entry.model_dump(mode="json", exclude_defaults=True)
    return canonical_json({"tombstone": plain}) + b"\n"


def derived(topic: Topic, pages: Pages) -> Iterator[tuple[str, bytes]]:
    """Give the documents of the topic as a whole, but the manifest, by path."""
    about = pages.about
    yield "assets/style.css", pages.style
    yield "index.html", pages.index(topic)
    for area, records in topic.areas.items():
        yield area_page(area), pages.area(area, records)
    for path, form in FEEDS.items():
        yield path, _written(form, _feed(about, path), _newest(topic, about))
    yield "catalog.xml", _written("xml", _feed(about, "catalog.xml"), topic.records)
    yield from sitemap(topic, about)


def sitemap(
    topic: Topic, about: About, *, size: int = SITEMAP_SIZE
) -> Iterator[tuple[str, bytes]]:
    """Give the sitemap (sitemaps.org), and its parts where one does not hold all."""
    paths = (
        ("index.html", ""),
        *((area_page(area), "") for area in topic.areas),
        *((page_of(r.id), _day(r)) for r in topic.records),
    )
    locations = [_location("url", about.url(path), day) for path, day in paths]
    parts = [
        _sitemap("urlset", locations[start : start + size])
        for start in range(0, len(locations), size)
    ]
    if len(parts) == 1:
        yield "sitemap.xml", parts[0]
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield from zip(names, parts, strict=True)
    links = [_location("sitemap", about.url(name), "") for name in names]
    yield "sitemap.xml", _sitemap("sitemapindex", links)


def manifest(topic: Topic, layout: str, pages: Mapping[str, str]) -> bytes:
    """Return the manifest, a line for each record, sorted by id.

    Args:
        topic: What is held.
        layout: A digest of what the pages are made with.
        pages: The SHA-256 of each page, by the record's id.
    """
    lines = (
        canonical_json(_line(topic.entries[one], pages[one]).model_dump(mode="json"))
        for one in sorted(topic.entries)
    )
    head = b'{"layout":' + canonical_json(layout) + b',"records":[\n'
    return head + b",\n".join(lines) + b"\n]}\n"


def read_manifest(content: bytes | None) -> Manifest:
    """Read a manifest; one that is missing or spoilt tells nothing."""
    try:
        return Manifest.model_validate_json(content or b"{}")
    except ValidationError:
        return Manifest()


def read_memory(content: bytes | None, path: str) -> Entry | None:
    """Read a record's JSON; None where it is missing, spoilt, or lies elsewhere."""
    try:
        entry = read_entry(content or b"")
    except FormatError:
        return None
    return entry if memory_of(entry.id) == path else None


def state_of(entry: Entry) -> State:
    """Return whether an entry stands or was withdrawn."""
    return State.WITHDRAWN if isinstance(entry, Tombstone) else State.ACTIVE


def _line(entry: Entry, sha256: str) -> Line:
    return Line(
        id=entry.id,
        revision=entry.revision,
        digest=entry.digest,
        state=state_of(entry),
        path=page_of(entry.id),
        sha256=sha256,
    )


def _feed(about: About, path: str) -> Feed:
    return Feed(
        title=about.title,
        site=about.url("index.html"),
        self_url=about.url(path) if path else "",
        author=about.site_name,
    )


def _newest(topic: Topic, about: About) -> Iterator[Record]:
    size = about.feed_size
    return chain(
        map(_grave, topic.tombstones[:size]),
        (_linked(record, about) for record in topic.latest[:size]),
    )


def _linked(record: Record, about: About) -> Record:
    """Return a record as a feed's reader needs it: with somewhere to go."""
    if record.link:
        return record
    return record.changed(link=about.url(page_of(record.id)))


def _grave(entry: Tombstone) -> Record:
    status = Status(state=State.WITHDRAWN, reason=entry.reason, at=entry.when)
    return Grave(
        id=entry.id,
        title=State.WITHDRAWN.label,
        status=status,
        revision=entry.revision,
        sent_digest=entry.digest,
    )


def _written(form: str, feed: Feed, records: Iterable[Record]) -> bytes:
    out = BytesIO()
    left_out: list[FormatError] = []
    # What a feed cannot carry was refused when it came; what an older release let in
    # must not cost the others their feed.
    FORMATS[form].write(feed, records, out, on_error=left_out.append)
    return out.getvalue()


def _day(record: Record) -> str:
    at = record.changed_at
    return at.date().isoformat() if at else ""


def _location(element: str, url: str, day: str) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<{element}><loc>{text(url)}</loc>{changed}</{element}>\n"


def _sitemap(element: str, locations: Iterable[str]) -> bytes:
    inner = "".join(locations)
    return f"{_DECLARATION}<{element} {_SITEMAPS}>\n{inner}</{element}>\n".encode()
