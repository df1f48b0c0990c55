"""Reading RSS 2.0: what :mod:`govsync.formats.rss` wrote, and what strangers write."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import record_id
from govsync.formats.reading import elements, line_of, only
from govsync.formats.rss import CONTENT, DUBLIN_CORE, KEYWORD, STAGE
from govsync.model import Stage
from govsync.model.html import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from govsync.formats.feed import Tombstone
    from govsync.model import Record

_ENCODED = f"{{{CONTENT}}}encoded"
_CREATOR = f"{{{DUBLIN_CORE}}}creator"
_CONTRIBUTOR = f"{{{DUBLIN_CORE}}}contributor"


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read a feed.

    Raises:
        FormatError: It is no RSS 2.0, or an item does not hold.
    """
    found = elements(source, roots=frozenset({"rss"}), tags=frozenset({"item"}))
    return map(member, found)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a feed of one item.

    Raises:
        FormatError: It is none, or the record is not what its digest says.
    """
    return only(read(content))


def member(element: _Element) -> Record | Tombstone:
    """Read the element of an item.

    Raises:
        FormatError: It does not hold.
    """
    grave = element.find(extension.TOMBSTONE)
    if grave is not None:
        return extension.tombstone_in(grave)
    ours = element.find(extension.DETAILS)
    found = _foreign(element) if ours is None else _own(element, ours)
    return extension.record_of(found, line_of(element))


def _own(element: _Element, details: _Element) -> dict[str, Any]:
    """Take our details, and from the item's elements what stands only there."""
    found = extension.fields(details)
    guid = element.findtext("guid", "")
    found["id"] = record_id(guid) or guid
    found["title"] = element.findtext("title", "")
    found.setdefault("body", element.findtext(_ENCODED, ""))
    found["summary"] = unescape(element.findtext("description", ""))
    found["issuer"] = element.findtext(_CREATOR, "")
    found["co_issuers"] = [body.text or "" for body in element.iterfind(_CONTRIBUTOR)]
    found["keywords"] = _categories(element, KEYWORD)
    found["stage"] = next(map(Stage.labelled, _categories(element, STAGE)), None)
    found.setdefault("link", element.findtext("link", ""))
    if "published" not in found:
        found["published"] = _moment(element)
    return found


def _foreign(element: _Element) -> dict[str, Any]:
    """Take what a stranger's item says; its description is HTML (RSS profile)."""
    link = element.findtext("link", "").strip()
    guid = element.findtext("guid", "").strip() or link
    body = element.findtext(_ENCODED, "")
    description = element.findtext("description", "")
    title = text_of(element.findtext("title", "")) or text_of(description)[:80]
    return {
        "id": record_id(guid) or guid,
        "title": unescape(title),
        "body": body or description,
        "summary": text_of(description) if body else "",
        "issuer": element.findtext(_CREATOR) or element.findtext("author", ""),
        "published": _moment(element),
        "keywords": _categories(element, None),
        "link": link,
        "attachments": [*map(_attachment, element.iterfind("enclosure"))],
    }


def _moment(element: _Element) -> datetime | None:
    given = element.findtext("pubDate", "").strip()
    if not given:
        return None
    try:
        return parsedate_to_datetime(given)
    except ValueError as error:
        raise FormatError(
            f"{given[:80]!r} is no date of RFC 822",
            where=f"line {line_of(element)}, pubDate",
            mend="write it as in Mon, 02 Oct 2017 15:09:00 +0800",
        ) from error


def _categories(element: _Element, domain: str | None) -> list[str]:
    return [
        category.text or ""
        for category in element.iterfind("category")
        if domain is None or category.get("domain") == domain
    ]


def _attachment(enclosure: _Element) -> dict[str, Any]:
    href = enclosure.get("url", "")
    length = enclosure.get("length", "")
    return {
        "name": unquote(href.rpartition("/")[2]) or href,
        "href": href,
        "media_type": enclosure.get("type", ""),
        "size": int(length) if length.isascii() and length.isdigit() else None,
    }
