"""Publishing an archived Atom feed (RFC 5005 § 4) with tombstones (RFC 6721).

Every change gets the next number of one sequence. ``feed.atom``, the subscription
document, holds the latest changes, from ``size`` to twice that; when it would hold
more, its oldest ``size`` become ``archive/00000001.atom`` and so on, each naming the
one before it. So it is never empty, and a reader that knows no archives still finds
the latest ``size`` changes in it.

A sealed page keeps its bytes for ever, but for one case: the content of a record that
is withdrawn is cut out of every page that holds it, because personal data may be why.
The same history gives the same bytes, in however many calls it was published.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from govsync.errors import FormatError, UsageError
from govsync.formats import atom, tombstone_of
from govsync.formats.document import refusal
from govsync.formats.feed import undated
from govsync.sync import archive_index as index_document
from govsync.sync.archive_errors import ArchiveError
from govsync.sync.archive_index import Standing
from govsync.sync.archive_pages import (
    SUBSCRIPTION,
    members_of,
    page_path,
    sealed_page,
    subscription,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from govsync.formats import Feed
    from govsync.model import Record

    Held = Callable[[str], bytes | None]

SIZE = 100


def publish(
    held: Held,
    changes: Iterable[Record],
    feed: Feed,
    *,
    size: int = SIZE,
    on_error: Callable[[FormatError], None] | None = None,
) -> dict[str, bytes | None]:
    """Publish changes, and return the files that change by their paths.

    Args:
        held: Gives the bytes of a path as published now, or None.
        changes: Records in the order they changed; of a withdrawn one a tombstone is
            published. One that says what was published last changes nothing.
        feed: What the documents say of themselves; ``self_url`` is the address of
            ``feed.atom``.
        size: How many changes a sealed page holds; may differ from call to call.
        on_error: Is told of a record that cannot be carried, which is left out.
            Without it the error is raised.

    Returns:
        The bytes by path, ``feed.atom`` last; nothing falls away. All of them are to
        be written, or none.

    Raises:
        FormatError: The feed or, without ``on_error``, a record cannot be carried.
        ArchiveError: What is held is not what was published.
        UsageError: ``size`` is below 1.
    """
    if size < 1:
        raise UsageError("a page holds one change or more", where="size")
    archive = _Archive(held, feed, size)
    for record in changes:
        try:
            change = archive.change(record)
        except FormatError as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            if change is not None:
                archive.add(change)
    return archive.files()


class _Change(NamedTuple):
    """A record that says something new, and how the feed says it."""

    record: Record
    at: datetime
    member: bytes
    pages: tuple[int, ...]
    """The sealed pages that hold older content of it."""


class _Archive:
    """An archive on its way from what is published now to what will be."""

    def __init__(self, held: Held, feed: Feed, size: int) -> None:
        self._held = held
        self._feed = feed
        self._size = size
        self._index = index_document.load(held(index_document.PATH))
        self._before = self._index.sequence
        self._content = held(SUBSCRIPTION)
        self._pending = self._unsealed()
        self._files: dict[str, bytes | None] = {}

    def change(self, record: Record) -> _Change | None:
        """Render a record; None where it says what was published last.

        Raises:
            FormatError: The record cannot be carried.
        """
        digest = _digest(record)
        known = self._index.standing(record.id)
        if known is None:
            return _Change(record, _moment(record), atom.member(record), ())
        if known.is_of(record.revision, digest):
            return None
        record = _in_time(record, known)
        return _Change(record, _moment(record), atom.member(record), known.pages)

    def add(self, change: _Change) -> None:
        """Publish a change."""
        record, pages = change.record, change.pages
        if record.withdrawn:
            self._take_down(record.id, pages)
            pages = ()
        self._number(record, change.at, pages)
        self._pending.pop(record.id, None)
        self._pending[record.id] = change.member
        if len(self._pending) >= 2 * self._size:
            self._seal()

    def files(self) -> dict[str, bytes | None]:
        """Return what differs from what is held."""
        index = self._index
        if index.updated is None:
            return {}
        if index.sequence > self._before:
            self._files[index_document.PATH] = index_document.dump(index)
        span = range(index.sealed + 1, index.sequence + 1)
        members = [*self._pending.values()]
        content = subscription(self._feed, members, span, index.pages, index.updated)
        if content != self._content:
            self._files[SUBSCRIPTION] = content
        return self._files

    def _unsealed(self) -> dict[str, bytes]:
        """Take the members of the subscription document, oldest first."""
        members = members_of(self._content or b"")
        names = [*self._index.unsealed()]
        if members.keys() != set(names):
            raise ArchiveError(
                "the document does not hold the changes that the index names",
                where=SUBSCRIPTION,
                mend=index_document.MEND,
            )
        return {name: members[name] for name in names}

    def _number(self, record: Record, at: datetime, pages: tuple[int, ...]) -> None:
        index = self._index
        index.sequence += 1
        index.updated = max(at, index.updated or at)
        now = Standing(
            sequence=index.sequence,
            revision=record.revision,
            digest=record.digest,
            at=at,
            gone=record.withdrawn,
            pages=pages,
        )
        index.put(record.id, now)

    def _take_down(self, record: str, pages: tuple[int, ...]) -> None:
        for path in map(page_path, pages):
            self._files[path] = without(self._page(path), record, path)

    def _page(self, path: str) -> bytes:
        content = self._files.get(path) or self._held(path)
        if content is None:
            raise ArchiveError(
                "the page is missing", where=path, mend=index_document.MEND
            )
        return content

    def _seal(self) -> None:
        """Make a page of the oldest changes, and forget them here."""
        index = self._index
        names = [*islice(self._pending, self._size)]
        members = [self._pending.pop(name) for name in names]
        sealed = {name: now for name in names if (now := index.standing(name))}
        last = max(now.sequence for now in sealed.values())
        span = range(index.sealed + 1, last + 1)
        at = max(now.at for now in sealed.values())
        index.pages += 1
        index.sealed = last
        content = sealed_page(self._feed, members, span, index.pages, at)
        self._files[page_path(index.pages)] = content
        for name, now in sealed.items():
            if not now.gone:
                index.put(name, now._replace(pages=(*now.pages, index.pages)))


def _in_time(record: Record, known: Standing) -> Record:
    """Return a change as one that receivers take for the newer one.

    They keep what was updated later (RFC 5005 § 4.2, RFC 6721 § 3). A tombstone is
    made no older than what it takes back; any other date is the record's own affair.

    Raises:
        FormatError: A receiver would keep what was published before.
    """
    at = _moment(record)
    if record.withdrawn:
        return record if at >= known.at else record.changed(updated=known.at)
    if at < known.at or (known.gone and at == known.at):
        raise FormatError(
            f"the change is of {at.isoformat()}; {known.at.isoformat()} is published",
            record=record.id,
            field="updated",
            mend="give the moment of the change, as the ledger does",
        )
    return record


def _moment(record: Record) -> datetime:
    if record.withdrawn:
        return tombstone_of(record).when
    if record.changed_at is None:
        raise undated(record, "updated")
    return record.changed_at


def _digest(record: Record) -> str:
    try:
        return record.digest
    except UnicodeEncodeError:  # a lone surrogate has none
        raise refusal(record) from None
