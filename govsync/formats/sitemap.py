"""Sitemap 0.9 (sitemaps.org/protocol.html): where the pages of records are. Write only.

A sitemap names pages, not records: it cannot be read back, and has no document of one
record. A file holds 50,000 addresses and 50 MB at most; :func:`write_all` writes as
many files as it takes, with an index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from govsync.errors import FormatError
from govsync.formats.address import to_uri
from govsync.formats.feed import check
from govsync.formats.text import attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from govsync.formats.feed import Feed
    from govsync.model import Record

    Open = Callable[[str], AbstractContextManager[BinaryIO]]
    OnError = Callable[[FormatError], None] | None

NAME = "sitemap"
MEDIA_TYPE = "application/xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

MAX_ADDRESSES = 50_000
"""Of pages in a sitemap, and of sitemaps in an index."""
MAX_BYTES = 50 * 1024 * 1024
"""Of a file, uncompressed: 52,428,800."""
MAX_ADDRESS = 2047
"""Characters of an address: fewer than 2,048."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = _DECLARATION + f'<urlset xmlns="{NAMESPACE}">\n'.encode()
_SITEMAP_END = b"</urlset>\n"
_INDEX = _DECLARATION + f'<sitemapindex xmlns="{NAMESPACE}">\n'.encode()
_INDEX_END = b"</sitemapindex>\n"


def write(
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    on_error: OnError = None,
) -> int:
    """Write one sitemap and return how many addresses it holds.

    Withdrawn records are left out, and a page of several records stands once.

    Args:
        feed: Names the site; pages of other hosts may not stand in its sitemap.
        records: In the order of the addresses; read once.
        out: Takes UTF-8 bytes; gets none of a sitemap that does not hold.
        on_error: Is told of a record that cannot be carried, which is left out.

    Raises:
        FormatError: The feed or a record cannot be carried; there is no page at all,
            or there are more than one file may hold.
    """
    files = _files(feed, records, on_error)
    file = _first(files)
    if next(files, None) is not None:
        raise FormatError(
            f"more than {MAX_ADDRESSES} addresses or {MAX_BYTES} bytes",
            where="sitemap",
            mend="write several files and their index (sitemap.write_all)",
        )
    file.copy(out)
    return len(file.addresses)


def write_all(
    feed: Feed,
    records: Iterable[Record],
    open_file: Open,
    *,
    on_error: OnError = None,
) -> int:
    """Write ``sitemap.xml``: the sitemap, or the index of ``sitemap-1.xml`` and so on.

    The index is written last, so that it never names a file that is not there. All
    are meant for the folder of the feed's site. One file is in memory at a time.

    Args:
        feed: Names the site.
        records: In the order of the addresses; read once.
        open_file: Opens a new file of this name for writing.
        on_error: Is told of a record that cannot be carried, which is left out.

    Returns:
        How many addresses all files hold.

    Raises:
        FormatError: As :func:`write`, but for the number of addresses.
    """
    files = _files(feed, records, on_error)
    file = _first(files)
    following = next(files, None)
    if following is None:
        _put(open_file, "sitemap.xml", file)
        return len(file.addresses)
    index, count = _File(start=_INDEX, end=_INDEX_END), 0
    for number, each in enumerate(chain((file, following), files), 1):
        name = f"sitemap-{number}.xml"
        _put(open_file, name, each)
        address = urljoin(to_uri(feed.site) or "", name)
        index.add(_address("sitemap", address, each.latest), each.latest)
        count += len(each.addresses)
    _put(open_file, "sitemap.xml", index)
    return count


@dataclass(kw_only=True)
class _File:
    """A file on its way."""

    start: bytes = _SITEMAP
    end: bytes = _SITEMAP_END
    addresses: list[bytes] = field(default_factory=list)
    latest: datetime | None = None
    size: int = len(_SITEMAP) + len(_SITEMAP_END)

    def holds(self, more: bytes) -> bool:
        """Whether there is room for one more address."""
        few = len(self.addresses) < MAX_ADDRESSES
        return few and self.size + len(more) <= MAX_BYTES

    def add(self, address: bytes, changed: datetime | None) -> None:
        self.addresses.append(address)
        self.size += len(address)
        if changed and (self.latest is None or changed > self.latest):
            self.latest = changed

    def copy(self, out: BinaryIO) -> None:
        out.write(self.start)
        out.writelines(self.addresses)
        out.write(self.end)


def _files(feed: Feed, records: Iterable[Record], on_error: OnError) -> Iterator[_File]:
    """Give each file when it is full; a file that nothing stands in is none."""
    check(feed)
    site = _origin(to_uri(feed.site) or "")
    seen: set[str] = set()
    file = _File()
    for record, address in _pages(records, site, on_error):
        if address in seen:
            continue
        seen.add(address)
        markup = _address("url", address, record.changed_at)
        if not file.holds(markup):
            yield file
            file = _File()
        file.add(markup, record.changed_at)
    if file.addresses:
        yield file


def _pages(
    records: Iterable[Record], site: str, on_error: OnError
) -> Iterator[tuple[Record, str]]:
    for record in records:
        if record.withdrawn:
            continue
        try:
            address = _page(record, site)
        except FormatError as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            yield record, address


def _page(record: Record, site: str) -> str:
    """Return the address of a record's page, as it may stand in the site's sitemap."""
    address = to_uri(record.link) or ""
    faults = (
        (not address, "no web address", "give the address of its page"),
        (
            _origin(address) != site,
            f"a page on another host than {site}",
            "write a sitemap for each host",
        ),
        (
            len(address) > MAX_ADDRESS,
            f"an address of more than {MAX_ADDRESS} characters",
            "give it a shorter one",
        ),
    )
    for found, fault, mend in faults:
        if found:
            said = f"the record has {fault}"
            raise FormatError(said, record=record.id, field="link", mend=mend)
    return address


def _origin(address: str) -> str:
    """Return scheme, host and port: a sitemap is for one of these (§ Location)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _address(kind: str, address: str, changed: datetime | None) -> bytes:
    """Render a ``url`` or ``sitemap`` element, its date as W3C wants it.

    All five entities are written, quotes too (§ Entity escaping).
    """
    location = attribute(address).replace("'", "&apos;")
    at = (
        f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    )
    return f"<{kind}><loc>{location}</loc>{at}</{kind}>\n".encode()


def _first(files: Iterator[_File]) -> _File:
    file = next(files, None)
    if file is None:
        raise FormatError(
            "no record that stands has a page on the site",
            where="sitemap",
            mend="give the site that the records' pages are on",
        )
    return file


def _put(open_file: Open, name: str, file: _File) -> None:
    with open_file(name) as out:
        file.copy(out)
