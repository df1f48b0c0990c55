"""The audit log: append, checkpoint, show, export.

Every entry is written in the transaction of the change that it tells of. Its leaf is
SHA-256 of 0x00 and its canonical JSON; the leaves make one tree (RFC 6962), whose
signed head shows any edit, removal, insertion or change of order before it
(:mod:`govsync.audit.verification`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from govsync.audit.merkle import Frontier, leaf_hash
from govsync.audit.note import (
    Checkpoint,
    checkpoint_of,
    sign_checkpoint,
    signers,
)
from govsync.errors import AuditError
from govsync.model import Moment, Value, canonical_json
from govsync.store import schema as t
from govsync.store.stamp import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.audit.keys import SigningKey


EXPIRED = b'{"expired":true,'
"""What the line of an exported entry begins with whose text is gone."""
ROTATED = b'{"action":"audit.key-rotated",'
"""What the text of an entry begins with that names a new key."""
_AT_A_TIME = 5000
"""Entries in memory, for those who read the whole log."""


class Entry(Value):
    """What happened.

    Holds names, digests and reasons, never a record's content, so that no personal
    data can get into a log that nothing is ever taken from.
    """

    at: Moment
    actor: str
    """Who acted: an operator, or a run's user and host."""
    action: str
    """Such as ``record.accepted`` or ``delivery.live``."""
    record: str = ""
    channel: str = ""
    revision: int | None = None
    digest: str = ""
    outcome: str = ""
    reason: str = ""
    detail: Mapping[str, str] = {}

    def body(self, seq: int) -> bytes:
        """Return the canonical JSON that the leaf is made of.

        Args:
            seq: The entry's place in the log, from 0.
        """
        told = self.model_dump(mode="json", exclude_defaults=True)
        return canonical_json({**told, "at": utc_text(self.at), "seq": seq})


def append(connection: Connection, entries: Sequence[Entry]) -> int:
    """Write entries in the caller's transaction; return how many there are then.

    Raises:
        AuditError: The head does not hold, so that nothing can follow it.
    """
    before = head(connection)
    if not entries:
        return before.size
    rows = [_row(seq, entry) for seq, entry in enumerate(entries, before.size)]
    try:
        connection.execute(insert(t.audit), rows)
    except IntegrityError as error:
        raise AuditError(
            "the head was set back: this entry is there already",
            where=f"entry {before.size}",
            mend="verify the log and restore it from a backup",
        ) from error
    after = before.extend(row["leaf"] for row in rows)
    _set_head(connection, after)
    return after.size


def _row(seq: int, entry: Entry) -> dict[str, Any]:
    body = entry.body(seq)
    return {
        "seq": seq,
        "at": entry.at,
        "record": entry.record,
        "channel": entry.channel,
        "body": body,
        "leaf": leaf_hash(body),
    }


def head(connection: Connection) -> Frontier:
    """Return the frontier of the whole log.

    Raises:
        AuditError: What is stored is no frontier.
    """
    columns = t.audit_head.c
    row = connection.execute(
        select(columns.size, columns.frontier).where(columns.id == 1)
    ).first()
    if row is None:
        return Frontier()
    size, packed = row
    hashes = tuple(packed[i : i + 32] for i in range(0, len(packed), 32))
    if len(packed) != 32 * size.bit_count():
        raise AuditError("the head is not one of its size", where=f"entry {size}")
    return Frontier(size=size, hashes=hashes)


def _set_head(connection: Connection, frontier: Frontier) -> None:
    values = {"size": frontier.size, "frontier": b"".join(frontier.hashes)}
    changed = connection.execute(
        update(t.audit_head).where(t.audit_head.c.id == 1).values(values)
    )
    if not changed.rowcount:
        connection.execute(insert(t.audit_head).values(id=1, **values))


