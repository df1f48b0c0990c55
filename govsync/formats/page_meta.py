"""The meta tags of a record's page as HTML (国办发〔2017〕47号), and pages read back.

For a site whose pages somebody else builds: each record's block of tags, to be put in
the page's head. The tags name less than a record holds; what a page of a city says can
be read into a record, in :mod:`govsync.formats.page_reading`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats.address import to_uri
from govsync.formats.document import Layout, encoding, rendered, write_document
from govsync.formats.feed import undated
from govsync.formats.page_tags import (
    Tags,
    check_site,
    column_of,
    column_tags,
    content_tags,
    given,
    site_of,
    site_tags,
)
from govsync.formats.reading import only
from govsync.formats.text import attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from govsync.formats.feed import Feed, Tombstone
    from govsync.formats.page_tags import Site
    from govsync.model import Record

NAME = "page_meta"
MEDIA_TYPE = "text/html"


def write(
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
    site: Site | None = None,
) -> int:
    """Write a block of tags a record; see :meth:`govsync.formats.Format.write`.

    Withdrawn records are left out: their pages say nothing of them.

    Args:
        feed: Names the topic, and who publishes where a record does not say.
        records: In the order of the blocks; read once.
        out: Takes UTF-8 bytes.
        on_error: Is told of a record that cannot be carried, which is left out.
        site: What each page says of its site; by default what the feed says of it.

    Raises:
        FormatError: The feed, the site or a record cannot be carried.
    """
    known = site or site_of(feed)
    check_site(known)
    layout = _layout(partial(_page, feed=feed, site=known))
    return write_document(layout, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return the tags of a record's content, without those of site and column.

    Raises:
        FormatError: The record cannot be carried, lacks a tag that the guideline
            demands, or was withdrawn.
    """
    if record.withdrawn:
        raise FormatError(
            "the record was withdrawn, which tags cannot say",
            record=record.id,
            field="status.state",
            mend="take its page down",
        )
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes, *, url: str = "") -> Iterator[Record | Tombstone]:
    """Read a page, or blocks of tags, into records; see :mod:`.page_reading`.

    Args:
        source: The page's bytes, all of them in memory, in the charset it declares.
        url: Where the page was fetched, for one that does not say it.

    Raises:
        FormatError: It is no page of content, or a record does not hold.
    """
    from govsync.formats import page_reading

    return page_reading.read(source, url)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a page of one record.

    Raises:
        FormatError: It is none, or the record does not hold.
    """
    return only(read(content))


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s block."""
    del record
    return MEDIA_TYPE


def block(tags: Tags) -> str:
    """Render tags as HTML, one a line."""
    return "".join(
        f'<meta name="{name}" content="{attribute(content)}">\n'
        for name, content in tags
    )


def _page(record: Record, feed: Feed, site: Site) -> str:
    publisher = feed.author or feed.title
    known = record if record.issuer else record.changed(issuer=publisher)
    area = record.item.area if record.item else ""
    column = column_of(record, feed.title, area or feed.title)
    return block(given(site_tags(site), column_tags(column), _content(known)))


def _content(record: Record) -> Tags:
    if record.changed_at is None:
        raise undated(record, "published")
    if not record.issuer:
        raise FormatError(
            "a page must name its source (ContentSource)",
            record=record.id,
            field="issuer",
            mend="give the issuer (发布机构)",
        )
    return content_tags(record, to_uri(record.link) or "")


def _layout(entry: Callable[[Record], str]) -> Layout:
    return Layout(
        form=NAME,
        head=lambda *_: b"",
        entry=encoding(entry),
        tombstone=None,
        tail=b"",
        separator=b"\n",
    )


_ALONE = _layout(lambda record: block(given(_content(record))))
