"""The documents of an archived feed (RFC 5005 § 4): their heads, addresses and members.

A member is the rendered entry or tombstone of one record. Members are moved from
document to document as the bytes they are: what was published once is never rendered
again, and a page without one of its entries keeps every other byte. In rendered text
``<`` is always escaped, so a member's end tag cannot stand inside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from govsync.errors import FormatError
from govsync.formats import atom
from govsync.formats.address import record_id, record_uri, to_uri
from govsync.formats.text import attribute
from govsync.sync.archive_errors import ArchiveError
from govsync.sync.archive_index import MEND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from govsync.formats import Feed

HISTORY = "http://purl.org/syndication/history/1.0"
SUBSCRIPTION = "feed.atom"
_ARCHIVE = f'<fh:archive xmlns:fh="{HISTORY}"/>\n'
_GRAVE = b"<at:deleted-entry "
_MEMBER = re.compile(
    rb"<entry><id>(?P<id>[^<]*)</id>.*?</entry>\n"
    rb'|<at:deleted-entry ref="(?P<ref>[^"]*)".*?</at:deleted-entry>\n',
    re.DOTALL,
)


def page_path(number: int) -> str:
    """Return the path of a sealed page, by its number from 1."""
    return f"archive/{number:08}.atom"


def subscription(
    feed: Feed, members: Sequence[bytes], span: range, newest_page: int, at: datetime
) -> bytes:
    """Return the subscription document.

    Args:
        feed: What it says of itself; its ``self_url`` is the document's address.
        members: Oldest first.
        span: The numbers of the changes that it holds.
        newest_page: The number of the page before it; 0 where there is none.
        at: When it last changed, unless the feed says.

    Raises:
        FormatError: The feed cannot be carried, or does not know its address.
    """
    also = _links(feed, newest_page) + _sequence(span)
    return _document(feed, members, feed.updated or at, also)


def sealed_page(
    feed: Feed, members: Sequence[bytes], span: range, number: int, at: datetime
) -> bytes:
    """Return an archive document; arguments and errors as of :func:`subscription`.

    It names no ``next-archive``: with one it would be rewritten when the next is
    sealed.
    """
    also = _links(feed, number - 1) + _ARCHIVE + _sequence(span)
    itself = feed.changed(self_url=_address(feed, page_path(number)))
    return _document(itself, members, at, also)


def members_of(content: bytes) -> dict[str, bytes]:
    """Return the members of a document by the ids of their records."""
    found = _MEMBER.finditer(content)
    return {_id(match["id"] or match["ref"]): match[0] for match in found}


def without(content: bytes, record: str, path: str) -> bytes:
    """Return a sealed page without the entry of a record.

    Raises:
        ArchiveError: The page does not hold it: it is not the page that was sealed.
    """
    opening = f"<entry><id>{record_uri(record)}</id>".encode()
    before, found, rest = content.partition(opening)
    _, closed, after = rest.partition(b"</entry>\n")
    if not found or not closed:
        raise ArchiveError(f"no entry of record {record}", where=path, mend=MEND)
    return before + after


def _document(
    feed: Feed, members: Sequence[bytes], updated: datetime, also: str
) -> bytes:
    """Put a document together: tombstones before the first entry, newest first."""
    head, tail = atom.frame(feed, updated, also=also)
    newest_first = members[::-1]
    graves = (member for member in newest_first if member.startswith(_GRAVE))
    entries = (member for member in newest_first if not member.startswith(_GRAVE))
    return b"".join((head, *graves, *entries, tail))


def _links(feed: Feed, previous: int) -> str:
    current = attribute(_address(feed, ""))
    links = f'<link rel="current" href="{current}"/>\n'
    if previous:
        address = attribute(_address(feed, page_path(previous)))
        links += f'<link rel="prev-archive" href="{address}"/>\n'
    return links


def _sequence(span: range) -> str:
    return f'<g:sequence first="{span[0]}" last="{span[-1]}"/>\n'


def _address(feed: Feed, path: str) -> str:
    address = to_uri(feed.self_url)
    if address is None:
        raise FormatError(
            f"{feed.self_url!r} is no absolute web address",
            field="feed.self_url",
            mend="give the address of feed.atom; the pages are found from it",
        )
    return urljoin(address, path)


def _id(uri: bytes) -> str:
    named = uri.decode()
    return record_id(named) or named
