"""DCAT 3 in the profile DCAT-AP 3.0.1, as RDF/XML: catalogs for data portals.

The site is a ``dcat:Catalog``, the standard catalog of an area one within it, an item
(公开事项) a ``dcat:Dataset``, and the page of a record, or the feed of all, a
``dcat:Distribution`` of it. All have addresses that never change, and all texts a
language. Nothing is pretty-printed from a tree: entries are rendered one by one, and
each says again to which dataset it belongs, because saying a triple twice is saying it
once (RDF 1.1 Concepts § 3.1). Withdrawn records are left out. Reading is in
:mod:`govsync.formats.dcat_reading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats.address import record_uri, to_uri
from govsync.formats.dcat_terms import (
    BOUND,
    DECLARATION,
    LANGUAGE,
    access,
    agent,
    catalog_uri,
    catalogued,
    dataset,
    described,
    distribution,
    item,
    item_uri,
    moment,
    opened,
)
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.text import attribute, text
from govsync.model import Catalogs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Catalog, Record

NAME = "dcat"
MEDIA_TYPE = "application/rdf+xml"

REST = "#records"
"""What the address of the feed's dataset ends with: records without an item."""


def write(
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
    catalogs: Catalogs | None = None,
) -> int:
    """Write a catalog; see :meth:`govsync.formats.Format.write`.

    Args:
        feed: Names the catalog and its publisher.
        records: In the order of the distributions; read once.
        out: Takes UTF-8 bytes.
        on_error: Is told of a record that cannot be carried, which is left out.
        catalogs: What must be public; without it, items are those of the records.

    Raises:
        FormatError: The feed, the catalogs or a record cannot be carried.
    """
    document = _Document(feed, catalogs or Catalogs())
    # Entries say the feed's words again: what is wrong with these is told of the feed.
    document.head(feed, None)
    return write_document(document.layout(), feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return a document of one ``dcat:Dataset`` with the record's distribution.

    A record without an item is a dataset of itself.

    Raises:
        FormatError: The record cannot be carried; DCAT has no withdrawals.
    """
    if record.withdrawn:
        raise FormatError(
            "the record was withdrawn, which DCAT cannot say",
            record=record.id,
            field="status.state",
            mend="leave it out of the catalog",
        )
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read the distributions that are records, as far as DCAT says them.

    Raises:
        FormatError: It is no RDF/XML, or a record does not hold.
    """
    from govsync.formats import dcat_reading

    return dcat_reading.read(source)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a document of one record.

    Raises:
        FormatError: It is none, or the record does not hold.
    """
    from govsync.formats import dcat_reading

    return dcat_reading.read_entry(content)


def read_catalogs(source: BinaryIO | bytes) -> Catalogs:
    """Read the catalogs of areas and their items, as far as DCAT says them.

    Raises:
        FormatError: It is no RDF/XML, or an item does not hold.
    """
    from govsync.formats import dcat_reading

    return dcat_reading.read_catalogs(source)


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


@dataclass(frozen=True)
class _Document:
    """What head and entries of a document must agree on."""

    feed: Feed
    catalogs: Catalogs

    def layout(self) -> Layout:
        return Layout(
            form=NAME,
            head=self.head,
            entry=encoding(self.entry),
            tombstone=None,
            tail=b"</rdf:RDF>\n",
        )

    def head(self, feed: Feed, updated: datetime | None) -> bytes:
        site = attribute(to_uri(feed.site) or "")
        known = (
            f"{DECLARATION}<rdf:RDF{BOUND}>\n{opened('Catalog', feed.uri)}"
            + described(feed.title, feed.description, feed.language)
            + agent("publisher", feed.author or feed.title, feed.language)
            + f'<foaf:homepage><foaf:Document rdf:about="{site}"/></foaf:homepage>'
            + moment("modified", updated)
            + self._whole()
        )
        areas = "".join(map(self._area, self.catalogs.catalogs))
        said = guarded(known, feed, "feed") + guarded(areas, self.catalogs, "")
        return said + b"</dcat:Catalog>\n"

    def entry(self, record: Record) -> str:
        """Hang a record's page below its dataset, and that below its catalog."""
        inside = distribution(record)
        feed, ref = self.feed, record.item
        if ref is None:
            said = described(feed.title, feed.description, feed.language)
            return catalogued(feed.uri, dataset(feed.uri + REST, said + inside))
        known = self.catalogs.find(ref)
        if known is not None:
            return dataset(item_uri(known.ref), inside)
        said = described(str(ref), "", LANGUAGE)
        return catalogued(feed.uri, dataset(item_uri(ref), said + inside))

    def _whole(self) -> str:
        """Say where the feed of all records is, where it is anywhere."""
        feed = self.feed
        address = to_uri(feed.self_url)
        if address is None:
            return ""
        said = described(feed.title, feed.description, feed.language)
        whole = access(address, address)
        return f"<dcat:dataset>{dataset(feed.uri + REST, said + whole)}</dcat:dataset>"

    def _area(self, catalog: Catalog) -> str:
        title = catalog.title or f"{catalog.area}标准目录"
        version = text(catalog.version)
        parts = (
            opened("Catalog", catalog_uri(catalog.area)),
            described(title, catalog.area, LANGUAGE),
            f"<dcat:version>{version}</dcat:version>" if version else "",
            agent("publisher", self.feed.author or self.feed.title, LANGUAGE),
            *(f"<dcat:dataset>{item(each)}</dcat:dataset>" for each in catalog.items),
            "</dcat:Catalog>",
        )
        return f"<dcat:catalog>{''.join(parts)}</dcat:catalog>\n"


def _alone(record: Record) -> str:
    ref = record.item
    about = item_uri(ref) if ref else f"{record_uri(record.id)}#dataset"
    said = (
        described(str(ref), "", LANGUAGE)
        if ref
        else described(record.title, record.summary, LANGUAGE)
    )
    whole = dataset(about, said + distribution(record))
    return f"{DECLARATION}<rdf:RDF{BOUND}>\n{whole}</rdf:RDF>\n"


_ALONE = Layout(
    form=NAME, head=lambda *_: b"", entry=encoding(_alone), tombstone=None, tail=b""
)
