"""Reading Atom: what :mod:`govsync.formats.atom` wrote, and what strangers write.

An entry with our ``details`` comes back as it went, and its digest is checked. Of any
other entry id, title, dates, author, links, categories and content are taken, as far
as Atom says them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urljoin

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import record_id
from govsync.formats.atom import KEYWORD, NAMESPACE, STAGE, TOMBSTONES
from govsync.formats.reading import elements, line_of, only, said
from govsync.model.html import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from govsync.formats.feed import Tombstone
    from govsync.model import Record

_A = f"{{{NAMESPACE}}}"
_FEED = f"{_A}feed"
_ENTRY = f"{_A}entry"
_DELETED = f"{{{TOMBSTONES}}}deleted-entry"
_COMMENT = f"{{{TOMBSTONES}}}comment"
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"
_ENTRIES = frozenset({_ENTRY, _DELETED})


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read a feed, or an entry that stands alone.

    Raises:
        FormatError: It is no Atom, or an entry does not hold.
    """
    for element in elements(source, roots=_ENTRIES | {_FEED}, tags=_ENTRIES):
        yield member(element)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a document of one entry.

    Raises:
        FormatError: It is none, or the record is not what its digest says.
    """
    found = elements(content, roots=_ENTRIES, tags=_ENTRIES)
    return only(member(element) for element in found)


def member(element: _Element) -> Record | Tombstone:
    """Read the element of an entry or of a tombstone.

    Raises:
        FormatError: It does not hold.
    """
    return _tombstone(element) if element.tag == _DELETED else _record(element)


def _tombstone(element: _Element) -> Tombstone:
    uri = element.get("ref", "")
    ours = element.find(extension.TOMBSTONE)
    if ours is None:
        raise FormatError(
            f"a tombstone of {uri!r} without revision and digest",
            where=f"line {line_of(element)}",
            mend="only tombstones that govsync wrote can be taken over",
        )
    found: dict[str, Any] = {**said(ours)}
    found["id"] = record_id(uri) or uri
    found["when"] = element.get("when", "")
    found["reason"] = element.findtext(_COMMENT, "")
    return extension.tombstone_of_fields(found, line_of(element))


def _record(element: _Element) -> Record:
    ours = element.find(extension.DETAILS)
    found = _foreign(element) if ours is None else _own(element, ours)
    return extension.record_of(found, line_of(element))


def _own(element: _Element, details: _Element) -> dict[str, Any]:
    """Take our details, and from Atom's elements what stands only there."""
    found = extension.fields(details)
    uri = _said(element, "id")
    found["id"] = record_id(uri) or uri
    found["title"] = _said(element, "title")
    found.setdefault("body", _said(element, "content"))
    found["summary"] = _said(element, "summary")
    found["published"] = _said(element, "published") or None
    found["issuer"] = _said(element, "author/name")
    found["co_issuers"] = _names(element, "contributor")
    found["keywords"] = _terms(element, KEYWORD)
    found["stage"] = next(iter(_terms(element, STAGE)), None)
    found.setdefault("link", _link(element))
    return found


def _foreign(element: _Element) -> dict[str, Any]:
    """Take what a stranger's entry says."""
    authors = _names(element, "author") or _names(element.getparent(), "author")
    uri = _said(element, "id").strip()
    updated = _said(element, "updated").strip() or None
    content = _html(element.find(f"{_A}content"))
    summary = _html(element.find(f"{_A}summary"))
    return {
        "id": record_id(uri) or uri,
        "title": text_of(_html(element.find(f"{_A}title"))).replace("\n", " "),
        "body": content or summary,
        "summary": text_of(summary) if content else "",
        "issuer": next(iter(authors), ""),
        "co_issuers": authors[1:],
        "published": _said(element, "published").strip() or updated,
        "updated": updated,
        "keywords": _terms(element, None),
        "link": _link(element),
        "attachments": [*map(_attachment, _links(element, "enclosure"))],
    }


def _html(construct: _Element | None) -> str:
    """Return a text construct or inline content as HTML (RFC 4287 § 3.1, § 4.1.3)."""
    if construct is None:
        return ""
    kind = construct.get("type", "text")
    plain = construct.text or ""
    if kind in {"html", "text/html"}:
        return plain
    if kind in {"xhtml", "application/xhtml+xml"}:
        div = construct.find(_XHTML_DIV)
        return "" if div is None else _inner(div)
    return escape(plain, quote=False)


def _inner(div: _Element) -> str:
    from lxml import etree

    for inner in div.iter(etree.Element):
        inner.tag = etree.QName(inner).localname
    etree.cleanup_namespaces(div)
    parts = (etree.tostring(child, encoding="unicode", method="html") for child in div)
    return escape(div.text or "", quote=False) + "".join(parts)


def _said(element: _Element, path: str) -> str:
    return element.findtext("/".join(f"{_A}{name}" for name in path.split("/")), "")


def _names(element: _Element | None, role: str) -> list[str]:
    if element is None:
        return []
    return [name.text or "" for name in element.iterfind(f"{_A}{role}/{_A}name")]


def _terms(element: _Element, scheme: str | None) -> list[str]:
    categories = element.iterfind(f"{_A}category")
    return [
        category.get("term", "")
        for category in categories
        if scheme is None or category.get("scheme") == scheme
    ]


def _links(element: _Element, rel: str) -> Iterator[_Element]:
    links = element.iterfind(f"{_A}link")
    return (link for link in links if link.get("rel", "alternate") == rel)


def _link(element: _Element) -> str:
    first = next(_links(element, "alternate"), None)
    return "" if first is None else _href(first)


def _href(link: _Element) -> str:
    return urljoin(link.base or "", link.get("href", ""))


def _attachment(link: _Element) -> dict[str, Any]:
    href = _href(link)
    length = link.get("length", "")
    return {
        "name": link.get("title") or unquote(href.rpartition("/")[2]) or href,
        "href": href,
        "media_type": link.get("type", ""),
        "size": int(length) if length.isascii() and length.isdigit() else None,
    }
