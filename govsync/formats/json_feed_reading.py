"""Reading JSON Feed: what :mod:`govsync.formats.json_feed` wrote, and what others do.

An item with our ``_govsync`` comes back as it went, and its digest is checked. Of any
other item id, title, dates, authors, tags, attachments and content are taken.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import record_id
from govsync.formats.json_feed import NATIVE, OURS
from govsync.formats.json_records import (
    parsed,
    record_of_plain,
    tombstone_of_plain,
)
from govsync.formats.reading import only
from govsync.model.html import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from govsync.formats.feed import Tombstone
    from govsync.model import Record

_ANY_VERSION = "https://jsonfeed.org/version/1"
_TITLE_LENGTH = 80
"""Characters of a title that is taken from the content: an item may have none."""


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read the tombstones and items of a feed, in this order.

    Raises:
        FormatError: It is no JSON Feed, or an item does not hold.
    """
    document = parsed(source if isinstance(source, bytes) else source.read())
    version = document.get("version")
    if not (isinstance(version, str) and version.startswith(_ANY_VERSION)):
        raise FormatError(
            f"the document is no JSON Feed, its version is {version!r:.80}",
            where="version",
            mend=f"send {_ANY_VERSION}.1",
        )
    graves = _objects(_object(document, OURS), "tombstones", f"{OURS}.tombstones")
    yield from map(tombstone_of_plain, graves)
    authors = _objects(document, "authors", "authors")
    if "items" not in document:
        raise FormatError("the feed has no items", where="items")
    for item in _objects(document, "items", "items"):
        yield member(item, authors)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a feed of one item or tombstone.

    Raises:
        FormatError: It holds another number, or the record is not what its digest says.
    """
    return only(read(content))


def member(item: Any, authors: Sequence[dict[str, Any]] = ()) -> Record:
    """Read an item.

    Args:
        item: As JSON has it.
        authors: Of the feed.

    Raises:
        FormatError: It does not hold.
    """
    if not isinstance(item, dict):
        raise FormatError("is no object", where="items")
    return _own(item) if OURS in item else _foreign(item, authors)


def _own(item: dict[str, Any]) -> Record:
    """Take our words, and from the item's members what stands only there."""
    named = {field: item[name] for field, name in NATIVE.items() if name in item}
    uri = _said(item, "id")
    ours = _object(item, OURS)
    return record_of_plain({**named, **ours, "id": record_id(uri) or uri})


def _foreign(item: dict[str, Any], authors: Sequence[dict[str, Any]]) -> Record:
    """Take what a stranger's item says; the feed's authors are its authors, too."""
    body = _said(item, "content_html") or escape(
        _said(item, "content_text"), quote=False
    )
    uri = _said(item, "id").strip()
    names = [
        _said(author, "name")
        for author in _objects(item, "authors", "items.authors") or authors
    ]
    text = text_of(body).partition("\n")[0]
    attachments = _objects(item, "attachments", "items.attachments")
    found = {
        "id": record_id(uri) or uri,
        "title": _said(item, "title") or _said(item, "summary") or text[:_TITLE_LENGTH],
        "body": body,
        "summary": _said(item, "summary"),
        "issuer": next(iter(names), ""),
        "co_issuers": names[1:],
        "published": item.get("date_published") or item.get("date_modified"),
        "updated": item.get("date_modified"),
        "keywords": item.get("tags", []),
        "link": _said(item, "url") or _said(item, "external_url"),
        "attachments": [*map(_attachment, attachments)],
    }
    return extension.record_of(found, None)


def _attachment(said: dict[str, Any]) -> dict[str, Any]:
    url = _said(said, "url")
    return {
        "name": _said(said, "title") or unquote(url.rpartition("/")[2]) or url,
        "href": url,
        "media_type": _said(said, "mime_type"),
        "size": said.get("size_in_bytes"),
    }


def _said(members: dict[str, Any], name: str) -> str:
    """Return a text; a number is taken for one, as the specification wants of ids."""
    value = members.get(name)
    return "" if value is None else str(value)


def _object(members: dict[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name, {})
    if not isinstance(value, dict):
        raise FormatError("is no object", where=name)
    return value


def _objects(members: dict[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    values = members.get(name, [])
    if not isinstance(values, list) or any(not isinstance(v, dict) for v in values):
        raise FormatError("is no list of objects", where=where)
    return values