def checkpoint(
    connection: Connection,
    key: SigningKey,
    origin: str,
    at: datetime,
    *beside: SigningKey,
) -> str | None:
    """Sign the head and store it.

    Args:
        connection: A writing transaction.
        key: Signs.
        origin: The log's name, the same for ever.
        at: Now.
        beside: Further keys that sign the same head, such as one of SM2.

    Returns:
        The signed note, or None where nothing was added since the last.

    Raises:
        AuditError: More entries were signed before than there are now, or it is not
            this key's turn to sign.
    """
    frontier = head(connection)
    last = newest(connection)
    size = checkpoint_of(last).size if last else 0
    if frontier.size == size:
        return None
    if frontier.size < size:
        raise AuditError(
            f"cut: {size} entries were signed, {frontier.size} are left",
            where=f"entry {frontier.size}",
            mend="verify the log and restore it from a backup",
        )
    if _text(connection, frontier.size - 1).startswith(ROTATED):
        raise AuditError(
            "it names a new key, and the key's owner did not write it",
            where=f"entry {frontier.size - 1}",
            mend="find out who writes to the database",
        )
    if last is not None:
        _check_turn(connection, key, last, size)
    return sign(connection, origin, at, key, *beside)


def _check_turn(connection: Connection, key: SigningKey, last: str, size: int) -> None:
    """Refuse a key that did not sign the last head, or that was replaced by it."""
    if key.verifier.signer not in signers(last):
        raise AuditError(
            "the last checkpoint was signed by another key",
            where=f"checkpoint at {size}",
            mend=f"put back the key whose verifier key is not {key.verifier}",
        )
    body = _text(connection, size - 1)
    if body.startswith(ROTATED) and _entry(size - 1, body).detail.get("key") != str(
        key.verifier
    ):
        raise AuditError(
            "this key was replaced here",
            where=f"entry {size - 1}",
            mend="`govsync audit rotate-key` was interrupted: call it again",
        )


def sign(connection: Connection, origin: str, at: datetime, *keys: SigningKey) -> str:
    """Sign the head as it stands and store it; :func:`checkpoint` asks first."""
    frontier = head(connection)
    signed = Checkpoint(origin=origin, size=frontier.size, root=frontier.root())
    note = sign_checkpoint(signed, *keys)
    connection.execute(
        insert(t.checkpoint).values(
            size=signed.size, root=signed.root, text=note, at=at
        )
    )
    return note


def newest(connection: Connection) -> str | None:
    """Return the checkpoint that signs the most entries, or None."""
    columns = t.checkpoint.c
    query = select(columns.text).order_by(columns.size.desc()).limit(1)
    return connection.execute(query).scalar()


def _text(connection: Connection, seq: int) -> bytes:
    columns = t.audit.c
    query = select(columns.body).where(columns.seq == seq)
    return connection.execute(query).scalar() or b""


def entries(
    connection: Connection,
    *,
    since: int = 0,
    record: str | None = None,
    channel: str | None = None,
) -> Iterator[tuple[int, Entry]]:
    """Yield (sequence, entry) in order; entries whose text has expired are left out.

    Args:
        connection: A reading transaction.
        since: The first sequence number wanted.
        record: Only what concerns the record of this id.
        channel: Only what concerns the channel of this name.

    Raises:
        AuditError: An entry's text cannot be read as one.
    """
    columns = t.audit.c
    query = (
        select(columns.seq, columns.body)
        .where(columns.seq >= since, columns.body.is_not(None))
        .order_by(columns.seq)
    )
    if record is not None:
        query = query.where(columns.record == record)
    if channel is not None:
        query = query.where(columns.channel == channel)
    for seq, body in connection.execute(query):
        yield seq, _entry(seq, body)


def told_until(
    connection: Connection, end: datetime
) -> Iterator[tuple[str, str, bytes]]:
    """Yield what was told of channels and of runs before a moment, newest first.

    As record, channel and canonical JSON, for those who read the whole log: no entry is
    made a value, and what concerns a record alone is passed. What has expired is left
    out.
    """
    cursor = connection.connection.cursor()
    cursor.execute(_OF_CHANNELS, (utc_text(end),))
    while rows := cursor.fetchmany(_AT_A_TIME):
        yield from rows


