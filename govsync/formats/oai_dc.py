"""Dublin Core as harvesters take it: ``oai_dc`` (OAI-PMH 2.0 § 3.4).

A document of many records is an answer to ``ListRecords``, the one container that the
standard has, with a deleted header for each withdrawn record. It says what Dublin Core
can say (:mod:`govsync.formats.dublin_core`): a record comes back without its body, and
a deleted header, which bears no digest, does not come back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import record_uri, to_uri
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.dublin_core import ELEMENTS, heard, said
from govsync.formats.feed import undated
from govsync.formats.reading import elements, line_of, only
from govsync.formats.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

    from govsync.formats.document import Rendered
    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Record

NAME = "oai_dc"
MEDIA_TYPE = "text/xml"
"""That of every answer of OAI-PMH (§ 3.1.2.1)."""

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
PROTOCOL = "http://www.openarchives.org/OAI/2.0/"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_BOUND = (
    f'xmlns:oai_dc="{NAMESPACE}" xmlns:dc="{DUBLIN_CORE}" xmlns:xsi="{_XSI}"'
    f' xsi:schemaLocation="{NAMESPACE} {PROTOCOL}oai_dc.xsd"'
)
_DC = f"{{{NAMESPACE}}}dc"
_ANSWER = f"{{{PROTOCOL}}}OAI-PMH"


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write an answer to ``ListRecords``; see :meth:`govsync.formats.Format.write`.

    It answers at the feed's latest change, from the feed's address.

    Raises:
        FormatError: The feed or a record cannot be carried, or there is no record: an
            empty list is an error in OAI-PMH (§ 3.6).
    """
    layout = replace(LAYOUT, head=partial(_head, answered=feed.updated))
    listed = feed.changed(updated=None)
    return write_document(layout, listed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return an ``oai_dc:dc`` document.

    Raises:
        FormatError: The record cannot be carried; Dublin Core has no withdrawals.
    """
    if record.withdrawn:
        raise FormatError(
            "the record was withdrawn, which Dublin Core cannot say",
            record=record.id,
            field="status.state",
            mend="write it in a list (write), where it has a deleted header",
        )
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read the records of an answer, or one that stands alone, as far as they say.

    Raises:
        FormatError: It is no such document, or a record does not hold.
    """
    roots = frozenset({_DC, _ANSWER})
    return map(_record, elements(source, roots=roots, tags=frozenset({_DC})))


def read_entry(content: bytes) -> Record | Tombstone:
    """Read an ``oai_dc:dc`` document.

    Raises:
        FormatError: It is none, or the record does not hold.
    """
    alone = frozenset({_DC})
    return only(map(_record, elements(content, roots=alone, tags=alone)))


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


def _head(feed: Feed, latest: datetime | None, answered: datetime | None) -> bytes:
    if latest is None:
        raise FormatError(
            "a list without records",
            where="ListRecords",
            mend="answer with the error noRecordsMatch instead",
        )
    address = text(to_uri(feed.self_url or feed.site) or "")
    markup = (
        f'{_DECLARATION}<OAI-PMH xmlns="{PROTOCOL}" xmlns:xsi="{_XSI}"'
        f' xsi:schemaLocation="{PROTOCOL} {PROTOCOL}OAI-PMH.xsd">\n'
        f"<responseDate>{_utc(answered or latest)}</responseDate>\n"
        f'<request verb="ListRecords" metadataPrefix="oai_dc">{address}</request>\n'
        "<ListRecords>\n"
    )
    return guarded(markup, feed, "feed")


def _listed(record: Record) -> str:
    changed = record.changed_at
    if changed is None:
        raise undated(record, "updated")
    header = _header(record.id, changed)
    metadata = f"<metadata>{_inside(record)}</metadata>"
    return f"<record><header>{header}</header>{metadata}</record>\n"


def _deleted(grave: Tombstone) -> str:
    header = _header(grave.id, grave.when)
    return f'<record><header status="deleted">{header}</header></record>\n'


def _header(record_id: str, changed: datetime) -> str:
    return (
        f"<identifier>{record_uri(record_id)}</identifier>"
        f"<datestamp>{_utc(changed)}</datestamp>"
    )


def _inside(record: Record) -> str:
    inner = "".join(
        f"<dc:{name}>{text(value)}</dc:{name}>" for name, value in said(record)
    )
    return f"<oai_dc:dc {_BOUND}>{inner}</oai_dc:dc>"


def _utc(moment: datetime) -> str:
    """Return a moment as OAI-PMH wants it (§ 3.3): UTC, to the second, with a Z."""
    at = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat(timespec='seconds')}Z"


def _record(element: _Element) -> Record:
    values: dict[str, list[str]] = {name: [] for name in ELEMENTS}
    for child in element:
        name = str(child.tag).removeprefix(f"{{{DUBLIN_CORE}}}")
        value = (child.text or "").strip()
        if name in values and value:
            values[name].append(value)
    return extension.record_of(heard(values), line_of(element))


LAYOUT = Layout(
    form=NAME,
    head=lambda feed, latest: _head(feed, latest, None),
    entry=encoding(_listed),
    tombstone=encoding(_deleted),
    tail=b"</ListRecords>\n</OAI-PMH>\n",
)
_ALONE = replace(
    LAYOUT,
    entry=encoding(lambda record: f"{_DECLARATION}{_inside(record)}\n"),
    tail=b"",
)
