"""Read what cities send, in every form that the wire has.

A document is read as a whole first. Only where that fails is it taken apart, each
entry in a document of its own, so that one bad entry does not sink the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govsync.errors import FormatError
from govsync.formats import FORMATS
from govsync.formats.atom import NAMESPACE as ATOM
from govsync.formats.atom import TOMBSTONES
from govsync.formats.extension import RECORD, TOMBSTONE
from govsync.platform.decision import Incoming
from govsync.platform.problems import Fault, ProblemError, pointer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from govsync.formats import Format, Tombstone
    from govsync.model import Record

    Reader = Callable[[bytes], Record | Tombstone]

MEDIA_TYPES: Mapping[str, str] = {
    "application/atom+xml": "atom",
    "application/atomdeleted+xml": "atom",
    "application/vnd.govsync.catalog+xml": "xml",
    "application/xml": "xml",
    "application/rss+xml": "rss",
    "application/json": "json",
}
"""Media types without parameters, and the format that each is read with."""

LONGEST_ANSWER = 20_000
"""Characters of what a city answers."""

ENTRIES: Mapping[str, tuple[str, ...]] = {
    "atom": (f"{{{ATOM}}}entry", f"{{{TOMBSTONES}}}deleted-entry"),
    "xml": (RECORD, TOMBSTONE),
    "rss": ("item",),
}
"""The elements of XML formats that are entries."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An entry of a batch that cannot be read."""

    problem: ProblemError
    id: str
    """As far as it could be read; empty where it could not."""


def read_one(content: bytes, media_type: str) -> Incoming:
    """Read a document of one record or tombstone.

    Raises:
        ProblemError: P41501, P40001 or P42201.
    """
    try:
        return Incoming.of(_format(media_type).read_entry(content))
    except FormatError as error:
        raise _problem(error) from error


def read_answer(content: bytes) -> str:
    """Read what a city answers to feedback: ``{"text": …}``.

    Raises:
        ProblemError: P40001 or P42205.
    """
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProblemError("P40001", "it is not JSON in UTF-8") from error
    text = given.get("text") if isinstance(given, dict) else None
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= LONGEST_ANSWER:
        detail = f"text has 1 to {LONGEST_ANSWER} characters"
        fault = Fault(pointer="/text", detail=detail)
        raise ProblemError("P42205", fault.detail, errors=[fault])
    if any(0xD800 <= ord(char) < 0xE000 for char in text):
        raise ProblemError("P40001", "it is not text: half of a surrogate pair")
    return text


def read_batch(content: bytes, media_type: str) -> list[Incoming | Unread]:
    """Read a feed: its entries in order, those that cannot be read among them.

    Raises:
        ProblemError: P41501, or P40001 where the document is not well-formed.
    """
    form = _format(media_type)
    try:
        return [Incoming.of(entry) for entry in form.read(content)]
    except FormatError as error:
        if not (error.record or error.field):
            raise _problem(error) from error
    apart = _apart_json if form.NAME == "json" else _apart_xml
    return [_read(piece, read) for piece, read in apart(form, content)]


def _read(piece: bytes, read: Reader) -> Incoming | Unread:
    try:
        return Incoming.of(read(piece))
    except FormatError as error:
        return Unread(_problem(error), error.record)


def _format(media_type: str) -> Format:
    name = MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower())
    if name is None:
        known = ", ".join(MEDIA_TYPES)
        raise ProblemError("P41501", f"send one of {known}")
    return FORMATS[name]


def _problem(error: FormatError) -> ProblemError:
    if not (error.record or error.field):
        return ProblemError("P40001", str(error))
    fault = Fault(pointer=pointer_of(error.field), detail=error.message)
    return ProblemError("P42201", str(error), errors=[fault])


def _apart_json(form: Format, content: bytes) -> Iterator[tuple[bytes, Reader]]:
    document: dict[str, Any] = json.loads(content)
    for plural, single in (("tombstones", "tombstone"), ("records", "record")):
        for plain in document.get(plural, []):
            yield json.dumps({single: plain}).encode(), form.read_entry


def _apart_xml(form: Format, content: bytes) -> Iterator[tuple[bytes, Reader]]:
    """Give the document again and again, each time with one of its entries."""
    from lxml import etree

    # The format has parsed it once and refused a DOCTYPE.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    places = [(found, found.getparent()) for found in root.iter(*ENTRIES[form.NAME])]
    for entry, parent in places:
        if parent is not None:
            parent.remove(entry)
    for entry, parent in places:
        if parent is None:
            continue
        parent.append(entry)
        yield etree.tostring(root), lambda piece: _first(form, piece)
        parent.remove(entry)


def _first(form: Format, content: bytes) -> Record | Tombstone:
    return next(form.read(content))
