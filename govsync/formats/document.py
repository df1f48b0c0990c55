"""The writer of every format: spool the pieces, and let out only a whole document.

Entries are rendered one at a time and spooled, in memory up to a limit and then on
disk. That keeps memory constant (but for the ids seen), puts tombstones before the
entries, lets the head tell the latest change, and lets not one byte out of a document
that does not hold.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar

from govsync.errors import FormatError
from govsync.formats.feed import check, tombstone_of
from govsync.formats.spooling import Behind, Seen, Spool, temporary
from govsync.formats.text import encoded, forbidden
from govsync.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Record, Value

T = TypeVar("T")
_WITHDRAWN = State.WITHDRAWN


class Rendered(NamedTuple):
    """A record as one format writes it, with what the document must know of it."""

    id: str
    """The record's id."""
    content: bytes
    at: datetime | None
    """When it last changed; of a withdrawn one, when it was taken back."""
    withdrawn: bool
    form: str
    """The name of the format."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How a format lays out a document: head, tombstones, middle, entries, tail."""

    form: str
    """The name of the format."""
    head: Callable[[Feed, datetime | None], bytes]
    """Given the feed and its latest change, None where no record has a date."""
    entry: Callable[[Record], bytes | None]
    """Gives None where a character may not stand."""
    tombstone: Callable[[Tombstone], bytes | None] | None
    """None where withdrawn records are left out."""
    middle: bytes = b""
    tail: bytes
    separator: bytes = b""


def encoding(
    markup: Callable[[T], str], encode: Callable[[str], bytes | None] = encoded
) -> Callable[[T], bytes | None]:
    """Return a function for a layout, of one that renders and one that encodes."""
    return lambda value: encode(markup(value))


def write_document(
    layout: Layout,
    feed: Feed,
    records: Iterable[Record | Rendered],
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
        draft = _Draft(layout, feed, out, open_files)
        for record in records:
            try:
                draft.add(record)
            except FormatError as error:
                if on_error is None:
                    raise
                on_error(error)
        draft.finish()
    return draft.count


def rendered(layout: Layout, record: Record) -> bytes:
    """Return a record as an entry or a tombstone of its own.

    Raises:
        FormatError: The record cannot be carried.
    """
    return render(layout, record).content


def render(layout: Layout, record: Record) -> Rendered:
    """Render a record, for a document that is written later or elsewhere.

    Raises:
        FormatError: The record cannot be carried.
    """
    said = _render(layout, record)
    if said is None:
        raise ValueError(f"{layout.form} leaves withdrawn records out")
    return Rendered(*said, layout.form)


def _render(
    layout: Layout, record: Record
) -> tuple[str, bytes, datetime | None, bool] | None:
    """Return what :class:`Rendered` holds; None where the record is left out."""
    at: datetime | None
    try:
        if record.status.state is not _WITHDRAWN:
            at, withdrawn, content = record.changed_at, False, layout.entry(record)
        elif layout.tombstone is not None:
            grave = tombstone_of(record)
            at, withdrawn, content = grave.when, True, layout.tombstone(grave)
        else:
            return None
    except UnicodeEncodeError:  # a lone surrogate has neither a digest nor an address
        content = None
    if content is None:
        raise refusal(record)
    return record.id, content, at, withdrawn


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


class _Draft:
    """A document on its way: what was rendered, and what the head must know."""

    def __init__(
        self, layout: Layout, feed: Feed, out: BinaryIO, open_files: ExitStack
    ) -> None:
        self._layout = layout
        self._feed = feed
        self._out = out
        self._file = Behind(out, self._expected, open_files)
        self._tombstones = Spool(layout.separator, lambda: temporary(open_files))
        self._entries = Spool(layout.separator, self._file.open)
        self._seen = Seen()
        self.latest: datetime | None = None
        self.count = 0

    def add(self, record: Record | Rendered) -> None:
        """Render a record; one that cannot be carried leaves no trace."""
        if isinstance(record, Rendered):
            said = self._fitting(record)
        else:
            said = _render(self._layout, record)
        if said is None:
            return
        name, content, at, withdrawn = said
        if not self._seen.add(name):
            raise _twice(name)
        (self._tombstones if withdrawn else self._entries).add(content)
        self.count += 1
        latest = self.latest
        if latest is None or (at is not None and at > latest):
            self.latest = at

    def _fitting(
        self, entry: Rendered
    ) -> tuple[str, bytes, datetime | None, bool] | None:
        if entry.form != self._layout.form:
            message = (
                f"{entry.id} was rendered as {entry.form}, not {self._layout.form}"
            )
            raise ValueError(message)
        return None if entry.withdrawn and not self._layout.tombstone else entry[:4]

    def finish(self) -> None:
        """Let the whole document out."""
        head, middle = self._head(), self._layout.middle
        self._file.make_room(len(head) + self._tombstones.size + len(middle))
        self._out.write(head)
        self._tombstones.copy(self._out)
        self._out.write(middle)
        self._entries.copy(self._out)
        self._out.write(self._layout.tail)

    def _head(self) -> bytes:
        return self._layout.head(self._feed, self._feed.updated or self.latest)

    def _expected(self) -> int:
        try:
            head = self._head()
        except FormatError:  # told when the document is finished, not of a record
            return 0
        return len(head) + self._tombstones.size + len(self._layout.middle)


def refusal(record: Record) -> FormatError:
    """Return the error that names the character for which a record is refused."""
    plain: dict[str, Any] = record.model_dump()
    return forbidden(plain, record=record.id) or _unnamed("", record.id)


def _twice(record_id: str) -> FormatError:
    return FormatError(
        "a second record of this id",
        record=record_id,
        field="id",
        mend="give each record once, in its latest revision",
    )


def _unnamed(field: str, record: str = "") -> FormatError:
    return FormatError(
        "a character that is no character of XML", record=record, field=field
    )
