"""Our own catalog XML: catalogs and records, by ``schemas/catalog-1.xsd``.

Elements and attributes are the model's fields; see :mod:`govsync.formats.extension`.
Catalogs, the lists of what must be public, are in
:mod:`govsync.formats.catalog_items`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, BinaryIO

from govsync.formats import catalog_items, extension
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.extension import NAMESPACE, RECORD, TOMBSTONE
from govsync.formats.reading import elements, line_of, only
from govsync.formats.text import attribute, attributes, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from govsync.errors import FormatError
    from govsync.formats.document import Rendered
    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Catalogs, Record

NAME = "xml"
MEDIA_TYPE = "application/xml"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_BOUND = f'xmlns="{NAMESPACE}"'
_PUBLICATION = f"{{{NAMESPACE}}}publication"
_CATALOG = f"{{{NAMESPACE}}}catalog"
_PIECES = frozenset({RECORD, TOMBSTONE})


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
    catalogs: Catalogs | None = None,
) -> int:
    """Write a publication; see :meth:`govsync.formats.Format.write`.

    Args:
        feed: What the publication says of itself.
        records: In the order of the elements; read once.
        out: Takes UTF-8 bytes.
        on_error: Is told of a record that cannot be carried, which is left out.
        catalogs: What must be public, written before the records.

    Raises:
        FormatError: The feed, the catalogs or a record cannot be carried.
    """
    layout = replace(LAYOUT, head=partial(_head, catalogs=catalogs))
    return write_document(layout, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return a document of one ``record`` or ``tombstone``.

    Raises:
        FormatError: The record cannot be carried.
    """
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read the records and tombstones of a publication, or one that stands alone.

    Raises:
        FormatError: It is no catalog XML, or a record does not hold.
    """
    found = elements(source, roots=_PIECES | {_PUBLICATION}, tags=_PIECES)
    return map(member, found)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a document of one ``record`` or ``tombstone``.

    Raises:
        FormatError: It is neither, or the record is not what its digest says.
    """
    return only(map(member, elements(content, roots=_PIECES, tags=_PIECES)))


def member(element: _Element) -> Record | Tombstone:
    """Read the element of a record or of a tombstone.

    Raises:
        FormatError: It does not hold.
    """
    if element.tag == TOMBSTONE:
        return extension.tombstone_in(element)
    found: dict[str, Any] = extension.fields(element)
    return extension.record_of(found, line_of(element))


def read_catalogs(source: BinaryIO | bytes) -> Catalogs:
    """Read the catalogs of a publication; none where it has none.

    Raises:
        FormatError: It is no catalog XML, or a catalog does not hold.
    """
    roots = frozenset({_PUBLICATION})
    found = elements(source, roots=roots, tags=_PIECES | {_CATALOG})
    return catalog_items.catalogs_of(
        element for element in found if element.tag == _CATALOG
    )


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


def schema() -> bytes:
    """Return the XML Schema of this format."""
    return files("govsync.formats").joinpath("schemas/catalog-1.xsd").read_bytes()


def _head(
    feed: Feed, updated: datetime | None, catalogs: Catalogs | None = None
) -> bytes:
    known = feed.changed(updated=updated)
    plain = known.model_dump(mode="json", exclude_defaults=True)
    head = guarded(
        f"{_DECLARATION}<publication {_BOUND}>\n<feed{attributes(plain)}/>\n",
        feed,
        "feed",
    )
    if catalogs is None:
        return head
    return head + guarded(catalog_items.markup(catalogs), catalogs, "")


def _record(record: Record, bound: str = "") -> str:
    return (
        f'<record{bound} id="{attribute(record.id)}"{extension.marks(record)}>'
        f"<title>{text(record.title)}</title>"
        + "".join(_natives(record))
        + extension.detail_elements(record, "")
        + "</record>\n"
    )


def _natives(record: Record) -> Iterator[str]:
    """Give what Atom and RSS have elements for, in schema order."""
    if record.issuer:
        yield f"<issuer>{text(record.issuer)}</issuer>"
    for body in record.co_issuers:
        yield f"<co_issuer>{text(body)}</co_issuer>"
    if record.stage:
        yield f"<stage>{record.stage}</stage>"
    for keyword in record.keywords:
        yield f"<keyword>{text(keyword)}</keyword>"
    if record.summary:
        yield f"<summary>{text(record.summary)}</summary>"
    if record.body:
        yield f"<body>{text(record.body)}</body>"
    if record.published:
        yield f"<published>{record.published.isoformat()}</published>"
    if record.link:
        yield f"<link>{text(record.link)}</link>"


def _alone(record: Record) -> str:
    return _DECLARATION + _record(record, f" {_BOUND}")


def _tombstone(grave: Tombstone) -> str:
    return extension.tombstone(grave, "") + "\n"


def _tombstone_alone(grave: Tombstone) -> str:
    bound = _tombstone(grave).replace("<tombstone", f"<tombstone {_BOUND}", 1)
    return _DECLARATION + bound


LAYOUT = Layout(
    form=NAME,
    head=_head,
    entry=encoding(_record),
    tombstone=encoding(_tombstone),
    tail=b"</publication>\n",
)
_ALONE = replace(LAYOUT, entry=encoding(_alone), tombstone=encoding(_tombstone_alone))
