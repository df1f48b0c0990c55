"""Atom 1.0 (RFC 4287) with tombstones (RFC 6721): the first format between machines.

What Atom has an element for stands in it, the rest in our ``details``
(:mod:`govsync.formats.extension`), so that a record comes back as it went. Reading is
in :mod:`govsync.formats.atom_reading`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.body_links import absolute
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.feed import check, undated
from govsync.formats.moments import rfc3339
from govsync.formats.text import attribute, encoded, text, uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.formats.document import Rendered
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
_BOUND_TOO = f'xmlns:at="{TOMBSTONES}"'


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
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
    return write_document(LAYOUT, feed, records, out, on_error)


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
    return rendered(LAYOUT, record)


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
    return _head(feed, updated, also), LAYOUT.tail


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
        f"<updated>{rfc3339(updated)}</updated>\n"
        f"<author><name>{text(author)}</name></author>\n"
        f'<link rel="alternate" href="{attribute(to_uri(feed.site) or "")}"/>\n'
        f"{self_link}<generator>govsync</generator>\n{also}"
    )
    return guarded(markup, feed, "feed")


def _entry(record: Record) -> bytes | None:
    before, html, after = _inside(record)
    return encoded(f"<entry>{before}", html, f"{after}</entry>\n")


def _entry_alone(record: Record) -> bytes | None:
    before, html, after = _inside(record)
    opening = f'{_DECLARATION}<entry {_BOUND} xml:lang="zh-CN">{before}'
    return encoded(opening, html, f"{after}</entry>\n")


def _inside(record: Record) -> tuple[str, str, str]:
    """Render what comes before the body's text, and what after it."""
    link = to_uri(record.link) if record.link else None
    updated = rfc3339(_updated(record))
    named = f'<id>{record_uri(record.id)}</id><title type="text">{text(record.title)}'
    said = [named, f"</title><updated>{updated}</updated>"]
    if published := record.published:
        said.append(f"<published>{rfc3339(published)}</published>")
    if issuer := record.issuer:
        said.append(_author(issuer))
    for body in record.co_issuers:
        said += ("<contributor><name>", text(body), "</name></contributor>")
    _add_links(said, record, link)
    _add_categories(said, record)
    if summary := record.summary:
        said.append(f"<summary>{text(summary)}</summary>")
    html = absolute(record.body, link)
    unsaid = _unsaid(record, link, html)
    details = extension.details(record, first=unsaid, updated=updated)
    if link and not html:
        return "".join(said), "", details
    said.append('<content type="html">')
    return "".join(said), html, f"</content>{details}"


def _updated(record: Record) -> datetime:
    at = record.changed_at
    if at is None:
        raise undated(record, "updated")
    return at


def _add_links(said: list[str], record: Record, link: str | None) -> None:
    if link:
        said.append(f'<link rel="alternate" href="{uri(link)}"/>')
    if relation := record.relation:
        said.append(f'<link rel="related" href="{record_uri(relation.target)}"/>')
    said.extend(map(_enclosure, record.attachments))


def _add_categories(said: list[str], record: Record) -> None:
    if (item := record.item) and item.area:
        said.append(_category(AREA, item.area))
    if stage := record.stage:
        said.append(_category(STAGE, stage, stage.label))
    said += map(_keyword, record.keywords)


@lru_cache(maxsize=4096)  # a few names stand in thousands of entries
def _author(name: str) -> str:
    return f"<author><name>{text(name)}</name></author>"


@lru_cache(maxsize=4096)  # and a few words
def _keyword(word: str) -> str:
    return _category(KEYWORD, word)


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


def _unsaid(record: Record, link: str | None, html: str) -> str:
    """Render what web addresses lose, of the record and in its body."""
    said = "" if html == record.body else f"<g:body>{text(record.body)}</g:body>"
    if link != record.link and record.link:
        said += f"<g:link>{text(record.link)}</g:link>"
    return said


def _tombstone_attributes(grave: Tombstone) -> str:
    ref = record_uri(grave.id)
    return f'ref="{ref}" when="{rfc3339(grave.when)}"'


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


LAYOUT = Layout(
    form=NAME,
    head=_head,
    entry=_entry,
    tombstone=encoding(_tombstone),
    tail=b"</feed>\n",
)
_ALONE = replace(
    LAYOUT, entry=_entry_alone, tombstone=encoding(_tombstone_alone), tail=b""
)
