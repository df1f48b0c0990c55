"""JSON Feed 1.1 (jsonfeed.org/version/1.1): for readers and scripts of the web.

What JSON Feed has a member for stands in it, the rest in ``_govsync`` of the item, in
the words of the model, so that a record comes back as it went. Withdrawn records,
which JSON Feed does not know, stand in ``_govsync.tombstones`` of the feed. Reading is
in :mod:`govsync.formats.json_feed_reading`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.body_links import absolute
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.json_records import json_encoded
from govsync.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.errors import FormatError
    from govsync.formats.document import Rendered
    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Attachment, Record

NAME = "json_feed"
MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
OURS = "_govsync"
"""The extension's name; an underscore and a letter start it (§ Extensions)."""

NATIVE = {
    "title": "title",
    "body": "content_html",
    "summary": "summary",
    "published": "date_published",
    "keywords": "tags",
}
"""A record's field, and the member of an item that says exactly the same."""
_UNKNOWN_TYPE = "application/octet-stream"
"""What an attachment of unknown type is: it must have one (§ Attachments)."""
_REMOVED = {"id", *NATIVE}


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write a JSON Feed; see :meth:`govsync.formats.Format.write`.

    Raises:
        FormatError: The feed or a record cannot be carried.
    """
    return write_document(LAYOUT, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return a feed of one item, or of one tombstone, named after the record.

    Raises:
        FormatError: The record cannot be carried.
    """
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read a JSON Feed, ours or a stranger's; all of it is in memory meanwhile.

    Raises:
        FormatError: It is no JSON Feed, or an item does not hold.
    """
    from govsync.formats import json_feed_reading

    return json_feed_reading.read(source)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a feed of one item or tombstone.

    Raises:
        FormatError: It holds another number, or the record is not what its digest says.
    """
    from govsync.formats import json_feed_reading

    return json_feed_reading.read_entry(content)


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


def _head(feed: Feed, updated: datetime | None) -> bytes:
    said = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": to_uri(feed.site),
        "feed_url": to_uri(feed.self_url) if feed.self_url else None,
        "description": feed.description,
        "language": feed.language,
        "authors": [{"name": feed.author or feed.title}],
    }
    ours = {"id": feed.uri, "updated": updated.isoformat() if updated else None}
    markup = _text(_given({**said, OURS: _given(ours)}))
    head = guarded(markup, feed, "feed", json_encoded)
    return head.removesuffix(b"}}") + b',"tombstones":[\n'


def _item(record: Record) -> str:
    body = absolute(record.body, record.link)
    published, changed = record.published, record.changed_at
    issuers = (record.issuer, *record.co_issuers)
    said = {
        "url": to_uri(record.link) if record.link else None,
        "title": record.title,
        "summary": record.summary,
        "date_published": published.isoformat() if published else None,
        "date_modified": changed.isoformat() if changed else None,
        "authors": [{"name": name} for name in issuers if name],
        "tags": record.keywords,
        "attachments": [*filter(None, map(_attachment, record.attachments))],
    }
    ours = {**record.plain(exclude=_REMOVED), "digest": record.digest}
    if record.extra:
        ours["extra"] = dict(sorted(record.extra.items()))
    if body != record.body:
        ours["body"] = record.body
    item = {"id": record_uri(record.id), **_given(said)}
    return _text({**item, "content_html": body, OURS: ours})


def _attachment(attachment: Attachment) -> dict[str, Any] | None:
    """Render an attachment; None for one without an absolute address."""
    url = to_uri(attachment.href)
    if url is None:
        return None
    said = {
        "url": url,
        "mime_type": media_type(attachment.media_type) or _UNKNOWN_TYPE,
        "title": attachment.name,
    }
    size = attachment.size
    return _given(said) | ({} if size is None else {"size_in_bytes": size})


def _tombstone(grave: Tombstone) -> str:
    return _text(grave.model_dump(mode="json", exclude_defaults=True))


def _item_alone(record: Record) -> str:
    title = _text({"version": VERSION, "title": record.title}).removesuffix("}")
    return f'{title},"items":[{_item(record)}]}}\n'


def _tombstone_alone(grave: Tombstone) -> str:
    title = _text({"version": VERSION, "title": State.WITHDRAWN.label})
    ours = f'"{OURS}":{{"tombstones":[{_tombstone(grave)}]}}'
    return f'{title.removesuffix("}")},{ours},"items":[]}}\n'


def _given(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: an empty member is none (§ Items)."""
    return {name: value for name, value in members.items() if value}


def _text(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


LAYOUT = Layout(
    form=NAME,
    head=_head,
    entry=encoding(_item, json_encoded),
    tombstone=encoding(_tombstone, json_encoded),
    middle=b'\n]},"items":[\n',
    tail=b"\n]}\n",
    separator=b",\n",
)
_ALONE = Layout(
    form=NAME,
    head=_head,
    entry=encoding(_item_alone, json_encoded),
    tombstone=encoding(_tombstone_alone, json_encoded),
    tail=b"",
)
