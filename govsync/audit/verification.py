"""Verify the audit log: everything recomputed, held against every signed head.

One pass in the order of the entries, in constant memory: the log is as long as it
likes. It needs no server, no network and no trust in who kept the log.
"""

from __future__ import annotations

import heapq
import json
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import LargeBinary, cast, select

from govsync.audit.merkle import Frontier, leaf_hash
from govsync.audit.note import Checkpoint, open_checkpoint
from govsync.errors import AuditError
from govsync.model import Value
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from govsync.audit.keys import VerifierKey

_CHUNK = 5000
"""Rows in memory at a time."""


class Verified(Value):
    """What a verification found to hold."""

    size: int
    root: bytes
    checkpoints: int
    """How many signed heads were held against the entries; none prove nothing."""
    signed: int = 0
    """So many entries are signed; those after them are recomputed, no more."""
    expired: int = 0
    """Entries whose text is gone: their leaf is proved, what they said is not."""


class _Row(NamedTuple):
    """An entry as it is kept. Columns as bytes: a damaged file may hold anything."""

    seq: int
    body: bytes | None
    leaf: bytes
    columns: tuple[bytes, bytes, bytes] | None
    """Moment, record and channel beside the body; None where there are none."""


def verify(
    connection: Connection, keys: Sequence[VerifierKey], kept: Sequence[str] = ()
) -> Verified:
    """Recompute the log in a database and hold it against every checkpoint.

    Args:
        connection: A reading transaction.
        keys: Whose signatures count.
        kept: Signed checkpoints kept elsewhere: only they show a cut tail or a log
            written anew from its beginning.

    Raises:
        AuditError: ``where`` names the first entry that does not hold; where entries
            were written anew, leaves and all, those between two checkpoints.
    """
    leaves = _Leaves(_rows(connection))
    heads = _Heads(heapq.merge(_stored(connection, keys), _kept(kept, keys), key=_size))
    frontier = _replay(leaves, heads)
    _check_head(connection, frontier)
    return _verified(frontier, leaves, heads)


def verify_lines(
    lines: Iterable[bytes], keys: Sequence[VerifierKey], kept: Sequence[str]
) -> Verified:
    """Recompute an exported log and hold it against checkpoints kept elsewhere.

    Args:
        lines: As :func:`govsync.audit.log.export_json_lines` wrote them.
        keys: Whose signatures count.
        kept: Signed checkpoints.

    Raises:
        AuditError: As :func:`verify`.
    """
    leaves = _Leaves(map(_line, range(1 << 63), lines))
    heads = _Heads(_kept(kept, keys))
    return _verified(_replay(leaves, heads), leaves, heads)


def _verified(frontier: Frontier, leaves: _Leaves, heads: _Heads) -> Verified:
    return Verified(
        size=frontier.size,
        root=frontier.root(),
        checkpoints=heads.number,
        signed=heads.size,
        expired=leaves.expired,
    )


def _replay(leaves: Iterable[bytes], heads: Iterable[Checkpoint]) -> Frontier:
    """Build the tree leaf by leaf; where a head was signed, the roots must agree."""
    coming = iter(leaves)
    frontier = Frontier()
    for signed in heads:
        sound = frontier.size
        frontier = frontier.extend(islice(coming, signed.size - sound))
        if frontier.size < signed.size:
            raise AuditError(
                f"cut: a checkpoint signed {signed.size} entries,"
                f" {frontier.size} are left",
                where=f"entry {frontier.size}",
            )
        if frontier.root() != signed.root:
            raise AuditError(
                f"rewritten: the checkpoint at {signed.size} has another root",
                where=f"entries {min(sound, signed.size - 1)} to {signed.size - 1}",
            )
    return frontier.extend(coming)


