"""Reading one document of an archived feed, ours or a stranger's (RFC 5005 § 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from govsync.errors import FormatError
from govsync.formats import atom, atom_reading, extension
from govsync.formats.address import record_id
from govsync.formats.reading import elements, line_of, only
from govsync.model import digest_of
from govsync.sync.archive_pages import HISTORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from govsync.formats import Tombstone
    from govsync.model import Record

_A = f"{{{atom.NAMESPACE}}}"
_AT = f"{{{atom.TOMBSTONES}}}"
_FEED = frozenset({f"{_A}feed"})
_DELETED = f"{_AT}deleted-entry"
_MEMBERS = (f"{_A}entry", _DELETED)
_SEQUENCE = f"{{{extension.NAMESPACE}}}sequence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a document of an archived feed says."""

    url: str
    archive: bool
    """Whether it says that it is an archive document."""
    current: str
    """The address of the subscription document; empty where it does not say."""
    previous: str
    """The address of the archive document before it; empty where there is none."""
    first: int
    """The number of the first change that it holds; 0 where it does not count."""
    last: int
    """The number of the last one; 0 likewise."""
    changes: tuple[Record | Tombstone, ...]


def read_document(
    content: bytes, url: str, on_error: Callable[[FormatError], None] | None = None
) -> Document:
    """Read a document.

    Args:
        content: Its bytes.
        url: Where they were fetched; relative links are meant from there.
        on_error: Is told of an entry that does not hold, which is left out.

    Raises:
        FormatError: It is no Atom feed or, without ``on_error``, an entry does not
            hold.
    """
    try:
        return only(
            _document(feed, url, on_error)
            for feed in elements(content, roots=_FEED, tags=_FEED)
        )
    except FormatError as error:
        raise _placed(error, url) from error


def _document(
    feed: _Element, url: str, on_error: Callable[[FormatError], None] | None
) -> Document:
    first, last = _span(feed)
    return Document(
        url=url,
        archive=feed.find(f"{{{HISTORY}}}archive") is not None,
        current=_link(feed, "current", url),
        previous=_link(feed, "prev-archive", url),
        first=first,
        last=last,
        changes=tuple(_changes(feed, url, on_error)),
    )


def _changes(
    feed: _Element, url: str, on_error: Callable[[FormatError], None] | None
) -> Iterator[Record | Tombstone]:
    for element in feed.iterchildren(*_MEMBERS):
        try:
            change = _change(element)
        except FormatError as error:
            if on_error is None:
                raise
            on_error(_placed(error, url))
        else:
            yield change


def _placed(error: FormatError, url: str) -> FormatError:
    """Return an error that names the document too."""
    return FormatError(
        error.message,
        record=error.record,
        field=error.field,
        offset=error.offset,
        where=f"{url}, {error.where}" if error.where else url,
        mend=error.mend,
    )


def _change(element: _Element) -> Record | Tombstone:
    if element.tag == _DELETED and element.find(extension.TOMBSTONE) is None:
        return _foreign_tombstone(element)
    return atom_reading.member(element)


def _foreign_tombstone(element: _Element) -> Tombstone:
    """Take a stranger's tombstone, which knows no revision and no digest.

    It counts as the first revision, as a stranger's entries do, and its digest is of
    its ``ref`` and ``when``.
    """
    ref, when = element.get("ref", ""), element.get("when", "")
    found = {
        "id": record_id(ref) or ref,
        "revision": 1,
        "digest": digest_of(f"{ref} {when}".encode()),
        "when": when,
        "reason": element.findtext(f"{_AT}comment", ""),
    }
    return extension.tombstone_of_fields(found, line_of(element))


def _link(feed: _Element, rel: str, url: str) -> str:
    """Return where the first link of a relation leads, without a fragment."""
    for link in feed.iterchildren(f"{_A}link"):
        if link.get("rel") == rel:
            return _absolute(url, link)
    return ""


def _absolute(url: str, link: _Element) -> str:
    href = link.get("href", "")
    try:
        base = urljoin(url, link.base or "")
        return urldefrag(urljoin(base, href)).url
    except ValueError as error:
        place = f"line {line_of(link)}"
        raise FormatError(f"{href!r} is no address", where=place) from error


def _span(feed: _Element) -> tuple[int, int]:
    """Return the numbers of the first and last change; 0, 0 where none are said."""
    said = feed.find(_SEQUENCE)
    if said is None:
        return 0, 0
    first, last = said.get("first", ""), said.get("last", "")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last)):
        raise FormatError(
            f"a sequence from {first!r} to {last!r}", where=f"line {line_of(said)}"
        )
    return int(first), int(last)
