"""The writer of every format: spool the pieces, and let out only a whole document.

Entries are rendered one at a time and spooled, in memory up to a limit and then on
disk. That keeps memory constant (but for the ids seen), puts tombstones before the
entries, lets the head tell the latest change, and lets not one byte out of a document
that does not hold.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from govsync.errors import FormatError
from govsync.formats.feed import check, tombstone_of
from govsync.formats.text import encoded, forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Record, Value

_IN_MEMORY = 16 * 1024 * 1024
_COPIED_AT_ONCE = 1024 * 1024
_JOINED_AT_ONCE = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How a format lays out a document: head, tombstones, middle, entries, tail."""

    head: Callable[[Feed, datetime | None], bytes]
    """Given the feed and its latest change, None where no record has a date."""
    entry: Callable[[Record], str]
    tombstone: Callable[[Tombstone], str] | None
    """None where withdrawn records are left out."""
    middle: bytes = b""
    tail: bytes
    separator: bytes = b""
    encode: Callable[[str], bytes | None] = encoded
    """To bytes, or None where a character may not stand."""


def write_document(
    layout: Layout,
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write a document; see :meth:`govsync.formats.Format.write`.

    Returns:
        How many entries and tombstones it holds.

    Raises:
        FormatError: The feed or, without ``on_error``, a record cannot be carried.
    """
    check(feed)
    with ExitStack() as open_files:
        draft = _Draft(layout, open_files)
        for record in records:
            try:
                draft.add(record)
            except FormatError as error:
                if on_error is None:
                    raise
                on_error(error)
        head = layout.head(feed, feed.updated or draft.latest)
        draft.copy(head, out)
    return draft.count


def rendered(layout: Layout, record: Record) -> bytes:
    """Return a record as an entry or a tombstone of its own.

    Raises:
        FormatError: The record cannot be carried.
    """
    return _rendered(layout, record, _grave(record))


def guarded(
    markup: str,
    said_by: Value,
    field: str,
    encode: Callable[[str], bytes | None] = encoded,
) -> bytes:
    """Return the bytes of a document's head, or name the character that may not be.

    Raises:
        FormatError: Names the field of ``said_by``, below the name given.
    """
    content = encode(markup)
    if content is None:
        raise forbidden(said_by.model_dump(), field=field) or _unnamed(field)
    return content


class _Section:
    """Rendered pieces, in order, in memory up to a limit and then on disk."""

    def __init__(self, separator: bytes, open_files: ExitStack) -> None:
        spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - on the stack
        self._spool = cast("BinaryIO", open_files.enter_context(spool))
        self._separator = separator
        self._pending: list[bytes] = []

    def add(self, content: bytes) -> None:
        self._pending.append(content)
        if len(self._pending) == _JOINED_AT_ONCE:
            self._flush()

    def copy(self, out: BinaryIO) -> None:
        self._flush()
        self._spool.seek(0)
        shutil.copyfileobj(self._spool, out, _COPIED_AT_ONCE)

    def _flush(self) -> None:
        if self._pending and self._spool.tell():
            self._spool.write(self._separator)
        self._spool.write(self._separator.join(self._pending))
        self._pending.clear()


class _Draft:
    """A document on its way: what was rendered, and what the head must know."""

    def __init__(self, layout: Layout, open_files: ExitStack) -> None:
        self._layout = layout
        self._tombstones = _Section(layout.separator, open_files)
        self._entries = _Section(layout.separator, open_files)
        self._seen: set[str] = set()
        self.latest: datetime | None = None
        self.count = 0

    def add(self, record: Record) -> None:
        """Render a record; one that cannot be carried leaves no trace."""
        if record.id in self._seen:
            raise FormatError(
                "a second record of this id",
                record=record.id,
                field="id",
                mend="give each record once, in its latest revision",
            )
        grave = _grave(record)
        if grave is not None and self._layout.tombstone is None:
            return
        content = _rendered(self._layout, record, grave)
        (self._entries if grave is None else self._tombstones).add(content)
        self._seen.add(record.id)
        self.count += 1
        at = record.changed_at if grave is None else grave.when
        if at is not None and (self.latest is None or at > self.latest):
            self.latest = at

    def copy(self, head: bytes, out: BinaryIO) -> None:
        """Let the whole document out."""
        out.write(head)
        self._tombstones.copy(out)
        out.write(self._layout.middle)
        self._entries.copy(out)
        out.write(self._layout.tail)


def refusal(record: Record) -> FormatError:
    """Return the error that names the character for which a record is refused."""
    plain: dict[str, Any] = record.model_dump()
    return forbidden(plain, record=record.id) or _unnamed("", record.id)


def _grave(record: Record) -> Tombstone | None:
    if not record.withdrawn:
        return None
    try:
        return tombstone_of(record)
    except UnicodeEncodeError:  # a lone surrogate has no digest
        raise refusal(record) from None


def _rendered(layout: Layout, record: Record, grave: Tombstone | None) -> bytes:
    try:
        markup = (
            layout.entry(record)
            if grave is None or layout.tombstone is None
            else layout.tombstone(grave)
        )
        content = layout.encode(markup)
    except UnicodeEncodeError:  # nor has it an address
        content = None
    if content is None:
        raise refusal(record)
    return content


def _unnamed(field: str, record: str = "") -> FormatError:
    return FormatError(
        "a character that is no character of XML", record=record, field=field
    )