def told_of_records(
    connection: Connection, group: str, end: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the plain JSON of what was told of records alone, oldest first.

    Args:
        connection: A reading transaction.
        group: What their actions begin with, such as ``review``.
        end: The moment that they are from before.
    """
    begin = b'{"action":"%b.' % group.encode()
    cursor = connection.connection.cursor()
    cursor.execute(_OF_RECORDS, (utc_text(end), len(begin), begin))
    while rows := cursor.fetchmany(_AT_A_TIME):
        yield from (json.loads(body) for (body,) in rows)


_OF_RECORDS = """
SELECT body FROM audit
WHERE channel = '' AND record <> '' AND at < ? AND substr(body, 1, ?) = ?
ORDER BY seq
"""
_OF_CHANNELS = """
SELECT record, channel, body FROM audit
WHERE at < ? AND body IS NOT NULL AND (channel <> '' OR record = '')
ORDER BY seq DESC
"""


def proof_until(connection: Connection, end: datetime) -> tuple[int, str]:
    """Return how many entries there were before a moment, and the last signed head.

    The head is the root of the newest checkpoint of at most so many entries, in
    hexadecimal; empty where none was signed.
    """
    size = connection.execute(
        select(func.count()).select_from(t.audit).where(t.audit.c.at < end)
    ).scalar_one()
    root = connection.execute(
        select(t.checkpoint.c.root)
        .where(t.checkpoint.c.size <= size, t.checkpoint.c.at < end)
        .order_by(t.checkpoint.c.size.desc())
        .limit(1)
    ).scalar()
    return size, root.hex() if root else ""


def _entry(seq: int, body: bytes) -> Entry:
    try:
        told = json.loads(body)
        del told["seq"]
        return Entry.model_validate(told)
    except (ValueError, TypeError, KeyError) as error:
        raise AuditError("its text is not an entry's", where=f"entry {seq}") from error


def checkpoints(connection: Connection) -> list[str]:
    """Return the signed checkpoints that are kept beside the log, oldest first."""
    query = select(t.checkpoint.c.text).order_by(t.checkpoint.c.size)
    return list(connection.execute(query).scalars())


class Line(NamedTuple):
    """An entry where it stands; None where its text has expired."""

    seq: int
    leaf: bytes
    entry: Entry | None


def lines(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Line]:
    """Yield every entry in order, those whose text has expired too.

    Args:
        connection: A reading transaction.
        since: Entries of this moment and later.
        until: Entries before this moment.

    Raises:
        AuditError: An entry's text cannot be read as one.
    """
    for seq, body, leaf in _between(connection, since, until):
        yield Line(seq, leaf, None if body is None else _entry(seq, body))


def export_json_lines(
    connection: Connection,
    out: BinaryIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write entries as lines of canonical JSON; return how many.

    An entry whose text has expired becomes ``{"expired":true,"leaf":"…"}``, so that
    the file can still be verified. A part of the log, by date, cannot be verified: it
    is for reading.

    Args:
        connection: A reading transaction.
        out: Is written to.
        since: Entries of this moment and later.
        until: Entries before this moment.
    """
    number = 0
    for _, body, leaf in _between(connection, since, until):
        out.write((expired_line(leaf) if body is None else body) + b"\n")
        number += 1
    return number


def expired_line(leaf: bytes) -> bytes:
    """Return the line that stands for an entry whose text is gone."""
    return canonical_json({"expired": True, "leaf": leaf.hex()})


def _between(
    connection: Connection, since: datetime | None, until: datetime | None
) -> Iterator[Any]:
    columns = t.audit.c
    query = select(columns.seq, columns.body, columns.leaf).order_by(columns.seq)
    if since is not None:
        query = query.where(columns.at >= since)
    if until is not None:
        query = query.where(columns.at < until)
    return iter(connection.execute(query.execution_options(yield_per=5000)))
