"""JSON Lines: one record's canonical JSON a line, as sources read it back.

The one format without head, digests or tombstones: withdrawn records stand in it
whole, because it is a copy of what we hold, not a publication.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.document import refusal
from govsync.formats.json_records import json_encoded, parsed
from govsync.formats.reading import only
from govsync.model import canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Record

NAME = "jsonl"
MEDIA_TYPE = "application/jsonl"


def write(
    feed: Feed,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write a line a record, each as it comes, and return how many.

    Args:
        feed: Not used: lines have no head.
        records: In the order of the lines; read once.
        out: Takes UTF-8 bytes.
        on_error: Is told of a record that cannot be carried, which is left out.

    Raises:
        FormatError: A record cannot be carried; the lines before it are written.
    """
    del feed
    count = 0
    for record in records:
        try:
            line = entry(record)
        except FormatError as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            out.write(line)
            count += 1
    return count


def entry(record: Record) -> bytes:
    """Return the line of a record, with its line feed.

    Raises:
        FormatError: The record cannot be carried.
    """
    try:
        line = canonical_json(record.plain()).decode()
    except UnicodeEncodeError:
        raise refusal(record) from None
    content = json_encoded(line)
    if content is None:
        raise refusal(record)
    return content + b"\n"


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read records, a line each; blank lines are passed over.

    Raises:
        FormatError: A line is no record; names the line.
    """
    lines = BytesIO(source) if isinstance(source, bytes) else source
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _record(line, number)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read the one line of a record.

    Raises:
        FormatError: There is not exactly one, or it is no record.
    """
    return only(read(content))


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s line."""
    del record
    return MEDIA_TYPE


def _record(line: bytes, number: int) -> Record:
    try:
        plain = parsed(line)
    except FormatError as error:
        raise FormatError(
            error.message, where=f"line {number}", mend=error.mend
        ) from error
    return extension.record_of(plain, number)
