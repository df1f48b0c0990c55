"""Files beside records, as they were when they were screened.

The ledger keeps their size, time and digest; the agent looks at the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from govsync.ledger import overrides
from govsync.model import Value
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from govsync.ledger.ledger import Ledger


_AT_ONCE = 500
"""Databases take only so many values in one statement."""


class Seen(Value):
    """A file of a record, as it was seen."""

    record: str
    path: str
    size: int
    """In bytes; -1: it was not there."""
    mtime: int
    """In nanoseconds since 1970."""
    sha256: str
    """Of its bytes; empty where they could not be read."""


def seen(connection: Connection) -> list[Seen]:
    """Return every file that was screened, as it was then."""
    rows = connection.execute(select(t.screened_file)).mappings()
    return [Seen.model_construct(**row) for row in rows]


def remember(
    connection: Connection, names: Sequence[str], files: Iterable[Seen]
) -> None:
    """Remember the files of some records in place of those known so far."""
    table = t.screened_file
    connection.execute(delete(table).where(table.c.record.in_(names)))
    if rows := [dict(one) for one in files]:
        connection.execute(insert(table), rows)


def touched(connection: Connection, files: Iterable[Seen]) -> None:
    """Note the new times of files whose bytes are the same."""
    table = t.screened_file
    for one in files:
        connection.execute(
            update(table)
            .where(table.c.record == one.record, table.c.path == one.path)
            .values(size=one.size, mtime=one.mtime)
        )


def changed(ledger: Ledger, connection: Connection, names: Sequence[str]) -> None:
    """Have records screened again whose files changed; decisions on them end."""
    for begin in range(0, len(names), _AT_ONCE):
        some = names[begin : begin + _AT_ONCE]
        overrides.end(ledger, connection, some)
        connection.execute(
            update(t.record).where(t.record.c.id.in_(some)).values(screened="")
        )
