"""The rows of a log, each checked before its leaf is given on.

Two ways lead to one answer. The quick one takes some hundred rows at a time and
compares them, columns and all, with the one form that :func:`govsync.audit.log.append`
writes. What it does not recognize at once is looked at row by row, and there the first
row that does not hold is named.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import LargeBinary, cast, select

from govsync.audit.log import EXPIRED, ROTATED
from govsync.audit.merkle import leaf_hash, leaf_hashes
from govsync.errors import AuditError
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

_AT_A_TIME = 256
"""Rows in memory: few enough that they stay in the processor's cache."""
_FEW = 8
"""So many rows are looked at one by one where not all of them are recognized."""
_LONGEST = 1 << 63


class Sound(NamedTuple):
    """Neighbouring rows that hold."""

    leaves: Sequence[bytes]
    expired: int = 0
    """How many of them have no text any more: their leaf is given, not proved here."""
    rotations: Mapping[int, bytes] = {}
    """By sequence number, the texts that name a new key."""


class _Row(NamedTuple):
    """An entry as it is kept. Columns as bytes: a damaged file may hold anything."""

    seq: int
    body: bytes | None
    leaf: bytes
    columns: tuple[bytes, bytes, bytes] | None
    """Moment, record and channel beside the body; None where there are none."""


def stored(connection: Connection) -> Iterator[Sound]:
    """Yield the rows of a database, checked.

    Raises:
        AuditError: ``where`` names the first entry that does not hold; those before it
            have been given.
    """
    cursor = connection.connection.cursor()
    cursor.execute(_QUICKLY)
    first = 0
    while rows := cursor.fetchmany(_AT_A_TIME):
        yield from _held(connection, rows, first)
        first += len(rows)


def _held(connection: Connection, rows: Sequence[Any], first: int) -> Iterator[Sound]:
    """Yield rows that hold; the neighbours of unusual ones go quickly still."""
    sound = _recognized(rows, first)
    if sound is not None:
        yield sound
    elif len(rows) > _FEW:
        half = len(rows) // 2
        yield from _held(connection, rows[:half], first)
        yield from _held(connection, rows[half:], first + half)
    else:
        exactly = _exactly(connection, rows[0][0], rows[-1][0])
        yield from _checked(exactly, first)


def exported(lines: Iterable[bytes]) -> Iterator[Sound]:
    """Yield the rows of an exported log, checked.

    Raises:
        AuditError: As :func:`stored`.
    """
    numbered = map(_line, range(_LONGEST), lines)
    first = 0
    while rows := list(islice(numbered, _AT_A_TIME)):
        yield from _checked(rows, first)
        first += len(rows)


_QUICKLY = """
SELECT seq, CAST(at AS BLOB), CAST(channel AS BLOB), CAST(record AS BLOB),
  CAST(body AS BLOB), CAST(leaf AS BLOB)
FROM audit ORDER BY seq
"""
_TEXT = rb'"[^"]*+"'
_ENTRY = re.compile(
    rb'^\{"action":%(text)b,"actor":%(text)b,"at":"([^"]*+)"'
    rb'(?:,"channel":"([^"]*+)")?+'
    rb'(?:,"detail":\{%(text)b:%(text)b(?:,%(text)b:%(text)b)*+\})?+'
    rb'(?:,"digest":%(text)b)?+(?:,"outcome":%(text)b)?+(?:,"reason":%(text)b)?+'
    rb'(?:,"record":"([^"]*+)")?+(?:,"revision":[1-9][0-9]{0,17}+)?+,"seq":([0-9]++)\}$'
    % {b"text": _TEXT},
    re.MULTILINE,
)
"""An entry as it is written where nothing in it is escaped; gives its columns."""
_UNUSUAL = bytes(byte < 0x20 or byte == 0x5C for byte in range(256))
"""Marks what JSON escapes, and the backslash, which begins an escape."""


