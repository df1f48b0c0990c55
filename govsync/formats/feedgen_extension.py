"""The extension ``govsync`` of feedgen: our ``details`` in each entry it builds.

For code that fills its entries by hand::

    fg.register_extension("govsync", GovsyncExtension, GovsyncEntryExtension)
    fe = fg.add_entry(order="append")
    fill(fe, record)  # of govsync.formats.feedgen_bridge, or setter by setter, and
    fe.govsync.record(record)

feedgen's ``load_extension`` knows only what lies in its own package, so ours is
registered. The extension has the last word on an entry: it mends what feedgen leaves
out, and refuses an entry that says another thing than its record, because a reader
would refuse it for its digest. The classes need nothing of feedgen but to be called.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from govsync.errors import FormatError
from govsync.formats import extension, rss
from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.atom import AREA, KEYWORD, STAGE
from govsync.formats.body_links import absolute
from govsync.formats.rss import CONTENT, DUBLIN_CORE, rfc822
from govsync.formats.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from govsync.model import Record

    _Said = dict[str, list[str]]

NAME = "govsync"
_PREFIX = "g"
_ENCODED = f"{{{CONTENT}}}encoded"
_CREATOR = f"{{{DUBLIN_CORE}}}creator"
_CONTRIBUTOR = f"{{{DUBLIN_CORE}}}contributor"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


class GovsyncExtension:
    """What feedgen asks of a feed's extension: the namespace, and no more."""

    def extend_ns(self) -> dict[str, str]:
        """Bind our prefix on the root."""
        return {_PREFIX: extension.NAMESPACE}

    def extend_atom(self, feed: _Element) -> _Element:
        """Leave the feed's own elements as they are."""
        return feed

    def extend_rss(self, feed: _Element) -> _Element:
        """Leave the channel's own elements as they are."""
        return feed


class GovsyncEntryExtension:
    """The record of an entry, and its ``details`` in Atom and RSS."""

    def __init__(self) -> None:
        self._record: Record | None = None
        self._details = ""

    def record(self, record: Record | None = None) -> Record | None:
        """Get or, where one is given, set the record that the entry is of.

        Raises:
            FormatError: The record was withdrawn, or XML cannot hold a character.
        """
        if record is not None:
            self._details = _details(record)
            self._record = record
        return self._record

    def extend_atom(self, entry: _Element) -> _Element:
        """Mend and check feedgen's Atom entry, and append the details.

        Raises:
            FormatError: The entry says another thing than the record; names the field.
        """
        return self._extended(entry, _mend_atom, _ATOM, _atom_texts)

    def extend_rss(self, item: _Element) -> _Element:
        """Mend and check feedgen's RSS item, and append the details.

        Raises:
            FormatError: The item says another thing than the record; names the field.
        """
        return self._extended(item, _mend_rss, _RSS, _rss_texts)

    def _extended(
        self,
        element: _Element,
        mend: Callable[[_Element, Record], None],
        paths: dict[str, str],
        texts: Callable[[Record], _Said],
    ) -> _Element:
        from lxml import etree

        record = self._record
        if record is None:
            return element
        mend(element, record)
        _check(element, record, paths, texts(record))
        # Parsed at each call: an element has one parent, and feeds are built twice.
        element.append(etree.fromstring(self._details)[0])
        return element


def links(record: Record) -> list[dict[str, str]]:
    """Return the links of an entry as feedgen takes them, in the order of our Atom."""
    found = []
    if record.link and (href := to_uri(record.link)):
        found.append({"rel": "alternate", "href": href})
    if record.relation:
        found.append({"rel": "related", "href": record_uri(record.relation.target)})
    return [*found, *_enclosures(record)]


def categories(record: Record) -> list[dict[str, str]]:
    """Return the categories of an entry as feedgen takes them."""
    found = []
    if record.item and record.item.area:
        found.append({"scheme": AREA, "term": record.item.area})
    if record.stage:
        label = record.stage.label
        found.append({"scheme": STAGE, "term": str(record.stage), "label": label})
    return found + [{"scheme": KEYWORD, "term": term} for term in record.keywords]


def _enclosures(record: Record) -> Iterator[dict[str, str]]:
    for attachment in record.attachments:
        if href := to_uri(attachment.href):
            size = "" if attachment.size is None else str(attachment.size)
            yield {
                "rel": "enclosure",
                "href": href,
                "type": media_type(attachment.media_type),
                "length": size,
                "title": attachment.name,
            }


def _details(record: Record) -> str:
    """Render the details inside a root that binds our prefix."""
    if record.withdrawn:
        raise FormatError(
            "a withdrawn record is no entry, and feedgen has no tombstones",
            record=record.id,
            field="status.state",
            mend="leave it out, or write the feed with govsync.formats.atom",
        )
    rss.entry(record)  # refuses what our own writer would
    markup = extension.details(record, first=_unsaid(record))
    # A bare carriage return would be read as a line feed (XML 1.0 § 2.11).
    markup = markup.replace("\r", "&#13;")
    return f'<x xmlns:{_PREFIX}="{extension.NAMESPACE}">{markup}</x>'


