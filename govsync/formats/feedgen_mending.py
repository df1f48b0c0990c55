"""What feedgen is told of a record's links and categories, and what it leaves out.

feedgen 1.0.0 loses parts of what it is told. An extension sees each entry before it is
printed, so they are put back there. Its elements have no namespace until then.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from govsync.formats.address import media_type, record_uri, to_uri
from govsync.formats.atom import AREA, KEYWORD, STAGE
from govsync.formats.body_links import absolute
from govsync.formats.rss import CONTENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from govsync.model import Record

    _Links = list[dict[str, str]]

ENCODED = f"{{{CONTENT}}}encoded"


def links(record: Record) -> _Links:
    """Return the links of an entry as feedgen takes them, in the order of our Atom."""
    found = []
    if record.link and (href := to_uri(record.link)):
        found.append({"rel": "alternate", "href": href})
    if record.relation:
        found.append({"rel": "related", "href": record_uri(record.relation.target)})
    return [*found, *_enclosures(record)]


def categories(record: Record) -> _Links:
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


def mend_atom(entry: _Element, record: Record, given: _Links) -> None:
    """Put back what an Atom entry of feedgen's lost; ``given`` is of :func:`links`."""
    from lxml import etree

    _mend_links(entry, given)
    if "" in record.co_issuers:  # feedgen skips a name without a letter
        for element in entry.findall("contributor"):
            entry.remove(element)
        for name in record.co_issuers:
            person = etree.SubElement(entry, "contributor")
            etree.SubElement(person, "name").text = name


def _mend_links(entry: _Element, given: _Links) -> None:
    """Say of each link what feedgen loses (lkiesow/python-feedgen#135)."""
    from lxml import etree

    there = entry.findall("link")
    for link in given:
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


def mend_rss(item: _Element, record: Record, given: _Links) -> None:
    """Put back what an RSS item of feedgen's lost; ``given`` is of :func:`links`."""
    from lxml import etree

    described = item.find("description")
    told = None if described is None else described.text or ""
    if described is not None and record.summary and told == record.summary:
        # Readers take a description for HTML: plain text is escaped twice.
        described.text = escape(record.summary, quote=False)
    elif described is not None and not record.summary and told == record.body:
        described.tag = ENCODED  # without a summary feedgen writes the content there
    _mend_year(item.find("pubDate"), record.published)
    for enclosure in item.findall("enclosure"):
        item.remove(enclosure)  # feedgen's is the last, and of any length
    first = next((one for one in given if one.get("length")), None)
    if first is not None:
        kind = first["type"] or "application/octet-stream"
        parts = {"url": first["href"], "length": first["length"], "type": kind}
        etree.SubElement(item, "enclosure", parts)


def show(body: _Element | None, record: Record) -> None:
    """Make the addresses in a body absolute, which feedgen leaves as they are."""
    if body is not None and body.text:
        body.text = absolute(body.text, record.link)


def _mend_year(dated: _Element | None, published: datetime | None) -> None:
    if dated is not None and dated.text and published and published.year < 1000:
        year = f" {published.year} "
        dated.text = dated.text.replace(year, f" {published.year:04d} ")