def _recognized(rows: Sequence[Any], first: int) -> Sound | None:
    """Return rows that certainly hold; None where each has to be looked at."""
    seqs, *columns, bodies, leaves = zip(*rows, strict=True)
    if seqs != tuple(range(first, first + len(rows))):
        return None
    proved = leaves
    expired = bodies.count(None)
    if expired:
        if set(map(len, leaves)) != {32}:
            return None
        told = [row for row in rows if row[4] is not None]
        seqs, *columns, bodies, proved = zip(*told, strict=True) if told else [()] * 6
    together = b"\n".join(bodies)
    numbers = [b"%d" % seq for seq in seqs]
    if not _agree(together, bodies, proved, [*zip(*columns, numbers, strict=True)]):
        return None
    if ROTATED not in together:
        return Sound(leaves, expired)
    rotations = {row[0]: row[4] for row in rows if _rotates(row[4])}
    return Sound(leaves, expired, rotations)


def _agree(
    together: bytes,
    bodies: Sequence[bytes],
    leaves: tuple[bytes, ...],
    columns: Sequence[tuple[bytes, ...]],
) -> bool:
    """Whether bodies, leaves and columns certainly agree; each body is one line."""
    if not bodies:
        return True
    if tuple(leaf_hashes(bodies)) != leaves:
        return False
    if together.translate(_UNUSUAL).count(1) != len(bodies) - 1:
        return False
    try:
        # ASCII is UTF-8 already: only the other lines are decoded.
        b"\n".join([body for body in bodies if not body.isascii()]).decode()
    except UnicodeDecodeError:
        return False
    # As many whole lines match as there are: so each body does, alone.
    return _ENTRY.findall(together) == columns


def _rotates(body: bytes | None) -> bool:
    return body is not None and body.startswith(ROTATED)


def _checked(rows: Iterable[_Row], first: int) -> Iterator[Sound]:
    """Check row by row; give those before the first that does not hold, and raise."""
    leaves: list[bytes] = []
    rotations: dict[int, bytes] = {}
    expired = 0
    for expected, row in enumerate(rows, first):
        try:
            _check(row, expected)
        except AuditError:
            yield Sound(leaves, expired, rotations)
            raise
        leaves.append(row.leaf)
        expired += row.body is None
        if row.body is not None and _rotates(row.body):
            rotations[row.seq] = row.body
    yield Sound(leaves, expired, rotations)


def _check(row: _Row, expected: int) -> None:
    where = f"entry {row.seq}"
    if row.seq != expected:
        raise AuditError(
            f"missing: the next entry is {row.seq}", where=f"entry {expected}"
        )
    if row.body is None:
        if len(row.leaf) != 32:
            raise AuditError("changed: its leaf is no hash", where=where)
        return
    if leaf_hash(row.body) != row.leaf:
        raise AuditError("changed: its text and its leaf do not agree", where=where)
    seq, columns = _told(row.body, where)
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


def _exactly(connection: Connection, first: int, last: int) -> Iterator[_Row]:
    columns = t.audit.c
    kept = columns.body, columns.leaf, columns.at, columns.record, columns.channel
    query = (
        select(columns.seq, *map(raw, kept))
        .where(columns.seq.between(first, last))
        .order_by(columns.seq)
    )
    for seq, body, leaf, at, record, channel in connection.execute(query):
        yield _Row(seq, body, leaf, (at, record, channel))


def _line(seq: int, line: bytes) -> _Row:
    body = line.removesuffix(b"\n")
    if not body.startswith(EXPIRED):
        return _Row(seq, body, leaf_hash(body), None)
    try:
        return _Row(seq, None, bytes.fromhex(json.loads(body)["leaf"]), None)
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise AuditError("not a line of a log", where=f"entry {seq}") from error


def raw(column: ColumnElement[object]) -> ColumnElement[bytes]:
    """Read a column as the bytes that are there, whatever its type should be."""
    return cast(column, LargeBinary)