class _Leaves:
    """The leaves of rows that hold, in order."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._rows = rows
        self.expired = 0

    def __iter__(self) -> Iterator[bytes]:
        for expected, row in enumerate(self._rows):
            if row.seq != expected:
                raise AuditError(
                    f"missing: the next entry is {row.seq}", where=f"entry {expected}"
                )
            if row.body is None:
                self.expired += 1
            else:
                _check_body(row, row.body)
            yield row.leaf


def _check_body(row: _Row, body: bytes) -> None:
    where = f"entry {row.seq}"
    if leaf_hash(body) != row.leaf:
        raise AuditError("changed: its text and its leaf do not agree", where=where)
    seq, columns = _told(body, where)
    if seq != row.seq:
        raise AuditError("moved: it was written as another entry", where=where)
    if row.columns not in (None, columns):
        raise AuditError("changed: its text and its columns do not agree", where=where)


def _told(body: bytes, where: str) -> tuple[int, tuple[bytes, bytes, bytes]]:
    try:
        told = json.loads(body.decode())
        record, channel = told.get("record", ""), told.get("channel", "")
        return told["seq"], (told["at"].encode(), record.encode(), channel.encode())
    except (
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise AuditError("its text is not an entry's", where=where) from error


def _rows(connection: Connection) -> Iterator[_Row]:
    columns = t.audit.c
    kept = columns.body, columns.leaf, columns.at, columns.record, columns.channel
    query = select(columns.seq, *map(_raw, kept)).order_by(columns.seq)
    for seq, body, leaf, at, record, channel in _streamed(connection, query):
        yield _Row(seq, body, leaf, (at, record, channel))


def _line(seq: int, line: bytes) -> _Row:
    body = line.removesuffix(b"\n")
    if not body.startswith(b'{"expired":true,'):
        return _Row(seq, body, leaf_hash(body), None)
    try:
        return _Row(seq, None, bytes.fromhex(json.loads(body)["leaf"]), None)
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise AuditError("not a line of a log", where=f"entry {seq}") from error


class _Heads:
    """Signed heads by size, each once, and all of one log."""

    def __init__(self, heads: Iterable[Checkpoint]) -> None:
        self._heads = heads
        self.number = 0
        self.size = 0

    def __iter__(self) -> Iterator[Checkpoint]:
        origin = ""
        for head, _ in groupby(self._heads):
            if self.number and head.origin != origin:
                raise AuditError(
                    f"a checkpoint of another log: {head.origin}",
                    where=f"checkpoint at {head.size}",
                )
            origin, self.size = head.origin, head.size
            self.number += 1
            yield head


def _stored(
    connection: Connection, keys: Sequence[VerifierKey]
) -> Iterator[Checkpoint]:
    columns = t.checkpoint.c
    query = select(columns.size, _raw(columns.root), _raw(columns.text))
    for size, root, text in _streamed(connection, query.order_by(columns.size)):
        where = f"checkpoint at {size}"
        head = _opened(text.decode(errors="replace"), keys, where)
        if (head.size, head.root) != (size, root):
            raise AuditError(
                "changed: its text and its columns do not agree", where=where
            )
        yield head


def _kept(notes: Sequence[str], keys: Sequence[VerifierKey]) -> list[Checkpoint]:
    heads = [
        _opened(note, keys, f"kept checkpoint {number}")
        for number, note in enumerate(notes, 1)
    ]
    return sorted(heads, key=_size)


def _opened(note: str, keys: Sequence[VerifierKey], where: str) -> Checkpoint:
    try:
        return open_checkpoint(note, keys)
    except AuditError as error:
        raise AuditError(error.message, where=where, mend=error.mend) from error


def _check_head(connection: Connection, frontier: Frontier) -> None:
    columns = t.audit_head.c
    query = select(columns.size, _raw(columns.frontier)).where(columns.id == 1)
    row = connection.execute(query).first() or (0, b"")
    if tuple(row) != (frontier.size, b"".join(frontier.hashes)):
        raise AuditError(
            "the head is not that of the entries", where=f"entry {frontier.size}"
        )


def _size(head: Checkpoint) -> int:
    return head.size


def _raw(column: ColumnElement[object]) -> ColumnElement[bytes]:
    """Read a column as the bytes that are there, whatever its type should be."""
    return cast(column, LargeBinary)


def _streamed(connection: Connection, query: Select[object]) -> Iterator[Any]:
    return iter(connection.execute(query.execution_options(yield_per=_CHUNK)))
