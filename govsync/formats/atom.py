"""Atom 1.0 (RFC 4287) with tombstones (RFC 6721): the first format between machines.

What Atom has an element for stands in it, the rest in our ``details``
(:mod:`govsync.formats.extension`), so that a record comes back as it went. Reading is
in :mod:`govsync.formats.atom_reading`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.document import Layout, guarded, rendered, write_document
from govsync.formats.feed import check, undated
from govsync.formats.text import attribute, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Attachment, Record

NAME = "atom"
MEDIA_TYPE = "application/atom+xml"
_ENTRY_TYPE = "application/atom+xml;type=entry"
_TOMBSTONE_TYPE = "application/atomdeleted+xml"

NAMESPACE = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
KEYWORD = "urn:govsync:keyword"
AREA = "urn:govsync:area"
STAGE = "urn:govsync:stage"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_BOUND = f'xmlns="{NAMESPACE}" xmlns:g="{extension.NAMESPACE}"'
_RELATIVE = re.compile(r"""(?:href|src)="(?![A-Za-z][A-Za-z0-9+.-]*:|#)""")
_BOUND_TOO = f'xmlns:at="{TOMBSTONES}"'


def write(
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write an Atom feed; see :meth:`govsync.formats.Format.write`.

    Tombstones stand before the first entry, as the schema of RFC 4287 wants it.

    Raises:
        FormatError: The feed or a record cannot be carried; a feed without records
            does not say when it was updated.
    """
    return write_document(_LAYOUT, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return an ``atom:entry`` or ``at:deleted-entry`` document.

    Raises:
        FormatError: The record cannot be carried, has no date, or, as an entry of its
            own, no issuer (RFC 4287 § 4.1.2: an entry has an author).
    """
    if not (record.issuer or record.withdrawn):
        raise FormatError(
            "an entry of its own must have an author",
            record=record.id,
            field="issuer",
            mend="give the issuer (发布机构)",
        )
    return rendered(_ALONE, record)


def member(record: Record) -> bytes:
    """Return the entry or tombstone of a record as it stands in a feed.

    Raises:
        FormatError: The record cannot be carried.
    """
    return rendered(_LAYOUT, record)


def frame(feed: Feed, updated: datetime, *, also: str = "") -> tuple[bytes, bytes]:
    """Return what stands before and after the members of a feed.

    Args:
        feed: What the document says of itself.
        updated: When it last changed.
        also: Rendered elements for the end of its head, such as more links.

    Raises:
        FormatError: The feed cannot be carried.
    """
    check(feed)
    return _head(feed, updated, also), _LAYOUT.tail


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read an Atom feed or entry, ours or a stranger's.

    Raises:
        FormatError: It is no Atom, or an entry does not hold.
    """
    from govsync.formats import atom_reading

    return atom_reading.read(source)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read an ``atom:entry`` or ``at:deleted-entry`` document.

    Raises:
        FormatError: It is neither, or the record is not what its digest says.
    """
    from govsync.formats import atom_reading

    return atom_reading.read_entry(content)


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document (RFC 5023 § 12.1, RFC 6721 § 6)."""
    return _TOMBSTONE_TYPE if record.withdrawn else _ENTRY_TYPE


def _head(feed: Feed, updated: datetime | None, also: str = "") -> bytes:
    if updated is None:
        raise FormatError(
            "a feed without records does not know when it was updated",
            field="feed.updated",
            mend="give feed.updated",
        )
    author = feed.author or feed.title
    self_link = (
        f'<link rel="self" type="{MEDIA_TYPE}"'
        f' href="{attribute(to_uri(feed.self_url) or "")}"/>\n'
        if feed.self_url
        else ""
    )
    subtitle = (
        f"<subtitle>{text(feed.description)}</subtitle>\n" if feed.description else ""
    )
    markup = (
        f'{_DECLARATION}<feed {_BOUND} {_BOUND_TOO} xml:lang="{feed.language}">\n'
        f"<id>{text(feed.uri)}</id>\n"
        f'<title type="text">{text(feed.title)}</title>\n{subtitle}'
        f"<updated>{updated.isoformat()}</updated>\n"
        f"<author><name>{text(author)}</name></author>\n"
        f'<link rel="alternate" href="{attribute(to_uri(feed.site) or "")}"/>\n'
        f"{self_link}<generator>govsync</generator>\n{also}"
    )
    return guarded(markup, feed, "feed")


def _entry(record: Record) -> str:
    return f"<entry>{_inside(record)}</entry>\n"


def _entry_alone(record: Record) -> str:
    inner = _inside(record)
    return f'{_DECLARATION}<entry {_BOUND} xml:lang="zh-CN">{inner}</entry>\n'


def _inside(record: Record) -> str:
    updated = record.changed_at
    if updated is None:
        raise undated(record, "updated")
    link = to_uri(record.link) if record.link else None
    published = record.published
    issuer = record.issuer
    return (
        f"<id>{record_uri(record.id)}</id>"
        f'<title type="text">{text(record.title)}</title>'
        f"<updated>{updated.isoformat()}</updated>"
        + (f"<published>{published.isoformat()}</published>" if published else "")
        + (f"<author><name>{text(issuer)}</name></author>" if issuer else "")
        + "".join(_people_links_categories(record, link))
        + (f"<summary>{text(record.summary)}</summary>" if record.summary else "")
        + _content(record, link)
        + extension.details(record, first=_unsaid(record, link))
    )


def _people_links_categories(record: Record, link: str | None) -> Iterator[str]:
    for body in record.co_issuers:
        yield f"<contributor><name>{text(body)}</name></contributor>"
    if link:
        yield f'<link rel="alternate" href="{attribute(link)}"/>'
    if record.relation:
        target = record_uri(record.relation.target)
        yield f'<link rel="related" href="{target}"/>'
    yield from filter(None, map(_enclosure, record.attachments))
    if record.item and record.item.area:
        yield _category(AREA, record.item.area)
    if record.stage:
        yield _category(STAGE, record.stage, record.stage.label)
    for keyword in record.keywords:
        yield _category(KEYWORD, keyword)


@lru_cache(maxsize=4096)  # a few words stand in thousands of entries
def _category(scheme: str, term: str, label: str = "") -> str:
    shown = f' label="{label}"' if label else ""
    return f'<category scheme="{scheme}" term="{attribute(term)}"{shown}/>'


def _enclosure(attachment: Attachment) -> str:
    href = to_uri(attachment.href)
    if href is None:
        return ""
    kind = media_type(attachment.media_type)
    kind = f' type="{attribute(kind)}"' if kind else ""
    size = f' length="{attachment.size}"' if attachment.size is not None else ""
    name = f' title="{attribute(attachment.name)}"' if attachment.name else ""
    return f'<link rel="enclosure" href="{attribute(href)}"{kind}{size}{name}/>'


def _unsaid(record: Record, link: str | None) -> str:
    if link == record.link or not record.link:
        return ""
    return f"<g:link>{text(record.link)}</g:link>"


def _content(record: Record, link: str | None) -> str:
    if not record.body and link:
        return ""
    # What is relative in a body is meant from the page that it first stood on.
    based = link and '="' in record.body and _RELATIVE.search(record.body)
    base = f' xml:base="{attribute(link)}"' if link and based else ""
    return f'<content type="html"{base}>{text(record.body)}</content>'


def _tombstone_attributes(grave: Tombstone) -> str:
    ref = record_uri(grave.id)
    return f'ref="{ref}" when="{grave.when.isoformat()}"'


def _tombstone_inside(grave: Tombstone) -> str:
    comment = f"<at:comment>{text(grave.reason)}</at:comment>" if grave.reason else ""
    return f"{comment}<g:tombstone{extension.grave_marks(grave)}/>"


def _tombstone(grave: Tombstone) -> str:
    inner = _tombstone_inside(grave)
    return (
        f"<at:deleted-entry {_tombstone_attributes(grave)}>{inner}</at:deleted-entry>\n"
    )


def _tombstone_alone(grave: Tombstone) -> str:
    bound = f'xmlns:at="{TOMBSTONES}" xmlns:g="{extension.NAMESPACE}" xml:lang="zh-CN"'
    inner = _tombstone_inside(grave)
    return (
        f"{_DECLARATION}<at:deleted-entry {bound} {_tombstone_attributes(grave)}>"
        f"{inner}</at:deleted-entry>\n"
    )


_LAYOUT = Layout(head=_head, entry=_entry, tombstone=_tombstone, tail=b"</feed>\n")
_ALONE = Layout(head=_head, entry=_entry_alone, tombstone=_tombstone_alone, tail=b"")