def _unsaid(record: Record) -> str:
    """Render what RSS dates and web addresses cannot carry as it is."""
    published = record.published
    first = ""
    if published and (published.microsecond or published.year < 1000):
        first = f"<g:published>{published.isoformat()}</g:published>"
    if record.link and to_uri(record.link) != record.link:
        first += f"<g:link>{text(record.link)}</g:link>"
    return first


def _mend_atom(entry: _Element, record: Record) -> None:
    from lxml import etree

    _mend_links(entry, record)
    if "" in record.co_issuers:  # feedgen skips a name without a letter
        for element in entry.findall("contributor"):
            entry.remove(element)
        for name in record.co_issuers:
            person = etree.SubElement(entry, "contributor")
            etree.SubElement(person, "name").text = name
    _mend_base(entry.find("content"), record)


def _mend_links(entry: _Element, record: Record) -> None:
    """Say of each link what feedgen loses (lkiesow/python-feedgen#135)."""
    from lxml import etree

    there = entry.findall("link")
    for link in links(record):
        known = {None, link["rel"]}
        element = next(
            (
                one
                for one in there
                if one.get("href") == link["href"] and one.get("rel") in known
            ),
            None,
        )
        if element is None:
            element = etree.SubElement(entry, "link", href=link["href"])
        else:
            there.remove(element)
        for name in filter(link.get, ("rel", "type", "length", "title")):
            element.set(name, link[name])


def _mend_base(content: _Element | None, record: Record) -> None:
    link = to_uri(record.link)
    moved = link and absolute(record.body, link) != record.body
    if content is not None and link and moved:
        content.set(_BASE, link)


def _mend_rss(item: _Element, record: Record) -> None:
    from lxml import etree

    described = item.find("description")
    told = None if described is None else described.text or ""
    if described is not None and record.summary and told == record.summary:
        # Readers take a description for HTML: plain text is escaped twice.
        described.text = escape(record.summary, quote=False)
    elif described is not None and not record.summary and told == record.body:
        described.tag = _ENCODED  # without a summary feedgen writes the content there
    _mend_year(item.find("pubDate"), record.published)
    for enclosure in item.findall("enclosure"):
        item.remove(enclosure)  # feedgen's is the last, and of any length
    first = next((one for one in _enclosures(record) if one["length"]), None)
    if first is not None:
        kind = first["type"] or "application/octet-stream"
        parts = {"url": first["href"], "length": first["length"], "type": kind}
        etree.SubElement(item, "enclosure", parts)


def _mend_year(dated: _Element | None, published: datetime | None) -> None:
    if dated is not None and dated.text and published and published.year < 1000:
        year = f" {published.year} "
        dated.text = dated.text.replace(year, f" {published.year:04d} ")


def _check(
    element: _Element, record: Record, paths: dict[str, str], texts: _Said
) -> None:
    for field, path in paths.items():
        there = [
            found.get("term") or found.text or "" for found in element.iterfind(path)
        ]
        if there != texts[field] and any([*there, *texts[field]]):
            raise FormatError(
                f"the entry says {there!r:.80}, its record {texts[field]!r:.80}",
                record=record.id,
                field=field,
                mend="fill the entry from its record with feedgen_bridge.fill",
            )


def _atom_texts(record: Record) -> _Said:
    published = record.published
    return {
        **_texts(record),
        "summary": [record.summary] if record.summary else [],
        "published": [published.isoformat()] if published else [],
        "stage": [str(record.stage)] if record.stage else [],
    }


def _rss_texts(record: Record) -> _Said:
    published = record.published
    summary = escape(record.summary, quote=False)
    return {
        **_texts(record),
        "summary": [summary] if summary else [],
        "published": [rfc822(published)] if published else [],
        "stage": [record.stage.label] if record.stage else [],
    }


def _texts(record: Record) -> _Said:
    return {
        "id": [record.uri],
        "title": [record.title],
        "body": [record.body] if record.body else [],
        "issuer": [record.issuer] if record.issuer else [],
        "co_issuers": [*record.co_issuers],
        "keywords": [*record.keywords],
    }


_ATOM = {
    "id": "id",
    "title": "title",
    "summary": "summary",
    "body": "content",
    "published": "published",
    "issuer": "author/name",
    "co_issuers": "contributor/name",
    "keywords": f"category[@scheme='{KEYWORD}']",
    "stage": f"category[@scheme='{STAGE}']",
}
"""Where feedgen's entry says a field: its elements have no namespace until printed."""
_RSS = {
    "id": "guid",
    "title": "title",
    "summary": "description",
    "body": _ENCODED,
    "published": "pubDate",
    "issuer": _CREATOR,
    "co_issuers": _CONTRIBUTOR,
    "keywords": f"category[@domain='{KEYWORD}']",
    "stage": f"category[@domain='{STAGE}']",
}
