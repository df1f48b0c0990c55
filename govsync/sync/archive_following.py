"""Following an archived Atom feed (RFC 5005 § 4.2), ours or a stranger's.

The subscription document is fetched, and from it the chain of ``prev-archive`` links
is walked back to what was seen before. Of each id the change that counts is handed
on: the one updated later, of equals the one nearer to the subscription document; a
tombstone counts unless the entry was updated after it (RFC 6721 § 3).

Where the feed numbers its changes, as ours does, a missing document is noticed and
nothing is fetched twice; where it does not, the address of the newest page seen says
how far to walk.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import Field

from govsync.errors import UsageError
from govsync.formats import Tombstone
from govsync.model import Moment, Value, canonical_json, digest_of
from govsync.sync.archive_document import Document, read_document
from govsync.sync.archive_errors import (
    ArchiveError,
    ChainLoopError,
    ForeignHostError,
    SequenceGapError,
    TooManyPagesError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from govsync.errors import FormatError
    from govsync.model import Record

    Change = Record | Tombstone

MOST_PAGES = 10_000
"""A million changes, where a page holds a hundred."""
_ANEW = "follow anew, from an empty State, into an empty mirror"


class Mark(Value):
    """What was seen of an id in a subscription document."""

    id: str
    at: Moment | None
    gone: bool
    digest: str
    """Of all that the change said."""


class State(Value):
    """What a receiver has seen of a feed; keep it (as JSON) with what it received."""

    url: str = ""
    """The address of the subscription document; empty before the first time."""
    sequence: Annotated[int, Field(ge=0)] = 0
    """The number of the last change seen; 0 where the feed has none."""
    page: str = ""
    """The address of the newest archive document seen; empty where there is none."""
    latest: tuple[Mark, ...] = ()
    """What the subscription document held, so that it is not handed on again."""


def follow(
    fetch: Callable[[str], bytes],
    url: str,
    seen: State,
    *,
    most_pages: int = MOST_PAGES,
    on_error: Callable[[FormatError], None] | None = None,
) -> tuple[State, list[Record | Tombstone]]:
    """Fetch what changed since the last time.

    Args:
        fetch: Gives the bytes of an address; what it raises is passed on.
        url: The address of the subscription document.
        seen: What the last call returned; ``State()`` at the first time.
        most_pages: How many archive documents may be fetched.
        on_error: Is told of an entry that does not hold, which is left out until
            it changes.

    Returns:
        What is seen now, to be kept once the changes are applied, and the changes:
        one of an id, oldest first. A record is to be put in place of any of its id,
        a tombstone takes it away.

    Raises:
        ChainLoopError: The chain comes back to a document it has passed.
        ForeignHostError: The chain leaves the scheme, host and port of ``url``.
        SequenceGapError: Changes are missing, or the feed went back.
        TooManyPagesError: The chain is longer than ``most_pages``.
        ArchiveError: ``url`` is of an archive document.
        FormatError: A document is no Atom or, without ``on_error``, an entry does
            not hold.
        UsageError: ``seen`` is of another feed.
    """
    if seen.url not in {"", url}:
        raise UsageError(
            f"the state is of {seen.url}", where=url, mend="keep a State for each feed"
        )

    def read(address: str) -> Document:
        return read_document(fetch(address), address, on_error)

    chain = _chain(read, url, seen, most_pages)
    newest = chain[0]
    now = State(
        url=url,
        sequence=newest.last,
        page=newest.previous,
        latest=_latest(newest),
    )
    return now, _counting(reversed(chain), seen)


def _chain(
    read: Callable[[str], Document], url: str, seen: State, most_pages: int
) -> Sequence[Document]:
    """Walk back to what was seen; the subscription document is first."""
    document = read(url)
    _check_subscription(document, seen)
    chain, passed = [document], {url}
    while not _reaches(document, seen):
        previous = document.previous
        if not previous:
            _check_joined(document, 0)
            break
        _check_link(document, passed)
        if len(chain) > most_pages:
            raise TooManyPagesError(
                f"more than {most_pages} archive documents",
                where=previous,
                mend="allow more pages, if the feed is to be trusted",
            )
        passed.add(previous)
        older = read(previous)
        _check_joined(document, older.last)
        chain.append(older)
        document = older
    return chain


def _reaches(document: Document, seen: State) -> bool:
    """Whether everything before a document was seen."""
    if document.first:
        return document.first <= seen.sequence + 1
    return bool(seen.url) and document.previous == seen.page


def _check_subscription(document: Document, seen: State) -> None:
    if document.archive:
        raise ArchiveError(
            "an archive document, which never changes",
            where=document.url,
            mend=f"follow {document.current or 'the subscription document'}",
        )
    if document.last < seen.sequence:
        raise SequenceGapError(
            f"the feed went back from change {seen.sequence} to {document.last}",
            where=document.url,
            mend=_ANEW,
        )


def _check_link(document: Document, passed: set[str]) -> None:
    previous = document.previous
    if previous in passed:
        raise ChainLoopError(
            f"prev-archive leads back to {previous}", where=document.url
        )
    if _origin(previous) != _origin(document.url):
        raise ForeignHostError(
            f"prev-archive leads to another host, {previous}", where=document.url
        )


def _check_joined(newer: Document, last: int) -> None:
    """Check that nothing is missing before a document, where it counts."""
    if newer.first > last + 1:
        raise SequenceGapError(
            f"changes {last + 1} to {newer.first - 1} are missing",
            where=newer.url,
            mend=f"ask who publishes it for the missing page, or {_ANEW}",
        )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _counting(documents: Iterable[Document], seen: State) -> list[Change]:
    """Return the change of each id that counts, without what was seen already."""
    known = {mark.id: mark for mark in seen.latest}
    counting: dict[str, Change] = {}
    for document in documents:
        # Of equal moments the first in a feed is mostly the newest.
        newest_last = document.changes[::-1]
        for change in sorted(newest_last, key=_age):
            mark, before = _mark(change), known.get(change.id)
            if before is not None and not _counts(mark, before):
                continue
            known[change.id] = mark
            counting.pop(change.id, None)
            counting[change.id] = change
    return [*counting.values()]


def _latest(document: Document) -> tuple[Mark, ...]:
    """Return the mark of each id that counts in a document."""
    counting = _counting([document], State())
    return tuple(_mark(change) for change in counting)


def _counts(mark: Mark, before: Mark) -> bool:
    if mark.digest == before.digest:
        return False
    if mark.at is None or before.at is None:
        return True
    # Of equal moments a tombstone beats an entry, whichever came first.
    return (mark.at, mark.gone) >= (before.at, before.gone)


def _moment(change: Change) -> datetime | None:
    return change.when if isinstance(change, Tombstone) else change.changed_at


def _age(change: Change) -> float:
    at = _moment(change)
    return -inf if at is None else at.timestamp()


def _mark(change: Change) -> Mark:
    return Mark(
        id=change.id,
        at=_moment(change),
        gone=isinstance(change, Tombstone),
        digest=digest_of(canonical_json(change.model_dump(mode="json"))),
    )
