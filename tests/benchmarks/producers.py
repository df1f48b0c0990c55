"""The producers that the benchmark compares, on the same records and facts.

Each takes records, a format and a path, and writes a whole feed with whatever checks
it has. ``floor`` is no producer: it escapes, guards, encodes and writes the same
texts as ready strings, which no writer of checked UTF-8 can go below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govsync.conversion import convert
from govsync.formats import Feed
from govsync.formats.address import record_uri
from govsync.formats.atom import KEYWORD
from govsync.formats.moments import rfc822, rfc3339
from govsync.formats.text import encoded, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from govsync.model import Record

SITE = "https://www.example.gov.cn/"
TITLE = "基层政务公开"
_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"


def govsync(records: Sequence[Record], form: str, path: Path) -> None:
    """Write with this library."""
    convert(records, form, path, feed=Feed(title=TITLE, site=SITE))


def feedgen(records: Sequence[Record], form: str, path: Path) -> None:
    """Write with feedgen, in append order (its default order is quadratic)."""
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id(SITE)
    feed.title(TITLE)
    feed.link(href=SITE)
    feed.description(TITLE)
    feed.language("zh-CN")
    feed.load_extension("dc", atom=False)  # RSS has no other place for an issuer
    for record in records:
        entry = feed.add_entry(order="append")
        entry.id(record.uri)
        entry.title(record.title)
        entry.updated(record.updated)
        entry.published(record.published)
        if form == "rss":
            entry.dc.dc_creator(record.issuer)
        else:
            entry.author(name=record.issuer)
        entry.link(href=record.link)
        entry.summary(record.summary)
        entry.content(record.body, type="html")
        for keyword in record.keywords:
            entry.category(term=keyword, scheme=KEYWORD)
    path.write_bytes(feed.atom_str() if form == "atom" else feed.rss_str())


def django(records: Sequence[Record], form: str, path: Path) -> None:
    """Write with Django's feedgenerator."""
    from django.conf import settings
    from django.utils import feedgenerator

    if not settings.configured:
        settings.configure()
    kinds = {"atom": feedgenerator.Atom1Feed, "rss": feedgenerator.Rss201rev2Feed}
    feed = kinds[form](title=TITLE, link=SITE, description=TITLE, language="zh-CN")
    for record in records:
        feed.add_item(
            title=record.title,
            link=record.link,
            description=record.body,
            unique_id=record.uri,
            unique_id_is_permalink=False,
            author_name=record.issuer,
            pubdate=record.published,
            updateddate=record.updated,
            categories=record.keywords,
        )
    with path.open("wb") as out:
        feed.write(out, "utf-8")


def xmlfile(records: Sequence[Record], form: str, path: Path) -> None:
    """Write with lxml's incremental writer, an element a field."""
    {"atom": _atom_by_lxml, "rss": _rss_by_lxml}[form](records, path)


def _atom_by_lxml(records: Sequence[Record], path: Path) -> None:
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as out:
        out.write_declaration()
        with out.element("feed", nsmap={None: _ATOM}):
            for record in records:
                with out.element("entry"):
                    _said(out, "id", record.uri)
                    _said(out, "title", record.title)
                    _said(out, "updated", rfc3339(record.updated or record.published))
                    _said(out, "published", rfc3339(record.published))
                    with out.element("author"):
                        _said(out, "name", record.issuer)
                    _said(out, "link", "", rel="alternate", href=record.link)
                    for keyword in record.keywords:
                        _said(out, "category", "", term=keyword, scheme=KEYWORD)
                    _said(out, "summary", record.summary)
                    _said(out, "content", record.body, type="html")


def _rss_by_lxml(records: Sequence[Record], path: Path) -> None:
    from lxml import etree

    names = {"content": _CONTENT, "dc": _DC}
    with etree.xmlfile(str(path), encoding="utf-8") as out:
        out.write_declaration()
        with out.element("rss", version="2.0", nsmap=names), out.element("channel"):
            for record in records:
                with out.element("item"):
                    _said(out, "title", record.title)
                    _said(out, "guid", record.uri, isPermaLink="false")
                    _said(out, "link", record.link)
                    _said(out, "pubDate", rfc822(record.published))
                    _said(out, f"{{{_DC}}}creator", record.issuer)
                    for keyword in record.keywords:
                        _said(out, "category", keyword, domain=KEYWORD)
                    _said(out, "description", record.summary)
                    _said(out, f"{{{_CONTENT}}}encoded", record.body)


def _said(out: Any, name: str, value: str, **attributes: str) -> None:
    with out.element(name, **attributes):
        out.write(value)


def floor(records: Sequence[Record], form: str, path: Path) -> None:
    """Escape, guard, encode and write the texts, and put nothing together."""
    del form
    with path.open("wb") as out:
        for record in records:
            ready = (
                record_uri(record.id),
                text(record.title),
                text(record.issuer),
                text(record.link),
                *map(text, record.keywords),
                text(record.summary),
                record.digest,
            )
            out.write(encoded("".join(ready), record.body, _MARKUP) or b"")


_MARKUP = " " * 640
"""As long as the markup of an entry."""

PRODUCERS: dict[str, Callable[[Sequence[Record], str, Path], None]] = {
    "govsync": govsync,
    "feedgen": feedgen,
    "django": django,
    "xmlfile": xmlfile,
    "floor": floor,
}
