"""RSS 2.0 by the RSS Advisory Board's profile: the format with the widest audience.

Plain text in titles uses hexadecimal references and in descriptions is escaped twice,
because readers take both for HTML. RSS knows no tombstone: a public feed leaves
withdrawn records out; between machines they are items with our ``tombstone`` element.
Reading is in :mod:`govsync.formats.rss_reading`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from govsync.formats import extension
from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.body_links import absolute
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.moments import rfc822, rfc3339
from govsync.formats.text import attribute, encoded, text, twice, uri
from govsync.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.errors import FormatError
    from govsync.formats.document import Rendered
    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Attachment, Record

NAME = "rss"
MEDIA_TYPE = "application/rss+xml"

CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
KEYWORD = "urn:govsync:keyword"
AREA = "urn:govsync:area"
STAGE = "urn:govsync:stage"

_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    f' xmlns:content="{CONTENT}" xmlns:dc="{DUBLIN_CORE}"'
    f' xmlns:g="{extension.NAMESPACE}"><channel>\n'
)
_CLOSING = "</channel></rss>\n"


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
    withdrawn: bool = False,
) -> int:
    """Write an RSS feed; see :meth:`govsync.formats.Format.write`.

    Args:
        feed: What the channel says of itself.
        records: In the order of the items; read once.
        out: Takes UTF-8 bytes.
        on_error: Is told of a record that cannot be carried, which is left out.
        withdrawn: Whether withdrawn records become items with a tombstone, for a
            receiver that reads our namespace; otherwise they are left out.

    Raises:
        FormatError: The feed or a record cannot be carried.
    """
    layout = LAYOUT if withdrawn else replace(LAYOUT, tombstone=None)
    return write_document(layout, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return a channel of one item; for a withdrawn record its tombstone.

    Raises:
        FormatError: The record cannot be carried.
    """
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read an RSS 2.0 feed, ours or a stranger's.

    Raises:
        FormatError: It is no RSS 2.0, or an item does not hold.
    """
    from govsync.formats import rss_reading

    return rss_reading.read(source)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a channel of one item.

    Raises:
        FormatError: It is none, or the record is not what its digest says.
    """
    from govsync.formats import rss_reading

    return rss_reading.read_entry(content)


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


def _head(feed: Feed, updated: datetime | None) -> bytes:
    built = f"<lastBuildDate>{rfc822(updated)}</lastBuildDate>\n" if updated else ""
    own = attribute(to_uri(feed.self_url) or "")
    self_link = (
        f'<atom:link rel="self" type="{MEDIA_TYPE}" href="{own}"/>\n' if own else ""
    )
    markup = (
        _channel(feed.title, to_uri(feed.site) or "", feed.description)
        + f"<language>{feed.language}</language>\n{built}{self_link}"
        + "<generator>govsync</generator>\n"
    )
    return guarded(markup, feed, "feed")


def _channel(title: str, link: str, description: str) -> str:
    return (
        f"{_OPENING}<title>{_plain(title)}</title>\n<link>{text(link)}</link>\n"
        f"<description>{twice(description or title)}</description>\n"
    )


def _item(record: Record) -> bytes | None:
    before, html, after = _inside(record)
    return encoded(f"<item>{before}", html, f"{after}</item>\n")


def _inside(record: Record) -> tuple[str, str, str]:
    """Render what comes before the body's text, and what after it."""
    link = to_uri(record.link) if record.link else None
    said = [f"<title>{_plain(record.title)}</title>{_guid(record_uri(record.id))}"]
    if link:
        said.append(f"<link>{uri(link)}</link>")
    if published := record.published:
        said.append(f"<pubDate>{rfc822(published)}</pubDate>")
    if issuer := record.issuer:
        said.append(_creator(issuer))
    for body in record.co_issuers:
        said += ("<dc:contributor>", text(body), "</dc:contributor>")
    _add_categories(said, record)
    if summary := record.summary:
        said.append(f"<description>{twice(summary)}</description>")
    if record.attachments:
        # One at most (RSS profile); all of them stand in our details.
        said.append(next(filter(None, map(_enclosure, record.attachments)), ""))
    html = absolute(record.body, link)
    details = extension.details(record, first=_unsaid(record, link, html))
    if not html:
        return "".join(said), "", details
    said.append("<content:encoded>")
    return "".join(said), html, f"</content:encoded>{details}"


def _add_categories(said: list[str], record: Record) -> None:
    if (item := record.item) and item.area:
        said.append(_category(AREA, item.area))
    if stage := record.stage:
        said.append(_category(STAGE, stage.label))
    said += map(_keyword, record.keywords)


def _unsaid(record: Record, link: str | None, html: str) -> str:
    """Render what RFC 822 dates (fractions, years of two digits) and URIs lose."""
    said = "" if html == record.body else f"<g:body>{text(record.body)}</g:body>"
    published = record.published
    if published and (published.microsecond or published.year < 1000):
        said += f"<g:published>{rfc3339(published)}</g:published>"
    if link != record.link and record.link:
        said += f"<g:link>{text(record.link)}</g:link>"
    return said


def _enclosure(attachment: Attachment) -> str:
    href = to_uri(attachment.href)
    if href is None or attachment.size is None:
        return ""
    kind = media_type(attachment.media_type) or "application/octet-stream"
    return (
        f'<enclosure url="{attribute(href)}" length="{attachment.size}"'
        f' type="{attribute(kind)}"/>'
    )


def _tombstone(grave: Tombstone) -> str:
    reason = twice(grave.reason or State.WITHDRAWN.label)
    return (
        f"<item><title>{State.WITHDRAWN.label}</title>"
        f"{_guid(record_uri(grave.id))}<pubDate>{rfc822(grave.when)}</pubDate>"
        f"<description>{reason}</description>"
        f"{extension.tombstone(grave, 'g:')}</item>\n"
    )


def _alone(record: Record) -> bytes | None:
    link = to_uri(record.link) if record.link else None
    head = _channel(record.issuer or record.title, link or record.uri, record.title)
    before, html, after = _inside(record)
    return encoded(f"{head}<item>{before}", html, f"{after}</item>\n{_CLOSING}")


def _tombstone_alone(grave: Tombstone) -> str:
    head = _channel(State.WITHDRAWN.label, record_uri(grave.id), grave.reason)
    return f"{head}{_tombstone(grave)}{_CLOSING}"


def _guid(iri: str) -> str:
    return f'<guid isPermaLink="false">{iri}</guid>'


@lru_cache(maxsize=4096)  # a few names stand in thousands of entries
def _creator(name: str) -> str:
    return f"<dc:creator>{text(name)}</dc:creator>"


@lru_cache(maxsize=4096)  # and a few words
def _keyword(word: str) -> str:
    return _category(KEYWORD, word)


def _category(domain: str, name: str) -> str:
    return f'<category domain="{domain}">{text(name)}</category>'


def _plain(value: str) -> str:
    """Escape plain text with hexadecimal references (RSS profile, character data)."""
    escaped = value.replace("&", "&#x26;").replace("<", "&#x3C;")
    return escaped.replace(">", "&#x3E;")


LAYOUT = Layout(
    form=NAME,
    head=_head,
    entry=_item,
    tombstone=encoding(_tombstone),
    tail=_CLOSING.encode(),
)
_ALONE = replace(LAYOUT, entry=_alone, tombstone=encoding(_tombstone_alone), tail=b"")
